"""Reading merchant.toml, and telling its mistakes: file, line, setting and the way out."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mock_dintero.verify.merchant import Merchant


class MerchantFileWrong(Exception):
    """merchant.toml cannot be used; the message names the file, the line, the field and the way out."""


def example() -> str:
    """A merchant.toml to begin with, commented."""
    return (Path(__file__).parent / "merchant.example.toml").read_text(encoding="utf-8")


def read_merchant(file: Path) -> Merchant:
    """Read and check a merchant.toml. Raises MerchantFileWrong."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MerchantFileWrong(f"{file}: {error.reason}; save it as UTF-8") from None
    except OSError as error:
        raise MerchantFileWrong(
            f"{file}: {error.strerror}. `mock-dintero verify --init {file}` writes one to begin with"
        ) from None
    try:
        return Merchant.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise MerchantFileWrong(_no_toml(file, text, str(error))) from None
    except ValidationError as error:
        raise MerchantFileWrong("\n".join(_mistakes(file, text, error))) from None


def _no_toml(file: Path, text: str, said: str) -> str:
    """What a text that is no TOML has, in `file:line` form; a Windows path is the usual reason."""
    at = re.search(r" \(at line (\d+), column \d+\)$", said)
    if not at:
        return f"{file}: {said}"
    number = int(at[1])
    lines = text.splitlines()
    is_path = number <= len(lines) and "\\" in lines[number - 1]
    hint = "; a backslash needs 'single quotes' around the text, or write /" if is_path else ""
    return f"{file}:{number}: {said}{hint}"


def _mistakes(file: Path, text: str, error: ValidationError) -> list[str]:
    return [
        f"{file}:{line_of(text, loc)}: {'.'.join(map(str, loc))}: {_in_words(found)}"
        for found in error.errors(include_url=False)
        for loc in [tuple(step for step in found["loc"] if step != "[key]")]
    ]


def _in_words(found: Any) -> str:
    kind, loc = found["type"], found["loc"]
    if kind == "extra_forbidden":
        return _no_such(str(loc[-1]), _known(loc[:-1]))
    if kind == "literal_error":
        return _no_such(str(found["input"]), re.findall(r"'([^']*)'", found["ctx"]["expected"]))
    if kind == "missing":
        return "this has to be said"
    if kind in ("int_type", "int_from_float", "int_parsing") and loc[-1] in ("amount", "off"):
        return "a whole number of minor units, without quotes: 79900 is 799.00"
    return str(found["msg"]).removeprefix("Value error, ")


def _no_such(name: str, known: list[str]) -> str:
    alike = get_close_matches(name, known, 1, cutoff=0.8)
    hint = f"did you mean {alike[0]}? " if alike else ""
    return f"there is no such setting; {hint}there is {', '.join(known)}"


def _known(loc: tuple[Any, ...]) -> list[str]:
    """The names that would be allowed there."""
    model: Any = Merchant
    for step in loc:
        field = model.model_fields.get(step) if hasattr(model, "model_fields") else None
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())] if field else []
        model = next((kind for kind in kinds if hasattr(kind, "model_fields")), None)
    fields = getattr(model, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def line_of(text: str, loc: tuple[Any, ...]) -> int:
    """The line of a TOML text that a setting stands on, as near as its names lead."""
    lines, at = text.splitlines(), 0
    for step in (str(step) for step in loc if isinstance(step, str)):
        pattern = re.compile(
            rf"\s*(\[+\s*([\w.\"-]+\.)?\"?{re.escape(step)}\"?\s*\]+|\"?{re.escape(step)}\"?\s*[.=])"
        )
        found = next((n for n in range(at, len(lines)) if pattern.match(lines[n])), None)
        at = at if found is None else found
    return at + 1

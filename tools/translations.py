"""Keep `fake_checkout_ui/locales/*.po` with the sentences of the page.

`python tools/translations.py` brings the catalogues up to date and prints what has no translation yet;
with `--check` it changes nothing and fails on what is missing, fuzzy, obsolete, or lost a placeholder.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from fake_checkout_ui.language import FALLBACK, LOCALES, NAMES
from mock_dintero.core.payment_method import METHODS
from mock_dintero.scenario_files import scenarios

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "fake_checkout_ui"
LANGUAGES = [code for code in NAMES if code != FALLBACK]
MARKS = ("gettext", "marked")
TEMPLATES = [("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}

RULES = ("address.py", "card.py")
"""Rules that answer in sentences: they know nothing of languages, so the page translates what they say."""

SENTENCE = re.compile(r"[A-Z][^\n]* [^\n]*\.")
PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|.)")


def sentences() -> Catalog:
    """All that the page may say, in English, in the order of the sources."""
    found = Catalog(fuzzy=False)
    for path in sorted(PAGE.glob("*.py")):
        for text in marked(ast.parse(path.read_text(encoding="utf-8"))):
            found.add(text, locations=[(f"fake_checkout_ui/{path.name}", 0)])
    for file, _, text, _, _ in extract_from_dir(PAGE, TEMPLATES, OPTIONS, {"_": None}):
        found.add(text, locations=[(f"fake_checkout_ui/{file}", 0)])
    for name in RULES:
        path = ROOT / "mock_dintero" / "core" / name
        for text in texts(ast.parse(path.read_text(encoding="utf-8"))):
            if SENTENCE.fullmatch(text):
                found.add(text, locations=[(f"mock_dintero/core/{name}", 0)])
    for method in METHODS.values():
        found.add(method.label, locations=[("mock_dintero/core/payment_method.py", 0)])
    for story in scenarios().values():
        found.add(story.group, locations=[("scenarios", 0)])
    return found


def marked(tree: ast.AST) -> Iterator[str]:
    """What stands in `gettext()` and `marked()`; unlike Babel's own reader, also inside an f-string."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MARKS and call.args:
            text = call.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def texts(tree: ast.AST, without: Collection[int] = ()) -> Iterator[str]:
    """The string constants of a module, less docstrings and less the nodes with these ids."""
    alone = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)} | set(without)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def catalogue(language: str) -> Catalog:
    """What is translated so far; a language that has no file yet starts with an empty one."""
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return Catalog(language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, language)


def update(language: str) -> None:
    """Bring a file up to date: new sentences come in empty, those that nobody says any more go."""
    found = catalogue(language)
    kept = {one.id: one.string for one in found if one.id}
    fresh = Catalog(
        language, project="mock-dintero", fuzzy=False, header_comment="#",
        creation_date=found.creation_date, revision_date=found.creation_date,
    )  # fmt: skip
    for one in sentences():
        if one.id:
            fresh.add(one.id, kept.get(one.id, ""), locations=one.locations)
    with (LOCALES / f"{language}.po").open("wb") as file:
        write_po(file, fresh, width=110, omit_header=True, include_lineno=False)


def missing(language: str) -> list[str]:
    """Sentences without a translation."""
    done = {one.id for one in catalogue(language) if one.string}
    return [one.id for one in sentences() if one.id and one.id not in done]


def problems(language: str) -> list[str]:
    """All that is wrong with a catalogue, a line each."""
    wanted = {one.id for one in sentences() if one.id}
    has = catalogue(language)
    found = [f"{language}: not translated: {text!r}" for text in missing(language)]
    for one in has:
        if not one.id:
            continue
        if one.id not in wanted:
            found.append(f"{language}: nobody says any more: {one.id!r}")
        if one.fuzzy:
            found.append(f"{language}: fuzzy: {one.id!r}")
        if one.string and placeholders(one.string) != placeholders(one.id):
            found.append(f"{language}: placeholders differ: {one.id!r}")
    found += [f"{language}: nobody says any more: {text!r}" for text in has.obsolete]
    return found


def placeholders(text: str) -> list[str]:
    """`%(name)s` and whatever else follows a per cent sign, sorted: languages have their own order."""
    return sorted(match[0] for match in PLACEHOLDER.finditer(text))


if __name__ == "__main__":
    if "--check" in sys.argv:
        wrong = [line for language in LANGUAGES for line in problems(language)]
        print("\n".join(wrong) or "every sentence is translated")
        sys.exit(bool(wrong))
    for language in LANGUAGES:
        update(language)
        for text in missing(language):
            print(f"{language}: {text!r}")

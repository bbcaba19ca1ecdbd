"""All promises there are: read from the folder contract_tests/promises, whose files are run by path."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from mock_dintero.contract_files import folder
from mock_dintero.verify.promise import FAMILIES, Promise


class UnknownPromise(Exception):
    """Nothing there is has this name; the message tells what is spelt alike."""


@cache
def promises() -> tuple[Promise, ...]:
    """Every promise, by family; within one as their files have them."""
    found = [one for file in sorted((folder() / "promises").glob("*.py")) for one in _of(file)]
    return tuple(sorted(found, key=lambda one: FAMILIES.index(one.family)))


def _of(file: Path) -> Iterable[Promise]:
    """The file is a module of its own name: `promises` alone is too common a word to import."""
    name = f"mock_dintero._promises_{file.stem}"
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return [value for value in vars(module).values() if isinstance(value, Promise)]


def chosen(only: Sequence[str]) -> list[Promise]:
    """Those whose id (`*` allowed), family or severity is named; all without names. Raises UnknownPromise."""
    for name in only:
        if not any(_is_called(one, name) for one in promises()):
            alike = get_close_matches(name, [one.id for one in promises()], 3)
            hint = f"; did you mean {' or '.join(alike)}?" if alike else ""
            raise UnknownPromise(
                f"no promise, family or severity is called {name!r}{hint or ';'} `--list` names them all"
            )
    return [one for one in promises() if not only or any(_is_called(one, name) for name in only)]


def _is_called(one: Promise, name: str) -> bool:
    low = name.lower()
    return fnmatchcase(one.id, low) or low in (one.family.lower(), one.severity)

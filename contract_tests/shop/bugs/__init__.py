"""The shop with one mistake: each bug replaces a piece of the shop with one that somebody once wrote.

`SHOP_BUG=name` (or `--bug name`) switches one on. None is on otherwise. They prove that a promise of
`mock-dintero verify` can be broken: docs/kill-matrix.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Bug:
    """One mistake: what it is in a sentence, the promises that it breaks, and where it was seen."""

    name: str
    says: str
    breaks: tuple[str, ...]
    seen: str
    switch_on: Callable[[], None]


def bug(name: str, *, breaks: tuple[str, ...], seen: str) -> Callable[[Callable[[], None]], Bug]:
    """Make a bug of a function that puts it into the shop; its docstring says what is wrong."""

    def made(switch_on: Callable[[], None]) -> Bug:
        return Bug(name, (switch_on.__doc__ or "").strip(), breaks, seen, switch_on)

    return made


def replace(where: ModuleType | type, name: str, piece: Any) -> None:
    """Put another piece in the place of an existing one."""
    if not hasattr(where, name):
        raise AttributeError(
            f"{where.__name__} has no {name} any more: this bug has lost its place"
        )
    setattr(where, name, piece)


def bugs() -> dict[str, Bug]:
    """All there are, by name."""
    names = sorted(file.stem for file in Path(__file__).parent.glob("[!_]*.py"))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    found = [one for module in modules for one in vars(module).values() if isinstance(one, Bug)]
    return {one.name: one for one in found}


def switch_on(name: str) -> None:
    """Put a bug into this process's shop. Raises SystemExit for a name that does not exist."""
    known = bugs()
    if name not in known:
        raise SystemExit(f"there is no bug {name!r}; there is {', '.join(known)}")
    known[name].switch_on()

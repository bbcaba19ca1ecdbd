"""Write what `--help` says between the marks in README.md, docs/cli.md and docs/verify.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from mock_dintero.cli import main

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "cli.md", ROOT / "docs" / "verify.md")
BLOCK = re.compile(r"<!-- help of ([a-z -]+) -->\n```\n.*?```", re.DOTALL)


def verbs(group: click.Group = main, before: str = "") -> Iterator[str]:
    """`start`, `clock`, `clock show`, ... in the order of the help."""
    for name in group.list_commands(click.Context(group)):
        yield f"{before}{name}"
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from verbs(command, f"{before}{name} ")


def help_of(verb: str) -> str:
    result = CliRunner().invoke(
        main, [*verb.split(), "--help"], prog_name="mock-dintero", terminal_width=100
    )
    assert result.exit_code == 0, result.output
    return result.output


def renewed(page: str) -> str:
    """The page with the real help between its marks."""
    return BLOCK.sub(
        lambda block: f"<!-- help of {block[1]} -->\n```\n{help_of(block[1])}```", page
    )


if __name__ == "__main__":
    stale = False
    for path in PAGES:
        before = path.read_text(encoding="utf-8")
        after = renewed(before)
        path.write_text(after, encoding="utf-8")
        stale |= after != before
    print("renewed" if stale else "nothing has changed")

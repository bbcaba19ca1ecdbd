"""A group of verbs, one of which is meant when none is given."""

from __future__ import annotations

from typing import Any

import click

HELP = ("--help", "-h", "--version")


class Family(click.Group):
    """`clock --json` is `clock show --json`."""

    def __init__(self, *args: Any, default: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default verb where none is."""
        if not args or (args[0].startswith("-") and args[0] not in HELP):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

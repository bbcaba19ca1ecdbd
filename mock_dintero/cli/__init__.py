"""The command line. Each verb imports what it needs when it runs."""

from __future__ import annotations

import click

from mock_dintero import __version__


class _Verbs(click.Group):
    """Finds a verb in the module of its name; `start` is the verb when none is given."""

    VERBS = ("start", "demo", "readyz", "version")

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        from importlib import import_module

        if name not in self.VERBS:
            return None
        command: click.Command = import_module(f"mock_dintero.cli.{name}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = ["start", *args]
        return super().parse_args(ctx, args)


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mock-dintero")
def main() -> None:
    """A local sandbox of Dintero Checkout Express. Without a verb: start."""

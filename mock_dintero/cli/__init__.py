"""The command line. Each verb imports what it needs when it runs."""

from __future__ import annotations

from typing import ClassVar

import click

from mock_dintero import __version__
from mock_dintero.cli.family import Family


class _Verbs(Family):
    """Finds a verb in its module."""

    VERBS: ClassVar = {
        "start": "start", "demo": "demo", "verify": "verify", "exec": "exec", "scenario": "scenario",
        "readyz": "readyz", "doctor": "doctor", "reset": "reset", "clock": "clock",
        "deliveries": "deliveries", "replay": "deliveries", "requests": "requests",
        "timeline": "timeline", "wait": "wait", "faults": "faults", "snapshot": "snapshot",
        "sign": "signature", "check-signature": "signature", "version": "version",
    }  # fmt: skip
    """The file of each verb. A file with one verb calls it `command`, one with more by their names."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        from importlib import import_module

        if name not in self.VERBS:
            return None
        module = import_module(f"mock_dintero.cli.{self.VERBS[name]}")
        command: click.Command = getattr(module, name.replace("-", "_"), None) or module.command
        return command


@click.command(
    cls=_Verbs, default="start", context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="mock-dintero")
def main() -> None:
    """A local sandbox of Dintero Checkout Express. Without a verb: start."""

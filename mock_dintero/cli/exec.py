"""`mock-dintero exec`: a sandbox for as long as a command runs."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping

import click

from mock_dintero.cli import settings

NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""Exit codes, as shells have them."""


@click.command(
    "exec",
    short_help="Run a command beside a sandbox of its own.",
    context_settings={"allow_interspersed_args": False},
)
@click.option("--account", default="T12345678", show_default=True, envvar="DINTERO_ACCOUNT_ID",
              help="The account that CMD is told of.")  # fmt: skip
@settings.STORE
@settings.SEED
@settings.CONFIG
@settings.STRICT
@settings.CALLBACK_REWRITE
@click.option("-q", "--quiet", is_flag=True, help="Do not say where the sandbox is.")
@click.argument("cmd", nargs=-1, required=True, type=click.UNPROCESSED)
def command(
    account: str, store: str | None, seed: int | None, config: str | None, strict: bool | None,
    callback_rewrite: tuple[str, ...], quiet: bool, cmd: tuple[str, ...],
) -> None:  # fmt: skip
    """Run CMD beside a sandbox on a free port, and exit with its code.

    CMD finds the sandbox in its environment: DINTERO_API_URL, DINTERO_ACCOUNT_ID, ... (README).

    \b
      mock-dintero exec -- pytest
    """
    from mock_dintero.config import environment

    server = settings.make_server(
        config, port=0, store=store, seed=seed, strict=strict, callback_rewrite=callback_rewrite
    )
    with server:
        if not quiet:
            click.echo(
                f"mock-dintero is at {server.url}, look inside: {server.url}/_mock/", err=True
            )
        code = run(cmd, environment(server.url, account))
    raise SystemExit(code)


def run(cmd: tuple[str, ...], variables: Mapping[str, str]) -> int:
    """Run it with these variables added, pass signals on, and answer with a shell's exit code."""
    process: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def pass_on(number: int, frame: object) -> None:
        if process is None:
            early.append(number)
        elif not (number == signal.SIGINT and _in_foreground()):
            process.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        process = subprocess.Popen(cmd, env={**os.environ, **variables})  # noqa: S603 - what was asked for
        for number in early:
            process.send_signal(number)
        code = process.wait()
    except FileNotFoundError:
        click.echo(f"mock-dintero exec: {cmd[0]}: there is no such command", err=True)
        return NOT_FOUND
    except PermissionError:
        click.echo(f"mock-dintero exec: {cmd[0]}: this file may not be executed", err=True)
        return NOT_EXECUTABLE
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 128 - code if code < 0 else code


def _in_foreground() -> bool:
    """Whether Ctrl+C comes from a terminal, which tells CMD by itself; twice would be once too often."""
    try:
        with open("/dev/tty", "rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except (OSError, AttributeError):
        return False

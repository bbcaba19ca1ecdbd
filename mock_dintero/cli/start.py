"""`mock-dintero start`: run the sandbox."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mock_dintero.cli import settings
from mock_dintero.cli.settings import env

if TYPE_CHECKING:
    from mock_dintero.server import Server


@click.command("start")
@click.option("-H", "--host", envvar=env("HOST"), help="Address to listen on.  [127.0.0.1]")
@click.option(
    "-p", "--port", type=int, envvar=env("PORT"), help="Port; 0 takes a free one.  [8426]"
)
@click.option("--port-file", type=click.Path(dir_okay=False), envvar=env("PORT_FILE"),
              help="Write the port here once it listens.")  # fmt: skip
@click.option("--public-url", envvar=env("PUBLIC_URL"),
              help="How browsers and shops reach the sandbox, if not by host and port.")  # fmt: skip
@settings.STORE
@settings.CONFIG
@settings.SEED
@click.option("--allow-production-ids", is_flag=True, default=None, envvar=env("ALLOW_PRODUCTION_IDS"),
              help="Take account ids that begin with P.")  # fmt: skip
@settings.STRICT
@click.option("--scenario", envvar=env("SCENARIO"),
              help="Put what goes wrong in this scenario on stage.")  # fmt: skip
@click.option("--tls", is_flag=True, default=None, envvar=env("TLS"),
              help="Speak https with a certificate made now; needs mock-dintero[tls].")  # fmt: skip
@settings.CALLBACK_REWRITE
@click.option("--log-format", type=click.Choice(["text", "json"]), default="text",
              envvar=env("LOG_FORMAT"), help="How -v and warnings are written.  [text]")  # fmt: skip
@click.option("-v", "--verbose", is_flag=True, envvar=env("VERBOSE"),
              help="Print a line for every request and callback.")  # fmt: skip
@click.option("-q", "--quiet", is_flag=True, envvar=env("QUIET"),
              help="Say nothing unless something is wrong.")  # fmt: skip
def command(
    port_file: str | None, scenario: str | None, log_format: str, quiet: bool, verbose: bool,
    **flags: Any,
) -> None:  # fmt: skip
    """Run the sandbox until Ctrl+C."""
    if verbose or log_format == "json":
        from mock_dintero.cli.logs import listen

        listen(log_format, with_traffic=verbose)
    server = settings.make_server(**flags)

    trouble: list[click.ClickException] = []

    def ready() -> None:
        try:
            if scenario:
                stage(server, scenario)
        except click.ClickException as error:
            trouble.append(error)
            server.stop()
            return
        gc.freeze()  # what is here now stays; a full collection would hold up a callback for 70 ms
        gc.set_threshold(10_000)  # records make no cycles
        if port_file:
            Path(port_file).write_text(f"{server.port}\n", encoding="utf-8")
        if not quiet:
            click.echo(banner(server.url, server.certificate))

    if server.certificate:
        import signal

        signal.signal(signal.SIGTERM, _stop)  # the folder with the key goes before we do
    server.run(ready)
    if trouble:
        raise trouble[0]


def _stop(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def stage(server: Server, name: str) -> None:
    """Put a scenario's faults on stage in the default account, before anybody is told of the port."""
    from importlib import import_module

    from mock_dintero.core.account import DEFAULT_ID
    from mock_dintero.core.errors import DinteroError

    try:
        scenarios = import_module("mock_dintero.use_cases.scenarios")
        scenarios.stage(server.app.state.sandbox, DEFAULT_ID, name)
    except ModuleNotFoundError as error:
        if error.name != "mock_dintero.use_cases.scenarios":
            raise
        raise click.ClickException("--scenario: this version has no scenarios") from None
    except DinteroError as error:
        raise click.ClickException(f"--scenario: {error}") from None


def banner(url: str, certificate: Path | None = None) -> str:
    """What a developer needs to point an application at the sandbox."""
    from mock_dintero.config import environment

    exports = "\n".join(f"  {name}={value}" for name, value in environment(url).items())
    trust = (
        f"Its certificate, for your application to trust: {certificate}\n" if certificate else ""
    )
    return (
        f"mock-dintero is ready at {url}\n\n"
        f"Give these to your application:\n\n{exports}\n\n{trust}"
        f"Look inside: {url}/_mock/\nNo real money moves here. Ctrl+C stops."
    )

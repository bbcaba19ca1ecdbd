"""`mock-dintero start`: run the sandbox."""

from __future__ import annotations

import gc
import logging
import sqlite3
from pathlib import Path
from typing import Any

import click


def _env(name: str) -> str:
    return f"MOCK_DINTERO_{name}"


@click.command("start")
@click.option("-H", "--host", envvar=_env("HOST"), help="Address to listen on.  [127.0.0.1]")
@click.option(
    "-p", "--port", type=int, envvar=_env("PORT"), help="Port; 0 takes a free one.  [8426]"
)
@click.option("--port-file", type=click.Path(dir_okay=False), envvar=_env("PORT_FILE"),
              help="Write the port here once it listens.")  # fmt: skip
@click.option("--public-url", envvar=_env("PUBLIC_URL"),
              help="How browsers and shops reach the sandbox, if not by host and port.")  # fmt: skip
@click.option("--store", envvar=_env("STORE"), help="memory, or sqlite:///file.db  [memory]")
@click.option(
    "--config", envvar=_env("CONFIG"), help="Settings file.  [mock-dintero.toml, if it is there]"
)
@click.option("--seed", type=int, envvar=_env("SEED"), help="Make ids repeatable.")
@click.option("--allow-production-ids", is_flag=True, default=None, envvar=_env("ALLOW_PRODUCTION_IDS"),
              help="Take account ids that begin with P.")  # fmt: skip
@click.option("--strict", is_flag=True, default=None, envvar=_env("STRICT"),
              help="Refuse what payment lint finds, and unknown accounts.")  # fmt: skip
@click.option(
    "--callback-rewrite",
    multiple=True,
    metavar="FROM=TO",
    envvar=_env("CALLBACK_REWRITE"),
    help="Call TO where a callback URL begins with FROM; may be repeated.",
)
@click.option("-v", "--verbose", is_flag=True, help="Print a line for every request and callback.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something is wrong.")
def command(
    config: str | None, port_file: str | None, quiet: bool, verbose: bool, **flags: Any
) -> None:
    """Run the sandbox until Ctrl+C."""
    from mock_dintero.config import ConfigError, load_config
    from mock_dintero.server import Server

    if verbose:
        logging.basicConfig(
            level=logging.WARNING, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
        )
        logging.getLogger("mock_dintero.traffic").setLevel(logging.INFO)
    flags["callback_rewrite"] = flags["callback_rewrite"] or None
    try:
        settings = load_config(config, **flags)
        server = Server(settings)
    except (ConfigError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    except sqlite3.Error as error:
        raise click.ClickException(
            f"{flags['store']}: {error}. Does another mock-dintero use this file?"
        ) from None
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
            "Is a sandbox running already? Take another port with --port, or any free one with --port 0"
        ) from None

    def ready() -> None:
        gc.freeze()  # what is here now stays; a full collection would hold up a callback for 70 ms
        if port_file:
            Path(port_file).write_text(f"{server.port}\n", encoding="utf-8")
        if not quiet:
            click.echo(banner(server.url))

    server.run(ready)


def banner(url: str) -> str:
    """What a developer needs to point an application at the sandbox."""
    from mock_dintero.config import environment

    exports = "\n".join(f"  {name}={value}" for name, value in environment(url).items())
    return (
        f"mock-dintero is ready at {url}\n\n"
        f"Give these to your application:\n\n{exports}\n\n"
        f"Look inside: {url}/_mock/\nNo real money moves here. Ctrl+C stops."
    )

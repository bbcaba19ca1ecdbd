"""The options that every verb with a sandbox of its own has, and the server that they make."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mock_dintero.server import Server


def env(name: str) -> str:
    """The variable of an option."""
    return f"MOCK_DINTERO_{name}"


STORE = click.option("--store", envvar=env("STORE"), help="memory, or sqlite:///file.db  [memory]")
CONFIG = click.option(
    "--config", envvar=env("CONFIG"), help="Settings file.  [mock-dintero.toml, if it is there]"
)
SEED = click.option("--seed", type=int, envvar=env("SEED"), help="Make ids repeatable.")
STRICT = click.option(
    "--strict", is_flag=True, default=None, envvar=env("STRICT"),
    help="Refuse what payment lint finds, and unknown accounts.",
)  # fmt: skip
CALLBACK_REWRITE = click.option(
    "--callback-rewrite",
    multiple=True,
    metavar="FROM=TO",
    envvar=env("CALLBACK_REWRITE"),
    help="Call TO where a callback URL begins with FROM; may be repeated.",
)


def make_server(config: str | None, **flags: Any) -> Server:
    """A server from the flags of a verb; the port is bound. What is wrong ends the verb with a sentence."""
    from mock_dintero.config import ConfigError, load_config
    from mock_dintero.server import Server

    flags["callback_rewrite"] = flags["callback_rewrite"] or None
    try:
        settings = load_config(config, **flags)
        return Server(settings)
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

"""How a sandbox is started: flags, environment, mock-dintero.toml, in this order of weight."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from mock_dintero.core.account import (
    DEFAULT_CLIENT_ID,
    DEFAULT_CLIENT_SECRET,
    DEFAULT_ID,
    DEFAULT_SIGNATURE_SECRET,
)

DEFAULT_PORT = 8426
CONFIG_FILE = "mock-dintero.toml"


class Config(BaseModel):
    """Everything that can be set. Unknown names are errors: a typo must not pass silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = DEFAULT_PORT
    public_url: str | None = None
    store: str = "memory"
    seed: int | None = None
    allow_production_ids: bool = False
    strict: bool = False
    tls: bool = False
    callback_rewrite: tuple[str, ...] = ()

    @field_validator("callback_rewrite", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    @field_validator("callback_rewrite")
    @classmethod
    def _pairs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for rewrite in value:
            before, equals, after = rewrite.partition("=")
            if not (equals and "://" in before and "://" in after):
                raise ValueError(
                    f"{rewrite!r} is not FROM=TO, for example http://shop=http://127.0.0.1:3000"
                )
        return value

    @field_validator("public_url")
    @classmethod
    def _origin(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/") if value else value


class ConfigError(Exception):
    """A setting is wrong; the message names it and the way out."""


def load_config(path: str | None, **given: Any) -> Config:
    """The file's settings under the given ones. Without a path, `mock-dintero.toml` if it is there.

    Raises ConfigError.
    """
    file = Path(path or CONFIG_FILE)
    settings: dict[str, Any] = {}
    if path or file.exists():
        try:
            settings = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{file}: {error}") from None
    settings |= {name: value for name, value in given.items() if value is not None}
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        name = ".".join(str(step) for step in found["loc"])
        known = ", ".join(Config.model_fields)
        hint = f"; there is {known}" if found["type"] == "extra_forbidden" else ""
        raise ConfigError(f"{name}: {found['msg']}{hint}") from None


def environment(url: str, account_id: str = DEFAULT_ID) -> dict[str, str]:
    """What a merchant's application is told, as environment variables."""
    return {
        "DINTERO_API_URL": url,
        "DINTERO_CHECKOUT_URL": url,
        "DINTERO_ACCOUNT_ID": account_id,
        "DINTERO_CLIENT_ID": DEFAULT_CLIENT_ID,
        "DINTERO_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
        "DINTERO_PROFILE_ID": "default",
        "DINTERO_SIGNATURE_SECRET": DEFAULT_SIGNATURE_SECRET,
        "MOCK_DINTERO_URL": url,
    }

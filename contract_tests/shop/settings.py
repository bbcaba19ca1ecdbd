"""Where Dintero is, who the shop is there, and where its own pages are seen from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """Everything that differs between a sandbox and Dintero itself."""

    api_url: str
    checkout_url: str
    account_id: str
    client_id: str
    client_secret: str = field(repr=False)
    profile_id: str
    signature_secret: str = field(repr=False)
    public_url: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], public_url: str) -> Settings:
        """Read every `DINTERO_*` variable, or name all that are missing at once."""
        names = [name for name in cls.__dataclass_fields__ if name != "public_url"]
        values = {name: environment.get(f"DINTERO_{name.upper()}", "") for name in names}
        missing = [f"DINTERO_{name.upper()}" for name in names if not values[name]]
        if missing:
            raise SystemExit(f"Set these environment variables first: {', '.join(missing)}")
        values["public_url"] = public_url
        urls = {name: value.rstrip("/") for name, value in values.items() if name.endswith("_url")}
        return cls(**values | urls)

"""Where Dintero is, who the shop is there, and where its own pages are seen from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Self


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
    timeout: float = 5.0
    """Seconds that Dintero may take to answer a call."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], public_url: str) -> Self:
        """Read every `DINTERO_*` variable, or name all that are missing at once.

        `DINTERO_TIMEOUT` may be left out.
        """
        names = {field.name: f"DINTERO_{field.name.upper()}" for field in fields(cls)[:-2]}
        missing = [variable for variable in names.values() if not environment.get(variable)]
        if missing:
            raise SystemExit(f"Set these environment variables first: {', '.join(missing)}")
        values = {name: environment[variable] for name, variable in names.items()}
        values["public_url"] = public_url
        values |= {n: v.rstrip("/") for n, v in values.items() if n.endswith("_url")}
        return cls(**values, timeout=float(environment.get("DINTERO_TIMEOUT") or cls.timeout))

"""What all bodies of the tester's API share: they may name the account, and a typo is an error."""

from __future__ import annotations

from pydantic import ConfigDict

from mock_dintero.core.record import Part


class ScopedBody(Part):
    """A body with `account`, as an alternative to `?account=`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    account: str | None = None

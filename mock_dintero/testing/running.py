"""A sandbox that somebody else has started."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from mock_dintero.testing.door import must_verify


@dataclass(frozen=True)
class RunningServer:
    """It is there, at this URL, and stays there when the tests are over."""

    url: str

    @property
    def port(self) -> int:
        """Its port."""
        return httpx.URL(self.url).port or (443 if self.url.startswith("https:") else 80)

    def require_ready(self) -> None:
        """Raises ConnectionError if nobody answers there, or somebody else."""
        try:
            answer = httpx.get(
                f"{self.url}/readyz", trust_env=False, timeout=10, verify=must_verify(self.url)
            )
        except httpx.TransportError as error:
            raise ConnectionError(f"no mock-dintero at {self.url}: {error}") from None
        if "x-mock-dintero" not in answer.headers:
            raise ConnectionError(f"no mock-dintero at {self.url}: somebody else answers there")

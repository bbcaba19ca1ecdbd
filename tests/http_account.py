"""An account of a sandbox behind a socket, in the hands of a test with many of them at once."""

from __future__ import annotations

import json as jsons
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import aiohttp

Json = dict[str, Any]


@dataclass
class Account:
    """Its merchant's calls, and those of its tester."""

    http: aiohttp.ClientSession
    sandbox: str
    account: str
    token: str = ""

    async def call(self, method: str, path: str, json: Any = None, **query: str) -> tuple[int, Any]:
        """Status and JSON; 0 for a connection that breaks, None for what is no JSON."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            async with self.http.request(
                method, self.sandbox + path, json=json, params=query, headers=headers
            ) as answer:
                text = await answer.text()
        except aiohttp.ClientConnectionError:
            return 0, None
        try:
            return answer.status, jsons.loads(text)
        except ValueError:
            return answer.status, None

    async def ok(self, method: str, path: str, json: Any = None) -> Any:
        """The merchant's call, which must be answered with 200."""
        status, said = await self.call(method, path, json)
        assert status == 200, (self.account, path, status, said)
        return said

    async def tester(self, method: str, path: str, json: Any = None, **query: str) -> Any:
        """A call of the tester's API about this account."""
        status, said = await self.call(
            method, f"/_mock/api/v1/{path}", json, account=self.account, **query
        )
        assert status == 200, (self.account, path, status, said)
        return said

    async def log_in(self, secret: str = "secret") -> None:
        """A token from now on."""
        client = b64encode(f"client:{secret}".encode()).decode()
        async with self.http.post(
            f"{self.sandbox}/v1/accounts/{self.account}/auth/token",
            headers={"authorization": f"Basic {client}"},
            json={"grant_type": "client_credentials",
                  "audience": f"https://api.dintero.com/v1/accounts/{self.account}"},
        ) as answer:  # fmt: skip
            assert answer.status == 200, await answer.text()
            self.token = (await answer.json())["access_token"]

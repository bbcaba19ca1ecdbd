"""The tester's API for one account, and answers that are not what a test wanted."""

from __future__ import annotations

from typing import Any

import httpx

Json = dict[str, Any]

OUR_TIME = 70.0
"""Seconds for an answer: a shop has 60 for an address callback, inside the buyer's call."""


class SandboxSaidNo(AssertionError):
    """A call of the test was refused; the message is the sandbox's own."""


class WaitedInVain(SandboxSaidNo):
    """What a test waited for did not come; the message names the nearest miss."""


class Door:
    """`/_mock/api/v1` for one account."""

    def __init__(self, http: httpx.Client, account_id: str) -> None:
        self._http = http
        self._account_id = account_id

    def ask(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        timeout: float | None = None,
        **params: Any,
    ) -> Any:
        """One call; answers with its JSON. Raises SandboxSaidNo unless it answers 200."""
        params["account"] = self._account_id
        path, patience = f"/_mock/api/v1/{path}", timeout or httpx.USE_CLIENT_DEFAULT
        return understood(
            self._http.request(method, path, json=json, params=params, timeout=patience)
        )

    def wait(self, what: str, timeout: float, count: int, match: Json) -> list[Json]:
        """`POST wait`. Raises WaitedInVain with the API's sentence."""
        body = {"for": what, "match": match, "count": count, "timeout": timeout}
        answer = self._http.post(
            "/_mock/api/v1/wait",
            json=body,
            params={"account": self._account_id},
            timeout=timeout + OUR_TIME,
        )
        if answer.status_code == 408:
            raise WaitedInVain(answer.json()["error"]["message"])
        found: list[Json] = understood(answer)["found"]
        return found


def must_verify(url: str) -> bool:
    """Whether a certificate must be trusted: not on this machine, where --tls makes one by itself."""
    where = httpx.URL(url)
    return where.scheme == "https" and where.host not in ("localhost", "127.0.0.1", "::1")


def understood(answer: httpx.Response) -> Any:
    """The JSON of a good answer. Raises SandboxSaidNo."""
    if answer.status_code == 204:
        return {}
    if answer.status_code != 200:
        raise SandboxSaidNo(f"{answer.request.method} {answer.request.url.path}: {answer.text}")
    return answer.json()


def dotted(match: Json) -> Json:
    """A keyword cannot hold a dot: `order__merchant_reference` means `order.merchant_reference`."""
    return {name.replace("__", "."): value for name, value in match.items()}

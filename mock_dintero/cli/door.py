"""The tester's API from a shell: one call, and its JSON or one clear sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import click

if TYPE_CHECKING:
    import httpx

URL = click.option(
    "--url", default="http://127.0.0.1:8426", show_default=True, envvar="MOCK_DINTERO_URL",
    help="Where the sandbox is.",
)  # fmt: skip
ACCOUNT = click.option(
    "--account", default="", envvar="DINTERO_ACCOUNT_ID", help="One account.  [all of them]"
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print the API's JSON, nothing else.")

BASE = "/_mock/api/v1/"
CONNECTS_WITHIN = 5.0
PATIENCE = 30.0
LONG_PATIENCE = 3600.0
"""Seconds for an answer. A step of the clock answers when every callback has been carried."""
Json = Any


class Unreachable(click.ClickException):
    """No sandbox answers at that address; the message says what to do."""


class Refused(click.ClickException):
    """The sandbox said no; `body` is its answer."""

    def __init__(self, message: str, body: Json) -> None:
        super().__init__(message)
        self.body = body


@dataclass(frozen=True)
class Door:
    """Where the sandbox is, which account is meant, and how answers are printed."""

    url: str
    account: str = ""
    as_json: bool = False

    def get(self, path: str, /, **params: str) -> Json:
        """A look at something; empty parameters do not count."""
        return self.send("GET", path, params=params).json()

    def call(self, method: str, path: str, body: Json = None, patience: float = PATIENCE) -> Json:
        """One call; answers with its JSON. Raises Unreachable and Refused."""
        answer = self.send(method, path, body, patience)
        return answer.json() if answer.content else None

    def send(
        self, method: str, path: str, body: Json = None, patience: float = PATIENCE,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:  # fmt: skip
        """One call; answers with the response. Raises Unreachable and Refused."""
        query = {name: value for name, value in (params or {}).items() if value}
        if self.account:
            query["account"] = self.account
        url = f"{self.url.rstrip('/')}{BASE}{path}"
        answer = send(method, url, patience, params=query, json=body)
        if "X-Mock-Dintero" not in answer.headers:
            raise Unreachable(
                f"something else than a sandbox answers at {self.url}. "
                "Name the sandbox with --url or MOCK_DINTERO_URL"
            )
        if answer.is_error:
            no = refused(answer)
            if self.as_json:
                print_json(no.body)
            raise no
        return answer

    def show(self, value: Json, human: Callable[[Json], str]) -> None:
        """Print an answer: as it came, or for people."""
        if self.as_json:
            print_json(value)
        else:
            click.echo(human(value))


def send(method: str, url: str, patience: float, **options: Any) -> httpx.Response:
    """One request, over no proxy. Raises Unreachable."""
    import httpx

    where = url.partition(BASE)[0]
    try:
        with httpx.Client(
            trust_env=False, verify=must_verify(url), timeout=httpx.Timeout(patience, connect=CONNECTS_WITHIN)
        ) as client:  # fmt: skip
            return client.request(method, url, **options)
    except httpx.ReadTimeout:
        raise Unreachable(f"{where} did not answer within {patience:g} seconds") from None
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, ValueError):
        raise Unreachable(f"{where!r} is no URL; write it like http://127.0.0.1:8426") from None
    except httpx.TransportError as error:
        raise Unreachable(
            f"no sandbox answers at {where} ({in_words(error)}). "
            "Start one with `mock-dintero start`, or name another with --url or MOCK_DINTERO_URL"
        ) from None


def must_verify(url: str) -> bool:
    """Whether a certificate must be trusted: not on this machine, where --tls makes one by itself."""
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1")


def in_words(error: Exception) -> str:
    """Why a connection failed, in a few words."""
    text = str(error)
    return (
        "connection refused"
        if "refused" in text or "attempts failed" in text
        else text or type(error).__name__
    )


def refused(answer: httpx.Response) -> Refused:
    """An error of the API, as a sentence with its details."""
    try:
        body = answer.json()
        error = body["error"]
        message = str(error["message"])
    except (ValueError, KeyError, TypeError):
        return Refused(f"the sandbox answered {answer.status_code}: {answer.text[:200]}", None)
    details = error.get("errors") or []
    lines = [f"\n  {_detail(detail)}" for detail in details if _detail(detail) not in message]
    return Refused(message + "".join(lines), body)


def _detail(detail: Json) -> str:
    return str(detail.get("message", detail)) if isinstance(detail, dict) else str(detail)


def print_json(value: Json) -> None:
    """JSON for people and for `jq` alike."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def segment(text: str) -> str:
    """A name as one step of a path."""
    return quote(text, safe=".~-_")

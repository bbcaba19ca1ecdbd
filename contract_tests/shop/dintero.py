"""The few calls that the shop makes to Dintero, with one access token for all of them."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

import httpx

from shop.errors import DinteroError
from shop.settings import Settings

Json = dict[str, Any]


class Dintero:
    """Dintero's API, as far as the shop needs it."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self.settings = settings
        self._http = http
        self._token = ""
        self._good_until = 0.0

    async def create_session(self, body: Json) -> tuple[str, str]:
        """POST /v1/sessions-profile; answers with the session's id and its page."""
        session = await self._call("POST", "/v1/sessions-profile", body)
        if not isinstance(session.get("id"), str) or not isinstance(session.get("url"), str):
            raise DinteroError("Dintero answered without a session.")
        return session["id"], session["url"]

    async def transaction(self, transaction_id: str) -> Json:
        """GET /v1/transactions/{id}."""
        return await self._call("GET", _transaction_path(transaction_id))

    async def operate(self, transaction_id: str, verb: str, body: Json) -> None:
        """POST /v1/transactions/{id}/capture, refund or void."""
        await self._call("POST", f"{_transaction_path(transaction_id)}/{verb}", body)

    async def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Call the checkout API; a token that Dintero no longer takes is renewed once."""
        answer = await self._send(method, path, body)
        if answer.status_code == 401:
            self._good_until = 0.0
            answer = await self._send(method, path, body)
        return read_answer(answer)

    async def _send(self, method: str, path: str, body: Json | None) -> httpx.Response:
        if time.monotonic() >= self._good_until:
            await self._fetch_token()
        headers = {"Authorization": f"Bearer {self._token}", "Dintero-System-Name": "sample-shop"}
        url = self.settings.checkout_url + path
        return await self._request(method, url, headers=headers, json=body)

    async def _fetch_token(self) -> None:
        account = f"/v1/accounts/{self.settings.account_id}"
        audience = f"https://api.dintero.com{account}"
        answer = await self._request(
            "POST",
            f"{self.settings.api_url}{account}/auth/token",
            auth=(self.settings.client_id, self.settings.client_secret),
            json={"grant_type": "client_credentials", "audience": audience},
        )
        grant = read_answer(answer)
        if not isinstance(grant.get("access_token"), str):
            raise DinteroError("Dintero answered our login without an access token.")
        self._token = grant["access_token"]
        # A tenth early, so that a token does not run out on its way.
        self._good_until = time.monotonic() + float(grant.get("expires_in") or 0) * 0.9

    async def _request(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, url, **options)
        except httpx.HTTPError as error:
            raise DinteroError("Dintero could not be reached.") from error


def _transaction_path(transaction_id: str) -> str:
    """The id came with a request from outside: quoted, it cannot lead to another path."""
    return f"/v1/transactions/{quote(transaction_id, safe='')}"


def read_answer(answer: httpx.Response) -> Json:
    """The JSON object of a good answer; otherwise the trouble, in Dintero's own words."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.is_success and isinstance(body, dict):
        return body
    words = f"Dintero answered {answer.status_code}: {dinteros_words(body)}"
    raise DinteroError(words, answer.status_code)


def dinteros_words(body: object) -> str:
    """The message of an error, and those of its details."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "it did not say why"
    details = [part for part in error.get("errors") or [] if isinstance(part, dict)]
    words = [part.get("description") or part.get("message") for part in details]
    return "; ".join(str(word) for word in [error.get("message"), *words] if word)

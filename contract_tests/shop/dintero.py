"""The few calls that the shop makes to Dintero, with one access token for all of them."""

import asyncio
import time
from typing import Any
from urllib.parse import quote

import httpx

from shop.errors import DinteroError
from shop.money import Json
from shop.settings import Settings

LONGEST_WAIT = 5
"""Seconds that we wait when Dintero asks us to; a customer would not wait longer."""
# Who calls, for Dintero's support.
SYSTEM = {"Dintero-System-Name": "sample-shop", "Dintero-System-Version": "1"}


class Dintero:
    """Dintero's API, as far as the shop needs it."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self._settings = settings
        self._http = http
        self._token = ""
        self._good_until = 0.0

    async def create_session(self, body: Json) -> Json:
        """POST /v1/sessions-profile."""
        return await self._call("POST", "/v1/sessions-profile", body)

    async def session(self, session_id: str) -> Json:
        """GET /v1/sessions/{id}."""
        return await self._call("GET", f"/v1/sessions/{session_id}")

    async def update_session(self, session_id: str, body: Json) -> Json:
        """PUT /v1/sessions/{id}, also while the buyer has Dintero's page open."""
        return await self._call("PUT", f"/v1/sessions/{session_id}?update_without_lock=true", body)

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
        return _read_answer(answer)

    async def _send(self, method: str, path: str, body: Json | None) -> httpx.Response:
        if time.monotonic() >= self._good_until:
            await self._renew_token()
        headers = {"Authorization": f"Bearer {self._token}"} | SYSTEM
        url = self._settings.checkout_url + path
        return await self._request(method, url, headers=headers, json=body)

    async def _renew_token(self) -> None:
        account = f"/v1/accounts/{self._settings.account_id}"
        url = f"{self._settings.api_url}{account}/auth/token"
        login = (self._settings.client_id, self._settings.client_secret)
        audience = f"https://api.dintero.com{account}"
        body = {"grant_type": "client_credentials", "audience": audience}
        grant = _read_answer(await self._request("POST", url, auth=login, json=body))
        self._token = str(grant.get("access_token"))
        # A tenth early, so that a token does not run out on its way.
        self._good_until = time.monotonic() + 0.9 * float(grant.get("expires_in") or 0)

    async def _request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """One request, and a second one if Dintero asks us to come back in a moment."""
        answer = await self._once(method, url, **options)
        wait = asked_to_wait(answer)
        if wait is None:
            return answer
        await asyncio.sleep(wait)
        return await self._once(method, url, **options)

    async def _once(self, method: str, url: str, **options: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await self._http.request(method, url, **options)
        except (httpx.HTTPError, TimeoutError) as error:
            raise DinteroError("Dintero could not be reached.") from error


def asked_to_wait(answer: httpx.Response) -> int | None:
    """For how many seconds; None if Dintero does not ask us to, or for longer than we can wait."""
    told = answer.headers.get("retry-after", "")
    if answer.status_code != 429 or not told.isdecimal() or int(told) > LONGEST_WAIT:
        return None
    return int(told)


def _transaction_path(transaction_id: str) -> str:
    """The id came with a request from outside: quoted, it cannot lead to another path."""
    return f"/v1/transactions/{quote(transaction_id, safe='')}"


def _read_answer(answer: httpx.Response) -> Json:
    """The JSON object of a good answer; otherwise the trouble, in Dintero's own words."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.is_success and isinstance(body, dict):
        return body
    words = f"Dintero answered {answer.status_code}: {_words_of(body)}"
    raise DinteroError(words, answer.status_code)


def _words_of(body: object) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "it did not say why"
    details = [detail.get("description") for detail in error.get("errors") or []]
    return "; ".join(str(word) for word in [error.get("message"), *details] if word)

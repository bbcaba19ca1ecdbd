"""A sandbox account in the hands of a test: the merchant's calls, a buyer, and the tester's door."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import httpx

from mock_dintero.config import environment
from mock_dintero.core.account import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_ID

Json = dict[str, Any]

ADDRESS: Json = {
    "first_name": "Kari", "last_name": "Nordmann", "address_line": "Storgata 1",
    "postal_code": "0155", "postal_place": "Oslo", "country": "NO",
    "email": "kari@example.no", "phone_number": "+4791234567",
}  # fmt: skip


class SandboxSaidNo(AssertionError):
    """A call of the test was refused; the message is the sandbox's own."""


class MockDintero:
    """One account of a running sandbox. Nothing of it is shared with another account."""

    def __init__(self, url: str, account_id: str = DEFAULT_ID) -> None:
        self.url = url
        self.account_id = account_id
        self.client_id = DEFAULT_CLIENT_ID
        self.client_secret = DEFAULT_CLIENT_SECRET
        self.http = httpx.Client(
            base_url=url, trust_env=False, timeout=70, verify=url.startswith("https:")
        )

    @property
    def env(self) -> dict[str, str]:
        """What to put into the environment of the application under test."""
        return environment(self.url, self.account_id)

    @cached_property
    def token(self) -> str:
        """A bearer token of this account."""
        answer = self.http.post(
            f"/v1/accounts/{self.account_id}/auth/token",
            auth=(self.client_id, self.client_secret),
            json={
                "grant_type": "client_credentials",
                "audience": f"https://api.dintero.com/v1/accounts/{self.account_id}",
            },
        )
        return str(_json(answer)["access_token"])

    def call(self, method: str, path: str, json: Any = None, **params: Any) -> Any:
        """A merchant's call with the account's token. Raises SandboxSaidNo unless it answers 200."""
        headers = {"authorization": f"Bearer {self.token}"}
        return _json(self.http.request(method, path, json=json, params=params, headers=headers))

    def create_session(self, **changes: Any) -> Json:
        """A session in the making, as the merchant would: `order`, `url`, `express`, ... override."""
        body: Json = {
            "profile_id": "default",
            "url": {"return_url": "http://127.0.0.1:1/return"},
            "order": {
                "amount": 29900, "currency": "NOK", "merchant_reference": "order-1",
                "items": [{"id": "1", "line_id": "1", "description": "Mug", "quantity": 1,
                           "amount": 29900, "vat_amount": 5980, "vat": 25}],
            },
            **changes,
        }  # fmt: skip
        made = self.call("POST", "/v1/sessions-profile", body)
        return self.session(made["id"]) | {"page_url": made["url"]}

    def session(self, id: str) -> Json:
        """`GET /v1/sessions/{id}`."""
        found: Json = self.call("GET", f"/v1/sessions/{id}")
        return found

    def peek(self, id: str) -> Json:
        """The session through the tester's door: no token, whatever its state."""
        found: Json = self._control("GET", f"sessions/{id}")
        return found

    def timeline(self, id: str) -> list[Json]:
        """What happened to a session, leg by leg, oldest first."""
        found: list[Json] = self._control("GET", f"sessions/{id}/timeline")
        return found

    def transaction(self, id: str) -> Json:
        """`GET /v1/transactions/{id}`."""
        found: Json = self.call("GET", f"/v1/transactions/{id}")
        return found

    def buyer(self, session: Json | str) -> Buyer:
        """A buyer without a browser, at the page of this session."""
        return Buyer(self, session if isinstance(session, str) else session["id"])

    def _control(self, method: str, path: str, json: Any = None, **params: Any) -> Any:
        params["account"] = self.account_id
        return _json(self.http.request(method, f"/_mock/api/v1/{path}", json=json, params=params))

    def deliveries(self, session_id: str = "") -> list[Json]:
        """Every callback of this account (or of one session) with every attempt, oldest first."""
        found: list[Json] = self._control("GET", "deliveries", session_id=session_id)
        return found

    @property
    def requests(self) -> list[Json]:
        """What the merchant and the buyers have called, oldest first."""
        found: list[Json] = self._control("GET", "requests")
        return found

    def decide(self, transaction_id: str, outcome: Literal["approve", "reject"]) -> Json:
        """Play the provider that decides about a payment ON_HOLD; the shop is called back once more."""
        found: Json = self._control(
            "POST", f"transactions/{transaction_id}/decide", {"outcome": outcome}
        )
        return found

    def advance(self, seconds: float) -> int:
        """Move this account's clock; all that falls due has run when it answers. How many ran."""
        answer = self._control("POST", "clock/advance", {"seconds": seconds})
        return int(answer[self.account_id]["callbacks"])

    def reset(self) -> Json:
        """Forget all that happened in this account."""
        counts: Json = self._control("POST", "reset")
        return counts

    def close(self) -> None:
        """Let go of connections."""
        self.http.close()


@dataclass(frozen=True)
class Buyer:
    """The buyer's steps, over the page-facing API and the wallet's forms."""

    dintero: MockDintero
    sid: str

    def _put(self, what: str, body: Json) -> Json:
        path = f"/v1/view/{self.sid}/session/order/{what}"
        found: Json = _json(self.dintero.http.put(path, json=body))
        return found

    def give_address(self, **changes: Any) -> Json:
        """Give an address (in Oslo unless told otherwise); answers with the session and its options."""
        return self._put("shipping_address", {**ADDRESS, **changes})

    def choose_shipping(self, line_id: str = "") -> Json:
        """Choose an option, the first one unless told otherwise."""
        path = f"/v1/view/{self.sid}/session"
        options = _json(self.dintero.http.get(path))["express"]["shipping_options"]
        chosen = next((o for o in options if line_id in ("", o["line_id"])), None)
        if chosen is None:
            raise SandboxSaidNo(
                f"no option {line_id!r}; there is {[o['line_id'] for o in options]}"
            )
        return self._put("shipping_option", chosen)

    def submit_codes(self, *codes: str) -> Json:
        """Submit discount codes; answers with the session, or {} if none of them counts."""
        return self._put("discount_codes", {"discount_codes": list(codes)})

    def pay(
        self,
        method: str = "dintero_psp.vipps",
        outcome: Literal["approve", "decline", "expire", "reject", "hold"] = "approve",
    ) -> str:
        """Press pay and answer in the wallet; returns the URL that a browser would go to."""
        http = self.dintero.http
        body = {"payment_product_type": method}
        started = _json(http.post(f"/v1/sessions/{self.sid}/pay", json=body))
        answer = http.post(f"{started['redirect_url']}/{outcome}")
        if answer.status_code != 303:
            raise SandboxSaidNo(answer.text)
        return answer.headers["location"]

    def cancel(self) -> str:
        """Walk away; returns the URL that a browser would go to."""
        answer = self.dintero.http.post(f"/v1/view/{self.sid}/session/abandon")
        if answer.status_code != 302:
            raise SandboxSaidNo(answer.text)
        return answer.headers["location"]


def _json(answer: httpx.Response) -> Any:
    if answer.status_code == 204:
        return {}
    if answer.status_code != 200:
        raise SandboxSaidNo(f"{answer.request.method} {answer.request.url.path}: {answer.text}")
    return answer.json()

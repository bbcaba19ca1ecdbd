"""The buyer of a test, without a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from mock_dintero.testing.door import Door, Json, SandboxSaidNo, understood
from mock_dintero.testing.examples import ADDRESS, VIPPS

Outcome = Literal["approve", "decline", "expire", "reject", "hold"]


@dataclass(frozen=True)
class Buyer:
    """The buyer's steps, over the page-facing API and the wallet's forms."""

    http: httpx.Client
    door: Door
    sid: str

    def _put(self, what: str, body: Json) -> Json:
        path = f"/v1/view/{self.sid}/session/order/{what}"
        found: Json = understood(self.http.put(path, json=body))
        return found

    def give_address(self, **changes: Any) -> Json:
        """Give an address (in Oslo unless told otherwise); answers with the session and its options."""
        return self._put("shipping_address", {**ADDRESS, **changes})

    def choose_shipping(self, line_id: str = "") -> Json:
        """Choose an option, the first one unless told otherwise."""
        path = f"/v1/view/{self.sid}/session"
        options = understood(self.http.get(path))["express"]["shipping_options"]
        chosen = next((o for o in options if line_id in ("", o["line_id"])), None)
        if chosen is None:
            raise SandboxSaidNo(
                f"no option {line_id!r}; there is {[o['line_id'] for o in options]}"
            )
        return self._put("shipping_option", chosen)

    def submit_codes(self, *codes: str) -> Json:
        """Submit discount codes; answers with the session, or {} if none of them counts."""
        return self._put("discount_codes", {"discount_codes": list(codes)})

    def pay(self, method: str = VIPPS, outcome: Outcome = "approve") -> str:
        """Press pay and answer in the wallet; returns the URL that a browser would go to."""
        body = {"payment_product_type": method}
        started = understood(self.http.post(f"/v1/sessions/{self.sid}/pay", json=body))
        answer = self.http.post(f"{started['redirect_url']}/{outcome}")
        if answer.status_code != 303:
            raise SandboxSaidNo(answer.text)
        return answer.headers["location"]

    def cancel(self) -> str:
        """Walk away; returns the URL that a browser would go to."""
        answer = self.http.post(f"/v1/view/{self.sid}/session/abandon")
        if answer.status_code != 302:
            raise SandboxSaidNo(answer.text)
        return answer.headers["location"]

    def buy(
        self,
        method: str = VIPPS,
        outcome: Outcome = "approve",
        *,
        address: Mapping[str, Any] | None = None,
        shipping_option: str = "",
        discount_codes: Sequence[str] = (),
        return_to_shop: bool = False,
    ) -> Json:
        """All steps in one call: `session`, `transaction`, `redirect` and `return` are in the answer.

        Steps that are not named are left out; `address={}` is the usual one in Oslo.
        """
        steps: Json = {"pay": {"method": method, "outcome": outcome}}
        if address is not None:
            steps["address"] = {**ADDRESS, **address}
        if shipping_option:
            steps["shipping_option"] = shipping_option
        if discount_codes:
            steps["discount_codes"] = list(discount_codes)
        if return_to_shop:
            steps["return"] = True
        return self._step(steps)

    def return_to_shop(self) -> Json:
        """Go back to the shop as the buyer's browser would; answers with `url` and `status`.

        Faults of the buyer and races apply here.
        """
        found: Json = self._step({"return": True})["return"]
        return found

    def _step(self, steps: Json) -> Json:
        found: Json = self.door.ask("POST", f"sessions/{self.sid}/buyer", steps)
        return found

"""Who buys: a program that calls what the page calls, or a person's browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

import httpx

from mock_dintero.testing import VIPPS, Json, MockDintero
from mock_dintero.testing.door import SandboxSaidNo

if TYPE_CHECKING:
    from mock_dintero.verify.merchant import BrowserStep

Outcome = Literal["approve", "decline", "expire", "reject", "hold", "time_out"]
"""What the customer, or the provider, says in the wallet."""


class NoBrowser(Exception):
    """There is no browser to buy with; the message says how to get one."""


class Buyers(Protocol):
    """The customer's steps at one session; every promise is judged with either of both kinds."""

    def walk(self, url: str, steps: Sequence[BrowserStep]) -> httpx.Response:
        """Go through the shop's own pages; answers with the page at the end."""

    def give_address(self, dintero: MockDintero, sid: str, address: Json) -> None:
        """Give an address; None as a value takes a field out."""

    def choose(self, dintero: MockDintero, sid: str, line_ids: Sequence[str]) -> None:
        """Choose a shipping option, or one for each shipment."""

    def submit_codes(self, dintero: MockDintero, sid: str, codes: Sequence[str]) -> None:
        """Submit discount codes; none takes them away again."""

    def pay(
        self, dintero: MockDintero, sid: str, method: str, outcome: Outcome, returns: bool
    ) -> None:
        """Pay, answer in the wallet, and go back to the shop unless `returns` is False."""

    def cancel(self, dintero: MockDintero, sid: str, returns: bool) -> None:
        """Walk away, and go back to the shop."""

    def close(self) -> None:
        """Go home."""


class HttpBuyers:
    """Buyers without a browser."""

    def walk(self, url: str, steps: Sequence[BrowserStep]) -> httpx.Response:
        """Cannot be done without a browser."""
        raise SandboxSaidNo("[checkout] has steps for a browser: run `verify --browser`")

    def give_address(self, dintero: MockDintero, sid: str, address: Json) -> None:
        """As one step."""
        self._step(dintero, sid, {"address": address})

    def choose(self, dintero: MockDintero, sid: str, line_ids: Sequence[str]) -> None:
        """As one step."""
        chosen = list(line_ids) if len(line_ids) > 1 else line_ids[0]
        self._step(dintero, sid, {"shipping_option": chosen})

    def submit_codes(self, dintero: MockDintero, sid: str, codes: Sequence[str]) -> None:
        """As one step."""
        self._step(dintero, sid, {"discount_codes": list(codes)})

    def pay(
        self, dintero: MockDintero, sid: str, method: str, outcome: Outcome, returns: bool
    ) -> None:
        """As one step, so that races strike."""
        paying = {"method": method or VIPPS, "outcome": outcome}
        self._step(dintero, sid, {"pay": paying, **({"return": True} if returns else {})})

    def cancel(self, dintero: MockDintero, sid: str, returns: bool) -> None:
        """As one step."""
        self._step(dintero, sid, {"cancel": True, **({"return": True} if returns else {})})

    def close(self) -> None:
        """Nothing is open."""

    def _step(self, dintero: MockDintero, sid: str, steps: Json) -> Any:
        path = f"/_mock/api/v1/sessions/{sid}/buyer"
        answer = dintero.http.post(path, json=steps, params={"account": dintero.account_id})
        if answer.status_code != 200:
            raise SandboxSaidNo(f"the customer was refused {_named(steps)}: {_refusal(answer)}")
        return answer.json()


def _named(steps: Json) -> str:
    """A step in the words of `POST sessions/{sid}/buyer`, with what was chosen or paid with."""
    name = next(iter(steps))
    value = steps[name]
    shown = value.get("method", "") if isinstance(value, dict) else value
    return f"{name} {shown}" if shown and shown is not True else name


def _refusal(answer: httpx.Response) -> str:
    """What the sandbox says of it, without the JSON around."""
    try:
        error = answer.json()["error"]
        return f"{error['message']} ({error['code']})"
    except (ValueError, KeyError, TypeError):
        return f"{answer.status_code} {answer.text}"

"""One request to the merchant: changed if a fault says so, signed, sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from mock_dintero.core import tampering
from mock_dintero.core.callback import Answer, Callback, Extra, Sent
from mock_dintero.core.delivery import LATE, is_late
from mock_dintero.core.fault import ACTIONS, Facts, Fault
from mock_dintero.core.session import Session
from mock_dintero.core.signature import HEADER, sign
from mock_dintero.core.timestamps import stamp
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import faults, webhooks
from mock_dintero.use_cases.merchant_account import open_account

log = logging.getLogger(__name__)

_FLIGHTS = count()

PROOFS = (HEADER, "event-signature", "authorization")
"""The headers by which a merchant knows where a request comes from."""


def strike(sandbox: Sandbox, callback: Callback) -> Fault | None:
    """The fault that meets this try of a callback."""
    if callback.account_id not in sandbox.faulty_accounts:
        return None
    session = sandbox.store.load(Session, callback.session_id)
    facts = Facts(
        method=callback.method, path=callback.url, session_id=callback.session_id,
        transaction_id=callback.transaction_id or "", event=callback.event or "",
        merchant_reference=session.order.merchant_reference if session else "",
    )  # fmt: skip
    held = LATE if is_late(callback) else ()
    usable = (do for do in ACTIONS[callback.at] if do not in held)
    return faults.strike(sandbox, callback.account_id, callback.at, facts, *usable)


def sealed(
    sandbox: Sandbox, callback: Callback, fault: Fault | None = None, extra: Extra | None = None,
    original: dict[str, str] | None = None,
) -> Sent:  # fmt: skip
    """The request as it goes over the wire; `original` are the headers of an earlier try."""
    name = fault.do if fault else None
    if original is not None:
        return Sent(callback, original, _signature_in(original), name, extra)
    changed = tampering.altered(callback, fault) if fault else callback
    age = fault.seconds if fault and fault.do == "stale_signature" else 0.0
    signature, headers = _signed(sandbox, changed, age)
    if fault and fault.do == "bad_signature":
        headers = {n: tampering.forged(v) if n in PROOFS else v for n, v in headers.items()}
        signature = _signature_in(headers)
    pace = fault.seconds if fault and fault.do == "slow_body" else 0.0
    return Sent(changed, headers, signature, name, extra, pace)


def _signature_in(headers: dict[str, str]) -> str:
    return headers.get(HEADER) or headers.get("event-signature") or ""


def _signed(sandbox: Sandbox, callback: Callback, age: float) -> tuple[str, dict[str, str]]:
    """Signed with real time: the merchant checks its age against a real clock."""
    if callback.at == "webhook":
        return webhooks.signed(sandbox, callback)
    account = open_account(sandbox, callback.account_id)
    timestamp = int(sandbox.clock.wall().timestamp() - age)
    signature = sign(account.signature_secret, timestamp, account.id, callback.method, callback.url)
    headers = {HEADER: signature, "event-delivery": callback.delivery_id}
    if callback.body is not None:
        headers["content-type"] = "application/json"
    return signature, headers


def take_off(sandbox: Sandbox, key: str) -> None:
    """Something is on its way from now on; `key` begins with its account.

    A retry can fall due while a fault's duplicates are still on their way: two with one key.
    """
    sandbox.flights.setdefault(key, []).append(asyncio.get_running_loop().create_future())


def land(sandbox: Sandbox, key: str) -> None:
    """It has arrived, or was given up."""
    on_their_way = sandbox.flights.get(key, [])
    landed = on_their_way.pop() if on_their_way else None
    if not on_their_way:
        sandbox.flights.pop(key, None)
    if landed and not landed.done():
        landed.set_result(None)


def flying(sandbox: Sandbox, start: str) -> list[asyncio.Future[None]]:
    """What is on its way under keys that begin so."""
    found = (ones for key, ones in sandbox.flights.items() if key.startswith(start))
    return [one for ones in found for one in ones]


@contextmanager
def flight(sandbox: Sandbox, account_id: str) -> Iterator[None]:
    """Something of this account is on its way; a reset and a move of the clock wait for it."""
    key = f"{account_id}.{next(_FLIGHTS)}"
    take_off(sandbox, key)
    try:
        yield
    finally:
        land(sandbox, key)


async def settle(sandbox: Sandbox, account_id: str) -> None:
    """Wait until nothing of this account is being carried any more."""
    while under_way := flying(sandbox, account_id):
        await asyncio.wait(under_way)


async def carry(
    sandbox: Sandbox, callback: Callback, fault: Fault | None, timeout: float,
    take: Callable[[Sent, Answer], object],
) -> None:  # fmt: skip
    """Send it, as often as a fault wants; `take` is told every answer, that of the first one first."""
    whole = [sealed(sandbox, callback, fault)]
    if fault and fault.do == "duplicate":
        whole += [sealed(sandbox, callback, fault, "duplicate")] * (fault.count - 1)
    if fault and fault.at_once:
        answers = await asyncio.gather(*(send(sandbox, one, timeout) for one in whole))
        for one, answer in zip(whole, answers, strict=True):
            take(one, answer)
        return
    for one in whole:
        take(one, await send(sandbox, one, timeout))


async def send(sandbox: Sandbox, sent: Sent, timeout: float) -> Answer:
    """Carry it once; a fault may lose the request, or the answer."""
    if sent.fault == "drop" and not sent.extra:
        sent_at = stamp(sandbox.clock.wall())
        return Answer(error="lost on its way: a fault asked for it", sent_at=sent_at)
    try:
        answer = await sandbox.courier.carry(sent.callback, sent.headers, timeout, sent.seconds)
    except Exception as error:  # a courier must not raise; one that does loses no callback
        log.exception("a bug in the courier")
        return Answer(error=f"a bug in mock-dintero: {error!r}")
    if sent.fault == "lose_answer" and not answer.error:
        return answer.with_(
            status=None,
            error=f"the answer ({answer.status}) was lost on its way: a fault asked for it",
        )
    return answer


async def pause(sandbox: Sandbox, account_id: str, seconds: float) -> bool:
    """Wait in real time. False if the account was emptied meanwhile: who waited for it gives up."""
    emptied = sandbox.emptied.setdefault(account_id, asyncio.Event())
    try:
        async with asyncio.timeout(seconds):
            await emptied.wait()
    except TimeoutError:
        pass
    return not emptied.is_set()

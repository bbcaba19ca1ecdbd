"""Scenarios: put on stage, played to their end, judged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from mock_dintero.core import callback_url
from mock_dintero.core import scenario as rules
from mock_dintero.core.call import Call
from mock_dintero.core.callback import Callback
from mock_dintero.core.errors import DinteroError, InvalidRequest, ScenarioNotPlayable
from mock_dintero.core.fault import Fault
from mock_dintero.core.ids import CHECKOUT_ID
from mock_dintero.core.scenario import AddressStep, Scenario
from mock_dintero.core.session import NewSession, Session, cause_of_end
from mock_dintero.core.verdict import Found, Row, compare, is_done, passed, replies, told
from mock_dintero.ports import Sandbox
from mock_dintero.scenario_files import scenario
from mock_dintero.use_cases import (
    buyer,
    faults,
    merchant_account,
    merchant_sessions,
    scenario_steps,
    tester,
)
from mock_dintero.use_cases.scenario_steps import NOWHERE, SHOP_ANSWERS_WITHIN, Run

SHOP_KNOWS_WITHIN = 5.0
"""Seconds until the shop has to believe what the scenario expects; a callback may be on its way."""
OF_SHOP = ("amount", "merchant", "confirmations", "shipping_options", "discount_codes", "told")
NO_SHOP = "no shop was named"


@dataclass(frozen=True)
class Performance:
    """A scenario that has been played, and what was found."""

    name: str
    account_id: str
    session_id: str
    transaction_id: str | None
    rows: tuple[Row, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether all was as expected."""
        return passed(self.rows)


def stage(
    sandbox: Sandbox,
    account_id: str,
    name: str,
    *,
    session_id: str | None = None,
    merchant_reference: str | None = None,
) -> list[Fault]:
    """Put a scenario's faults in place, for whatever comes or for what is named. Raises NotFound."""
    named = {"session_id": session_id, "merchant_reference": merchant_reference}
    bound = {key: value for key, value in named.items() if value}
    wanted = scenario(name).fault
    return faults.put(
        sandbox, account_id, tuple(one.with_(match=one.match.with_(**bound)) for one in wanted)
    )


async def begin_at_shop(sandbox: Sandbox, name: str, shop: str, account_id: str | None) -> str:
    """Buy at the sample shop as its customer; the id of the session that it makes.

    Raises ScenarioNotPlayable if the shop does not make one here, or makes it in another account.
    """
    wanted = scenario(name).basket
    basket = {name: str(value) for name, value in wanted.shown().items()}
    url = f"{shop}/checkout"
    answer = await sandbox.courier.call("POST", url, SHOP_ANSWERS_WITHIN, basket)
    headers = {name.lower(): value for name, value in (answer.headers or {}).items()}
    found = CHECKOUT_ID.search(headers.get("location", "") + answer.body)
    if answer.error or found is None:
        said = answer.error or f"{answer.status}: {answer.body[:200]}"
        raise ScenarioNotPlayable(f"the shop made no session: POST {url} answered {said}")
    session = sandbox.store.load(Session, found[0])
    if session is None:
        raise ScenarioNotPlayable(
            f"the shop made session {found[0]}, which is not in this sandbox; where does the shop's "
            f"DINTERO_CHECKOUT_URL point to? This is {sandbox.settings.public_url}"
        )
    if account_id and session.account_id != account_id:
        raise ScenarioNotPlayable(f"the shop has account {session.account_id}, not {account_id}")
    return session.id


def begin_alone(sandbox: Sandbox, name: str, account_id: str) -> str:
    """A session of the scenario's own, with nobody to call back and nowhere to return to."""
    merchant_account.open_account(sandbox, account_id)
    reference = f"scenario-{name}-{str(sandbox.new_uuid())[:8]}"
    sent = rules.own_session(scenario(name).basket, reference, NOWHERE)
    body, call = NewSession.model_validate(sent), Call(str(sandbox.new_uuid()), "scenario")
    made = merchant_sessions.create(sandbox, account_id, body, None, call, strict_amounts=False)
    return made.id


async def play(
    sandbox: Sandbox, name: str, session_id: str, shop: str | None = None
) -> Performance:
    """Play a scenario on a session to its end. Raises NotFound, ScenarioNotPlayable.

    Its faults meet this session alone; those that did not strike are ended afterwards.
    """
    story = scenario(name)
    if shop is None and story.needs_shop:
        raise ScenarioNotPlayable(f"{name} is about the shop's own buttons: it needs `shop`")
    run = Run(sandbox, story, session_id, shop)
    _prepare(run)
    try:
        scenario_steps.put_on_stage(run, _at_first(story))
        all_went_well = await _act(run)
        await scenario_steps.settle(run)
        order = await _what_the_shop_believes(run, SHOP_KNOWS_WITHIN if all_went_well else 0)
    finally:
        for task in run.unfinished.values():
            task.cancel()
        struck = faults.end(sandbox, run.account_id, run.faults.values())
    found = _found(run, order, struck)
    transaction = run.transaction
    return Performance(
        name, run.account_id, session_id, transaction.id if transaction else None,
        compare(story, found),
    )  # fmt: skip


def _at_first(story: Scenario) -> dict[str, Any]:
    """The faults that are there from the beginning."""
    return dict(list(story.faults.items())[: len(story.fault)])


def _prepare(run: Run) -> None:
    """The session offers what the scenario needs. Raises ScenarioNotPlayable for one that has ended."""
    session = run.session
    cause = cause_of_end(session, run.sandbox.clock.now(run.account_id))
    if cause:
        raise ScenarioNotPlayable(f"session {session.id} has ended already: {cause}")
    try:
        prepared = rules.prepared(session, run.scenario.configuration)
    except ValidationError as error:
        raise InvalidRequest(f"configuration: {error.errors()[0]['msg']}") from None
    if prepared is not session:
        run.sandbox.store.save(prepared)


async def _act(run: Run) -> bool:
    """All steps, until one does not end as it should; False if one did not."""
    for what, step in run.scenario.steps.items():
        why = scenario_steps.why_not(run, step)
        if why:
            run.skipped[what] = why
            continue
        if isinstance(step, AddressStep) and not step.waits:
            run.unfinished[what] = asyncio.create_task(scenario_steps.play(run, step))
            await asyncio.sleep(0)  # it asks the shop before the next step begins
            continue
        is_good = await _judged(run, what, scenario_steps.play(run, step))
        if not (is_good and await _caught_up(run)):
            return False
    return await _caught_up(run, to_the_end=True)


async def _judged(run: Run, what: str, playing: Any) -> bool:
    """Wait for a step and note how it ended."""
    step = run.scenario.steps[what]
    try:
        run.values[what] = await playing
        run.words[what] = run.words.get(step.do, "")
    except DinteroError as refusal:
        run.values[what], run.words[what] = refusal.status, refusal.message
    except ValidationError as error:
        run.values[what], run.words[what] = 400, str(error.errors()[0]["msg"])
    return is_done(step, run.values[what])


async def _caught_up(run: Run, *, to_the_end: bool = False) -> bool:
    """Note how the steps ended that nobody waited for."""
    done = [what for what, task in run.unfinished.items() if to_the_end or task.done()]
    return all([await _judged(run, what, run.unfinished.pop(what)) for what in done])


async def _what_the_shop_believes(run: Run, within: float) -> Mapping[str, Any]:
    """The order as the shop shows it: as soon as it fits, or as it is when time is up."""
    expect = run.scenario.expect
    if run.shop is None or (expect.merchant, expect.confirmations) == (None, None):
        return {}
    reference = quote(run.session.order.merchant_reference, safe="")
    url = f"{run.shop}/api/orders/{reference}"
    deadline = asyncio.get_running_loop().time() + within
    pause = 0.01
    while True:
        answer = await run.sandbox.courier.call("GET", url, SHOP_ANSWERS_WITHIN)
        order = _belief(answer.body) or {"merchant": f"{answer.error or answer.status} at {url}"}
        fits = all(
            getattr(expect, name) in (None, order.get(name))
            for name in ("merchant", "confirmations")
        )
        if fits or asyncio.get_running_loop().time() > deadline:
            return order
        await scenario_steps.settle(run)
        await asyncio.sleep(pause)
        pause = min(2 * pause, 0.2)


def _belief(body: str) -> dict[str, Any]:
    """Status, and how often the shop noted that it was paid; nothing if this is no order."""
    try:
        order = json.loads(body)
        paid = [step for step in order.get("history", ()) if step["what"] == "paid"]
        return {"merchant": order["status"], "confirmations": len(paid)}
    except (ValueError, AttributeError, KeyError, TypeError):
        return {}


def _found(run: Run, order: Mapping[str, Any], struck: Mapping[str, int]) -> Found:
    session, transaction = run.session, run.transaction
    now = run.sandbox.clock.now(run.account_id)
    at: dict[str, list[Callback]] = {}
    for one in tester.deliveries(run.sandbox, run.account_id, run.session_id):
        at.setdefault(one.at, []).append(one)
    payments = [one for one in at.get("payment_callback", ()) if not one.event]
    values = {
        **run.values,
        **{what: struck.get(id, 0) for what, id in run.faults.items()},
        "session": cause_of_end(session, now) or "OPEN",
        "transaction": transaction.status if transaction else "none",
        "captured": transaction.total("CAPTURE") if transaction else 0,
        "refunded": transaction.total("REFUND") if transaction else 0,
        "paid": transaction.amount if transaction else 0,
        "amount": session.order.amount,
        "shipping_options": len(session.express.shipping_options if session.express else ()),
        "discount_codes": list(session.order.discount_codes or ()),
        "address_callbacks": replies(at.get("address_callback", ())),
        "discount_callbacks": replies(at.get("discount_callback", ())),
        "payment_callbacks": replies(payments),
        "told": told(at.get("payment_callback", ())),
        **order,
    }
    return Found(values, {**run.skipped, **_not_looked_at(run, session)}, run.words)


def _not_looked_at(run: Run, session: Session) -> dict[str, str]:
    """Expectations about a shop that is not there, or was not asked to call back."""
    if run.shop:
        return {}
    whys = dict.fromkeys(OF_SHOP, NO_SHOP)
    express, url = session.express, session.url.callback_url
    if not (express and express.shipping_address_callback_url):
        whys["address_callbacks"] = "this session has no address callback"
    if not session.configuration.takes_discount_codes:
        whys["discount_callbacks"] = "this session takes no discount codes"
    is_error = run.scenario.expect.session != "AUTHORIZED"
    if not url:
        whys["payment_callbacks"] = "this session has no callback_url"
    elif is_error and not callback_url.options(url).report_error:
        whys["payment_callbacks"] = "the callback_url does not ask for errors (report_error=true)"
    untold = {what[:-1]: why for what, why in whys.items() if what.endswith("_callbacks")}
    untold["api"] = NO_SHOP  # which calls a merchant makes is not for us to know
    by_name = run.scenario.faults.items()
    return whys | {what: untold[one.at] for what, one in by_name if one.at in untold}


def load(sandbox: Sandbox, session_id: str, account_id: str | None) -> str:
    """The id of a merchant's session. Raises NotFound, ScenarioNotPlayable for another account's."""
    session = buyer.load(sandbox, session_id)
    if account_id and session.account_id != account_id:
        raise ScenarioNotPlayable(f"session {session.id} is not of account {account_id}")
    return session.id

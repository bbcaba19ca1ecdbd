"""Waiting: it answers as soon as it holds, without polling, or says what came closest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sandbox import ACCOUNT, VIPPS, Merchant, opened

from mock_dintero.core.callback import Answer

WAIT = "/_mock/api/v1/wait"
OTHER = "T87654321"


def wait(merchant: Merchant, kind: str, match: Any = None, **more: Any) -> httpx.Response:
    body = {"for": kind, "match": match or {}, "timeout": 0, **more}
    return merchant.client.post(WAIT, json=body)


def sentence(answer: httpx.Response) -> str:
    assert answer.status_code == 408, answer.text
    assert answer.json()["error"]["code"] == "WAIT_TIMED_OUT"
    return str(answer.json()["error"]["message"])


def waited(
    merchant: Merchant, body: Any, act: Callable[[httpx.AsyncClient], Awaitable[Any]]
) -> httpx.Response:
    """The answer of a wait that had begun before `act`."""

    async def both() -> httpx.Response:
        async with merchant.inside() as client:
            waiting = asyncio.create_task(client.post(WAIT, json={"timeout": 20, **body}))
            while not merchant.app.state.sandbox.feed.listeners:
                await asyncio.sleep(0)
            assert not waiting.done()
            await act(client)
            return await waiting

    assert merchant.client.portal is not None
    return merchant.client.portal.call(both)


def test_what_is_there_already_is_found_at_once(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    assert wait(merchant, "session", {"id": sid}).json()["found"][0]["transaction_id"] == tid
    found = wait(merchant, "transaction", {"status": "AUTH*", "session_id": sid}).json()["found"]
    assert [one["id"] for one in found] == [tid]
    found = wait(merchant, "delivery", {"session_id": sid}, count=2).json()["found"]
    assert [one["at"] for one in found] == ["address_callback", "payment_callback"]
    found = wait(merchant, "request", {"path": "*/pay", "status": 200}).json()["found"]
    assert [one["session_id"] for one in found] == [sid]


def test_it_answers_when_a_callback_has_been_delivered(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()

    async def deliver(client: httpx.AsyncClient) -> None:
        await client.post("/_mock/api/v1/clock/advance", json={"seconds": 0})

    body = {
        "for": "delivery",
        "match": {"session_id": sid, "at": "payment_*", "state": "delivered"},
    }
    answer = waited(merchant, body, deliver)
    assert answer.status_code == 200, answer.text
    assert [len(one["attempts"]) for one in answer.json()["found"]] == [1]


def test_it_answers_when_a_request_has_come_in(merchant: Merchant) -> None:
    sid = merchant.create()

    async def read(client: httpx.AsyncClient) -> None:
        await client.get(f"/v1/sessions/{sid}")

    body = {"for": "request", "match": {"session_id": sid, "method": "GET"}}
    answer = waited(merchant, body, read)
    assert [one["path"] for one in answer.json()["found"]] == [f"/v1/sessions/{sid}"]


def test_it_answers_when_a_request_has_gone_out(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()

    async def deliver(client: httpx.AsyncClient) -> None:
        await client.post("/_mock/api/v1/clock/advance", json={"seconds": 0})

    match = {"direction": "outbound", "session_id": sid, "path": "/paid"}
    [found] = waited(merchant, {"for": "request", "match": match}, deliver).json()["found"]
    assert (found["status"], found["method"]) == (200, "GET")


def test_it_answers_when_a_transaction_has_changed(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)

    async def capture(client: httpx.AsyncClient) -> None:
        await client.post(f"/v1/transactions/{tid}/capture", json={"amount": 400})

    body = {"for": "transaction", "match": {"id": tid, "status": "PARTIALLY_CAPTURED"}}
    assert waited(merchant, body, capture).json()["found"][0]["events"][-1]["amount"] == 400


def test_it_waits_for_as_many_as_it_is_told(merchant: Merchant) -> None:
    async def pay_twice(client: httpx.AsyncClient) -> None:
        for sid in sids:
            await client.post(f"/v1/sessions/{sid}/pay", json={"payment_product_type": VIPPS})

    sids = [merchant.ready(), merchant.ready()]
    body = {"for": "transaction", "count": 2, "account": ACCOUNT}
    assert len(waited(merchant, body, pay_twice).json()["found"]) == 2


def test_what_was_there_before_a_reset_counts_no_more(merchant: Merchant) -> None:
    merchant.create()

    async def begin_anew(client: httpx.AsyncClient) -> None:
        await client.post("/_mock/api/v1/reset")
        for _ in range(2):
            await client.post("/v1/sessions-profile", json=session)

    session = {
        "url": {"return_url": "https://shop.example/"}, "profile_id": "default",
        "order": {"amount": 100, "currency": "NOK", "merchant_reference": "new"},
    }  # fmt: skip
    found = waited(merchant, {"for": "session", "count": 2}, begin_anew).json()["found"]
    assert [one["order"]["merchant_reference"] for one in found] == ["new", "new"]


def test_another_account_wakes_nobody(merchant: Merchant) -> None:
    async def act(client: httpx.AsyncClient) -> None:
        url = f"/_mock/api/v1/clock/advance?account={OTHER}"
        await client.post(url, json={"seconds": 1})
        await client.post(f"/_mock/api/v1/clock/advance?account={ACCOUNT}", json={"seconds": 1})
        await client.post(f"/v1/sessions/{sid}/pay", json={"payment_product_type": VIPPS})

    sid = merchant.ready()
    found = waited(merchant, {"for": "transaction", "account": ACCOUNT}, act).json()["found"]
    assert [one["session_id"] for one in found] == [sid]


def test_the_nearest_miss_is_told_with_what_to_do() -> None:
    with opened(lambda callback: Answer(status=500)) as merchant:
        sid = merchant.create(express=None)
        merchant.finish(sid, merchant.pay(sid))
        merchant.advance(0)
        match = {"at": "payment_callback", "state": "delivered"}
        answer = wait(merchant, "delivery", match)
        id = merchant.deliveries()[0]["id"]
        assert sentence(answer) == (
            "no delivery matched within 0 s: wanted at='payment_callback', state='delivered'; "
            f"the only one is {id}: state is 'waiting', not 'delivered' (its last attempt: 500; "
            "next try in 5 s of the account's time: move the clock)"
        )
        nearest = answer.json()["error"]["nearest"]
        assert nearest["why"] == ["state is 'waiting', not 'delivered'"]
        assert nearest["item"]["id"] == id


def test_the_nearest_of_several_is_the_one_with_the_fewest_reasons(merchant: Merchant) -> None:
    first, _ = merchant.purchase()
    merchant.create()
    answer = wait(merchant, "session", {"transaction_id": "*", "order.amount": 1})
    assert "the nearest of 2 is" in sentence(answer)
    assert answer.json()["error"]["nearest"]["item"]["id"] == first
    answer = wait(merchant, "transaction", {"status": "AUTHORIZED"}, count=2)
    assert sentence(answer).startswith("only 1 of 2 transactions matched within 0 s")
    assert answer.json()["error"]["nearest"] is None


def test_a_wrong_id_is_told_what_ids_there_are(merchant: Merchant) -> None:
    sid = merchant.create()
    assert f"is {sid}: id is '{sid}', not 'x'" in sentence(wait(merchant, "session", {"id": "x"}))


def test_where_there_is_nothing_it_is_said_what_there_is(merchant: Merchant) -> None:
    assert "there is no session in T12345678, but 1 request" in sentence(
        wait(merchant, "session", account=ACCOUNT)
    )
    merchant.log_in(OTHER, "c", "s")
    merchant.create()
    text = sentence(wait(merchant, "session", account=ACCOUNT))
    assert "there is in other accounts: 1 in T87654321" in text
    assert "nor anything else" in sentence(wait(merchant, "session", account="T00000001"))


def test_a_request_is_named_by_what_it_asked(merchant: Merchant) -> None:
    text = sentence(wait(merchant, "request", {"status": 500}))
    assert "POST /v1/accounts/T12345678/auth/token (200): status is 200, not 500" in text


def test_no_secret_leaves_with_an_item(merchant: Merchant) -> None:
    tokens = {"dintero_psp.creditcard": {"payment_token": "never-shown"}}
    merchant.create(customer={"email": "kari@example.no", "tokens": tokens})
    merchant.give_address(merchant.create())
    for kind in ("session", "request", "delivery"):
        text = wait(merchant, kind).text
        assert "never-shown" not in text and "mock-signature-secret" not in text
        assert merchant.token not in text


@pytest.mark.parametrize(
    "body",
    [
        {}, {"for": "hook"}, {"for": "account"}, {"for": "session", "count": 0},
        {"for": "session", "timeout": 61}, {"for": "session", "timeout": "1"},
        {"for": "session", "timeout": -1}, {"for": "session", "macth": {}},
        {"for": "session", "match": []}, {"for": "session", "account": "x"},
    ],
)  # fmt: skip
def test_a_wait_for_what_cannot_be_is_refused(merchant: Merchant, body: Any) -> None:
    answer = merchant.client.post(WAIT, json=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["message"]

"""What the shop is told and asked, and what becomes of its answers."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from itertools import pairwise
from typing import Any
from urllib.parse import quote, unquote_plus, urlsplit

import pytest
from sandbox import (
    ACCOUNT,
    ADDRESS,
    NOW,
    PICKUP,
    POSTEN,
    Browser,
    Merchant,
    good_answer,
    opened,
    said,
)

from mock_dintero.adapters.sql_store import SqlStore
from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.session import Question, Session
from mock_dintero.core.timestamps import moment
from mock_dintero.use_cases import shop_questions

SECRET = "mock-signature-secret"
SIGNATURE = re.compile(r"t=(\d+),v0-hmac-sha256=([0-9a-f]{64})")


def form_byte(byte: int) -> str:
    text = chr(byte)
    if text == " ":
        return "+"
    return text if text.isascii() and (text.isalnum() or text in "*-._") else f"%{byte:02X}"


def signature_of(secret: str, t: str, account: str, method: str, url: str) -> str:
    """sessions.md 11.7, written again from its words."""
    parts = urlsplit(url)
    pairs = [
        (unquote_plus(name), unquote_plus(value))
        for name, _, value in (pair.partition("=") for pair in parts.query.split("&") if pair)
    ]
    pairs.sort(key=lambda pair: pair[0].encode("utf-16-be"))
    query = "&".join(
        "=".join("".join(map(form_byte, text.encode())) for text in pair) for pair in pairs
    )
    path = "".join(char if char.isascii() else quote(char) for char in parts.path or "/")
    host = parts.netloc.rpartition("@")[2].partition(":")[0].lower()
    payload = "\n".join([t, account, method, host, path, query])
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def is_signed(callback: Callback, headers: dict[str, str], secret: str = SECRET) -> bool:
    named = {name.lower(): value for name, value in headers.items()}
    found = SIGNATURE.fullmatch(named["dintero-signature"])
    assert found
    t, digest = found.groups()
    assert int(t) == int(NOW.timestamp())
    return digest == signature_of(secret, t, ACCOUNT, callback.method, callback.url)


def test_the_published_vector_holds() -> None:
    url = "https://example.com/callback?B=123&A=992"
    digest = signature_of("123", "1582236537", "P00000000", "GET", url)
    assert digest == "6bed2ab1b919d460ef7465a20dc6c97260dca73fab6647106ca525f0908df64a"


def with_callback(url: str) -> dict[str, Any]:
    return {"url": {"return_url": "https://shop.example/return", "callback_url": url}}


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/paid", "http://SHOP.example:8080", "http://shop.example/a%20b/ø?z=~*&a=%C3%B8+%2B",
        "http://shop.example/?b=2&a=1&b=1&%F0%9F%98%80=x&%EF%BF%BF=y", "http://shop.example/p?method=POST&empty=&flag",
    ],
)  # fmt: skip
def test_every_callback_is_signed(url: str) -> None:
    with opened() as merchant:
        merchant.purchase(**with_callback(url))
        merchant.advance()
        kinds = [callback.at for callback in merchant.shop.asked]
        assert kinds == ["address_callback", "payment_callback"]
        for callback, headers in zip(merchant.shop.asked, merchant.shop.headers, strict=True):
            assert is_signed(callback, headers)


def test_a_replaced_secret_signs_from_then_on(merchant: Merchant) -> None:
    sid = merchant.ready()
    secret = merchant.ok("POST", "/v1/admin/signature")["signature"]["secret"]
    merchant.finish(sid, merchant.pay(sid))
    merchant.advance()
    assert is_signed(merchant.shop.asked[-1], merchant.shop.headers[-1], secret)
    assert not is_signed(merchant.shop.asked[-1], merchant.shop.headers[-1], SECRET)


def test_deliveries_have_ids_of_their_own(merchant: Merchant) -> None:
    for _ in range(3):
        merchant.purchase()
    merchant.advance()
    ids = [headers["event-delivery"] for headers in merchant.shop.headers]
    assert len(ids) == len(set(ids)) == 6


def test_a_payment_is_told_by_get_with_everything_in_the_query(merchant: Merchant) -> None:
    sid, tid = merchant.purchase(**with_callback("http://shop.example/paid?own=1"))
    assert merchant.shop.told() == []
    assert merchant.advance() == 1
    told = merchant.shop.asked[-1]
    assert (told.method, told.body) == ("GET", None)
    assert merchant.shop.told() == [
        {"own": "1", "transaction_id": tid, "session_id": sid, "merchant_reference": "order-1",
         "time": merchant.transaction(tid)["created_at"]}
    ]  # fmt: skip
    assert merchant.shop.timeouts[-1] == 10
    assert merchant.advance(24 * 3600) == 0


def test_a_post_carries_the_transaction_and_the_session_if_asked(merchant: Merchant) -> None:
    sid, tid = merchant.purchase(**with_callback("http://shop.example/paid?method=POST"))
    merchant.advance()
    told = merchant.shop.asked[-1]
    assert told.method == "POST"
    assert merchant.shop.headers[-1]["content-type"] == "application/json"
    assert json.loads(told.body or "") == merchant.transaction(tid)
    url = "http://shop.example/paid?method=POST&includes=session&sid_parameter_name=sid"
    sid, tid = merchant.purchase(**with_callback(url))
    before = merchant.session(sid)
    merchant.advance()
    body = json.loads(merchant.shop.asked[-1].body or "")
    assert body["session"] == before
    assert body["id"] == tid
    assert merchant.shop.told()[-1]["sid"] == sid
    assert "session_id" not in merchant.shop.told()[-1]


def test_a_delivered_callback_is_an_event_of_the_session(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    assert "AUTH_CALLBACK_SENT" not in merchant.events(sid)
    merchant.advance()
    event = merchant.session(sid)["events"][-1]
    assert event["name"] == "AUTH_CALLBACK_SENT"
    assert event["details"] == {
        "transaction_event_id": merchant.transaction(tid)["events"][-1]["id"]
    }


def test_a_callback_that_fails_is_no_event() -> None:
    with opened(lambda c: Answer(status=404) if "paid" in c.url else good_answer(c)) as merchant:
        sid, _ = merchant.purchase()
        merchant.advance()
        assert "AUTH_CALLBACK_SENT" not in merchant.events(sid)


@pytest.mark.parametrize(
    ("asked", "waits"), [("30", 30), ("60", 60), ("180", 60), ("x", 0), ("-5", 0)]
)
def test_the_first_delivery_may_be_delayed(merchant: Merchant, asked: str, waits: int) -> None:
    merchant.purchase(**with_callback(f"http://shop.example/paid?delay_callback={asked}"))
    if waits:
        assert merchant.advance(waits - 0.001) == 0
    assert merchant.advance(0.001 if waits else 0) == 1


def test_no_callback_url_means_no_callback(merchant: Merchant) -> None:
    merchant.purchase(url={"return_url": "https://shop.example/return"})
    assert merchant.advance(3600) == 0


# Retries


def test_a_server_error_is_tried_again_twenty_times() -> None:
    with opened(lambda c: Answer(status=500) if "paid" in c.url else good_answer(c)) as merchant:
        sid, _ = merchant.purchase()
        waits = [min(5 * 2**n, 3600) for n in range(20)]
        assert merchant.advance(sum(waits) - 1) == 20
        assert merchant.deliveries(sid)[-1]["state"] == "waiting"
        assert merchant.advance(1) == 1
        delivery = merchant.deliveries(sid)[-1]
        assert delivery["state"] == "failed"
        times = [moment(attempt["at"]) for attempt in delivery["attempts"]]
        gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
        assert gaps == waits
        assert {attempt["status"] for attempt in delivery["attempts"]} == {500}
        assert merchant.advance(7 * 24 * 3600) == 0
        ids = {h["event-delivery"] for c, h in zip(merchant.shop.asked, merchant.shop.headers, strict=True)
               if c.at == "payment_callback"}  # fmt: skip
        assert len(ids) == 1


@pytest.mark.parametrize(
    "answer", [Answer(status=503), Answer(status=100), Answer(error="connection refused"), Answer()]
)
def test_trouble_is_tried_again_until_it_is_over(answer: Answer) -> None:
    answers = [answer, answer, Answer(status=200)]

    def shop(callback: Callback) -> Answer:
        return answers.pop(0) if callback.at == "payment_callback" else good_answer(callback)

    with opened(shop) as merchant:
        sid, _ = merchant.purchase()
        assert merchant.advance(3600) == 3
        delivery = merchant.deliveries(sid)[-1]
        assert (delivery["state"], len(delivery["attempts"])) == ("delivered", 3)
        assert merchant.events(sid).count("AUTH_CALLBACK_SENT") == 1


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 499])
def test_a_4xx_is_final(status: int) -> None:
    with opened(lambda c: Answer(status=status) if "paid" in c.url else good_answer(c)) as merchant:
        sid, _ = merchant.purchase()
        assert merchant.advance(24 * 3600) == 1
        assert merchant.deliveries(sid)[-1]["state"] == "failed"


@pytest.mark.parametrize("status", [200, 201, 204, 302])
def test_2xx_and_3xx_are_delivered(status: int) -> None:
    with opened(lambda c: Answer(status=status) if "paid" in c.url else good_answer(c)) as merchant:
        sid, _ = merchant.purchase()
        assert merchant.advance(24 * 3600) == 1
        assert merchant.deliveries(sid)[-1]["state"] == "delivered"


# Later events and errors


def test_later_events_are_told_when_the_shop_asks_for_them(merchant: Merchant) -> None:
    url = "http://shop.example/paid?report_event=CAPTURE&report_event=REFUND&delay_callback=60"
    tid = merchant.authorized(1000, **with_callback(url))
    merchant.advance(60)
    for what, event_id in (("capture", "3"), ("refund", "4")):
        merchant.ok("POST", f"/v1/transactions/{tid}/{what}", {"amount": 500})
        assert merchant.advance() == 1
        told = merchant.shop.told()[-1]
        assert (told["event"], told["event_id"]) == (what.upper(), event_id)
        assert told["transaction_id"] == tid
    other = merchant.authorized(1000, **with_callback(url))
    merchant.advance(60)
    merchant.ok("POST", f"/v1/transactions/{other}/void")
    assert merchant.advance(60) == 0


def test_a_void_is_told_also_when_the_session_was_cancelled(merchant: Merchant) -> None:
    url = "http://shop.example/paid?report_event=VOID"
    sid, tid = merchant.purchase(**with_callback(url))
    merchant.advance()
    merchant.ok("POST", f"/v1/sessions/{sid}/cancel")
    assert merchant.advance() == 1
    assert merchant.shop.told()[-1]["event"] == "VOID"
    assert merchant.transaction(tid)["status"] == "AUTHORIZATION_VOIDED"


@pytest.mark.parametrize(
    ("outcome", "error"), [("decline", "authorization"), ("expire", "authorization")]
)
@pytest.mark.parametrize("wants", [True, False])
def test_a_failed_payment_is_told_only_with_report_error(
    merchant: Merchant, outcome: str, error: str, wants: bool
) -> None:
    url = "http://shop.example/paid" + ("?report_error=true" if wants else "")
    sid = merchant.ready(**with_callback(url))
    tid = merchant.pay(sid)
    merchant.finish(sid, tid, outcome)
    assert merchant.advance() == int(wants)
    if wants:
        told = merchant.shop.told()[-1]
        assert (told["error"], told["transaction_id"]) == (error, tid)


def test_a_buyer_who_walks_away_is_told_without_a_transaction(merchant: Merchant) -> None:
    url = "http://shop.example/paid?report_error=true&method=POST"
    sid = merchant.ready(**with_callback(url))
    merchant.view("POST", sid, "/abandon")
    assert merchant.advance() == 1
    told = merchant.shop.told()[-1]
    assert told["error"] == "cancelled"
    assert "transaction_id" not in told
    assert (told["session_id"], told["merchant_reference"]) == (sid, "order-1")


# Questions in the middle of a checkout


def test_the_shop_is_asked_with_the_whole_session(merchant: Merchant) -> None:
    sid = merchant.create()
    merchant.give_address(sid)
    asked = merchant.shop.asked[0]
    assert (asked.method, asked.url) == ("POST", "http://shop.example/options")
    assert merchant.shop.timeouts == [60]
    body = json.loads(asked.body or "")
    assert body["id"] == sid
    assert body["order"]["shipping_address"] == ADDRESS
    assert body["order"]["billing_address"] == ADDRESS
    assert not {"question", "pay_lock", "payment", "system"} & set(body)


def test_asking_for_options_is_not_telling_about_a_payment(merchant: Merchant) -> None:
    sid = merchant.create()
    merchant.give_address(sid)
    assert "AUTH_CALLBACK_SENT" not in merchant.events(sid)


BAD_ANSWERS = [
    Answer(status=404), Answer(status=500, body="<h1>Error</h1>"), Answer(status=200, body="<h1>Hi</h1>"),
    Answer(status=200, body=""), Answer(status=204), said({"shipping_options": [POSTEN]}, 201),
    Answer(error="no answer within 60 seconds"), Answer(), said([]), said({}), said(None),
    said({"shipping_options": [{"id": "x"}]}), said({"shipping_options": [POSTEN, POSTEN]}),
    said({"shipping_options": [], "order": {"items": []}}), Answer(status=302), Answer(status=100),
    said({"shipping_options": [{**POSTEN, "amount": "free"}]}), said({"session": {}}),
    Answer(status=200, body='{"shipping_options": [], "order": {"amount": 1e400}}'),
    Answer(status=200, body="[" * 100_000), Answer(status=200, body="\ud7ff\x00"),
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_ANSWERS)
def test_without_a_usable_answer_there_are_no_options_and_a_retry_works(bad: Answer) -> None:
    answers = [bad, good_answer]

    def shop(callback: Callback) -> Any:
        answer = answers.pop(0)
        return answer(callback) if callable(answer) else answer

    with opened(shop) as merchant:
        sid = merchant.create(express={
            "shipping_options": [PICKUP],
            "shipping_address_callback_url": "http://shop.example/options",
        })  # fmt: skip
        answer = merchant.give_address(sid)
        assert answer.status_code == 200, answer.text
        session = merchant.session(sid)
        assert session["express"]["shipping_options"] == []
        assert "shipping_option" not in session["order"]
        assert session["order"]["shipping_address"] == ADDRESS
        [delivery] = merchant.deliveries(sid)
        assert delivery["state"] == "failed"
        assert "AUTH_CALLBACK_SENT" not in merchant.events(sid)
        browser = Browser(merchant)
        page = browser.open(f"/?sid={sid}")
        assert any("could not reach the shop" in message for message in page.messages)
        assert "disabled" in page.get("pay").attrs
        page = browser.submit("retry-shipping")
        assert page.find("shipping-option-posten")
        assert merchant.session(sid)["express"]["shipping_options"] == [POSTEN, PICKUP]
        assert merchant.advance(24 * 3600) == 0


@pytest.mark.parametrize("bad", BAD_ANSWERS[:12])
def test_without_a_usable_answer_a_code_changes_nothing(bad: Answer) -> None:
    with opened(lambda c: bad if c.at == "discount_callback" else good_answer(c)) as merchant:
        sid = merchant.create(
            express={"shipping_options": [], "discount_codes": {"callback_url": "http://shop.example/c"}},
            configuration={"discounts": {"express_discount_codes": {"enabled": True}}},
        )  # fmt: skip
        before = merchant.session(sid)["order"]
        merchant.view("PUT", sid, "/order/discount_codes", {"discount_codes": ["TEN"]})
        assert merchant.session(sid)["order"] == before


def test_an_answer_that_changes_the_total_gets_a_correction_item() -> None:
    shop_order = {"amount": 20000}
    answer = said({"shipping_options": [POSTEN, PICKUP], "order": shop_order})
    with opened(lambda _: answer) as merchant:
        sid = merchant.create()
        session = merchant.give_address(sid).json()
        correction = session["order"]["items"][-1]
        assert correction["id"] == correction["line_id"]
        assert re.fullmatch(r"correction-[1-9a-zA-Z]{22}", correction["id"])
        assert (correction["amount"], correction["quantity"]) == (-9900, 1)
        assert session["order"]["amount"] == 20000


def test_a_chosen_option_survives_a_new_list_with_its_new_price(merchant: Merchant) -> None:
    sid = merchant.ready()
    merchant.shop.answer = lambda _: said(
        {"shipping_options": [{**POSTEN, "amount": 9900}, PICKUP]}
    )
    order = merchant.give_address(sid, postal_code="9000").json()["order"]
    assert (order["shipping_option"]["amount"], order["amount"]) == (9900, 39800)
    merchant.shop.answer = lambda _: said(
        {"shipping_options": [PICKUP, {**POSTEN, "line_id": "x"}]}
    )
    order = merchant.give_address(sid, postal_code="0155").json()["order"]
    assert "shipping_option" not in order
    assert order["amount"] == 29900
    merchant.shop.answer = lambda _: said({"shipping_options": [PICKUP]})
    assert merchant.give_address(sid).json()["order"]["shipping_option"] == PICKUP


def test_the_same_session_can_be_read_while_the_shop_is_being_asked() -> None:
    seen: list[Any] = []

    async def shop(callback: Callback) -> Answer:
        async with merchant.inside() as client:
            answer = await client.get(f"/v1/sessions/{callback.session_id}")
        seen.append(answer.json())
        return good_answer(callback)

    with opened(shop) as merchant:
        sid = merchant.create()
        assert merchant.give_address(sid).status_code == 200
        assert seen[0]["id"] == sid
        assert seen[0]["order"]["shipping_address"] == ADDRESS
        assert merchant.session(sid)["express"]["shipping_options"] == [POSTEN, PICKUP]


def test_the_answer_to_an_older_address_is_dropped() -> None:
    async def shop(callback: Callback) -> Answer:
        place = json.loads(callback.body or "")["order"]["shipping_address"]["postal_code"]
        if place == "0155":  # while this is being answered the buyer moves to Bergen
            path = f"/v1/view/{callback.session_id}/session/order/shipping_address"
            async with merchant.inside() as client:
                inner = await client.put(path, json={**ADDRESS, "postal_code": "5003"})
            assert inner.status_code == 200
        return said({"shipping_options": [{**POSTEN, "line_id": place}, PICKUP]})

    with opened(shop) as merchant:
        sid = merchant.create()
        outer = merchant.give_address(sid).json()
        for session in (outer, merchant.session(sid)):
            assert session["order"]["shipping_address"]["postal_code"] == "5003"
            lines = [option["line_id"] for option in session["express"]["shipping_options"]]
            assert lines == ["5003", "pickup"]
        assert {delivery["state"] for delivery in merchant.deliveries(sid)} == {"delivered"}


@pytest.mark.parametrize("what", ["cancel", "update", "reset"])
def test_what_happens_while_the_shop_is_being_asked_wins(what: str) -> None:
    async def shop(callback: Callback) -> Answer:
        async with merchant.inside() as client:
            if what == "cancel":
                await client.post(f"/v1/sessions/{callback.session_id}/cancel")
            elif what == "update":
                body = {"order": {}, "express": {"shipping_options": [PICKUP]}}
                url = f"/v1/sessions/{callback.session_id}?update_without_lock=true"
                assert (await client.put(url, json=body)).status_code == 200
            else:
                merchant.app.state.sandbox.store.clear(ACCOUNT)
        return good_answer(callback)

    with opened(shop) as merchant:
        sid = merchant.create()
        assert merchant.give_address(sid).status_code == 200
        if what == "reset":
            assert merchant.call("GET", f"/v1/sessions/{sid}").status_code == 404
        else:
            wanted = [] if what == "cancel" else [PICKUP]
            assert merchant.session(sid)["express"]["shipping_options"] == wanted


def test_nothing_can_be_paid_while_the_shop_is_being_asked() -> None:
    statuses: list[int] = []

    async def shop(callback: Callback) -> Answer:
        async with merchant.inside() as client:
            pay = {"payment_product_type": "dintero_psp.vipps"}
            answer = await client.post(f"/v1/sessions/{callback.session_id}/pay", json=pay)
        statuses.append(answer.status_code)
        return good_answer(callback)

    with opened() as merchant:
        sid = merchant.ready()
        merchant.shop.answer = shop
        merchant.give_address(sid, postal_code="5003")
        assert statuses == [400]
        assert "transaction_id" not in merchant.session(sid)


def test_a_question_that_was_lost_in_a_crash_can_be_asked_again(tmp_path: Any) -> None:
    path = str(tmp_path / "store.db")
    with opened(store=SqlStore(path)) as merchant:
        sid = merchant.ready()
        store = merchant.app.state.sandbox.store
        session = store.load(Session, sid)
        asked = session.with_(question=Question(id="q", about="address", state="asked"))
        url = "http://shop.example/options"
        sandbox = merchant.app.state.sandbox
        store.save(asked, shop_questions.new_question(sandbox, asked, "address_callback", url))
    with opened(store=SqlStore(path)) as merchant:
        browser = Browser(merchant)
        assert browser.open(f"/?sid={sid}").find("retry-shipping")
        browser.submit("retry-shipping")
        assert browser.page.find("shipping-options")


def test_the_delivery_shows_request_and_answer(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()
    merchant.advance()
    question, told = merchant.deliveries(sid)
    assert question["attempts"][0]["status"] == 200
    assert "posten" in question["attempts"][0]["response"]
    assert told["attempts"][0]["response"] == "ok"
    assert told["attempts"][0]["signature"] == merchant.shop.headers[-1]["Dintero-Signature"]

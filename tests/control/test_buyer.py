"""The buyer without a browser: each step, each error, in the order of a purchase."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sandbox import (
    ACCOUNT,
    ITEMS,
    PICKUP,
    POSTEN,
    VIPPS,
    Json,
    Merchant,
    good_answer,
    opened,
    order,
    said,
)

from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.card import TEST_CARDS

CARD = "dintero_psp.creditcard"
ERRORS: Json = {
    "return_url": "https://shop.example/return",
    "callback_url": "http://shop.example/paid?report_error=true",
}


def play(merchant: Merchant, sid: str, status: int = 200, **steps: Any) -> Json:
    if "back" in steps:
        steps["return"] = steps.pop("back")
    return dict(merchant.control("POST", f"sessions/{sid}/buyer", steps, status))


def query(url: str) -> Json:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_a_whole_purchase_in_one_call(merchant: Merchant) -> None:
    sid = merchant.create()
    played = play(merchant, sid, address={}, shipping_option="posten", pay={}, back=True)
    session, transaction = played["session"], played["transaction"]
    assert (session["id"], transaction["session_id"]) == (sid, sid)
    assert (transaction["status"], transaction["amount"]) == ("AUTHORIZED", 29900 + 4900)
    assert session["order"]["shipping_address"]["postal_place"] == "Oslo"
    assert session["order"]["shipping_option"]["line_id"] == "posten"
    assert merchant.shop.visited == [played["redirect"]]
    assert played["return"] == {"url": played["redirect"], "status": 200, "error": None}
    assert query(played["redirect"]) == {
        "merchant_reference": "order-1", "transaction_id": transaction["id"]
    }  # fmt: skip
    assert merchant.transaction(transaction["id"]) == transaction


def test_the_steps_can_be_done_one_by_one(merchant: Merchant) -> None:
    sid = merchant.create()
    assert play(merchant, sid) == {
        "session": merchant.session(sid), "transaction": None, "redirect": None, "return": None
    }  # fmt: skip
    given = play(merchant, sid, address={"postal_code": "5003", "postal_place": "Bergen"})
    assert given["session"]["express"]["shipping_options"] == [POSTEN, PICKUP]
    assert given["session"]["order"]["shipping_address"]["first_name"] == "Kari"
    chosen = play(merchant, sid, shipping_option="pickup")
    assert chosen["session"]["order"]["amount"] == 29900
    paid = play(merchant, sid, pay={"outcome": None})
    assert paid["transaction"]["status"] == "INITIATED"
    assert paid["redirect"] is None
    assert play(merchant, sid, pay={})["transaction"]["status"] == "AUTHORIZED"
    back = play(merchant, sid, back=True)
    assert back["return"]["status"] == 200
    assert back["transaction"]["status"] == "AUTHORIZED"


def test_the_steps_are_done_in_the_order_of_a_purchase_whatever_their_order_in_the_body() -> None:
    def shop(callback: Callback) -> Answer:
        if callback.at == "discount_callback":
            changed = order(amount=20000, items=[ITEMS[0] | {"amount": 20000}])
            return said({
                "shipping_options": [POSTEN], "order": {**changed, "discount_codes": ["SPRING"]}
            })  # fmt: skip
        return good_answer(callback)

    with opened(shop) as merchant:
        configuration = {"discounts": {"express_discount_codes": {"enabled": True}}}
        sid = merchant.create(
            configuration=configuration,
            express={"shipping_options": [],
                     "shipping_address_callback_url": "http://shop.example/options",
                     "discount_codes": {"callback_url": "http://shop.example/codes"}},
        )  # fmt: skip
        played = play(
            merchant, sid, back=True, pay={}, discount_codes=["SPRING"], shipping_option="posten",
            address={},
        )  # fmt: skip
        asked = [callback.at for callback in merchant.shop.asked]
        assert asked[:2] == ["address_callback", "discount_callback"]
        assert played["session"]["order"]["discount_codes"] == ["SPRING"]
        names = merchant.events(sid)
        assert names.index("AUTHORIZED") == len(names) - 1


@pytest.mark.parametrize(
    ("outcome", "status", "error"),
    [
        ("approve", "AUTHORIZED", None), ("decline", "DECLINED", "authorization"),
        ("expire", "FAILED", "authorization"), ("reject", "FAILED", "failed"),
        ("time_out", "FAILED", "failed"),
    ],
)  # fmt: skip
def test_each_outcome_ends_the_payment_in_its_way(
    merchant: Merchant, outcome: str, status: str, error: str | None
) -> None:
    sid = merchant.ready(url=ERRORS)
    played = play(merchant, sid, pay={"method": VIPPS, "outcome": outcome}, back=True)
    assert played["transaction"]["status"] == status
    assert query(played["redirect"]).get("error") == error
    assert played["return"]["status"] == 200
    merchant.advance()
    assert merchant.shop.told()[-1].get("error") == error


CARDS = {
    "success": ("AUTHORIZED", None), "challenge": ("AUTHORIZED", None),
    "attempt": ("AUTHORIZED", None), "three_ds_fails": ("FAILED", "authorization"),
    "declined": ("DECLINED", "authorization"), "authorization_times_out": ("FAILED", "failed"),
    "capture_times_out": ("AUTHORIZED", None), "void_times_out": ("AUTHORIZED", None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "effect"), [(n, e) for n, e in TEST_CARDS.items() if e in CARDS]
)
def test_the_test_cards_do_what_they_do_on_the_page(
    merchant: Merchant, number: str, effect: str
) -> None:
    status, error = CARDS[effect]
    sid = merchant.ready(url=ERRORS)
    played = play(merchant, sid, pay={"method": CARD, "card_number": number})
    assert played["transaction"]["status"] == status
    assert played["transaction"]["card"]["masked_pan"] == f"{number[:6]}******{number[-4:]}"
    assert query(played["redirect"]).get("error") == error
    assert number not in merchant.client.get("/_mock/api/v1/requests").text


@pytest.mark.parametrize(
    ("pay", "named"),
    [
        ({"method": CARD, "card_number": "4000000000000003"}, "typing mistake"),
        ({"method": CARD, "card_number": "1"}, "12 to 19 digits"),
        ({"method": CARD, "card_number": "4000000000000002", "card_expiry": "01/20"}, "expired"),
        ({"method": CARD, "card_number": "4000000000000002", "card_expiry": "soon"}, "month"),
        ({"method": "klarna.billie"}, "klarna.billie"), ({"method": "gold"}, "gold"),
        ({"method": VIPPS, "card_number": "4000000000000002"}, "takes no card"),
        ({"method": VIPPS, "phone_number": "hello"}, "phone_number"),
    ],
)  # fmt: skip
def test_what_the_page_would_not_take_is_refused_and_the_payment_not_begun(
    merchant: Merchant, pay: Json, named: str
) -> None:
    sid = merchant.ready()
    assert named in play(merchant, sid, 400, pay=pay)["message"]
    assert merchant.ok("GET", "/v1/transactions") == []
    assert play(merchant, sid, pay={})["transaction"]["status"] == "AUTHORIZED"


def test_a_phone_number_is_the_customers(merchant: Merchant) -> None:
    sid = merchant.ready()
    played = play(merchant, sid, pay={"phone_number": "+4798765432"})
    assert played["transaction"]["customer"]["phone_number"] == "+4798765432"


def test_a_cancel_is_told_and_leads_back(merchant: Merchant) -> None:
    sid = merchant.create(url=ERRORS)
    played = play(merchant, sid, address={}, cancel=True, back=True)
    assert played["transaction"] is None
    assert query(played["redirect"]) == {"merchant_reference": "order-1", "error": "cancelled"}
    assert merchant.shop.visited == [played["redirect"]]
    assert merchant.events(sid)[-1] == "CANCELLED"
    merchant.advance()
    assert merchant.shop.told()[-1]["error"] == "cancelled"
    again = play(merchant, sid, back=True)
    assert again["return"]["url"] == played["redirect"]


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ({"shipping_option": "posten"}, "on offer: none"), ({"back": True}, "pay or cancel first"),
        ({"pay": {}}, "address"), ({"discount_codes": ["SPRING"]}, "discount"),
        ({"address": {"country": "Norway"}}, "country"), ({"adress": {}}, "adress"),
        ({"address": {"postal_code": 155}}, "postal_code"), ({"pay": {"outcome": "win"}}, "outcome"),
    ],
)  # fmt: skip
def test_a_step_that_cannot_be_done_is_refused_with_the_reason(
    merchant: Merchant, steps: Json, named: str
) -> None:
    sid = merchant.create()
    answer = merchant.client.post(
        f"/_mock/api/v1/sessions/{sid}/buyer",
        json={"return" if name == "back" else name: value for name, value in steps.items()},
    )
    assert answer.status_code in (400, 403, 409), answer.text
    assert named in answer.text


def test_an_option_that_is_not_there_is_refused_with_those_that_are(merchant: Merchant) -> None:
    sid = merchant.create()
    error = play(merchant, sid, 400, address={}, shipping_option="drone")
    assert "on offer: posten, pickup" in error["message"]
    assert merchant.session(sid)["order"]["shipping_address"]  # the step before it was done


def test_an_unknown_session_is_404(merchant: Merchant) -> None:
    play(merchant, f"{ACCOUNT}.nothing", 404, pay={})
    play(merchant, f"{ACCOUNT}.{'a' * 22}", 404, pay={})


def test_a_session_that_has_ended_takes_no_more_steps(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    for steps in ({"pay": {}}, {"address": {}}, {"shipping_option": "posten"}, {"cancel": True}):
        answer = merchant.client.post(f"/_mock/api/v1/sessions/{sid}/buyer", json=steps)
        assert answer.status_code in (400, 403, 404, 409, 410), (steps, answer.text)
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"
    assert play(merchant, sid, back=True)["return"]["status"] == 200


def test_a_slow_buyer_takes_the_accounts_time_and_may_be_too_late(merchant: Merchant) -> None:
    expires = "2026-10-06T09:24:03.112Z"
    sid = merchant.create(express=None, expires_at=expires)
    merchant.fault("buyer", "slow", seconds=300)
    played = play(merchant, sid, pay={})
    assert played["transaction"]["events"][-1]["created_at"] == "2026-10-06T09:19:03.112Z"
    late = merchant.create(express=None, expires_at=expires)
    merchant.fault("buyer", "slow", seconds=301)
    error = merchant.client.post(f"/_mock/api/v1/sessions/{late}/buyer", json={"pay": {}})
    assert error.status_code in (400, 404, 410), error.text


def test_a_closed_tab_leads_nowhere(merchant: Merchant) -> None:
    merchant.fault("buyer", "close_tab")
    sid = merchant.ready()
    played = play(merchant, sid, pay={}, back=True)
    assert played["transaction"]["status"] == "AUTHORIZED"
    assert (played["redirect"], played["return"]) == (None, None)
    assert merchant.shop.visited == []
    assert merchant.advance() == 1


def test_the_page_of_a_shop_that_is_down_is_told(merchant: Merchant) -> None:
    async def visit(url: str, timeout: float) -> Answer:
        return Answer(error="ClientConnectorError: nobody there")

    merchant.shop.visit = visit  # type: ignore[method-assign]
    played = play(merchant, merchant.ready(), pay={}, back=True)
    assert played["return"] == {
        "url": played["redirect"], "status": None, "error": "ClientConnectorError: nobody there"
    }  # fmt: skip


def test_checkboxes_are_ticked_and_echoed(merchant: Merchant) -> None:
    boxes = [{"id": "terms", "checked": False, "label": "Terms"},
             {"id": "news", "checked": True, "label": "News"}]  # fmt: skip
    sid = merchant.ready(checkboxes=boxes)
    played = play(merchant, sid, checkboxes=["terms"], pay={})
    ticked = {box["id"]: box["checked"] for box in played["transaction"]["checkboxes"]}
    assert ticked == {"terms": True, "news": False}

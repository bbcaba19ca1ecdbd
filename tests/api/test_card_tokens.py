"""Saved cards: registered on the page, saved with a purchase, listed and deleted."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, Json, Merchant, order
from saved_cards import CARD, registered, secret, token_body

SAVES: Json = {"dintero_psp": {"creditcard": {"enabled": True, "generate_payment_token": True}}}
ANOTHER = "T00000099"


def test_a_card_is_registered_on_the_page_and_no_money_moves(merchant: Merchant) -> None:
    made = merchant.ok("POST", "/v1/sessions/payment-token?include_session=true", token_body())
    sid = made["id"]
    assert made["url"].endswith(f"/v1/view/{sid}")
    assert made["session"]["payment_operation"] == "generate_payment_token"
    assert made["session"]["order"]["amount"] == 0
    page = merchant.client.get(f"/?sid={sid}")
    assert page.status_code == 200
    assert f"payment-method-{CARD}" in page.text
    assert "payment-method-dintero_psp.vipps" not in page.text
    tid = merchant.pay(sid, CARD)
    assert f"transaction_id={tid}" in merchant.finish(sid, tid)
    paid = merchant.transaction(tid)
    assert (paid["status"], paid["amount"], paid["payment_operation"]) == (
        "AUTHORIZED", 0, "generate_payment_token"
    )  # fmt: skip
    assert "payment_token" not in paid["card"]
    token = merchant.ok("GET", f"/v1/card-tokens/{paid['card']['payment_token_id']}")
    assert token["token"] == secret(merchant, tid)
    assert (token["transaction_id"], token["account_id"]) == (tid, ACCOUNT)
    merchant.advance()
    assert [told["transaction_id"] for told in merchant.shop.told()] == [tid]


def test_a_registration_that_is_declined_makes_no_token(merchant: Merchant) -> None:
    sid = merchant.ok("POST", "/v1/sessions/payment-token", token_body())["id"]
    tid = merchant.pay(sid, CARD)
    merchant.finish(sid, tid, "decline")
    assert merchant.transaction(tid)["status"] == "DECLINED"
    assert merchant.ok("GET", "/v1/card-tokens") == []


def test_payex_registers_a_token_for_recurring_payments_too(merchant: Merchant) -> None:
    provider = {
        "payment_product_type": "payex.creditcard",
        "token_types": ["payment_token", "recurrence_token"],
    }
    tid = registered(merchant, token_provider=provider)
    both = {"includes": ["card.payment_token", "card.recurrence_token"]}
    card = merchant.ok("GET", f"/v1/transactions/{tid}", params=both)["card"]
    tokens = {t["id"]: t["token"] for t in merchant.ok("GET", "/v1/card-tokens")}
    assert tokens == {
        card["payment_token_id"]: card["payment_token"],
        card["recurrence_token_id"]: card["recurrence_token"],
    }


@pytest.mark.parametrize(
    "changes",
    [{"url": None}, {"order": {"currency": "NOK"}}, {"order": {"merchant_reference": "r"}},
     {"expires_at": "soon"}, {"token_provider": {"payment_product_type": CARD}},
     {"token_provider": {"payment_product_type": CARD, "token_types": []}},
     {"token_provider": {"payment_product_type": CARD, "token_types": ["recurrence_token"]}},
     {"token_provider": {"payment_product_type": "vipps", "token_types": ["payment_token"]}}],
)  # fmt: skip
def test_a_registration_that_lacks_something_is_refused(merchant: Merchant, changes: Json) -> None:
    answer = merchant.call("POST", "/v1/sessions/payment-token", json=token_body(**changes))
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        400,
        "INVALID_REQUEST_PARAMETER",
    )
    assert merchant.ok("GET", "/v1/sessions") == []


def test_what_a_registration_does_not_know_is_kept_or_ignored(merchant: Merchant) -> None:
    changes = {"express": 1, "mine": [1], "configuration": {"auto_capture": True, "channel": "in_app"},
               "order": {"currency": "NOK", "merchant_reference": "", "items": 1},
               "profile_id": "default"}  # fmt: skip
    made = merchant.ok(
        "POST", "/v1/sessions/payment-token?include_session=1", token_body(**changes)
    )
    shown = made["session"]
    assert (shown["mine"], shown["metadata"]) == ([1], {"session:profile_id": "default"})
    assert "express" not in shown
    assert set(shown["configuration"]) == {"channel", "dintero_psp"}


def test_a_purchase_may_save_the_card_too(merchant: Merchant) -> None:
    tid = merchant.authorized(1000, CARD, configuration=SAVES, customer={"customer_id": "7"})
    (token,) = merchant.ok("GET", "/v1/card-tokens")
    assert token["id"] == merchant.transaction(tid)["card"]["payment_token_id"]
    assert (token["status"], token["card_brand"], token["customer_id"]) == ("ACTIVE", "visa", "7")
    merchant.authorized(1000, CARD)
    assert len(merchant.ok("GET", "/v1/card-tokens")) == 1


def test_the_customer_ticks_the_box(merchant: Merchant) -> None:
    card = {
        **SAVES["dintero_psp"]["creditcard"],
        "generate_payment_token_config": {"save_card_checkbox": "opt_in"},
    }
    for remember_me, count in ((False, 0), (True, 1)):
        sid = merchant.create(
            express=None, order=order(amount=100, items=None),
            configuration={"dintero_psp": {"creditcard": card}},
        )  # fmt: skip
        answer = merchant.client.post(
            f"/v1/sessions/{sid}/pay",
            json={"payment_product_type": CARD, "remember_me": remember_me},
        )
        merchant.finish(sid, answer.json()["redirect_url"].rpartition("/")[2])
        assert len(merchant.ok("GET", "/v1/card-tokens")) == count


def test_a_session_with_a_saved_card_shows_its_id_only(merchant: Merchant) -> None:
    tid = registered(merchant)
    value = secret(merchant, tid)
    tokens = {CARD: {"payment_token": value}, "payex.creditcard": {"payment_token": "nobody's"}}
    sid = merchant.create(customer={"tokens": tokens})
    shown = merchant.session(sid)
    id = merchant.transaction(tid)["card"]["payment_token_id"]
    assert shown["customer"]["tokens"] == {CARD: {"payment_token_id": id}, "payex.creditcard": {}}
    assert value not in "".join(
        line for line in merchant.state() if '"token":' not in line
    )  # in the token and nowhere else


def test_tokens_are_listed_newest_first_page_by_page(merchant: Merchant) -> None:
    ids = []
    for n in range(3):
        tid = registered(merchant, customer={"customer_id": f"c{n % 2}"})
        ids.insert(0, merchant.transaction(tid)["card"]["payment_token_id"])

    def listed(**params: Any) -> list[str]:
        return [one["id"] for one in merchant.ok("GET", "/v1/card-tokens", params=params)]

    assert listed() == ids
    assert listed(limit=2) == ids[:2]
    assert listed(limit=2, starting_after=ids[1]) == ids[2:]
    assert listed(customer_id="c1") == [ids[1]]
    assert listed(relationship_id="x") == []
    merchant.ok("DELETE", f"/v1/card-tokens/{ids[0]}")
    assert listed() == ids[1:]
    assert listed(include_deleted="true") == ids
    assert listed(status="DELETED") == [ids[0]]
    assert listed(status=["ACTIVE", "SUSPENDED"]) == ids[1:]


def test_a_token_is_deleted_once_and_for_all(merchant: Merchant) -> None:
    tid = registered(merchant)
    id = merchant.transaction(tid)["card"]["payment_token_id"]
    body = {"reason": "Profile deleted", "requestor": "CARDHOLDER"}
    gone = merchant.ok("DELETE", f"/v1/card-tokens/{id}", body)
    assert (gone["status"], gone["deleted_by"]) == ("DELETED", "mock-client-id")
    assert merchant.ok("DELETE", f"/v1/card-tokens/{id}") == gone
    assert merchant.ok("GET", f"/v1/card-tokens/{id}") == gone
    includes = {"includes": "card.payment_token"}
    shown = merchant.ok("GET", f"/v1/transactions/{tid}", params=includes)
    assert "payment_token" not in shown["card"]
    assert shown["card"]["payment_token_id"] == id


@pytest.mark.parametrize(
    ("method", "path", "json", "status"),
    [("GET", "?limit=0", None, 400), ("GET", "?status=OPEN", None, 400),
     ("GET", "?starting_after=T12345678.x", None, 404), ("GET", "/T12345678.x", None, 404),
     ("DELETE", "/T12345678.x", None, 404), ("DELETE", "/T12345678.x", {"requestor": "BANK"}, 400),
     ("DELETE", "/T12345678.x", {"reason": "x" * 129}, 400)],
)  # fmt: skip
def test_what_is_wrong_with_a_token_call_is_said(
    merchant: Merchant, method: str, path: str, json: Any, status: int
) -> None:
    sent = {"json": json} if json else {}
    answer = merchant.call(method, f"/v1/card-tokens{path}", **sent)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


def test_nobody_sees_anothers_tokens(merchant: Merchant) -> None:
    id = merchant.transaction(registered(merchant))["card"]["payment_token_id"]
    assert merchant.client.get("/v1/card-tokens").status_code == 401
    merchant.log_in(ANOTHER, "c", "s")
    assert merchant.ok("GET", "/v1/card-tokens") == []
    for method in ("GET", "DELETE"):
        assert merchant.call(method, f"/v1/card-tokens/{id}").status_code == 404

"""Payments without the customer: which card is charged, and what stands against it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from mock_dintero.core import merchant_payment
from mock_dintero.core.card_token import CardToken, deleted
from mock_dintero.core.errors import (
    InvalidRequest,
    MerchantReferenceTaken,
    NotPayable,
    SessionCompleted,
    UnknownToken,
)
from mock_dintero.core.merchant_payment import (
    MerchantPayment,
    charge,
    paid_session,
    require_token,
    require_unused,
    result,
    token_value,
)

CARD = "dintero_psp.creditcard"
SID, TID = "T12345678.session", "T12345678.transaction"


def body(product=CARD, operation="recurring_purchase", tokens=None, **session):
    return MerchantPayment.model_validate({
        "session": {
            "order": {"amount": 9900, "currency": "NOK", "merchant_reference": "sub-1"},
            "customer": {"tokens": tokens or {product: {"payment_token": "secret"}}},
            **session,
        },
        "payment": {"payment_product_type": product, "operation": operation},
        "url": "a plugin's mistake",
    })  # fmt: skip


@pytest.fixture
def token():
    return CardToken(
        id="T12345678.token", token="secret", card_brand="visa", payment_product_type=CARD,
        masked_pan="400000******0002", pan_expiry_date="12/2034", token_expiry_date="12/2034",
        created_at="2026-11-22T10:00:00.112Z", updated_at="2026-11-22T10:00:00.112Z",
        transaction_id="T12345678.first", status="ACTIVE",
    )  # fmt: skip


def pay(make, token, **session):
    wanted = body(**session)
    made = paid_session(SID, wanted, {"dintero-system-name": "woo"}, make.now)
    return charge(made, wanted, token, TID, make.now)


def test_a_saved_card_is_charged_without_a_browser(make, token):
    session, paid = pay(make, token, url={"callback_url": "http://shop.example/paid"})

    assert (paid.status, paid.amount, paid.payment_operation) == (
        "AUTHORIZED", 9900, "recurring_purchase"
    )  # fmt: skip
    assert (session.transaction_id, session.payment_operation) == (TID, "recurring_purchase")
    assert [event.name for event in session.events] == ["INITIATED", "AUTHORIZED"]
    assert paid.url == {"callback_url": "http://shop.example/paid"}
    assert paid.initiating_system_request_headers == {"dintero-system-name": "woo"}
    assert paid.card["payment_token_id"] == token.id
    assert (paid.card["masked_pan"], paid.card["acquirer_transaction_type"]) == (
        "400000******0002", "SSL"
    )  # fmt: skip
    assert not [name for name in paid.card if name.startswith("three_ds")]
    assert result(paid) == {
        "success": True, "actions": [{"source": "DINTERO", "code": "200", "type": "success"}]
    }  # fmt: skip


def test_without_a_callback_url_the_payment_leads_nowhere(make, token):
    session, paid = pay(make, token)
    assert paid.url is None
    assert (session.url.return_url, session.url.callback_url) == ("about:blank", None)


@pytest.mark.parametrize(
    ("changes", "code", "type_"),
    [({"status": "DELETED"}, "46", "CLOSED_ACCOUNT"), ({"status": "SUSPENDED"}, "46", "CLOSED_ACCOUNT"),
     ({"pan_expiry_date": "10/2026"}, "54", "EXPIRED_CARD"),
     ({"masked_pan": "410000******0076"}, "1A", "ADDITIONAL_VERIFICATION_REQUIRED"),
     ({"masked_pan": "510000******0008"}, "Error", "ERROR")],
)  # fmt: skip
def test_a_declined_card_is_a_transaction_that_failed(make, token, changes, code, type_):
    session, failed = pay(make, token.with_(**changes))

    assert (failed.status, session.transaction_id) == ("FAILED", TID)
    error = failed.events[-1].error
    assert (error["code"], error["type"], error["result_code"]) == (code, [type_], code)
    assert error["retry_policy"]["retry_codes"]
    assert session.has("FAILED")
    assert session.payment is None
    assert result(failed) == {
        "success": False, "actions": [{"source": "DINTERO", "code": code, "type": "error"}]
    }  # fmt: skip


def test_auto_capture_captures_unless_the_amount_is_not_final(make, token):
    assert pay(make, token, configuration={"auto_capture": True})[1].status == "CAPTURED"
    both = {"auto_capture": True, "pre_authorization": True}
    session, paid = pay(make, token, configuration=both)
    assert (paid.status, paid.pre_authorization) == ("AUTHORIZED", "open")
    assert session.configuration.auto_capture is True


def test_a_declined_pre_authorization_has_nothing_to_finalize(make, token):
    gone = deleted(token, "c", make.now)
    assert pay(make, gone, configuration={"pre_authorization": True})[1].pre_authorization is None


def test_only_dintero_psp_can_finalize_so_only_it_pre_authorizes(make):
    wanted = body("payex.creditcard", configuration={"pre_authorization": True})
    with pytest.raises(InvalidRequest):
        paid_session(SID, wanted, {}, make.now)


def test_the_token_stands_under_the_product_that_is_charged():
    assert token_value(body()) == ("payment_token", "secret")
    payex = body("payex.creditcard", tokens={"payex.creditcard": {"recurrence_token": "again"}})
    assert token_value(payex) == ("recurrence_token", "again")
    for tokens in ({"payex.creditcard": {"payment_token": "x"}}, {CARD: {}},
                   {CARD: {"recurrence_token": "x"}}):  # fmt: skip
        with pytest.raises(InvalidRequest) as refused:
            token_value(body(tokens=tokens))
        assert refused.value.errors[0]["path"][-2:] == [CARD, "payment_token"]


def test_an_unknown_token_and_one_of_another_gateway_are_refused(token):
    assert require_token(body(), token) is token
    with pytest.raises(UnknownToken):
        require_token(body(), None)
    with pytest.raises(UnknownToken):
        require_token(body("payex.creditcard"), token)


@pytest.mark.parametrize(
    ("toggle", "is_refused"),
    [("strict-merchant-reference", (True, True)), ("strict-success-merchant-reference", (False, True)),
     ("another", (False, False))],
)  # fmt: skip
def test_the_toggles_guard_the_merchant_reference(make, token, toggle, is_refused):
    failed, _ = pay(make, deleted(token, "c", make.now))
    paid, _ = pay(make, token)
    require_unused("sub-1", [], frozenset({toggle}))
    for other, refused in zip((failed, paid), is_refused, strict=True):
        if refused:
            with pytest.raises(MerchantReferenceTaken):
                require_unused("sub-1", [other], frozenset({toggle}))
        else:
            require_unused("sub-1", [other], frozenset({toggle}))


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_or_less_cannot_be_charged(make, token, amount):
    order = {"amount": amount, "currency": "NOK", "merchant_reference": "r"}
    with pytest.raises(NotPayable):
        pay(make, token, order=order)


def test_a_session_that_has_expired_cannot_be_charged(make, token):
    past = (make.now - timedelta(days=1)).isoformat()
    with pytest.raises(SessionCompleted):
        pay(make, token, expires_at=past)


@pytest.mark.parametrize("changes", [{"product": "dintero_psp.vipps"}, {"operation": "purchase"},
                                     {"customer": None}, {"expires_at": "soon"}])  # fmt: skip
def test_only_cards_are_charged_and_only_for_the_two_purposes(changes):
    with pytest.raises(ValidationError):
        body(**changes)


def test_what_only_an_ordinary_session_checks_is_left_out(make, token):
    odd = {"express": 1, "checkboxes": "x", "merchant": [], "mine": {"kept": 1}}
    session, _ = pay(make, token, configuration={"channel": 5, "mine": 1}, **odd)
    assert session.express is session.merchant is None
    assert session.shown()["mine"] == {"kept": 1}
    assert session.url.return_url == merchant_payment.NOWHERE

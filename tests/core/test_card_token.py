"""Saved cards: when one is made, what it shows, and until when it works."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from mock_dintero.core import card_token, payment
from mock_dintero.core.card_token import CardToken, deleted, remembering, saved, without_secrets
from mock_dintero.core.session import Customer

CARD = "dintero_psp.creditcard"
UUIDS = [UUID(int=n, version=4) for n in range(1, 9)]


def pay(
    make, settings=None, method=CARD, outcome="approve", remember_me=None, customer=None, number=""
):
    """A payment with these settings of its method; transaction and tokens."""
    gateway, _, name = method.partition(".")
    more = {"customer": customer} if customer else {}
    session = make.session(
        configuration={gateway: {name: {"enabled": True, **(settings or {})}}}, **more
    )
    body = payment.PayBody(payment_product_type=method)
    started, transaction = payment.start(session, body, "T12345678.transaction", make.now)
    started = remembering(started, remember_me=remember_me)
    if number:
        transaction = payment.with_card(started, transaction, number, "03/2030")
    _, paid = payment.finish(started, transaction, outcome, make.now)
    uuids = iter(UUIDS)
    return saved(started, paid, lambda: next(uuids), make.now)


def test_an_ordinary_payment_saves_nothing(make):
    paid, tokens = pay(make)
    assert tokens == ()
    assert "payment_token_id" not in paid.card


def test_a_payment_that_asks_for_a_token_makes_one(make):
    paid, (token,) = pay(make, {"generate_payment_token": True}, customer={"customer_id": "7"})

    assert paid.card["payment_token_id"] == token.id
    assert "payment_token" not in paid.card
    assert token.shown() == {
        "id": token.id, "token": str(UUIDS[0]), "type": "payment_token", "status": "ACTIVE",
        "card_brand": "visa", "account_id": "T12345678", "payment_product_type": CARD,
        "masked_pan": paid.card["masked_pan"], "pan_expiry_date": paid.card["expiry_date"],
        "token_expiry_date": paid.card["expiry_date"], "transaction_id": paid.id,
        "customer_id": "7", "created_at": paid.created_at, "updated_at": paid.created_at,
    }  # fmt: skip
    assert token.id.startswith("T12345678.")
    assert token.reference == token.token


def test_the_token_remembers_the_card_that_was_typed(make):
    _, (token,) = pay(make, {"generate_payment_token": True}, number="5200000000000007")
    assert (token.card_brand, token.masked_pan, token.pan_expiry_date) == (
        "mastercard", "520000******0007", "03/2030"
    )  # fmt: skip


def test_payex_may_make_two_tokens_and_nobody_else(make):
    both = {"generate_payment_token": True, "generate_recurrence_token": True}
    paid, tokens = pay(make, both, "payex.creditcard")
    assert [paid.card["payment_token_id"], paid.card["recurrence_token_id"]] == [
        t.id for t in tokens
    ]
    assert len(pay(make, both)[1]) == 1
    assert pay(make, both, "dintero_psp.vipps")[1] == ()


@pytest.mark.parametrize("outcome", ["decline", "expire", "reject", "three_ds_fails"])
def test_a_payment_that_fails_saves_nothing(make, outcome):
    assert pay(make, {"generate_payment_token": True}, outcome=outcome)[1] == ()


def test_the_card_whose_token_times_out_pays_but_is_not_saved(make):
    paid, tokens = pay(make, {"generate_payment_token": True}, number="4100000000000050")
    assert (paid.status, tokens) == ("AUTHORIZED", ())


@pytest.mark.parametrize(
    ("box", "remember_me", "is_saved"),
    [("opt_in", None, False), ("opt_in", False, False), ("opt_in", True, True),
     ("opt_out", None, True), ("opt_out", True, True), ("opt_out", False, False),
     (None, False, True)],
)  # fmt: skip
def test_the_customer_has_the_say_where_there_is_a_checkbox(make, box, remember_me, is_saved):
    settings = {"generate_payment_token": True}
    if box:
        settings["generate_payment_token_config"] = {"save_card_checkbox": box}
    paid, tokens = pay(make, settings, remember_me=remember_me)
    assert bool(tokens) is is_saved
    consent = paid.card.get("card_holder_tokenization_consent")
    assert consent == ("opt_in" if box and is_saved else None)


@pytest.mark.parametrize("settings", [None, 1, [], {"generate_payment_token": "true"},
                                      {"generate_payment_token_config": 1}])  # fmt: skip
def test_odd_settings_save_nothing(make, settings):
    session = make.session(configuration={"dintero_psp": {"creditcard": settings}})
    assert not card_token.saves_card(session, CARD, remember_me=True)


@pytest.fixture
def token(make):
    return pay(make, {"generate_payment_token": True})[1][0]


def test_a_deleted_token_stays_readable(make, token):
    gone = deleted(token, "client-1", make.now)

    assert (gone.status, gone.deleted_by, gone.deleted_at) == (
        "DELETED", "client-1", "2026-11-22T10:00:00.112Z"
    )  # fmt: skip
    assert deleted(gone, "client-2", make.now) is gone
    assert CardToken.model_validate_json(gone.model_dump_json(exclude_unset=True)) == gone


@pytest.mark.parametrize(
    ("expiry", "is_over"),
    [("12/2026", False), ("11/2026", False), ("10/2026", True), ("12/2025", True), ("?", False),
     ("13/2020", False)],
)  # fmt: skip
def test_a_card_works_until_the_end_of_its_month(token, expiry, is_over):
    now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    assert token.with_(pan_expiry_date=expiry).is_expired(now) is is_over


def test_a_session_keeps_the_id_of_a_token_and_never_its_value(token):
    customer = Customer.model_validate(
        {"email": "a@b.example", "tokens": {
            CARD: {"payment_token": token.token, "note": "kept"},
            "payex.creditcard": {"payment_token": "nobody knows", "recurrence_token": token.token},
        }}
    )  # fmt: skip
    found = {token.token: token}

    assert without_secrets(customer, found.get).shown() == {
        "email": "a@b.example",
        "tokens": {
            CARD: {"payment_token_id": token.id, "note": "kept"},
            "payex.creditcard": {"recurrence_token_id": token.id},
        },
    }
    bare = Customer(email="a@b.example")
    assert without_secrets(bare, found.get) is bare

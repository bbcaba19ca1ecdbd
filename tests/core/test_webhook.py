"""Webhook rules: masks, signatures, when a subscription ends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mock_dintero.core.callback import Answer, Callback, Sent
from mock_dintero.core.delivery import after_attempt
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.webhook import (
    FAILURES_BEFORE_DELETION,
    NewHook,
    after_delivery,
    delivery,
    masked,
    new_hook,
    parse_mask,
    shown,
    signature,
)

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
EVENT = {
    "account_id": "T12345678",
    "transaction": {
        "id": "t", "status": "AUTHORIZED", "billing_address": {"first_name": "Kari"},
        "items": [{"id": "1", "amount": 100}, {"id": "2", "amount": 50}],
    },
}  # fmt: skip


def hook(**changes):
    body = {
        "config": {"url": "http://shop.example/hook"},
        "events": ["checkout_transaction"],
        **changes,
    }
    return new_hook("T12345678.h", NewHook.model_validate(body), "client", NOW)


def sent(made, **changes):
    return delivery("T12345678.d", made, "checkout_transaction", EVENT, "s", NOW).with_(**changes)


@pytest.mark.parametrize(
    ("mask", "left"),
    [
        ("*", EVENT),
        ("account_id", {"account_id": "T12345678"}),
        ("transaction/id", {"transaction": {"id": "t"}}),
        ("account_id,transaction(id,status)",
         {"account_id": "T12345678", "transaction": {"id": "t", "status": "AUTHORIZED"}}),
        ("transaction/items/amount", {"transaction": {"items": [{"amount": 100}, {"amount": 50}]}}),
        ("transaction(id,items(id))", {"transaction": {"id": "t", "items": [{"id": "1"}, {"id": "2"}]}}),
        ("nothing", {}), ("", EVENT), (")(,/", EVENT), ("transaction(id", {"transaction": {"id": "t"}}),
    ],
)  # fmt: skip
def test_a_field_mask_leaves_what_it_names(mask, left):
    assert masked(EVENT, parse_mask(mask)) == left


def test_excluded_fields_are_gone_wherever_they_stand():
    body = sent(hook(exclude_fields=["billing_address"])).body
    assert "Kari" not in body
    assert '"status":"AUTHORIZED"' in body


def test_the_signature_is_an_hmac_sha1_of_the_raw_body():
    # RFC 2202, test case 2
    assert (
        signature("Jefe", "what do ya want for nothing?")
        == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
    )


def test_an_event_that_does_not_exist_is_refused():
    with pytest.raises(InvalidRequest, match="checkout_transactions"):
        hook(events=["checkout_transactions"])


def test_the_secret_is_not_shown():
    made = hook(config={"url": "http://a.no/", "secret": {"type": "HMAC-SHA1", "value": "hush"}})
    assert shown(made)["config"]["secret"] == {"type": "HMAC-SHA1", "value": "********"}
    assert made.config.secret.value == "hush"


def _tried(callback: Callback, answer: Answer) -> Callback:
    return after_attempt(callback, answer, Sent(callback, {}), NOW)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(status=200), "delivered"), (Answer(status=204), "delivered"),
        (Answer(status=301), "waiting"), (Answer(status=404), "waiting"),
        (Answer(status=500), "waiting"), (Answer(error="no answer"), "waiting"),
    ],
)  # fmt: skip
def test_everything_but_2xx_is_tried_again(answer, state):
    after = _tried(sent(hook()), answer)
    assert after.state == state
    assert after.due == (None if state == "delivered" else "2026-11-22T10:02:00.000Z")


def test_after_five_tries_a_delivery_is_given_up():
    callback: Callback = sent(hook())
    for _ in range(4):
        callback = _tried(callback, Answer(status=500))
        assert callback.state == "waiting"
    assert _tried(callback, Answer(status=500)).state == "failed"


def test_too_many_failures_in_a_row_delete_the_subscription_and_a_success_forgives():
    made = hook()
    for _ in range(FAILURES_BEFORE_DELETION - 1):
        made = after_delivery(made, sent(made, state="failed"), NOW)
    assert made.deleted_at is None
    forgiven = after_delivery(made, sent(made, state="delivered"), NOW)
    assert forgiven.failures == 0
    assert after_delivery(made, sent(made, state="failed"), NOW).deleted_at is not None

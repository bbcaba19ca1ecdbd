"""Callbacks that are not what they should be."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from mock_dintero.core.callback import Callback
from mock_dintero.core.fault import NewFault, new_fault
from mock_dintero.core.ids import CHECKOUT_ID, account_of
from mock_dintero.core.signature import sign
from mock_dintero.core.tampering import altered, foreign_id, forged

TID, SID = f"T12345678.{'t' * 22}", f"T12345678.{'s' * 22}"
URL = f"http://shop.example/paid?own=1&transaction_id={TID}&session_id={SID}"


def callback(body: str | None = None, transaction_id: str | None = TID) -> Callback:
    return Callback(
        id="T12345678.d", at="payment_callback", session_id=SID, transaction_id=transaction_id,
        method="GET" if body is None else "POST", url=URL, body=body,
        created_at="2026-10-06T09:14:03.112Z",
    )  # fmt: skip


def fault(do, **more):
    return new_fault("T12345678.f", NewFault(at="payment_callback", do=do, **more))


@pytest.mark.parametrize(
    "do",
    ["drop", "delay", "duplicate", "reorder", "bad_signature", "stale_signature", "slow_body",
     "lose_answer"],
)  # fmt: skip
def test_most_faults_leave_the_request_as_it_is(do):
    assert altered(callback('{"a": 1}'), fault(do)) == callback('{"a": 1}')


def test_a_malformed_body_is_no_json_and_the_address_stays():
    sent = altered(callback(json.dumps({"id": TID, "status": "AUTHORIZED"})), fault("malformed"))
    with pytest.raises(json.JSONDecodeError):
        json.loads(sent.body or "")
    assert sent.url == URL


def test_a_malformed_get_has_half_a_query():
    sent = altered(callback(), fault("malformed"))
    assert URL.startswith(sent.url)
    assert urlsplit(sent.url).path == "/paid"
    assert SID not in sent.url
    assert sent.body is None


def test_another_transaction_stands_everywhere_where_the_own_one_stood():
    body = json.dumps({"id": TID, "url": f"x/{TID}", "session_id": SID})
    sent = altered(callback(body), fault("wrong_transaction", transaction_id="T12345678.other"))
    assert TID not in sent.url + (sent.body or "")
    assert parse_qs(urlsplit(sent.url).query)["transaction_id"] == ["T12345678.other"]
    assert json.loads(sent.body or "") == {
        "id": "T12345678.other", "url": "x/T12345678.other", "session_id": SID
    }  # fmt: skip
    assert sent.transaction_id == TID  # whose delivery it is has not changed


def test_without_a_name_the_other_one_is_of_the_same_account_and_form_and_the_same_each_time():
    first, second = (altered(callback(), fault("wrong_transaction")) for _ in range(2))
    [other] = parse_qs(urlsplit(first.url).query)["transaction_id"]
    assert other != TID
    assert CHECKOUT_ID.fullmatch(other)
    assert account_of(other) == "T12345678"
    assert first == second
    assert foreign_id(TID) == other != foreign_id(SID)


def test_a_question_is_about_another_session():
    sent = altered(callback(json.dumps({"id": SID}), None), fault("wrong_transaction"))
    assert SID not in sent.url + (sent.body or "")
    assert TID in sent.url


@pytest.mark.parametrize(
    "signature",
    [sign("secret", 1582236537, "T12345678", "GET", URL), "sha256=0123456789abcdef", "sha1=00ff"],
)
def test_a_forged_signature_has_the_right_form_and_fits_nothing(signature):
    made = forged(signature)
    assert len(made) == len(signature)
    assert made.rpartition("=")[0] == signature.rpartition("=")[0]
    pairs = list(zip(made.rpartition("=")[2], signature.rpartition("=")[2], strict=True))
    assert all(one != other and one in "0123456789abcdef" for one, other in pairs)

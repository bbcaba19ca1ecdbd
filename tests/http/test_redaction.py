"""Secrets are found by name and by form, in bodies whole or cut, in URLs, in texts within texts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.http.redaction import GONE, SECRETS, redacted, redacted_text

SECRET = "hush-hush"


@pytest.mark.parametrize(
    "text",
    [
        '{"secret": "hush-hush"}', '{"payment_token" : "hush-hush\\"hush-hush"}',
        '{"config":{"secret":{"type":"x","value":"hush-hush}"},"url":"http://a"}}',
        '{"access_token":"hush-hush', '{"secret":{"value":"hush-hush',
        json.dumps({"body": json.dumps({"token": SECRET})}),
        "https://shop.example/cb?token=hush-hush&x=1", "a=1&client_secret=hush-hush",
        "http://user:hush-hush@shop.example/",
    ],
)  # fmt: skip
def test_a_secret_is_gone(text: str) -> None:
    assert SECRET not in redacted_text(text)
    assert SECRET not in json.dumps(redacted(json.loads(text) if text.endswith("}") else text))


@pytest.mark.parametrize(
    "number", ["4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005"]
)
def test_a_card_number_is_gone_wherever_it_stands(number: str) -> None:
    assert redacted_text(f'{{"anything": "{number}"}}') == f'{{"anything": "{GONE}"}}'


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "T12345678.5GBf97kDFRiwEsnfafPVSc", "amount": 29900}', '{"gtin": "7038010009457"}',
        '{"token_type": "Bearer", "tokens": {}}', '{"secret": null}', '{"phone": "+4791234567"}',
        "https://shop.example/cb?transaction_id=T1&time=2026-10-06T09:14:03.112Z",
        '{"order_id": "4111111111111112"}', '{"email": "kari@example.no"}',
        '{"id": "f4111111-1111-1111-8111-111111111111"}',
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted_text(text) == text


def test_values_are_redacted_as_deep_as_they_go() -> None:
    value: Any = {
        "attempts": [{"response_headers": {"Set-Cookie": "a=b", "server": "x"}}],
        "body": '{"recurrence_token":"hush-hush","amount":1}', "secret": {"value": SECRET},
        "customer": {"tokens": {"card": {"payment_token": SECRET}}}, "token": None, "amount": 1,
    }  # fmt: skip
    assert redacted(value) == {
        "attempts": [{"response_headers": {"Set-Cookie": GONE, "server": "x"}}],
        "body": '{"recurrence_token":"(redacted)","amount":1}', "secret": GONE,
        "customer": {"tokens": {"card": {"payment_token": GONE}}}, "token": None, "amount": 1,
    }  # fmt: skip


@given(st.sampled_from(SECRETS), st.text(min_size=1), st.integers(min_value=0, max_value=60))
def test_no_cut_and_no_sign_in_it_lets_a_secret_out(name: str, more: str, end: int) -> None:
    text = json.dumps({"a": 1, name: SECRET + more, "z": [more]})
    assert SECRET not in redacted_text(text[: len(text) - end])
    cut = redacted_text(text)
    assert json.loads(cut) == {"a": 1, name: GONE, "z": [redacted_text(more)]}

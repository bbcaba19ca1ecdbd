"""What a customer must not get to see, and amounts as sentences name them."""

from __future__ import annotations

import base64
import json

import httpx
import pytest

from mock_dintero.config import environment
from mock_dintero.verify import goods_of, money, secret_in, shipping_of, shown

ENVIRONMENT = environment("http://sandbox.test", "T12345678")


def token(**claims: str) -> str:
    parts = ({"alg": "HS256"}, claims)
    head, payload = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
    return f"{head.decode().rstrip('=')}.{payload.decode().rstrip('=')}.c2ln"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("all is well", ""),
        ("key=mock-client-secret&", "the client secret"),
        ('{"s": "mock-signature-secret"}', "the signature secret"),
        (f"Bearer {token(oid='T12345678')}", "an access token"),
        (f"cookie={token(user='42')}", ""),
        ("eyJx.eyJ.x", ""),
    ],
)
def test_secrets_and_tokens_of_the_account_are_found(text: str, found: str) -> None:
    assert secret_in(text, ENVIRONMENT) == found


def test_headers_are_shown_too_and_escapes_are_undone() -> None:
    answer = httpx.Response(303, headers={"location": "/a"}, text='"http:\\/\\/b?c&amp;d"')
    assert shown(answer).splitlines()[0] == "/a"
    assert "http://b?c&d" in shown(answer)


@pytest.mark.parametrize(
    ("amount", "words"), [(79900, "799.00"), (5, "0.05"), (-9900, "-99.00"), (0, "0.00")]
)
def test_money_is_written_as_people_write_it(amount: int, words: str) -> None:
    assert money(amount) == words


def test_an_order_without_lines_and_shipping_comes_to_nothing() -> None:
    assert (goods_of({}), shipping_of({"shipping_option": None})) == (0, 0)
    order = {"items": [{"amount": 5}, {}], "shipping_option": {"amount": 7}}
    assert (goods_of(order), shipping_of(order)) == (5, 7)

"""Dintero's own Python SDK, unmodified, pointed at the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dintero import Dintero
from dintero.error import AuthError, InvalidRequestBody

from mock_dintero.testing import MockDintero

SWEATER = {
    "id": "sweater", "line_id": "1", "description": "Sweater", "quantity": 1,
    "amount": 29900, "vat_amount": 5980, "vat": 25,
}  # fmt: skip
MUG = {**SWEATER, "id": "mug", "line_id": "2", "description": "Mug", "amount": 10000}
SESSION = {
    "profile_id": "default",
    "url": {"return_url": "http://127.0.0.1:1/return"},
    "order": {
        "amount": 39900, "currency": "NOK", "merchant_reference": "sdk-1", "items": [SWEATER, MUG]
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def sdk(dintero: MockDintero, **changes: Any) -> Any:
    settings = {
        "api_url": dintero.url, "checkout_url": dintero.url, "account_id": dintero.account_id,
        "client_id": dintero.client_id, "client_secret": dintero.client_secret,
        "application_name": "shop", "application_version": "1.0",
    }  # fmt: skip
    return Dintero(**{**settings, **changes})


@pytest.fixture
def client(mock_dintero: MockDintero) -> Iterator[Any]:
    return sdk(mock_dintero)


def paid(client: Any, dintero: MockDintero) -> str:
    made = client.checkout().create_session(SESSION)
    dintero.buyer(made["id"]).pay()
    return str(client.checkout().get_session(made["id"])["transaction_id"])


def test_a_session_is_created_and_read(client: Any, mock_dintero: MockDintero) -> None:
    made = client.checkout().create_session(SESSION)
    assert made["url"] == f"{mock_dintero.url}/v1/view/{made['id']}"
    session = client.checkout().get_session(made["id"])
    assert session["id"] == made["id"]
    assert session["order"] == SESSION["order"]
    assert "transaction_id" not in session


def test_a_session_without_a_profile_is_created(client: Any) -> None:
    body = {name: value for name, value in SESSION.items() if name != "profile_id"}
    body["configuration"] = {"vipps": {"enabled": True}}
    made = client.checkout().create_session(body)
    assert client.checkout().get_session(made["id"])["configuration"] == body["configuration"]


def test_a_payment_is_captured_in_parts_and_refunded(
    client: Any, mock_dintero: MockDintero
) -> None:
    id = paid(client, mock_dintero)
    transaction = client.checkout().get_transaction(id)
    assert (transaction["status"], transaction["amount"]) == ("AUTHORIZED", 39900)

    captured = client.checkout().capture_transaction(id, 29900, [SWEATER], "shipment-1")
    assert captured["status"] == "PARTIALLY_CAPTURED"
    captured = client.checkout().capture_transaction(id, 10000, [MUG])
    assert captured["status"] == "CAPTURED"
    refunded = client.checkout().refund_transaction(id, 10000, [MUG], "return-1", "broken")
    assert refunded["status"] == "PARTIALLY_REFUNDED"
    refunded = client.checkout().refund_transaction(id, 29900, [SWEATER])
    assert refunded["status"] == "REFUNDED"
    assert [e["event"] for e in refunded["events"]] == [
        "INITIALIZE", "AUTHORIZE", "CAPTURE", "CAPTURE", "REFUND", "REFUND",
    ]  # fmt: skip
    assert refunded["events"][2]["event_reference"] == "shipment-1"


def test_a_payment_is_voided(client: Any, mock_dintero: MockDintero) -> None:
    id = paid(client, mock_dintero)
    assert client.checkout().void_transaction(id)["status"] == "AUTHORIZATION_VOIDED"
    with pytest.raises(InvalidRequestBody):
        client.checkout().capture_transaction(id, 100, [MUG])


def test_one_token_serves_many_calls(client: Any, mock_dintero: MockDintero) -> None:
    for _ in range(3):
        client.checkout().create_session(SESSION)
    tokens = [r for r in mock_dintero.requests if r["path"].endswith("/auth/token")]
    assert len(tokens) == 1


def test_wrong_credentials_are_an_auth_error(client: Any, mock_dintero: MockDintero) -> None:
    client.checkout().create_session(SESSION)
    with pytest.raises(AuthError):
        sdk(mock_dintero, client_secret="wrong").checkout().create_session(SESSION)

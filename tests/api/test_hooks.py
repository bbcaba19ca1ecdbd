"""Webhook subscriptions: made, told, ended."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sandbox import ACCOUNT, Merchant, opened

from mock_dintero.adapters.sql_store import SqlStore
from mock_dintero.core.callback import Answer, Callback

BASE = f"/v1/accounts/{ACCOUNT}/hooks/subscriptions"


def new_hook(*events: str, **changes: Any) -> dict[str, Any]:
    config = {"url": "http://shop.example/hook", "secret": {"type": "HMAC-SHA1", "value": "hush"}}
    return {"config": config, "events": list(events) or ["checkout_transaction"], **changes}


def told(merchant: Merchant) -> list[dict[str, Any]]:
    merchant.advance()
    return [json.loads(c.body) for c in merchant.shop.asked if c.at == "webhook"]


def subscribed(merchant: Merchant, *events: str, **changes: Any) -> str:
    made = merchant.ok("POST", BASE, new_hook(*events, **changes))
    merchant.advance()
    merchant.shop.asked.clear()
    return str(made["id"])


def test_a_new_subscription_gets_a_ping(merchant: Merchant) -> None:
    made = merchant.ok("POST", BASE, new_hook())
    [ping] = told(merchant)
    assert ping["event"] == "ping"
    assert ping["id"] == made["id"]
    assert "hush" not in json.dumps(made)
    assert merchant.ok("GET", f"{BASE}/{made['id']}") == made
    assert merchant.ok("GET", BASE) == [made]


def test_a_payment_and_its_capture_are_told(merchant: Merchant) -> None:
    subscribed(merchant, "checkout_authorization", "checkout_transaction")
    sid, tid = merchant.purchase()
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 100})
    bodies = told(merchant)
    assert [(b["event"], b["transaction"]["status"]) for b in bodies] == [
        ("checkout_authorization", "AUTHORIZED"),
        ("checkout_transaction", "AUTHORIZED"),
        ("checkout_transaction", "PARTIALLY_CAPTURED"),
    ]
    assert bodies[0]["authorization"] == {
        "merchant_reference": "order-1", "session_id": sid, "transaction_id": tid
    }  # fmt: skip


def test_a_cancelled_checkout_is_told_without_a_transaction(merchant: Merchant) -> None:
    subscribed(merchant, "checkout_authorization")
    sid = merchant.create()
    merchant.view("POST", sid, "/abandon")
    [body] = told(merchant)
    assert body["authorization"]["error"] == "cancelled"
    assert "transaction" not in body


def test_a_delivery_is_signed_over_its_raw_body() -> None:
    seen: list[tuple[Callback, Mapping[str, str]]] = []

    class Listening:
        def prepare(self) -> None: ...
        async def close(self) -> None: ...
        async def carry(self, callback: Callback, headers: Mapping[str, str], *_: float) -> Answer:
            seen.append((callback, headers))
            return Answer(status=200)

    with opened(courier=Listening()) as merchant:
        merchant.ok("POST", BASE, new_hook())
        merchant.advance()
    [(callback, headers)] = seen
    wanted = hmac.new(b"hush", callback.body.encode(), hashlib.sha1).hexdigest()
    assert headers["event-signature"] == wanted
    assert headers["event"] == "ping"
    assert headers["event-delivery"] == callback.delivery_id
    assert headers["user-agent"].startswith("Dintero-Hook/")
    assert "Dintero-Signature" not in headers


def test_a_subscription_that_ended_or_sleeps_is_told_nothing(merchant: Merchant) -> None:
    gone = subscribed(merchant)
    subscribed(merchant, active=False)
    merchant.ok("DELETE", f"{BASE}/{gone}")
    merchant.purchase()
    assert told(merchant) == []
    assert gone not in [hook["id"] for hook in merchant.ok("GET", BASE)]
    listed = merchant.call("GET", BASE, params={"include_deleted": "true", "total": "true"})
    assert gone in [hook["id"] for hook in listed.json()]
    assert listed.headers["total-count"] == "2"


def test_a_failing_listener_gets_five_tries_two_minutes_apart() -> None:
    with opened(lambda callback: Answer(status=500)) as merchant:
        made = merchant.ok("POST", BASE, new_hook())
        merchant.advance(3600)
        [brief] = merchant.ok("GET", f"{BASE}/{made['id']}/deliveries")
        assert brief["status"] == 500
        found = merchant.ok("GET", f"{BASE}/{made['id']}/deliveries/{brief['id']}")
        assert found["details"]["delivery_success"] is False
        assert json.loads(found["request"]["body"])["event"] == "ping"
        tries = [c for c in merchant.shop.asked if c.at == "webhook"]
        assert len(tries) == 5


def test_a_ping_can_be_asked_for(merchant: Merchant) -> None:
    hook_id = subscribed(merchant)
    assert merchant.call("POST", f"{BASE}/{hook_id}/ping").status_code == 204
    assert [body["event"] for body in told(merchant)] == ["ping"]


def test_subscriptions_survive_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    with opened(store=SqlStore(path)) as merchant:
        subscribed(merchant)
    with opened(store=SqlStore(path)) as merchant:
        merchant.purchase()
        assert len(told(merchant)) == 1


@pytest.mark.parametrize(
    "path", ["nothing", "nothing/ping", "nothing/deliveries", "nothing/deliveries/x"]
)
def test_an_unknown_subscription_is_not_found(merchant: Merchant, path: str) -> None:
    method = "POST" if path.endswith("ping") else "GET"
    assert merchant.call(method, f"{BASE}/{path}").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"events": []}, {"events": ["nothing"]}, {"config": {}}, {"config": {"url": "ftp://a"}},
     {"config": {"url": "http://a.no/", "secret": {"type": "AWS4-HMAC-SHA256"}}}],
)  # fmt: skip
def test_a_wrong_subscription_is_refused(merchant: Merchant, wrong: dict[str, Any]) -> None:
    assert merchant.call("POST", BASE, json=new_hook() | wrong).status_code == 400
    assert merchant.ok("GET", BASE) == []

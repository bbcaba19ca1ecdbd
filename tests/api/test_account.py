"""Tokens, the signature secret, and what every response carries."""

from __future__ import annotations

import base64
from typing import Any

import jwt
import pytest
from sandbox import ACCOUNT, Merchant, opened, session_body

from mock_dintero import __version__
from mock_dintero.adapters.sql_store import SqlStore

TOKEN_URL = f"/v1/accounts/{ACCOUNT}/auth/token"
AUDIENCE = f"https://api.dintero.com/v1/accounts/{ACCOUNT}"
GRANT = {"grant_type": "client_credentials", "audience": AUDIENCE}
CLIENT = ("mock-client-id", "mock-client-secret")


def test_a_token_is_a_bearer_token_of_four_hours_for_the_account(merchant: Merchant) -> None:
    answer = merchant.client.post(TOKEN_URL, auth=CLIENT, json=GRANT)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 14400)
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert claims["account"] == ACCOUNT
    assert claims["exp"] - claims["iat"] == 14400


def test_a_token_is_good_until_the_very_second_it_expires(merchant: Merchant) -> None:
    merchant.move(14399)
    assert merchant.call("GET", "/v1/sessions").status_code == 200
    merchant.move(1)
    answer = merchant.call("GET", "/v1/sessions")
    assert answer.status_code == 401
    assert "expired" in answer.json()["error"]["message"]
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "audience",
    [
        f"http://127.0.0.1:8426/v1/accounts/{ACCOUNT}",
        f"https://T123@api.dintero.com/v1/accounts/{ACCOUNT}",
        f"https://api.dintero.com/v1/accounts/{ACCOUNT}/",
    ],
)
def test_an_audience_may_name_any_host(merchant: Merchant, audience: str) -> None:
    grant = {**GRANT, "audience": audience}
    assert merchant.client.post(TOKEN_URL, auth=CLIENT, json=grant).status_code == 200


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, GRANT, 401),
        ({"authorization": "Basic"}, GRANT, 401),
        ({"authorization": "Basic !!!"}, GRANT, 401),
        ({"authorization": b"Basic \xe9\xe9"}, GRANT, 401),
        ({"authorization": "Basic " + base64.b64encode(b"\xff:x").decode()}, GRANT, 401),
        ({"authorization": "Basic " + base64.b64encode(b"no-colon").decode()}, GRANT, 401),
        ({"authorization": "Basic " + base64.b64encode(b":secret").decode()}, GRANT, 401),
        ({"authorization": "Bearer x"}, GRANT, 401),
        (CLIENT, {**GRANT, "grant_type": "password"}, 400),
        (CLIENT, {**GRANT, "audience": ""}, 400),
        (CLIENT, {**GRANT, "audience": "https://api.dintero.com/v1/accounts/T87654321"}, 400),
        (CLIENT, {"grant_type": "client_credentials"}, 400),
        (CLIENT, [], 400),
        ((CLIENT[0], "wrong"), GRANT, 401),
        (("wrong", CLIENT[1]), GRANT, 401),
    ],
)
def test_a_token_is_refused_to_who_does_not_ask_for_it_properly(
    merchant: Merchant, headers: Any, body: Any, status: int
) -> None:
    before = merchant.state()
    who = {"auth": headers} if isinstance(headers, tuple) else {"headers": headers}
    answer = merchant.client.post(TOKEN_URL, json=body, **who)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"]
    assert "access_token" not in answer.json()
    assert merchant.state() == before


def test_a_new_account_trusts_the_first_credentials_that_it_sees(merchant: Merchant) -> None:
    merchant.log_in("T87654321", "first", "one")
    url = "/v1/accounts/T87654321/auth/token"
    grant = {**GRANT, "audience": "https://api.dintero.com/v1/accounts/T87654321"}
    assert merchant.client.post(url, auth=("first", "one"), json=grant).status_code == 200
    assert merchant.client.post(url, auth=("first", "two"), json=grant).status_code == 401
    assert merchant.client.post(url, auth=("second", "one"), json=grant).status_code == 401


@pytest.mark.parametrize(
    ("account", "status"),
    [
        ("P12345678", 403),
        ("X12345678", 400),
        ("T1234", 400),
        ("T123456789", 400),
        ("T1234567a", 400),
    ],
)
def test_only_test_accounts_are_let_in(merchant: Merchant, account: str, status: int) -> None:
    before = merchant.state()
    grant = {**GRANT, "audience": f"https://api.dintero.com/v1/accounts/{account}"}
    answer = merchant.client.post(f"/v1/accounts/{account}/auth/token", auth=CLIENT, json=grant)
    assert answer.status_code == status
    assert account in answer.json()["error"]["message"]
    assert merchant.state() == before


def test_the_signature_secret_is_read_and_replaced(merchant: Merchant) -> None:
    first = merchant.ok("GET", "/v1/admin/signature")
    assert first["signature"] == {"type": "v0-hmac-sha256", "secret": "mock-signature-secret"}
    assert (first["id"], first["created_by"]) == (ACCOUNT, "mock-client-id")
    second = merchant.ok("POST", "/v1/admin/signature")
    assert second["signature"]["secret"] not in ("", "mock-signature-secret")
    assert merchant.ok("GET", "/v1/admin/signature")["signature"] == second["signature"]


def test_the_alias_prefix_of_the_account_is_the_same_api(merchant: Merchant) -> None:
    prefix = f"/v1/accounts/{ACCOUNT}/payments"
    sid = merchant.ok("POST", f"{prefix}/sessions-profile", session_body(express=None))["id"]
    assert merchant.ok("GET", f"{prefix}/sessions/{sid}")["id"] == sid
    tid = merchant.pay(sid)
    merchant.finish(sid, tid)
    captured = merchant.ok("POST", f"{prefix}/transactions/{tid}/capture", {"amount": 29900})
    assert captured["status"] == "CAPTURED"
    assert [t["id"] for t in merchant.ok("GET", f"{prefix}/transactions")] == [tid]
    assert merchant.ok("GET", f"{prefix}/admin/signature")["id"] == ACCOUNT


def test_a_path_may_end_in_a_slash(merchant: Merchant) -> None:
    tid = merchant.authorized()
    assert merchant.ok("GET", f"/v1/transactions/{tid}/")["id"] == tid
    assert merchant.ok("POST", f"/v1/transactions/{tid}/capture/", {"amount": 1000})["id"] == tid
    sid = merchant.transaction(tid)["session_id"]
    assert merchant.ok("GET", f"/v1/sessions/{sid}/")["id"] == sid
    assert merchant.call("POST", "/v1/sessions-profile/", json=session_body()).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/sessions", 200),
        ("GET", "/v1/sessions/T12345678.nothing", 404),
        ("GET", "/v1/nowhere", 404),
        ("DELETE", "/v1/sessions", 405),
        ("POST", "/v1/sessions-profile", 400),
        ("GET", "/readyz", 200),
        ("GET", "/_mock/api/v1/info", 200),
        ("GET", "/?sid=x", 404),
        ("GET", "/", 302),
    ],
)
def test_every_response_says_who_answered_and_which_request_it_was(
    merchant: Merchant, method: str, path: str, status: int
) -> None:
    answers = [merchant.call(method, path) for _ in range(2)]
    assert [a.status_code for a in answers] == [status, status]
    assert {a.headers["x-mock-dintero"] for a in answers} == {__version__}
    assert len({a.headers["request-id"] for a in answers}) == 2
    if path.startswith("/v1/"):
        assert answers[0].headers["access-control-allow-origin"] == "*"
        assert "authorization" in answers[0].headers["access-control-allow-headers"].lower()


def test_unauthorized_answers_carry_the_headers_too(merchant: Merchant) -> None:
    answer = merchant.client.get("/v1/sessions")
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-mock-dintero"] == __version__


class BrokenStore:
    """Everything works but the store's ping."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def ping(self) -> None:
        raise OSError("the disk is gone")


def test_even_a_bug_of_the_sandbox_carries_the_headers_and_is_in_the_journal() -> None:
    with opened(store=BrokenStore(SqlStore())) as merchant:
        answer = merchant.client.get("/readyz")
        assert answer.status_code == 500
        assert answer.json()["error"]["code"] == "MOCK_DINTERO_BUG"
        assert answer.headers["x-mock-dintero"] == __version__
        assert answer.headers["request-id"]


def test_a_wrong_method_is_told_all_the_methods_that_the_path_takes(merchant: Merchant) -> None:
    sid = merchant.create()
    answer = merchant.call("PATCH", f"/v1/sessions/{sid}")
    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "METHOD_NOT_ALLOWED"
    assert {"GET", "PUT"} <= set(answer.headers["allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/healthz", "/isalive"])
def test_health_needs_no_token(merchant: Merchant, path: str) -> None:
    answer = merchant.client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "version": __version__})

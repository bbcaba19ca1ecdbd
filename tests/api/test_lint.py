"""Payment lint over HTTP: the header, the journal, the tester's list, strict mode; ETag and preflight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox import ACCOUNT, ADDRESS, POSTEN, Json, Merchant, opened, order, said, session_body

from mock_dintero.config import load_config
from mock_dintero.ports import Settings
from mock_dintero.server import Server

HEADER = "x-mock-dintero-lint"
SHIRT: Json = {"id": "shirt", "line_id": "1", "quantity": 1, "amount": 29900, "vat": 25}
URL: Json = {
    "return_url": "http://localhost:3000/return",
    "callback_url": "https://shop.example/paid?method=POST",
}
EXPRESS: Json = {
    "shipping_options": [], "shipping_address_callback_url": "https://shop.example/options"
}  # fmt: skip


def clean(**changes: Any) -> Json:
    """A session that nobody regrets."""
    return session_body(
        **{"url": URL, "order": order(items=[SHIRT]), "express": EXPRESS, **changes}
    )


def create(merchant: Merchant, **changes: Any) -> Any:
    return merchant.call("POST", "/v1/sessions-profile", json=clean(**changes))


def lint(merchant: Merchant, query: str = "") -> list[Json]:
    return list(merchant.client.get(f"/_mock/api/v1/lint{query}").json())


@pytest.fixture
def strict() -> Iterator[Merchant]:
    with opened(settings=Settings(strict=True)) as made:
        yield made


def test_a_clean_session_has_no_header_and_nothing_on_the_list(merchant: Merchant) -> None:
    answer = create(merchant)
    assert answer.status_code == 200
    assert HEADER not in answer.headers
    assert lint(merchant) == []


def test_findings_stand_in_the_header_each_code_once(merchant: Merchant) -> None:
    lines = [{"amount": 29900}, {"amount": 1}]
    answer = create(merchant, order=order(items=lines), custumer={})
    assert answer.status_code == 200
    assert answer.headers[HEADER] == "SUM_MISMATCH, LINE_ID_MISSING, VAT_MISSING, MISSPELT_FIELD"


def test_findings_stand_in_the_journal_and_on_the_list_with_their_request(
    merchant: Merchant,
) -> None:
    create(merchant, metadata={"vipps": 1})
    wanted = {
        "code": "METADATA_RESERVED", "path": ["metadata", "vipps"], "is_refused": True,
        "docs": "docs/lint.md#metadata_reserved",
        "message": "'vipps' begins with a word that Dintero keeps for itself; call it ext_vipps",
    }  # fmt: skip
    (entry,) = merchant.client.get("/_mock/api/v1/requests?path=sessions-profile").json()
    assert entry["lint"] == [wanted]
    (finding,) = lint(merchant)
    about = finding.pop("request")
    assert finding == wanted
    assert (about["method"], about["path"], about["status"], about["account"]) == (
        "POST", "/v1/sessions-profile", 200, ACCOUNT
    )  # fmt: skip


def test_the_list_is_narrowed_by_account_and_code(merchant: Merchant) -> None:
    create(merchant, custumer={}, metadata={"vipps": 1})
    merchant.log_in("T87654321", "c", "s")
    create(merchant, foo=1)
    assert [one["code"] for one in lint(merchant, "?account=T87654321")] == ["UNKNOWN_FIELD"]
    assert [one["code"] for one in lint(merchant, "?code=misspelt_field")] == ["MISSPELT_FIELD"]
    assert len(lint(merchant)) == 3
    assert merchant.client.get("/_mock/api/v1/lint?account=x").status_code == 400


def test_a_reset_empties_the_list(merchant: Merchant) -> None:
    create(merchant, foo=1)
    merchant.client.post("/_mock/api/v1/reset")
    assert lint(merchant) == []


def test_the_timeline_and_the_inspector_show_the_finding(merchant: Merchant) -> None:
    sid = create(merchant, metadata={"<b>vipps": 1, "vipps": 2}).json()["id"]
    legs = merchant.client.get(f"/_mock/api/v1/sessions/{sid}/timeline").json()
    assert [finding["code"] for leg in legs for finding in leg["lint"]] == ["METADATA_RESERVED"]
    page = merchant.client.get(f"/_mock/sessions/{sid}").text
    assert "METADATA_RESERVED" in page and "docs/lint.md#metadata_reserved" in page


def test_an_update_is_linted(merchant: Merchant) -> None:
    sid = create(merchant).json()["id"]
    path = f"/v1/sessions/{sid}?update_without_lock=true"
    answer = merchant.call("PUT", path, json={"order": {"merchant_referense": "x"}})
    assert (answer.status_code, answer.headers[HEADER]) == (200, "MISSPELT_FIELD")
    assert HEADER not in merchant.call("PUT", path, json={"order": {}}).headers


def test_a_capture_and_a_refund_are_linted(merchant: Merchant) -> None:
    _, tid = merchant.purchase(order=order(items=[SHIRT]), url=URL)
    body = {"amount": 34800, "items": [{"line_id": "1", "amount": 34800}]}
    for what in ("capture", "refund"):
        answer = merchant.call("POST", f"/v1/transactions/{tid}/{what}", json=body)
        assert (answer.status_code, answer.headers[HEADER]) == (200, "SHIPPING_LINE_MISSING")


def test_a_request_that_is_refused_has_its_findings_too(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)
    body = {"amount": 9999, "capture_referense": "x"}
    answer = merchant.call("POST", f"/v1/transactions/{tid}/capture", json=body)
    assert (answer.status_code, answer.headers[HEADER]) == (400, "MISSPELT_FIELD")


def test_a_shops_answer_is_linted_at_its_attempt_and_taken() -> None:
    answer = {"shipping_options": [POSTEN], "order": {"amount": 29800}, "colour": "red"}
    for settings in (Settings(), Settings(strict=True)):
        with opened(lambda callback: said(answer), settings=settings) as merchant:
            sid = create(merchant).json()["id"]
            taken = merchant.view("PUT", sid, "/order/shipping_address", ADDRESS)
            assert taken.json()["express"]["shipping_options"] == [POSTEN]
            (attempt,) = merchant.deliveries(sid)[0]["attempts"]
            assert [one["code"] for one in attempt["lint"]] == ["UNKNOWN_FIELD", "SUM_MISMATCH"]
            assert {one["request"]["direction"] for one in lint(merchant)} == {"outbound"}
            legs = merchant.client.get(f"/_mock/api/v1/sessions/{sid}/timeline").json()
            assert [len(leg["lint"]) for leg in legs if leg["sender"] == "sandbox"] == [2]


def test_an_answer_without_findings_leaves_nothing_at_its_attempt(merchant: Merchant) -> None:
    sid = merchant.create()
    merchant.give_address(sid)
    assert "lint" not in merchant.deliveries(sid)[0]["attempts"][0]


def test_a_token_for_every_call_is_told_at_the_sixth_token(merchant: Merchant) -> None:
    told = []
    for _ in range(6):
        told.append(token(merchant).headers.get(HEADER))
        merchant.call("GET", "/v1/sessions")
    assert told == [None] * 4 + ["TOKEN_PER_CALL"] * 2  # the merchant has logged in before


def test_a_token_for_many_calls_is_fine(merchant: Merchant) -> None:
    for _ in range(8):
        for _ in range(3):
            merchant.call("GET", "/v1/sessions")
        assert HEADER not in token(merchant).headers


def token(merchant: Merchant, account: str = ACCOUNT, client: str = "mock-client-id") -> Any:
    body = {
        "grant_type": "client_credentials",
        "audience": f"https://x.example/v1/accounts/{account}",
    }
    path = f"/v1/accounts/{account}/auth/token"
    return merchant.client.post(path, auth=(client, "mock-client-secret"), json=body)


# Strict mode


def test_strict_mode_takes_a_clean_purchase(strict: Merchant) -> None:
    assert create(strict).status_code == 200


def test_strict_mode_refuses_findings_and_changes_nothing(strict: Merchant) -> None:
    before = strict.state()
    answer = create(strict, order=order(items=[SHIRT], amount=1), foo=1)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "INVALID_REQUEST_PARAMETER"
    assert [one["code"] for one in error["errors"]] == ["SUM_MISMATCH", "UNKNOWN_FIELD"]
    for one in error["errors"]:
        assert set(one) == {"code", "message", "path", "description"}
    assert answer.headers[HEADER] == "SUM_MISMATCH, UNKNOWN_FIELD"
    assert strict.state() == before
    assert len(lint(strict)) == 2


def test_strict_mode_refuses_updates_captures_and_refunds(strict: Merchant) -> None:
    sid = create(strict).json()["id"]
    path = f"/v1/sessions/{sid}?update_without_lock=true"
    assert strict.call("PUT", path, json={"order": {}, "foo": 1}).status_code == 400
    strict.give_address(sid)
    strict.choose(sid)
    tid = strict.pay(sid)
    strict.finish(sid, tid)
    for what in ("capture", "refund"):
        call = f"/v1/transactions/{tid}/{what}"
        assert strict.call("POST", call, json={"amount": 34800, "foo": 1}).status_code == 400
        assert strict.call("POST", call, json={"amount": 34800}).status_code == 200


def test_strict_mode_takes_callbacks_to_this_machine_and_no_others(strict: Merchant) -> None:
    here = create(strict, url={**URL, "callback_url": "http://127.0.0.1:3000/paid"})
    assert (here.status_code, here.headers[HEADER]) == (200, "CALLBACK_NOT_HTTPS")
    there = create(strict, url={**URL, "callback_url": "http://shop.example/paid"})
    assert there.status_code == 400


def test_strict_mode_knows_the_default_account_alone(strict: Merchant) -> None:
    answer = token(strict, "T87654321")
    assert answer.status_code == 403
    assert "--strict" in answer.json()["error"]["message"]
    assert "T87654321" not in strict.client.get("/_mock/api/v1/info").json()["accounts"]
    answer = token(strict, client="somebody")
    assert answer.status_code == 401
    assert "mock-client-id" in answer.json()["error"]["message"]


def test_strict_mode_refuses_a_token_from_before(merchant: Merchant) -> None:
    foreign = merchant.log_in("T87654321")
    with opened(settings=Settings(strict=True)) as strict:
        strict.token = foreign
        assert strict.call("GET", "/v1/sessions").status_code == 403


def test_strict_mode_never_refuses_a_token_for_being_one_too_many(strict: Merchant) -> None:
    assert [token(strict).status_code for _ in range(10)] == [200] * 10


def test_strict_is_a_setting_of_the_server() -> None:
    for is_strict in (False, True):
        server = Server(load_config(None, port=0, strict=is_strict or None))
        server._socket.close()
        assert server.app.state.sandbox.settings.strict is is_strict
        server.app.state.sandbox.store.close()


# What browsers and caches ask


def test_a_preflight_is_answered_and_not_in_the_journal(merchant: Merchant) -> None:
    for path in (
        "/v1/sessions-profile",
        "/v1/view/x/session/order/shipping_address",
        "/v1/nothing",
    ):
        answer = merchant.client.options(path, headers={"origin": "https://shop.example"})
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "PUT" in answer.headers["access-control-allow-methods"]
        assert "Authorization" in answer.headers["access-control-allow-headers"]
    journal = merchant.client.get("/_mock/api/v1/requests").json()
    assert "OPTIONS" not in [entry["method"] for entry in journal]
    assert merchant.client.options("/_mock/api/v1/info").status_code == 405


def test_answers_carry_a_weak_etag_that_begins_with_their_length(merchant: Merchant) -> None:
    sid = merchant.create()
    for path in (
        f"/v1/sessions/{sid}",
        "/v1/transactions",
        f"/v1/view/{sid}/session",
        "/v1/sessions/x",
    ):
        answer = merchant.call("GET", path)
        assert answer.headers["etag"].startswith(f'W/"{len(answer.content):x}-')
    assert "etag" not in merchant.client.get("/_mock/api/v1/info").headers


def test_who_has_the_same_already_gets_304(merchant: Merchant) -> None:
    path = f"/v1/sessions/{merchant.create()}"
    tag = merchant.call("GET", path).headers["etag"]
    for has in (tag, f'"x", {tag}', tag.removeprefix("W/"), "*"):
        answer = merchant.call("GET", path, headers={"if-none-match": has})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in answer.headers
    assert merchant.call("GET", path, headers={"if-none-match": 'W/"1-x"'}).status_code == 200


def test_a_changed_answer_has_another_etag(merchant: Merchant) -> None:
    sid = merchant.create()
    path = f"/v1/sessions/{sid}"
    tag = merchant.call("GET", path).headers["etag"]
    merchant.give_address(sid)
    assert merchant.call("GET", path, headers={"if-none-match": tag}).status_code == 200


def test_an_error_and_a_post_are_never_304(merchant: Merchant) -> None:
    anything = {"if-none-match": "*"}
    assert merchant.call("GET", "/v1/sessions/x", headers=anything).status_code == 404
    answer = merchant.call("POST", "/v1/sessions-profile", json=clean(), headers=anything)
    assert answer.status_code == 200

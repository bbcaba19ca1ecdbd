"""The inspector's pages: what happened, and nothing of a merchant's texts executed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sandbox import ACCOUNT, Merchant, opened

from mock_dintero.core.callback import Answer


def test_an_empty_sandbox_says_how_to_begin(merchant: Merchant) -> None:
    page = merchant.client.get("/_mock/")
    assert page.status_code == 200
    assert "No session yet" in page.text


def test_the_page_is_there_without_its_slash_too(merchant: Merchant) -> None:
    page = merchant.client.get("/_mock", follow_redirects=True)
    assert page.text == merchant.client.get("/_mock/").text


def test_a_session_stands_on_the_list_with_its_state(merchant: Merchant) -> None:
    sid = merchant.create()
    page = merchant.client.get("/_mock/")
    assert f"/_mock/sessions/{sid}" in page.text
    assert "OPEN" in page.text


def test_a_session_shows_its_legs_with_what_was_asked_and_answered(merchant: Merchant) -> None:
    sid = merchant.ready()
    page = merchant.client.get(f"/_mock/sessions/{sid}").text
    for word in ("create session", "address callback", "Dintero-Signature", "shipping_options"):
        assert word in page


def test_a_callback_that_is_tried_again_is_announced() -> None:
    with opened(lambda callback: Answer(status=500)) as merchant:
        sid = merchant.create(
            express=None,
            url={"return_url": "http://shop.example/", "callback_url": "http://shop.example/cb"},
        )
        merchant.finish(sid, merchant.pay(sid))
        merchant.client.post("/_mock/api/v1/clock/advance", json={"seconds": 0})
        page = merchant.client.get(f"/_mock/sessions/{sid}").text
        assert "payment callback waits until" in page
        assert "(tried 1 times so far)" in page


def test_secrets_are_not_shown(merchant: Merchant) -> None:
    sid = merchant.create()
    page = merchant.client.get(f"/_mock/sessions/{sid}").text
    assert "token" in page
    assert "access_token" not in page
    assert "mock-client-secret" not in page


def test_hostile_texts_are_escaped(merchant: Merchant) -> None:
    hostile = "<script>alert(1)</script>"
    order = {"amount": 100, "currency": "NOK", "merchant_reference": hostile}
    sid = merchant.create(order=order)
    for path in ("/_mock/", f"/_mock/sessions/{sid}"):
        assert "<script>alert" not in merchant.client.get(path).text


def test_an_unknown_session_is_said_so(merchant: Merchant) -> None:
    page = merchant.client.get("/_mock/sessions/T12345678.nothing")
    assert page.status_code == 404
    assert "Not here" in page.text


def press(merchant: Merchant, path: str, **fields: str) -> Any:
    return merchant.client.post(f"/_mock{path}", data=fields)


def test_a_button_moves_the_clock_and_comes_back(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()
    answer = press(
        merchant, f"/accounts/{ACCOUNT}/advance", seconds="3600", back=f"/_mock/sessions/{sid}"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/_mock/sessions/{sid}")
    assert (
        merchant.client.get("/_mock/api/v1/clock")
        .json()[ACCOUNT]["now"]
        .startswith("2026-10-06T10:14")
    )
    assert merchant.deliveries(sid)[-1]["state"] == "delivered"
    assert "stands still, 1 h ahead" in merchant.client.get("/_mock/").text


def test_faults_are_shown_and_a_button_ends_them(merchant: Merchant) -> None:
    fault = {"at": "api", "do": "status", "status": 429, "times": 2}
    merchant.client.put("/_mock/api/v1/faults", json={"faults": [fault]})
    page = merchant.client.get("/_mock/").text
    assert "api: status, 2 times" in page and "status=429" in page
    assert press(merchant, f"/accounts/{ACCOUNT}/faults/end").headers["location"] == "/_mock/"
    assert merchant.client.get("/_mock/api/v1/faults").json() == []
    assert "End all faults" not in merchant.client.get("/_mock/").text


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        (f"/accounts/{ACCOUNT}/advance", {"seconds": "-1"}, 400),
        (f"/accounts/{ACCOUNT}/advance", {}, 400),
        ("/accounts/P12345678/advance", {"seconds": "1"}, 403),
        ("/accounts/x/faults/end", {}, 400),
        ("/deliveries/nothing/replay", {}, 404),
        ("/deliveries/nothing/replay", {"signature": "none"}, 400),
    ],
)
def test_a_button_that_cannot_be_pressed_is_refused(
    merchant: Merchant, path: str, fields: dict[str, str], status: int
) -> None:
    assert press(merchant, path, **fields).status_code == status


def test_a_button_leads_to_no_other_site(merchant: Merchant) -> None:
    path = f"/accounts/{ACCOUNT}/advance"
    for back in ("https://evil.example/", "//evil.example/", "/?sid=1"):
        assert press(merchant, path, seconds="1", back=back).headers["location"] == "/_mock/"
    answer = merchant.client.post(
        f"/_mock{path}", data={"seconds": "1"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403


def test_a_button_replays_a_delivery(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()
    merchant.advance(0)
    id = merchant.deliveries(sid)[-1]["id"]
    assert f"/_mock/deliveries/{id}/replay" in merchant.client.get(f"/_mock/sessions/{sid}").text
    assert press(merchant, f"/deliveries/{id}/replay", signature="original").status_code == 303
    first, second = merchant.deliveries(sid)[-1]["attempts"]
    assert first["signature"] == second["signature"]
    assert len(merchant.shop.told()) == 2


def test_the_filter_narrows_the_list(merchant: Merchant) -> None:
    merchant.create(order={"amount": 100, "currency": "NOK", "merchant_reference": "blue-1"})
    merchant.create(order={"amount": 100, "currency": "NOK", "merchant_reference": "red-1"})
    page = merchant.client.get("/_mock/?q=BLUE").text
    assert "blue-1" in page and "red-1" not in page
    assert "No session with" in merchant.client.get("/_mock/?q=<b>green").text
    merchant.log_in("T87654321", "c", "s")
    merchant.create(order={"amount": 100, "currency": "NOK", "merchant_reference": "other-1"})
    page = merchant.client.get("/_mock/?account=T87654321").text
    assert "other-1" in page and "blue-1" not in page


def test_every_attempt_of_a_delivery_is_shown() -> None:
    with opened(lambda callback: Answer(status=503, body="try later")) as merchant:
        merchant.finish(sid := merchant.create(express=None), merchant.pay(sid))
        merchant.advance(5)
        page = merchant.client.get(f"/_mock/sessions/{sid}").text
        assert page.count('<details id="attempt-') == 2
        assert "try later" in page and "http://shop.example/paid?" in page


def test_what_lint_found_is_on_the_page_of_its_session(merchant: Merchant) -> None:
    sid = merchant.create(metadata={"vipps": 1})
    page = merchant.client.get(f"/_mock/sessions/{sid}").text
    assert "METADATA_RESERVED" in page and "docs/lint.md#metadata_reserved" in page


def test_card_tokens_are_not_on_the_page(merchant: Merchant) -> None:
    tokens = {"dintero_psp.creditcard": {"payment_token": "never-shown"}}
    sid = merchant.create(customer={"email": "kari@example.no", "tokens": tokens})
    assert "never-shown" not in merchant.client.get(f"/_mock/sessions/{sid}").text


def test_scripts_and_styles_are_there(merchant: Merchant) -> None:
    page = merchant.client.get("/_mock/").text
    found = re.findall(r'(?:src|href)="(/_mock/(?:static|shared)/[^"]+)"', page)
    assert len(found) == 3
    for url in found:
        assert merchant.client.get(url).status_code == 200


def test_an_account_that_has_not_been_used_yet_can_be_watched(merchant: Merchant) -> None:
    merchant.create()
    page = merchant.client.get("/_mock/?account=T00000001").text
    assert "No session in T00000001" in page and 'data-live="T00000001"' in page
    assert "order-1" in merchant.client.get("/_mock/?account=<b>").text

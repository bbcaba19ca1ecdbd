"""The inspector's pages: what happened, and nothing of a merchant's texts executed."""

from __future__ import annotations

from sandbox import Merchant, opened

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

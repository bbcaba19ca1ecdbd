"""A session that changes while its page is open: what the page hears, and what the next step says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sandbox import ADDRESS, ITEMS, POSTEN, VIPPS, Browser, Merchant, opened, order, said

from mock_dintero.config import Config
from mock_dintero.core.callback import Answer, Callback
from mock_dintero.server import Server
from mock_dintero.testing import MockDintero

CHANGED = "Your order changed. Please check it before you go on."
UNLOCKED = {"update_without_lock": "true"}


def cheaper(merchant: Merchant, sid: str) -> None:
    """The merchant takes a line out of the order."""
    body = {"order": {"amount": 24900 + 4900, "items": ITEMS[:1], "shipping_option": POSTEN},
            "express": {"shipping_options": [POSTEN]}}  # fmt: skip
    merchant.ok("PUT", f"/v1/sessions/{sid}", body, params=UNLOCKED)


def test_nobody_pays_what_he_has_not_seen(merchant: Merchant) -> None:
    sid = merchant.ready()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    cheaper(merchant, sid)
    page = browser.submit("pay", payment_product_type=VIPPS)
    assert page.messages == [CHANGED]
    assert page.get("order-total").text == "NOK\u00a0298.00"
    assert "transaction_id" not in merchant.session(sid)
    page = browser.submit("pay", payment_product_type=VIPPS)
    assert page.find("vipps-phone")


def test_another_step_is_taken_and_the_change_is_said(merchant: Merchant) -> None:
    sid = merchant.ready()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}&edit=address")
    cheaper(merchant, sid)
    page = browser.submit("submit-address", **{**ADDRESS, "first_name": "Ola"})
    assert page.messages == [CHANGED]
    assert merchant.session(sid)["order"]["shipping_address"]["first_name"] == "Ola"


def test_a_customers_own_step_is_no_news(merchant: Merchant) -> None:
    sid = merchant.ready()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    assert browser.submit("submit-shipping", shipping_option="pickup").messages == []
    assert browser.submit("pay", payment_product_type=VIPPS).find("vipps-phone")


def test_a_new_reference_is_nothing_to_show_a_customer(merchant: Merchant) -> None:
    sid = merchant.ready()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}")
    now = merchant.session(sid)["order"]
    body = {"order": {name: now[name] for name in ("amount", "items", "shipping_option")}
            | {"merchant_reference": "order-2"}, "express": {"shipping_options": [POSTEN]}}  # fmt: skip
    merchant.ok("PUT", f"/v1/sessions/{sid}", body, params=UNLOCKED)
    assert browser.submit("pay", payment_product_type=VIPPS).find("vipps-phone")


# What the page listens to


def state_of(merchant: Merchant, sid: str) -> str:
    page = Browser(merchant).open(f"/?sid={sid}")
    [place] = [one for one in page.elements if "data-state" in one.attrs]
    return place.attrs["data-state"]


def told(answer: Any) -> dict[str, Any]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    kind, data = answer.text.strip().splitlines()
    assert kind == "event: session"
    return dict(json.loads(data.removeprefix("data: ")))


def test_a_page_that_is_older_is_told_at_once(merchant: Merchant) -> None:
    sid = merchant.ready()
    old = state_of(merchant, sid)
    cheaper(merchant, sid)
    answer = merchant.client.get(f"/checkout/{sid}/changes", params={"state": old})
    assert told(answer) == {"state": state_of(merchant, sid), "ended": False}


@pytest.mark.parametrize("end", ["cancel", "expire", "pay"])
def test_a_page_of_a_session_that_has_ended_is_told_at_once(merchant: Merchant, end: str) -> None:
    sid = merchant.ready()
    old = state_of(merchant, sid)
    if end == "cancel":
        merchant.ok("POST", f"/v1/sessions/{sid}/cancel")
    elif end == "expire":
        merchant.move(24 * 3600)
    else:
        merchant.finish(sid, merchant.pay(sid))
    answer = merchant.client.get(f"/checkout/{sid}/changes", params={"state": old})
    assert told(answer)["ended"] is True


def test_a_page_of_no_session_is_told_so(merchant: Merchant) -> None:
    answer = merchant.client.get("/checkout/T12345678.nobody/changes")
    assert told(answer) == {"state": "", "ended": True}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Config(port=0)) as started:
        yield started


@contextmanager
def listening(server: Server, sid: str) -> Iterator[Iterator[str]]:
    client = httpx.Client(base_url=server.url, trust_env=False, timeout=20)
    with client, client.stream("GET", f"/checkout/{sid}/changes") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith(":")
        yield (line for line in lines if line.startswith(("event:", "data:")))


def test_a_page_hears_of_its_own_session_alone(server: Server) -> None:
    with MockDintero(server.url) as dintero:
        mine, other = dintero.create_session()["id"], dintero.create_session()["id"]
        with listening(server, mine) as heard:
            for sid in (other, mine):
                locked = httpx.post(f"{server.url}/v1/view/{sid}/session/lock", trust_env=False)
                assert locked.status_code in (200, 400)
            dintero.call("POST", f"/v1/sessions/{mine}/cancel")
            assert next(heard) == "event: session"
            data = json.loads(next(heard).removeprefix("data: "))
            assert set(data) == {"state", "ended"}
        requests = httpx.get(f"{server.url}/_mock/api/v1/requests", trust_env=False).json()
        assert not [one for one in requests if one["path"].endswith("/changes")]


# What a shop says of a code


def refusing(answer: Answer) -> Any:
    def shop(callback: Callback) -> Answer:
        return answer if callback.at == "discount_callback" else said({"shipping_options": []})

    return shop


@pytest.mark.parametrize(
    ("answer", "words"),
    [(said({"error": {"message": "The code ran out in May."}}, 422),
      "The shop did not accept this code: The code ran out in May."),
     (said({"error": "<b>No</b>"}, 400), "The shop did not accept this code: <b>No</b>"),
     (said({"error": {"message": "x"}}, 500),
      "The shop could not be reached to check the code. Please try again."),
     (said({"error": 7}, 400),
      "The shop could not be reached to check the code. Please try again."),
     (Answer(status=404, body="no"),
      "The shop could not be reached to check the code. Please try again.")],
)  # fmt: skip
def test_a_shops_own_words_about_a_code_are_shown(answer: Answer, words: str) -> None:
    express = {
        "shipping_options": [],
        "discount_codes": {"max_count": 3, "callback_url": "http://shop.example/codes"},
    }
    configuration = {"discounts": {"express_discount_codes": {"enabled": True}}}
    with opened(refusing(answer)) as merchant:
        sid = merchant.create(express=express, configuration=configuration, order=order())
        browser = Browser(merchant)
        browser.open(f"/?sid={sid}")
        assert browser.submit("discount-code-apply", code="MAY").messages == [words]
        assert "<b>No" not in browser.page.html
        assert browser.page.get("order-total").text == "NOK\u00a0299.00"
        assert "said" not in json.dumps(merchant.session(sid))


def test_a_page_that_has_ended_shows_the_shop(merchant: Merchant) -> None:
    shop = {"name": "Fjordvik", "logo_url": "https://shop.example/logo.svg"}
    sid = merchant.create(merchant=shop)
    merchant.ok("POST", f"/v1/sessions/{sid}/cancel")
    page = Browser(merchant).open(f"/?sid={sid}")
    [logo] = [one.attrs for one in page.elements if one.tag == "img"]
    assert (logo["src"], logo["alt"]) == ("https://shop.example/logo.svg", "Fjordvik")
    assert "This checkout was cancelled" in page.get("session-ended").text
    assert "Back to Fjordvik" in page.get("back-to-shop").text

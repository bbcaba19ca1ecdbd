"""Callbacks and visits that verify sends itself: in Dintero's form, signed as it signs, or not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mock_dintero.contract_files import folder
from mock_dintero.core.signature import check
from mock_dintero.testing import MockDintero
from mock_dintero.testing.in_process import InProcess
from mock_dintero.verify import Broken, Purchase, Shop, read_merchant

ORIGIN = "http://shop.test:8080"
MERCHANT = read_merchant(folder() / "merchant.toml")


class Recorder:
    """A shop that takes whatever comes; `last` is what came last."""

    def __init__(self) -> None:
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if request.url.path == "/gone":
            raise httpx.ConnectError("connection refused", request=request)
        if request.url.path == "/return":
            return httpx.Response(303, headers={"location": f"{ORIGIN}/thanks"})
        return httpx.Response(200, text=request.url.path)

    @property
    def last(self) -> httpx.Request:
        return self.seen[-1]

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(str(self.last.url)).query, keep_blank_values=True)


@pytest.fixture
def dintero() -> Iterator[MockDintero]:
    with InProcess() as sandbox, MockDintero(sandbox.url, "T33334444", in_process=sandbox) as made:
        yield made


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def shop(dintero: MockDintero, recorder: Recorder) -> Shop:
    made = Shop(MERCHANT, ORIGIN, dintero)
    made.http = httpx.Client(base_url=ORIGIN, transport=httpx.MockTransport(recorder))
    return made


def begun(shop: Shop, callback: str = "/callback?method=POST") -> Purchase:
    url: dict[str, Any] = {"return_url": f"{ORIGIN}/return?order=1"}
    url |= {"callback_url": f"{ORIGIN}{callback}"} if callback else {}
    return Purchase(shop, shop.dintero.create_session(url=url)["id"])


def verdict(shop: Shop, request: httpx.Request) -> tuple[bool, str]:
    secret = shop.dintero.env["DINTERO_SIGNATURE_SECRET"]
    header = request.headers["dintero-signature"]
    account, now = shop.dintero.account_id, int(time.time())
    found = check(secret, header, account, request.method, str(request.url), now)
    return found.is_good, found.why


def test_a_callback_for_an_unpaid_order_claims_a_payment_that_does_not_exist(
    shop: Shop, recorder: Recorder
) -> None:
    purchase = begun(shop)
    assert purchase.call_back().status_code == 200
    body = json.loads(recorder.last.content)
    assert recorder.last.method == "POST"
    assert body["status"] == "AUTHORIZED"
    assert (body["amount"], body["merchant_reference"]) == (29900, "order-1")
    assert recorder.query["transaction_id"] == [body["id"]] == [purchase.made_up_id]
    assert recorder.query["session_id"] == [purchase.sid]
    assert verdict(shop, recorder.last) == (True, "good")


def test_a_callback_for_a_declined_payment_claims_that_it_is_paid(
    shop: Shop, recorder: Recorder
) -> None:
    purchase = begun(shop)
    shop.dintero.buyer(purchase.sid).pay(outcome="decline")
    purchase.call_back()
    body = json.loads(recorder.last.content)
    assert body["id"] == purchase.transaction_id
    assert body["status"] == "AUTHORIZED"
    assert purchase.transaction["status"] == "DECLINED"


def test_a_shop_that_wants_get_gets_no_body_and_the_name_of_its_own(
    shop: Shop, recorder: Recorder
) -> None:
    purchase = begun(shop, "/callback?sid_parameter_name=sid")
    purchase.call_back({"awkward": "æ ~*"})
    assert (recorder.last.method, recorder.last.content) == ("GET", b"")
    assert recorder.query["sid"] == [purchase.sid]
    assert recorder.query["awkward"] == ["æ ~*"]
    assert verdict(shop, recorder.last)[0]


def test_a_parameter_can_be_left_out_and_with_the_transaction_goes_the_body(
    shop: Shop, recorder: Recorder
) -> None:
    begun(shop).call_back({"transaction_id": None, "error": "cancelled"})
    assert recorder.query["error"] == ["cancelled"]
    assert "transaction_id" not in recorder.query
    assert recorder.last.content == b""


def test_a_forged_and_a_future_signature_are_refused_by_a_careful_check(
    shop: Shop, recorder: Recorder
) -> None:
    purchase = begun(shop)
    purchase.call_back(forged=True)
    assert "belongs to another secret" in verdict(shop, recorder.last)[1]
    purchase.call_back(age=-86400)
    assert "s old; five minutes are the limit" in verdict(shop, recorder.last)[1]


def test_a_secret_that_the_shop_has_made_anew_is_used(shop: Shop, recorder: Recorder) -> None:
    made = shop.dintero.call("POST", "/v1/admin/signature")["signature"]["secret"]
    begun(shop).call_back()
    account, url = shop.dintero.account_id, str(recorder.last.url)
    header = recorder.last.headers["dintero-signature"]
    assert check(made, header, account, "POST", url, int(time.time())).is_good


def test_who_does_not_listen_is_broken(shop: Shop) -> None:
    with pytest.raises(Broken, match=r"no url\.callback_url"):
        begun(shop, "").call_back()
    with pytest.raises(Broken, match="a payment callback got no answer"):
        begun(shop, "/gone").call_back()
    with pytest.raises(Broken, match="the shop gave no answer"):
        shop.visit(f"{ORIGIN}/gone")


def test_the_return_page_is_opened_as_a_browser_does(shop: Shop, recorder: Recorder) -> None:
    answer = begun(shop).open_return_page(error="failed")
    assert answer.text == "/thanks"
    first = parse_qs(urlsplit(str(recorder.seen[0].url)).query)
    assert first == {"order": ["1"], "merchant_reference": ["order-1"], "error": ["failed"]}


def test_a_way_to_pay_is_offered_from_the_next_session_on(shop: Shop) -> None:
    shop.offer("collector.invoice")
    enabled = begun(shop).session["configuration"]
    assert enabled["collector"]["invoice"]["enabled"]
    assert enabled["dintero_psp"]["vipps"]["enabled"]


def test_another_account_is_empty_again_when_it_was_used(shop: Shop) -> None:
    with shop.another_account() as other:
        assert other.account_id == "T93334444"
        theirs = other.create_session()["id"]
        assert [one["id"] for one in other.sessions] == [theirs]
        assert shop.dintero.sessions == []
    with shop.another_account() as other:
        assert other.sessions == []


def test_equal_answers_in_a_row_are_told_once(shop: Shop) -> None:
    purchase = begun(shop, "/callback")
    assert purchase.in_words().endswith("answers to payment callbacks: none was sent")
    purchase.pay(returns=False)
    purchase.settled()
    shop.dintero.clock.advance(20)  # it is tried again after 5 and after 10 seconds
    assert purchase.in_words().endswith("answers to payment callbacks: no answer (3 times)")


def test_a_delay_that_the_shop_asks_for_is_skipped(shop: Shop) -> None:
    purchase = begun(shop, "/callback?delay_callback=50")
    purchase.pay(returns=False)
    [callback] = purchase.callbacks()
    assert len(callback["attempts"]) == 1

"""The sample shop against a tiny Dintero: what a correct merchant does, and does once."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

# As when it is run by its path.
sys.path.insert(0, str(Path(__file__).parents[2] / "contract_tests"))

import sample_shop
from sample_shop import make_app
from shop.settings import Settings
from shop.shipping import options_for
from shop.signature import sign, sorted_query

NOW = 1_790_000_000
SECRET = "shop-test-secret"
ACCOUNT = "T12345678"
SESSION_ID = f"{ACCOUNT}.session1"
TRANSACTION_ID = f"{ACCOUNT}.transaction1"
OSLO = {"country": "NO", "postal_code": "0155"}
BERGEN = {"country": "NO", "postal_code": "5014"}

Json = dict[str, Any]


class TinyDintero:
    """As much of Dintero as the shop calls: tokens, one session, one transaction."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.bodies: dict[str, Json] = {}
        self.transaction: Json = {}
        self.down = False
        self.refusal: tuple[int, Json] | None = None
        self.forgotten_tokens: set[str] = set()
        self.tokens = 0
        self.lifetime = 14400

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("connection refused", request=request)
        call = f"{request.method} {request.url.path}"
        self.calls.append(call)
        if call == f"POST /v1/accounts/{ACCOUNT}/auth/token":
            return self.new_token(request)
        if request.headers["authorization"].removeprefix("Bearer ") in self.forgotten_tokens:
            return httpx.Response(401, json={"error": {"message": "invalid token"}})
        if request.content:
            self.bodies[call] = json.loads(request.content)
        if self.refusal and request.method == "POST":
            return httpx.Response(self.refusal[0], json=self.refusal[1])
        return self.answer(call)

    def new_token(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"].startswith("Basic ")
        self.tokens += 1
        grant = {"access_token": f"token-{self.tokens}", "expires_in": self.lifetime}
        return httpx.Response(200, json=grant)

    def answer(self, call: str) -> httpx.Response:
        path = f"/v1/transactions/{TRANSACTION_ID}"
        if call == "POST /v1/sessions-profile":
            page = f"https://checkout.test/v1/view/{SESSION_ID}"
            return httpx.Response(200, json={"id": SESSION_ID, "url": page})
        if call.startswith(f"POST {path}/"):
            self.operate(call.rpartition("/")[2], self.bodies.get(call, {}))
        elif call != f"GET {path}":
            return httpx.Response(404, json={"error": {"message": "not found"}})
        return httpx.Response(200, json=self.transaction)

    def operate(self, verb: str, body: Json) -> None:
        self.transaction["status"] = {
            "capture": "CAPTURED",
            "refund": "REFUNDED",
            "void": "AUTHORIZATION_VOIDED",
        }[verb]
        event = {"event": verb.upper(), "success": True, "amount": body.get("amount")}
        self.transaction["events"].append(event)

    def authorize(self, order: Json, option: Json, address: Json, **changes: Any) -> None:
        self.transaction = {
            "id": TRANSACTION_ID,
            "session_id": SESSION_ID,
            "merchant_reference": order["reference"],
            "status": "AUTHORIZED",
            "amount": order["amount"] + option["amount"],
            "currency": "NOK",
            "shipping_address": address,
            "shipping_option": option,
            "events": [{"event": "AUTHORIZE", "success": True}],
        } | changes


class Stage:
    """The shop, its Dintero, and the buyer's and Dintero's requests to the shop."""

    def __init__(self, dintero: TinyDintero, client: httpx.AsyncClient) -> None:
        self.dintero = dintero
        self.client = client

    async def check_out(self, **lines: int) -> Json:
        answer = await self.client.post(
            "/checkout",
            json={"lines": lines or {"sweater": 1}},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        return await self.order(answer.json()["reference"])

    async def order(self, reference: str = "order-1001") -> Json:
        return dict((await self.client.get(f"/api/orders/{reference}")).json())

    async def signed(
        self, path: str, query: Json | None = None, body: Json | None = None, sent_at: int = NOW
    ) -> httpx.Response:
        text = urlencode(query or {})
        digest = sign(SECRET, str(sent_at), ACCOUNT, "POST", "shop.test", path, text)
        headers = {"Dintero-Signature": f"t={sent_at},v0-hmac-sha256={digest}"}
        return await self.client.post(f"{path}?{text}", headers=headers, json=body or {})

    async def ask(self, path: str, **order: Any) -> Json:
        body = {"id": SESSION_ID, "order": {"merchant_reference": "order-1001"} | order}
        answer = await self.signed(path, body=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def callback(self, **query: str) -> httpx.Response:
        known = {"merchant_reference": "order-1001", "transaction_id": TRANSACTION_ID}
        return await self.signed("/dintero/callback", {"method": "POST"} | known | query)

    async def pay(self, address: Json = BERGEN, **changes: Any) -> Json:
        """Choose the first option of the address and have the payment authorized."""
        order = await self.order()
        options = (await self.ask("/dintero/shipping", shipping_address=address))[
            "shipping_options"
        ]
        self.dintero.authorize(order, options[0], address, **changes)
        return dict(options[0])


def settings() -> Settings:
    return Settings(
        api_url="https://api.test",
        checkout_url="https://checkout.test",
        account_id=ACCOUNT,
        client_id="client",
        client_secret="secret",
        profile_id="default",
        signature_secret=SECRET,
        public_url="https://shop.test:8443",
    )


def play(scene: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        dintero = TinyDintero()
        app = make_app(settings(), httpx.MockTransport(dintero), clock=lambda: NOW)
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://shop.test") as client:
            await scene(Stage(dintero, client))

    asyncio.run(run())


# --- The signature -----------------------------------------------------------------------------


def test_the_signature_is_the_one_that_dintero_publishes() -> None:
    query = "B=123&A=992"
    digest = sign("123", "1582236537", "P00000000", "GET", "example.com", "/callback", query)
    assert digest == "6bed2ab1b919d460ef7465a20dc6c97260dca73fab6647106ca525f0908df64a"


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("b=2&a=1&b=1", "a=1&b=2&b=1"),
        ("q=a%20b~c*d&time=2026-01-01T10:00:00Z", "q=a+b%7Ec*d&time=2026-01-01T10%3A00%3A00Z"),
        ("flag&empty=&&x=%C3%A5", "empty=&flag=&x=%C3%A5"),
        ("%EF%BF%BD=1&%F0%9F%98%80=2", "%F0%9F%98%80=2&%EF%BF%BD=1"),
        ("", ""),
    ],
)
def test_the_signed_query_is_sorted_and_written_as_browsers_write_it(
    query: str, written: str
) -> None:
    assert sorted_query(query) == written


@pytest.mark.parametrize("path", ["/dintero/callback", "/dintero/shipping", "/dintero/discounts"])
@pytest.mark.parametrize(
    "header",
    [None, "nonsense", f"t={NOW},v0-hmac-sha256={'0' * 64}", f"t={NOW}, v0-hmac-sha256={'0' * 64}"],
)
def test_a_call_with_a_missing_or_forged_signature_is_refused(
    path: str, header: str | None
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        headers = {"Dintero-Signature": header} if header else {}
        query = f"?merchant_reference=order-1001&transaction_id={TRANSACTION_ID}"
        answer = await stage.client.post(path + query, headers=headers, json={})
        assert answer.status_code == 401
        assert (await stage.order())["status"] == "pending"

    play(scene)


def test_a_signature_of_another_query_is_refused() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        digest = sign(SECRET, str(NOW), ACCOUNT, "POST", "shop.test", "/dintero/callback", "a=1")
        headers = {"Dintero-Signature": f"t={NOW},v0-hmac-sha256={digest}"}
        answer = await stage.client.post("/dintero/callback?a=2", headers=headers)
        assert answer.status_code == 401

    play(scene)


@pytest.mark.parametrize(
    ("age", "status"), [(0, 200), (299, 200), (301, 401), (-299, 200), (-301, 401)]
)
def test_a_signature_is_good_for_five_minutes_either_way(age: int, status: int) -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        query = {"merchant_reference": "order-1001", "transaction_id": TRANSACTION_ID}
        answer = await stage.signed("/dintero/callback", query, sent_at=NOW - age)
        assert answer.status_code == status

    play(scene)


# --- Checkout ----------------------------------------------------------------------------------


def test_the_session_asks_for_everything_that_express_needs() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out(sweater=1, mug=2)
        body = stage.dintero.bodies["POST /v1/sessions-profile"]
        assert body["profile_id"] == "default"
        assert body["order"]["amount"] == 79900 + 2 * 14900
        assert [item["line_id"] for item in body["order"]["items"]] == ["sweater", "mug"]
        assert all(item["vat"] == 25 for item in body["order"]["items"])
        assert body["express"]["shipping_options"] == []
        callback = body["express"]["shipping_address_callback_url"]
        assert callback == "https://shop.test:8443/dintero/shipping"
        assert body["express"]["discount_codes"]["max_count"] == 1
        assert body["configuration"]["discounts"]["express_discount_codes"]["enabled"] is True
        assert body["url"]["return_url"].endswith("/return?order=order-1001")
        assert "report_error=true&report_event=CAPTURE" in body["url"]["callback_url"]

    play(scene)


def test_the_form_sends_the_buyer_to_dintero() -> None:
    async def scene(stage: Stage) -> None:
        answer = await stage.client.post("/checkout", data={"sweater": "1", "mug": "0"})
        assert answer.status_code == 303
        assert answer.headers["location"] == f"https://checkout.test/v1/view/{SESSION_ID}"

    play(scene)


@pytest.mark.parametrize("how", ["data", "json"])
def test_a_buyer_may_pay_in_swedish_crowns(how: str) -> None:
    async def scene(stage: Stage) -> None:
        bodies = {"data": {"sweater": "1"}, "json": {"lines": {"sweater": 1}}}
        wanted: Json = {how: {**bodies[how], "currency": "SEK"}}
        assert (await stage.client.post("/checkout", **wanted)).status_code in (200, 303)
        assert stage.dintero.bodies["POST /v1/sessions-profile"]["order"]["currency"] == "SEK"
        assert (await stage.order())["currency"] == "SEK"
        wanted = {how: {**bodies[how], "currency": "EUR"}}
        assert (await stage.client.post("/checkout", **wanted)).status_code == 400

    play(scene)


@pytest.mark.parametrize("lines", [{}, {"sweater": 0}, {"car": 1}, {"mug": -1}, {"mug": "x"}, [1]])
def test_a_basket_that_makes_no_sense_is_refused(lines: object) -> None:
    async def scene(stage: Stage) -> None:
        answer = await stage.client.post("/checkout", json={"lines": lines})
        assert answer.status_code == 400
        assert (await stage.client.get("/api/orders")).json() == []

    play(scene)


def test_dinteros_refusal_is_shown_in_its_own_words() -> None:
    async def scene(stage: Stage) -> None:
        error = {"message": "Bad <b>amount</b>", "errors": [{"description": "too high"}]}
        stage.dintero.refusal = (400, {"error": error})
        answer = await stage.client.post("/checkout", data={"mug": "1"})
        assert answer.status_code == 502
        assert "Bad &lt;b&gt;amount&lt;/b&gt;; too high" in answer.text
        assert (await stage.order())["status"] == "failed"

    play(scene)


def test_a_dintero_that_is_down_is_told_to_the_buyer() -> None:
    async def scene(stage: Stage) -> None:
        stage.dintero.down = True
        answer = await stage.client.post("/checkout", data={"mug": "1"})
        assert answer.status_code == 502
        assert "Dintero could not be reached." in answer.text

    play(scene)


def test_one_token_serves_all_calls_until_it_is_refused() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.check_out()
        assert stage.dintero.tokens == 1
        stage.dintero.forgotten_tokens.add("token-1")
        await stage.check_out()
        assert stage.dintero.tokens == 2
        stage.dintero.forgotten_tokens |= {"token-2", "token-3"}
        answer = await stage.client.post("/checkout", data={"mug": "1"})
        assert (answer.status_code, stage.dintero.tokens) == (502, 3)

    play(scene)


def test_a_token_that_has_run_out_is_not_used_again() -> None:
    async def scene(stage: Stage) -> None:
        stage.dintero.lifetime = 0
        await stage.check_out()
        await stage.check_out()
        assert stage.dintero.tokens == 2

    play(scene)


# --- Shipping and discounts --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "line_ids"),
    [
        (OSLO, ["home", "pick-up-1", "pick-up-2", "courier"]),
        (BERGEN, ["home", "pick-up-1", "pick-up-2"]),
        ({"country": "SE", "postal_code": "01234"}, ["home", "pick-up-1", "pick-up-2"]),
        ({"country": "DK", "postal_code": "1360"}, ["home", "pick-up-1", "pick-up-2"]),
        ({"country": "FI", "postal_code": "00100"}, ["home", "pick-up-1", "pick-up-2"]),
        ({"country": "GB", "postal_code": "SW1A 1AA"}, []),
        ({}, []),
    ],
)
def test_the_options_follow_the_address(address: Json, line_ids: list[str]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        answer = await stage.ask("/dintero/shipping", shipping_address=address)
        assert [option["line_id"] for option in answer["shipping_options"]] == line_ids
        assert answer["order"]["amount"] == 79900

    play(scene)


def test_pick_up_points_differ_only_in_what_a_group_may_differ_in() -> None:
    points = options_for(BERGEN, 79900)[1:]
    for key in ("id", "title", "amount", "operator", "delivery_method"):
        assert len({point[key] for point in points}) == 1
    assert len({point["pick_up_address"]["address_line"] for point in points}) == 2


def test_shipping_is_free_from_a_thousand_kroner_except_by_courier() -> None:
    prices = {option["line_id"]: option["amount"] for option in options_for(OSLO, 100000)}
    assert prices == {"home": 0, "pick-up-1": 0, "pick-up-2": 0, "courier": 17900}


def test_the_sum_counts_the_option_as_the_question_names_it() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        chosen = {"line_id": "home", "amount": 12300.0, "vat_amount": 2460}
        answer = await stage.ask(
            "/dintero/shipping", shipping_address=BERGEN, shipping_option=chosen
        )
        assert answer["order"]["amount"] == 79900 + 12300
        assert answer["order"]["vat_amount"] == 15980 + 2460

    play(scene)


def test_a_good_code_takes_ten_percent_off_and_may_make_shipping_dearer() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out(sweater=1, mug=2)
        chosen = options_for(BERGEN, 109700)[0]
        assert chosen["amount"] == 0
        answer = await stage.ask(
            "/dintero/discounts",
            shipping_address=BERGEN,
            shipping_option=chosen,
            discount_codes=["welcome10"],
        )
        order = answer["order"]
        assert order["discount_codes"] == ["welcome10"]
        assert [item["amount"] for item in order["items"]] == [71910, 26820]
        assert order["items"][0]["discount_lines"][0]["amount"] == 7990
        assert order["amount"] == 98730 + 9900
        assert answer["shipping_options"][0]["amount"] == 9900

    play(scene)


@pytest.mark.parametrize("codes", [["SUMMER"], []])
def test_a_refused_or_removed_code_restores_the_items(codes: list[str]) -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.ask("/dintero/discounts", discount_codes=["WELCOME10"])
        assert (await stage.order())["amount"] == 71910
        answer = await stage.ask(
            "/dintero/discounts", shipping_address=BERGEN, discount_codes=codes
        )
        assert answer["order"]["discount_codes"] == []
        assert answer["order"]["amount"] == 79900
        assert answer["order"]["items"][0]["discount_lines"] == []
        assert len(answer["shipping_options"]) == 3

    play(scene)


def test_a_new_address_keeps_the_discount() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.ask("/dintero/discounts", discount_codes=["WELCOME10"])
        answer = await stage.ask("/dintero/shipping", shipping_address=OSLO)
        assert answer["order"]["amount"] == 71910

    play(scene)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"id": SESSION_ID, "order": {"merchant_reference": "order-9"}}, 404),
        ({"id": "another", "order": {"merchant_reference": "order-1001"}}, 404),
        ({"id": SESSION_ID}, 400),
    ],
)
def test_an_address_callback_for_an_unknown_session_is_refused(body: Json, status: int) -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        assert (await stage.signed("/dintero/shipping", body=body)).status_code == status

    play(scene)


def test_a_paid_order_cannot_be_made_cheaper_afterwards() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        await stage.callback()
        body = {
            "id": SESSION_ID,
            "order": {"merchant_reference": "order-1001", "discount_codes": ["WELCOME10"]},
        }
        assert (await stage.signed("/dintero/discounts", body=body)).status_code == 409
        assert (await stage.order())["discount_codes"] == []

    play(scene)


# --- Paying ------------------------------------------------------------------------------------


def steps(order: Json) -> list[str]:
    return [step["what"] for step in order["history"]]


def test_an_order_is_paid_by_the_callback_though_the_buyer_never_returns() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        option = await stage.pay()
        assert (await stage.callback()).status_code == 200
        order = await stage.order()
        assert order["status"] == "paid"
        assert order["amount"] == 79900 + option["amount"]
        assert order["shipping_address"] == BERGEN

    play(scene)


def test_an_order_is_paid_by_the_return_though_no_callback_comes() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        query = {"order": "order-1001", "transaction_id": TRANSACTION_ID}
        answer = await stage.client.get("/return", params=query)
        assert 'data-testid="thank-you"' in answer.text
        assert '<dd data-testid="order-status">paid</dd>' in answer.text
        assert (await stage.order())["status"] == "paid"

    play(scene)


def test_the_return_may_be_a_post_with_a_form() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        form = {"merchant_reference": "order-1001", "transaction_id": TRANSACTION_ID}
        answer = await stage.client.post("/return", data=form)
        assert 'data-testid="thank-you"' in answer.text

    play(scene)


def test_an_order_is_paid_once_however_often_dintero_says_so() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        query = {"order": "order-1001", "transaction_id": TRANSACTION_ID}
        answers = await asyncio.gather(
            stage.callback(), stage.callback(), stage.client.get("/return", params=query)
        )
        assert {answer.status_code for answer in answers} == {200}
        before = await stage.order()
        await stage.callback()
        assert await stage.order() == before
        assert steps(before) == ["placed", "paid"]

    play(scene)


def test_a_discounted_order_is_paid_with_the_discounted_sum() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.ask("/dintero/discounts", discount_codes=["WELCOME10"])
        await stage.pay()
        await stage.callback()
        order = await stage.order()
        assert (order["status"], order["amount"]) == ("paid", 71910 + 9900)

    play(scene)


def test_the_full_price_pays_an_order_whose_discount_dintero_has_not_heard_of() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.ask("/dintero/discounts", discount_codes=["WELCOME10"])
        await stage.pay(amount=79900 + 9900)
        await stage.callback()
        order = await stage.order()
        assert (order["status"], order["amount"]) == ("paid", 79900 + 9900)
        assert order["discount_codes"] == []

    play(scene)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 100},
        {"currency": "SEK"},
        {"merchant_reference": "order-1002"},
        {"session_id": "another"},
        {"shipping_option": {"line_id": "courier", "amount": 17900}},
        {"shipping_option": {"line_id": "home", "amount": 100}},
        {"shipping_option": None},
    ],
)
def test_a_payment_that_does_not_fit_the_order_does_not_pay_it(wrong: Json) -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay(**wrong)
        assert (await stage.callback()).status_code == 409
        assert (await stage.callback()).status_code == 409
        order = await stage.order()
        assert order["status"] == "pending"
        assert steps(order) == ["placed", "mismatch"]
        query = {"order": "order-1001", "transaction_id": TRANSACTION_ID}
        answer = await stage.client.get("/return", params=query)
        assert 'data-testid="payment-failed"' in answer.text

    play(scene)


def test_a_redirect_without_a_transaction_is_not_believed() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        answer = await stage.client.get("/return", params={"order": "order-1001"})
        assert 'data-testid="payment-pending"' in answer.text
        forged = {"order": "order-1001", "transaction_id": "T12345678.invented"}
        answer = await stage.client.get("/return", params=forged)
        assert "thank-you" not in answer.text
        assert (await stage.order())["status"] == "pending"

    play(scene)


def test_a_transaction_id_cannot_lead_to_another_path() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        query = {"order": "order-1001", "transaction_id": "../sessions/x?y"}
        await stage.client.get("/return", params=query)
        assert stage.dintero.calls[-1].startswith("GET /v1/transactions/")

    play(scene)


@pytest.mark.parametrize(
    ("error", "status"),
    [("cancelled", "cancelled"), ("failed", "failed"), ("authorization", "failed")],
)
def test_a_payment_that_came_to_nothing_can_be_tried_again(error: str, status: str) -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        answer = await stage.client.get("/return", params={"order": "order-1001", "error": error})
        assert 'data-testid="payment-failed"' in answer.text
        assert "Try again" in answer.text
        assert (await stage.callback(transaction_id="", error=error)).status_code == 200
        order = await stage.order()
        assert (order["status"], len(order["history"])) == (status, 2)

    play(scene)


def test_a_false_failure_never_undoes_a_payment() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        failed = {"order": "order-1001", "error": "cancelled"}
        await stage.client.get("/return", params=failed)
        await stage.pay()
        await stage.callback(error="failed")
        assert (await stage.order())["status"] == "paid"
        answer = await stage.client.get("/return", params=failed)
        assert 'data-testid="thank-you"' in answer.text
        assert (await stage.order())["status"] == "paid"

    play(scene)


def test_a_payment_on_hold_is_paid_when_it_is_approved() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay(status="ON_HOLD")
        await stage.callback()
        order = await stage.order()
        assert order["status"] == "on_hold"
        stage.dintero.transaction["status"] = "AUTHORIZED"
        await stage.callback()
        assert steps(await stage.order()) == ["placed", "on_hold", "paid"]

    play(scene)


def test_a_declined_payment_fails_the_order() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay(status="DECLINED", amount=0)
        await stage.callback(error="failed")
        assert (await stage.order())["status"] == "failed"

    play(scene)


def test_a_callback_is_answered_with_500_while_dintero_is_down() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        stage.dintero.down = True
        assert (await stage.callback()).status_code == 500
        query = {"order": "order-1001", "transaction_id": TRANSACTION_ID}
        answer = await stage.client.get("/return", params=query)
        assert 'data-testid="payment-pending"' in answer.text
        stage.dintero.down = False
        assert (await stage.callback()).status_code == 200
        assert (await stage.order())["status"] == "paid"

    play(scene)


def test_a_callback_for_an_unknown_order_is_not_found() -> None:
    async def scene(stage: Stage) -> None:
        assert (await stage.callback()).status_code == 404

    play(scene)


# --- After the payment -------------------------------------------------------------------------


async def press(stage: Stage, action: str) -> httpx.Response:
    return await stage.client.post(f"/orders/order-1001/{action}")


def test_shipping_captures_every_line_and_refunding_pays_all_back() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        await stage.callback()
        assert (await press(stage, "ship")).status_code == 303
        capture = stage.dintero.bodies[f"POST /v1/transactions/{TRANSACTION_ID}/capture"]
        assert [item["line_id"] for item in capture["items"]] == ["sweater", "home"]
        assert sum(item["amount"] for item in capture["items"]) == capture["amount"] == 89800
        assert (await press(stage, "refund")).status_code == 303
        order = await stage.order()
        assert (order["status"], order["captured"], order["refunded"]) == ("refunded", 89800, 89800)
        assert steps(order) == ["placed", "paid", "captured", "refunded"]

    play(scene)


def test_cancelling_voids_the_payment() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        await stage.callback()
        await press(stage, "void")
        assert steps(await stage.order()) == ["placed", "paid", "voided"]
        assert (await press(stage, "ship")).status_code == 409

    play(scene)


def test_an_order_is_shipped_once_though_the_button_is_pressed_twice() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        await stage.callback()
        answers = await asyncio.gather(press(stage, "ship"), press(stage, "ship"))
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        assert sum(call.endswith("/capture") for call in stage.dintero.calls) == 1

    play(scene)


@pytest.mark.parametrize(
    ("action", "asked"),
    [
        ("ship", {"amount": 100}),
        ("ship", {"lines": {"car": 1}}),
        ("ship", {"lines": {}}),
        ("refund", {"lines": {"sweater": 1}}),
        ("refund", {"amount": 0}),
        ("refund", {"amount": True}),
        ("refund", {"amount": "100"}),
        ("void", {"amount": 100}),
    ],
)
def test_a_part_that_makes_no_sense_is_refused_and_nothing_is_asked_of_dintero(
    action: str, asked: Json
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        await stage.callback()
        before = list(stage.dintero.calls)
        answer = await stage.client.post(f"/orders/order-1001/{action}", json=asked)
        assert answer.status_code == 400
        assert stage.dintero.calls == before

    play(scene)


def test_a_failed_operation_and_one_under_way_are_told_on_the_orders_page() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        error = {"message": "the provider refused it"}
        stage.dintero.transaction["events"] += [
            {"event": "INITIATE_VOID", "request_id": "r1", "success": True},
            {"event": "CAPTURE", "success": False, "amount": 89800, "error": error},
        ]
        await stage.callback()
        order = await stage.order()
        assert (order["status"], order["captured"]) == ("paid", 0)
        html = (await stage.client.get("/orders/order-1001")).text
        assert "It did not work: the provider refused it." in html
        assert "The void is under way." in html
        assert (await press(stage, "ship")).status_code == 409

    play(scene)


def test_only_the_buttons_that_are_allowed_are_shown() -> None:
    async def scene(stage: Stage) -> None:
        async def buttons() -> list[str]:
            html = (await stage.client.get("/orders/order-1001")).text
            names = ("ship", "refund", "void")
            return [name for name in names if f'data-testid="{name}"' in html]

        await stage.check_out()
        assert await buttons() == []
        await stage.pay()
        await stage.callback()
        assert await buttons() == ["ship", "void"]
        await press(stage, "ship")
        assert await buttons() == ["refund"]
        await press(stage, "refund")
        assert await buttons() == []

    play(scene)


def test_a_refused_capture_is_shown_in_dinteros_words() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        await stage.callback()
        stage.dintero.refusal = (400, {"error": {"message": "the reservation has lapsed"}})
        answer = await press(stage, "ship")
        assert answer.status_code == 409
        assert "the reservation has lapsed" in answer.text
        assert (await stage.order())["status"] == "paid"

    play(scene)


def test_a_capture_made_elsewhere_is_learned_from_its_callback() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay()
        await stage.callback()
        stage.dintero.operate("capture", {"amount": 89800})
        await stage.callback(event="CAPTURE", event_id="3")
        order = await stage.order()
        assert (order["status"], order["captured"]) == ("captured", 89800)

    play(scene)


# --- Pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/orders", 200),
        ("/orders/order-1001", 200),
        ("/orders/order-9", 404),
        ("/terms", 200),
        ("/healthz", 200),
        ("/logo.svg", 200),
        ("/static/shop.css", 200),
        ("/static/sweater.svg", 200),
        ("/return?order=order-9", 404),
        ("/nowhere", 404),
    ],
)
def test_every_page_can_be_opened(path: str, status: int) -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        assert (await stage.client.get(path)).status_code == status

    play(scene)


def test_what_the_buyer_writes_is_escaped() -> None:
    async def scene(stage: Stage) -> None:
        await stage.check_out()
        await stage.pay(shipping_address=BERGEN | {"first_name": "<script>alert(1)</script>"})
        await stage.callback()
        html = (await stage.client.get("/orders/order-1001")).text
        assert "&lt;script&gt;" in html
        assert "<script>" not in html

    play(scene)


def test_missing_settings_are_all_named_at_once() -> None:
    with pytest.raises(SystemExit, match=r"DINTERO_CLIENT_SECRET.*DINTERO_SIGNATURE_SECRET"):
        Settings.from_environment({"DINTERO_API_URL": "x"}, "http://shop")


# --- Run by its path ---------------------------------------------------------------------------


def test_it_runs_by_its_path_in_any_folder(tmp_path: Path) -> None:
    names = "API_URL CHECKOUT_URL ACCOUNT_ID CLIENT_ID CLIENT_SECRET PROFILE_ID SIGNATURE_SECRET"
    environment = os.environ | {f"DINTERO_{name}": "x" for name in names.split()}
    port_file = tmp_path / "port"
    command = [sys.executable, sample_shop.__file__, "--port", "0", "--port-file", str(port_file)]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            give_up_at = time.monotonic() + 20
            while not port_file.exists() and time.monotonic() < give_up_at:
                time.sleep(0.02)
            here = f"http://127.0.0.1:{int(port_file.read_text())}"
            assert httpx.get(f"{here}/static/shop.css", timeout=10).status_code == 200
            assert "Wool sweater" in httpx.get(here, timeout=10).text
        finally:
            process.terminate()
        assert process.stdout
        assert process.stdout.read() == f"Sample shop at {here}\n"

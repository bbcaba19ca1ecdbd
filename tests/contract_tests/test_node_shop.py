"""The shop in JavaScript against the sandbox: the duties of a merchant, in another language and shape."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_dintero.core.signature import sign
from mock_dintero.testing import MockDintero

NODE = shutil.which("node")
SHOP = Path(__file__).parents[2] / "contract_tests" / "node_shop"
LAMP, CUSHION, SOFA, HOME = 49900, 19900, 799000, 7900

Json = dict[str, Any]

pytestmark = pytest.mark.skipif(
    NODE is None, reason="the shop in JavaScript needs node, 18 or later"
)


@contextmanager
def running(environment: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """The shop in a process of its own: its address, and what it logs."""
    assert NODE
    with subprocess.Popen(
        [NODE, str(SHOP / "shop.mjs")], env={**os.environ, **environment, "PORT": "0"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        log: list[str] = []
        reader = threading.Thread(target=log.extend, args=(process.stderr,))
        reader.start()
        try:
            yield process.stdout.readline().removeprefix("Node shop at ").strip(), log
        finally:
            process.terminate()
            process.wait(10)
            reader.join(10)


@dataclass
class Stage:
    """The shop, its account, and what a customer and a shopkeeper do."""

    dintero: MockDintero
    shop: httpx.Client
    log: list[str]

    def check_out(self, basket: Json | None = None, currency: str = "NOK") -> str:
        """The id of the session."""
        body = {"basket": basket or {"lamp": 1}, "currency": currency}
        answer = self.shop.post("/cart/pay", json=body)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"].rpartition("/")[2]

    def ref(self, sid: str) -> str:
        return str(self.dintero.peek(sid)["order"]["merchant_reference"])

    def buy(self, sid: str, **steps: Any) -> str:
        """Pay with everything told to the shop; answers with the order's reference."""
        self.dintero.buyer(sid).buy(**{"address": {}, "shipping_option": "home", **steps})
        self.dintero.clock.advance(0)
        return self.ref(sid)

    def bought(self, basket: Json | None = None, **steps: Any) -> str:
        return self.buy(self.check_out(basket), **steps)

    def order(self, ref: str) -> Json:
        return dict(self.shop.get("/admin/orders.json", params={"ref": ref}).json()["order"])

    def state(self, ref: str) -> tuple[str, list[str], int, int]:
        order = self.order(ref)
        money = order["money"]
        return order["state"], order["mails"], money["captured"], money["refunded"]

    def do(self, ref: str, name: str, **wishes: Any) -> httpx.Response:
        body = {"json": wishes} if wishes else {}
        return self.shop.post(f"/admin/orders/{ref}/{name}", **body)

    def events(self, ref: str, name: str) -> list[Json]:
        transaction = self.dintero.transaction(self.order(ref)["transaction"])
        return [one for one in transaction["events"] if one["event"] == name]

    def tries(self, sid: str, at: str = "payment_callback") -> list[Any]:
        return [
            attempt["status"]
            for delivery in self.dintero.deliveries_of(sid)
            if delivery["at"] == at
            for attempt in delivery["attempts"]
        ]

    def ask(self, what: str, body: Any, *, age: float = 0, **headers: str) -> httpx.Response:
        """Ask the shop as Dintero does, signed."""
        url = f"{self.shop.base_url}".rstrip("/") + f"/hooks/dintero/{what}"
        secret = self.dintero.env["DINTERO_SIGNATURE_SECRET"]
        signed = sign(secret, int(time.time() - age), self.dintero.account_id, "POST", url)
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        return self.shop.post(url, headers={"Dintero-Signature": signed, **headers}, **sent)


@pytest.fixture(scope="module")
def open_shop(mock_dintero_server: Any) -> Iterator[Stage]:
    account_id = f"T{os.getpid() % 10**8:08}"
    with (
        MockDintero(mock_dintero_server.url, account_id) as dintero,
        running(dintero.env) as (url, log),
        httpx.Client(base_url=url, timeout=40) as shop,
    ):
        yield Stage(dintero, shop, log)


@pytest.fixture
def stage(open_shop: Stage) -> Iterator[Stage]:
    open_shop.dintero.faults.clear()
    yield open_shop
    open_shop.dintero.faults.clear()


# --- The rules, in their own language ----------------------------------------------------------


def test_signature_and_sums_are_right_in_its_own_tests() -> None:
    assert NODE
    files = [str(path) for path in sorted(SHOP.glob("*.test.mjs"))]
    played = subprocess.run([NODE, "--test", *files], capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stdout


def test_missing_settings_are_all_named_at_once() -> None:
    assert NODE
    played = subprocess.run(
        [NODE, str(SHOP / "shop.mjs"), "--port", "0"],
        env={"DINTERO_API_URL": "http://127.0.0.1:1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert played.returncode == 1
    assert "DINTERO_CHECKOUT_URL" in played.stderr
    assert "DINTERO_SIGNATURE_SECRET" in played.stderr


# --- Before the payment ------------------------------------------------------------------------


def test_the_session_has_all_that_express_needs(stage: Stage) -> None:
    session = stage.dintero.session(stage.check_out({"lamp": 2, "cushion": 1}))
    order = session["order"]
    assert order["amount"] == 2 * LAMP + CUSHION
    assert [item["line_id"] for item in order["items"]] == ["lamp", "cushion"]
    assert {item["vat"] for item in order["items"]} == {25}
    assert session["url"]["merchant_terms_url"].endswith("/terms")
    callback = session["url"]["callback_url"]
    assert "method=POST" not in callback
    assert callback.endswith(
        "?report_error=true&report_event=CAPTURE&report_event=REFUND&report_event=VOID"
    )
    told = stage.dintero.call(
        "GET", f"/v1/sessions/{session['id']}", includes="initiating_system_request_headers"
    )
    headers = told["initiating_system_request_headers"]
    assert headers["dintero-system-name"] == "node-shop"


def test_a_form_sends_the_customer_to_dintero(stage: Stage) -> None:
    answer = stage.shop.post("/cart/pay", data={"lamp": "1", "cushion": "", "sofa": "0"})
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(stage.dintero.url)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'{"basket": {}}', b'{"basket": {"car": 1}}', b'{"basket": {"lamp": -1}}',
        b'{"basket": {"lamp": {"x": 1}}}', b'{"basket": [1]}', b'{"basket": {"lamp": 1}, "currency": "EUR"}',
        b'{"basket": {"__proto__": 1}}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_basket_that_makes_no_sense_is_refused(stage: Stage, body: bytes) -> None:
    answer = stage.shop.post(
        "/cart/pay", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("country", "price"), [("NO", HOME), ("SE", 12900), ("DK", 13900), ("GB", None)]
)
def test_shipping_follows_the_country(stage: Stage, country: str, price: int | None) -> None:
    sid = stage.check_out()
    options = stage.dintero.buyer(sid).give_address(country=country)["express"]["shipping_options"]
    assert [one["amount"] for one in options if one["id"] == "home"] == ([price] if price else [])
    assert stage.tries(sid, "address_callback") == [200]


def test_another_address_leaves_no_correction_behind(stage: Stage) -> None:
    sid = stage.check_out()
    buyer = stage.dintero.buyer(sid)
    buyer.give_address()
    buyer.choose_shipping("home")
    order = buyer.give_address(country="SE")["order"]
    assert [item["line_id"] for item in order["items"]] == ["lamp"]
    assert order["amount"] == LAMP + 12900


def test_a_wallet_tells_country_and_postal_code_alone(stage: Stage) -> None:
    sid = stage.check_out()
    order = {"merchant_reference": stage.ref(sid), "items": []}
    address = {"country": "NO", "postal_code": "0155"}
    answer = stage.ask("address", {"id": sid, "order": {**order, "shipping_address": address}})
    assert [one["line_id"] for one in answer.json()["shipping_options"]] == ["home", "locker"]


def test_a_business_buys(stage: Stage) -> None:
    address = {"business_name": "Fjell AS", "organization_number": "987654321"}
    ref = stage.bought(address=address)
    assert stage.order(ref)["send_to"]["organization_number"] == "987654321"


@pytest.mark.parametrize(
    ("code", "amount"), [("HELLO15", 42415 + HOME), ("hello15", 42415 + HOME), ("X", LAMP + HOME)]
)
def test_one_code_is_honoured_and_others_are_not(stage: Stage, code: str, amount: int) -> None:
    sid = stage.check_out()
    ref = stage.buy(sid, discount_codes=[code])
    assert stage.tries(sid, "discount_callback") == [200]
    assert stage.order(ref)["money"]["total"] == amount
    assert stage.state(ref)[0] == "RESERVED"


@pytest.mark.parametrize(
    ("do", "codes"), [("lose_answer", []), ("duplicate", ["HELLO15"]), ("drop", [])]
)
def test_an_answer_about_a_code_may_get_lost(stage: Stage, do: str, codes: list[str]) -> None:
    sid = stage.check_out()
    buyer = stage.dintero.buyer(sid)
    buyer.give_address()
    buyer.choose_shipping("home")
    stage.dintero.faults.add("discount_callback", do)
    stage.dintero.http.put(
        f"/v1/view/{sid}/session/order/discount_codes", json={"discount_codes": ["HELLO15"]}
    )
    buyer.pay()
    stage.dintero.clock.advance(0)
    order = stage.order(stage.ref(sid))
    assert (order["state"], order["codes"]) == ("RESERVED", codes)


def test_a_sofa_and_a_lamp_travel_apart(stage: Stage) -> None:
    sid = stage.check_out({"sofa": 1, "lamp": 1})
    buyer = stage.dintero.buyer(sid)
    options = buyer.give_address()["express"]["shipping_options"]
    parcel, freight = (next(o for o in options if o["id"] == name) for name in ("home", "room"))
    assert parcel["shipment_items"] == [{"line_id": "lamp", "quantity": 1}]
    assert freight["shipment_items"] == [{"line_id": "sofa", "quantity": 1}]
    ref = stage.buy(sid, shipping_option=["home", "room"])
    total = SOFA + LAMP + 0 + 79900
    assert stage.order(ref)["money"]["total"] == total
    assert stage.do(ref, "send", lines={"lamp": 1}).status_code == 200
    assert stage.do(ref, "send").status_code == 200
    first, second = stage.events(ref, "CAPTURE")
    assert [item["line_id"] for item in first["items"]] == ["lamp", "home", "room"]
    assert [item["line_id"] for item in second["items"]] == ["sofa"]
    assert stage.state(ref) == ("SHIPPED", ["confirmation"], total, 0)


def test_the_basket_changes_while_the_page_is_open_and_not_after(stage: Stage) -> None:
    sid = stage.check_out()
    ref = stage.ref(sid)
    buyer = stage.dintero.buyer(sid)
    buyer.give_address()
    buyer.choose_shipping("home")
    buyer.submit_codes("HELLO15")
    changed = stage.shop.patch(f"/cart/{ref}", json={"basket": {"lamp": 3}})
    assert changed.status_code == 200, changed.text
    order = stage.dintero.session(sid)["order"]
    assert order["amount"] == 3 * LAMP * 85 // 100 + HOME
    assert order["discount_codes"] == ["HELLO15"]
    buyer.pay()
    again = stage.shop.patch(f"/cart/{ref}", json={"basket": {"lamp": 1}})
    assert again.status_code == 409
    assert stage.dintero.session(sid)["order"] == order
    stage.dintero.clock.advance(0)
    assert stage.state(ref)[0] == "RESERVED"
    assert stage.order(ref)["basket"] == {"lamp": 3}


def test_a_sofa_joins_the_basket_and_shipping_is_chosen_anew(stage: Stage) -> None:
    sid = stage.check_out()
    buyer = stage.dintero.buyer(sid)
    buyer.give_address()
    buyer.choose_shipping("home")
    ref = stage.ref(sid)
    assert stage.shop.patch(f"/cart/{ref}", json={"basket": {"lamp": 1, "sofa": 1}}).is_success
    session = stage.dintero.session(sid)
    assert session["order"]["amount"] == LAMP + SOFA
    assert {one["shipment_id"] for one in session["express"]["shipping_options"]} == {
        "parcel", "freight",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("do", "is_done"),
    [
        ("half_body", True), ("malformed", True),
        ("forget", False), ("status", False), ("reset_connection", False),
    ],
)  # fmt: skip
def test_only_the_session_says_whether_a_change_was_made(
    stage: Stage, do: str, is_done: bool
) -> None:
    sid = stage.check_out()
    ref = stage.ref(sid)
    stage.dintero.faults.add("api", do, match={"method": "PUT"})
    answer = stage.shop.patch(f"/cart/{ref}", json={"basket": {"lamp": 2}})
    assert answer.status_code == (200 if is_done else 502)
    lamps = 2 if is_done else 1
    assert stage.order(ref)["basket"] == {"lamp": lamps}
    assert stage.dintero.session(sid)["order"]["amount"] == lamps * LAMP
    stage.buy(sid)
    assert stage.state(ref)[0] == "RESERVED"


# --- Who calls? --------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["address", "codes", "payment/LL-none"])
@pytest.mark.parametrize("header", ["", "nonsense", f"t={10**9},v0-hmac-sha256={'0' * 64}"])
def test_a_forged_call_is_refused(stage: Stage, what: str, header: str) -> None:
    headers = {"Dintero-Signature": header} if header else {}
    for method in ("GET", "POST") if "payment" in what else ("POST",):
        answer = stage.shop.request(method, f"/hooks/dintero/{what}?a=1", headers=headers)
        assert answer.status_code == 401


@pytest.mark.parametrize(("age", "status"), [(290, 404), (310, 401), (-290, 404), (-310, 401)])
def test_a_signature_is_good_for_five_minutes(stage: Stage, age: int, status: int) -> None:
    answer = stage.ask("address", {"id": "x", "order": {"merchant_reference": "x"}}, age=age)
    assert answer.status_code == status


@pytest.mark.parametrize("what", ["address", "codes"])
def test_odd_questions_are_no_errors_of_the_shop(stage: Stage, what: str) -> None:
    sid = stage.check_out()
    ref = stage.ref(sid)
    for body in (b"", b"{", b"[]", b'{"order": 1}', b'{"order": []}', b"\xff"):
        assert 400 <= stage.ask(what, body).status_code < 500
    for merchant_reference in (None, 7, {}, "LL-none"):
        body = {"id": sid, "order": {"merchant_reference": merchant_reference}}
        assert stage.ask(what, body).status_code == 404
    assert stage.ask(what, {"id": "other", "order": {"merchant_reference": ref}}).status_code == 404
    for odd in (None, 7, "x", [], [None], {}, {"country": {"toString": 1}}, {"shipments": [None]}):
        order = {
            "merchant_reference": ref, "shipping_address": odd, "shipping_option": odd,
            "discount_codes": odd, "items": odd,
        }  # fmt: skip
        answer = stage.ask(what, {"id": sid, "order": order})
        assert (answer.status_code, answer.json()["shipping_options"]) == (200, [])


def test_what_is_paid_keeps_its_price(stage: Stage) -> None:
    sid = stage.check_out()
    ref = stage.buy(sid)
    body = {"id": sid, "order": {"merchant_reference": ref, "discount_codes": ["HELLO15"]}}
    assert stage.ask("codes", body).status_code == 409
    assert stage.order(ref)["money"]["total"] == LAMP + HOME


# --- The payment -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "race", ["return_first", "callback_first", "together", "callback_during_return"]
)
def test_an_order_is_confirmed_once_whoever_comes_first(stage: Stage, race: str) -> None:
    stage.dintero.faults.add("race", race)
    ref = stage.bought(return_to_shop=True)
    assert stage.state(ref) == ("RESERVED", ["confirmation"], 0, 0)


def test_many_callbacks_and_returns_at_once_confirm_once(stage: Stage) -> None:
    stage.dintero.faults.add("payment_callback", "duplicate", count=5, at_once=True)
    stage.dintero.faults.add("buyer", "double_click")
    ref = stage.bought(return_to_shop=True)
    assert stage.state(ref) == ("RESERVED", ["confirmation"], 0, 0)


@pytest.mark.parametrize(
    ("do", "tries"),
    [
        ("bad_signature", [401]), ("stale_signature", [401]), ("wrong_transaction", [500, 200]),
        ("malformed", [500, 200]), ("lose_answer", [200, 200]), ("drop", [None, 200]),
    ],
)  # fmt: skip
def test_a_callback_goes_wrong_and_the_order_is_paid_in_the_end(
    stage: Stage, do: str, tries: list[Any]
) -> None:
    stage.dintero.faults.add("payment_callback", do)
    sid = stage.check_out()
    ref = stage.buy(sid)
    assert stage.state(ref)[0] == ("RESERVED" if do == "lose_answer" else "NEW")
    stage.dintero.clock.advance(60)
    assert stage.tries(sid)[: len(tries)] == tries or do in ("lose_answer", "drop")
    if len(tries) == 1:
        transaction = stage.dintero.session(sid)["transaction_id"]
        page = stage.shop.get(f"/thanks/{ref}", params={"transaction_id": transaction})
        assert "Thank you" in page.text
    assert stage.state(ref) == ("RESERVED", ["confirmation"], 0, 0)


def test_an_unknown_order_is_called_about_again(stage: Stage) -> None:
    sid = stage.dintero.create_session(
        url={
            "return_url": "http://127.0.0.1:1/",
            "callback_url": f"{stage.shop.base_url}/hooks/dintero/payment/LL-none",
        }
    )["id"]
    stage.dintero.buyer(sid).pay()
    stage.dintero.clock.advance(0)
    assert stage.tries(sid) == [500]


def test_dintero_cannot_be_read_during_a_callback(stage: Stage) -> None:
    sid = stage.check_out()
    stage.dintero.faults.add("api", "status", match={"path": "/v1/transactions/*"})
    ref = stage.buy(sid)
    assert (stage.tries(sid), stage.state(ref)[0]) == ([500], "NEW")
    stage.dintero.clock.advance(10)
    assert (stage.tries(sid), stage.state(ref)[0]) == ([500, 200], "RESERVED")


@pytest.mark.parametrize("how", ["get", "post"])
def test_the_return_is_a_hint(stage: Stage, how: str) -> None:
    sid, other = stage.check_out(), stage.check_out({"cushion": 1})
    ref = stage.ref(sid)
    stage.buy(other)
    stolen = stage.dintero.session(other)["transaction_id"]
    for query in ({}, {"transaction_id": "T12345678.none"}, {"transaction_id": "../x?"},
                  {"transaction_id": stolen}, {"transaction_id": ""}):  # fmt: skip
        told = {"params": query} if how == "get" else {"data": query}
        page = stage.shop.request(how.upper(), f"/thanks/{ref}", **told)
        assert (page.status_code, "Thank you" in page.text) == (200, False)
    assert stage.state(ref) == ("NEW", [], 0, 0)


def test_a_false_failure_does_not_unpay(stage: Stage) -> None:
    ref = stage.bought()
    for _ in range(2):
        page = stage.shop.get(f"/thanks/{ref}", params={"error": "cancelled"})
        assert (page.status_code, "Thank you" in page.text) == (200, True)
    assert stage.state(ref)[0] == "RESERVED"


def test_the_return_page_stands_while_dintero_is_down(stage: Stage) -> None:
    sid = stage.check_out()
    stage.dintero.faults.add("payment_callback", "drop")
    ref = stage.buy(sid)
    transaction = stage.dintero.session(sid)["transaction_id"]
    stage.dintero.faults.add("api", "status", match={"path": "/v1/transactions/*"})
    page = stage.shop.get(f"/thanks/{ref}", params={"transaction_id": transaction})
    assert (page.status_code, "Almost there" in page.text) == (200, True)


@pytest.mark.parametrize("method", ["dintero_psp.vipps", "dintero_psp.creditcard"])
@pytest.mark.parametrize("outcome", ["decline", "expire"])
def test_a_payment_that_failed_kills_the_order(stage: Stage, method: str, outcome: str) -> None:
    ref = stage.bought(method=method, outcome=outcome, return_to_shop=True)
    assert stage.state(ref) == ("DEAD", [], 0, 0)


def test_a_customer_who_cancels_gave_up(stage: Stage) -> None:
    sid = stage.check_out()
    stage.dintero.buyer(sid).cancel()
    stage.dintero.clock.advance(0)
    assert stage.tries(sid) == [200]
    assert stage.state(stage.ref(sid)) == ("GAVE_UP", [], 0, 0)


def test_a_payment_that_failed_is_followed_by_another_in_the_same_session(stage: Stage) -> None:
    sid = stage.check_out()
    ref = stage.ref(sid)
    buyer = stage.dintero.buyer(sid)
    buyer.give_address()
    buyer.choose_shipping("home")
    vipps = {"payment_product_type": "dintero_psp.vipps"}
    stage.dintero.http.post(f"/v1/sessions/{sid}/pay", json=vipps).raise_for_status()
    [begun] = stage.dintero.call("GET", "/v1/transactions", session_id=sid)
    first = begun["id"]
    stage.shop.get(f"/thanks/{ref}", params={"transaction_id": first, "error": "failed"})
    assert stage.state(ref) == ("NEW", [], 0, 0)
    stage.dintero.faults.add("payment_callback", "drop")
    buyer.buy(method="dintero_psp.creditcard")
    stage.dintero.clock.advance(0)
    assert stage.dintero.transaction(first)["status"] == "FAILED"
    stage.shop.get(f"/thanks/{ref}", params={"transaction_id": first, "error": "failed"})
    assert stage.state(ref) == ("DEAD", [], 0, 0)
    stage.dintero.clock.advance(10)
    assert stage.state(ref) == ("RESERVED", ["confirmation"], 0, 0)
    stage.shop.get(f"/thanks/{ref}", params={"transaction_id": first, "error": "failed"})
    assert stage.state(ref) == ("RESERVED", ["confirmation"], 0, 0)


@contextmanager
def profile(stage: Stage, **configuration: Any) -> Iterator[None]:
    """The merchant's profile with more in it."""
    path = "/v1/admin/session/profiles/default"
    before = stage.dintero.call("GET", path)
    more = {**before["configuration"], **configuration}
    stage.dintero.call("PUT", path, {**before, "configuration": more})
    yield
    stage.dintero.call("PUT", path, before)


@pytest.mark.parametrize(("outcome", "state"), [("approve", "RESERVED"), ("reject", "DEAD")])
def test_a_payment_on_hold_waits_for_the_provider(stage: Stage, outcome: Any, state: str) -> None:
    with profile(stage, collector={"invoice": {"enabled": True}}):
        ref = stage.bought(method="collector.invoice", outcome="hold", return_to_shop=True)
    assert stage.state(ref) == ("WAITING", [], 0, 0)
    assert stage.do(ref, "send").status_code == 409
    assert stage.shop.patch(f"/cart/{ref}", json={"basket": {"lamp": 2}}).status_code == 409
    stage.dintero.decide(stage.order(ref)["transaction"], outcome)
    stage.dintero.clock.advance(0)
    assert stage.state(ref) == (state, ["confirmation"] if state == "RESERVED" else [], 0, 0)


def test_an_automatic_capture_counts_as_sent(stage: Stage) -> None:
    with profile(stage, auto_capture=True):
        ref = stage.bought()
    assert stage.state(ref) == ("SHIPPED", ["confirmation"], LAMP + HOME, 0)


def test_swish_is_paid_and_captured_at_once(stage: Stage) -> None:
    ref = stage.buy(
        stage.check_out(currency="SEK"), method="swish.swish", address={"country": "SE"}
    )
    assert stage.state(ref) == ("SHIPPED", ["confirmation"], LAMP + 12900, 0)


# --- After the payment -------------------------------------------------------------------------


def test_sending_captures_every_line_and_repaying_gives_all_back(stage: Stage) -> None:
    ref = stage.bought(discount_codes=["HELLO15"])
    assert stage.do(ref, "send").status_code == 200
    [capture] = stage.events(ref, "CAPTURE")
    assert [item["line_id"] for item in capture["items"]] == ["lamp", "home"]
    assert capture["amount"] == sum(item["amount"] for item in capture["items"]) == 42415 + HOME
    assert capture["event_reference"] == f"{ref}-parcel-1"
    assert stage.do(ref, "send").status_code == 409
    assert stage.do(ref, "release").status_code == 409
    assert stage.do(ref, "repay", amount=100).status_code == 200
    assert stage.state(ref)[0] == "PART_REPAID"
    assert stage.do(ref, "repay", amount=42415 + HOME - 99).status_code == 409
    assert stage.do(ref, "repay", amount="1").status_code == 400
    assert stage.do(ref, "repay").status_code == 200
    assert stage.do(ref, "repay").status_code == 409
    assert stage.state(ref) == ("REPAID", ["confirmation"], 42415 + HOME, 42415 + HOME)


def test_parts_are_sent_and_add_up(stage: Stage) -> None:
    ref = stage.bought({"lamp": 2, "cushion": 1})
    assert stage.do(ref, "send", lines={"lamp": 3}).status_code == 409
    assert stage.do(ref, "send", lines={"car": 1}).status_code == 400
    assert stage.do(ref, "send", lines={"lamp": 1}).status_code == 200
    assert stage.state(ref)[::2] == ("PART_SHIPPED", LAMP + HOME)
    assert stage.do(ref, "release").status_code == 409
    assert stage.do(ref, "send").status_code == 200
    _, second = stage.events(ref, "CAPTURE")
    assert [(item["line_id"], item["quantity"]) for item in second["items"]] == [
        ("lamp", 1), ("cushion", 1),
    ]  # fmt: skip
    assert stage.state(ref)[::2] == ("SHIPPED", 2 * LAMP + CUSHION + HOME)


def test_releasing_lets_go_of_the_money(stage: Stage) -> None:
    ref = stage.bought()
    assert stage.do(ref, "release").status_code == 200
    assert stage.state(ref) == ("RELEASED", ["confirmation"], 0, 0)
    assert stage.do(ref, "send").status_code == 409


def test_two_presses_at_once_capture_once(stage: Stage) -> None:
    ref = stage.bought()
    with ThreadPoolExecutor() as hands:
        answers = list(hands.map(lambda _: stage.do(ref, "send").status_code, range(3)))
    assert sorted(answers) == [200, 409, 409]
    assert len(stage.events(ref, "CAPTURE")) == 1


@pytest.mark.parametrize(
    ("do", "options", "status"),
    [
        ("status", {"status": 500}, 502), ("status", {"status": 503}, 502), ("status", {"status": 400}, 409),
        ("reset_connection", {}, 502), ("forget", {}, 502), ("half_body", {}, 200), ("malformed", {}, 200),
        ("status", {"status": 429}, 200), ("status", {"status": 401}, 200),
    ],
)  # fmt: skip
def test_a_capture_goes_wrong_and_is_made_once(
    stage: Stage, do: str, options: Json, status: int
) -> None:
    ref = stage.bought()
    match = {"path": "*/capture"}
    stage.dintero.faults.add("api", do, match=match, **options)
    assert stage.do(ref, "send").status_code == status
    if status != 200:
        assert stage.state(ref)[::2] == ("RESERVED", 0)
        assert stage.do(ref, "send").status_code == 200
    assert len(stage.events(ref, "CAPTURE")) == 1
    assert stage.state(ref)[::2] == ("SHIPPED", LAMP + HOME)


def test_dintero_that_does_not_answer_is_left_after_five_seconds(stage: Stage) -> None:
    ref = stage.bought()
    stage.dintero.faults.add("api", "delay", match={"path": "*/capture"}, seconds=20)
    started = time.monotonic()
    answer = stage.do(ref, "send")
    assert time.monotonic() - started < 20
    assert (answer.status_code, stage.state(ref)[0]) == (502, "RESERVED")
    assert stage.do(ref, "send").status_code == 200
    assert stage.state(ref)[::2] == ("SHIPPED", LAMP + HOME)


@pytest.mark.parametrize("name", ["send", "repay"])
def test_what_the_provider_refuses_was_not_done(stage: Stage, name: str) -> None:
    ref = stage.bought()
    if name == "repay":
        assert stage.do(ref, "send").is_success
    before = stage.state(ref)
    operation = "capture" if name == "send" else "refund"
    stage.dintero.faults.add(
        "payment", "refuse", match={"operation": operation}, message="no cover <b>"
    )
    answer = stage.do(ref, name)
    assert answer.status_code == 409
    assert "no cover <b>" in answer.json()["error"]["message"]
    assert stage.state(ref) == before
    assert stage.do(ref, name).status_code == 200


def test_an_operation_under_way_is_not_done_yet(stage: Stage) -> None:
    ref = stage.bought()
    stage.dintero.faults.add("payment", "pending", match={"operation": "capture"}, seconds=60)
    assert stage.do(ref, "send").status_code == 202
    assert stage.state(ref)[::2] == ("RESERVED", 0)
    assert stage.do(ref, "send").status_code == 409
    assert stage.do(ref, "release").status_code == 409
    stage.dintero.clock.advance(61)
    assert stage.state(ref)[::2] == ("SHIPPED", LAMP + HOME)
    assert len(stage.events(ref, "CAPTURE")) == 1


def test_what_is_done_in_the_backoffice_is_learnt(stage: Stage) -> None:
    ref = stage.bought({"lamp": 1, "cushion": 1})
    path = f"/v1/transactions/{stage.order(ref)['transaction']}"
    stage.dintero.call("POST", f"{path}/capture", {"amount": 1000})
    stage.dintero.clock.advance(0)
    assert stage.state(ref)[::2] == ("PART_SHIPPED", 1000)
    assert stage.do(ref, "send").status_code == 200
    stage.dintero.call("POST", f"{path}/refund", {"amount": 500})
    stage.dintero.clock.advance(0)
    total = LAMP + CUSHION + HOME
    assert stage.state(ref) == ("PART_REPAID", ["confirmation"], total, 500)


def test_a_capture_is_learnt_at_the_press_when_its_callback_is_lost(stage: Stage) -> None:
    ref = stage.bought()
    path = f"/v1/transactions/{stage.order(ref)['transaction']}"
    stage.dintero.faults.add("payment_callback", "drop", times=21)
    stage.dintero.call("POST", f"{path}/capture", {"amount": LAMP + HOME})
    assert stage.do(ref, "send").status_code == 409
    assert stage.state(ref)[::2] == ("SHIPPED", LAMP + HOME)


def test_an_order_without_a_payment_is_not_sent(stage: Stage) -> None:
    ref = stage.ref(stage.check_out())
    for name in ("send", "repay", "release"):
        assert stage.do(ref, name).status_code == 409
    assert stage.do(ref, "dance").status_code == 404
    assert stage.do("LL-none", "send").status_code == 404


# --- Dintero in trouble ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("do", "options"),
    [
        ("status", {"status": 500}), ("status", {"status": 400}), ("reset_connection", {}),
        ("half_body", {}), ("malformed", {}),
    ],
)  # fmt: skip
def test_a_session_that_cannot_be_made_is_told_and_the_next_one_is_made(
    stage: Stage, do: str, options: Json
) -> None:
    stage.dintero.faults.add("api", do, match={"path": "/v1/sessions-profile"}, **options)
    answer = stage.shop.post("/cart/pay", json={"basket": {"lamp": 1}})
    assert answer.status_code == 502
    assert "Please try again" in answer.text
    assert stage.check_out()


def test_one_token_serves_until_it_is_refused(stage: Stage) -> None:
    def renewals() -> int:
        return sum(one["path"].endswith("/auth/token") for one in stage.dintero.requests)

    stage.check_out()
    before = renewals()
    stage.check_out()
    assert renewals() == before
    match = {"path": "/v1/sessions-profile"}
    stage.dintero.faults.add("api", "status", match=match, status=401)
    stage.check_out()
    assert renewals() == before + 1
    stage.dintero.faults.add("api", "status", times=2, match=match, status=401)
    answer = stage.shop.post("/cart/pay", json={"basket": {"lamp": 1}})
    assert (answer.status_code, renewals()) == (502, before + 2)


def test_dintero_is_too_busy_for_a_moment(stage: Stage) -> None:
    stage.dintero.faults.add("api", "status", match={"path": "/v1/sessions-profile"}, status=429)
    assert stage.check_out()
    stage.dintero.faults.add(
        "api", "status", times=2, match={"path": "/v1/sessions-profile"}, status=429
    )
    assert stage.shop.post("/cart/pay", json={"basket": {"lamp": 1}}).status_code == 502


# --- Stories -----------------------------------------------------------------------------------

STATES = {
    "paid": "RESERVED", "captured": "SHIPPED", "partially_refunded": "PART_REPAID", "refunded": "REPAID",
    "voided": "RELEASED", "failed": "DEAD", "cancelled": "GAVE_UP",
}  # fmt: skip
STORIES = Path(__file__).parents[2] / "scenarios"


@pytest.mark.parametrize(
    "name",
    [
        "address_changed_in_wallet", "address_changed_twice", "address_forged", "address_unreachable",
        "back_button", "callback_late", "callback_never", "callbacks_reordered", "cannot_ship",
        "discount_taken_back", "part_capture_and_refund", "part_capture_and_void", "provider_times_out",
        "return_after_shipping", "session_updated", "shop_down", "slow_callback", "token_expired",
        "twenty_retries", "voided", "wallet_expired", "walley_invoice",
    ],
)  # fmt: skip
def test_a_story_ends_as_it_should(stage: Stage, name: str) -> None:
    sid = stage.check_out()
    stage.dintero.run_scenario(name, session_id=sid)
    expected = tomllib.loads((STORIES / f"{name}.toml").read_text())["expect"]
    order = stage.order(stage.ref(sid))
    assert order["state"] == STATES[expected["merchant"]]
    assert len(order["mails"]) == expected["confirmations"]


# --- Pages -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200), ("HEAD", "/", 200), ("GET", "/terms", 200), ("GET", "/shop.css", 200),
        ("GET", "/logo.svg", 200), ("GET", "/up", 200), ("GET", "/thanks/LL-none", 404),
        ("GET", "/thanks/%zz", 404), ("GET", "/nowhere", 404), ("GET", "/cart/pay", 405),
        ("GET", "/admin/orders.json", 200), ("GET", "/admin/orders.json?ref=x", 404),
        ("PATCH", "/cart/LL-none", 404),
    ],
)  # fmt: skip
def test_every_address_answers(stage: Stage, method: str, path: str, status: int) -> None:
    assert stage.shop.request(method, path).status_code == status


def test_too_much_is_not_read(stage: Stage) -> None:
    assert stage.shop.post("/cart/pay", content=b"x" * 1_100_000).status_code == 413


def test_dinteros_words_cannot_become_markup(stage: Stage) -> None:
    stage.dintero.faults.add(
        "api", "status", match={"path": "/v1/sessions-profile"}, status=400, message="<script>x"
    )
    page = stage.shop.post("/cart/pay", data={"lamp": "1"}).text
    assert "&lt;script&gt;x" in page
    assert "<script" not in page


def test_secrets_stay_inside(mock_dintero: MockDintero) -> None:
    secrets = {
        "DINTERO_CLIENT_SECRET": "very-secret-1",
        "DINTERO_SIGNATURE_SECRET": "very-secret-2",
    }
    said = []
    with running({**mock_dintero.env, **secrets}) as (url, log):
        for answer in (
            httpx.post(f"{url}/cart/pay", json={"basket": {"lamp": 1}}, timeout=20),
            httpx.get(f"{url}/hooks/dintero/payment/LL-none"),
            httpx.get(f"{url}/admin/orders.json"),
        ):
            said.append(answer.text + str(answer.headers))
    assert "very-secret" not in " ".join(said + log)


def test_lint_finds_nothing_but_plain_http(stage: Stage) -> None:
    stage.bought({"lamp": 2, "sofa": 1}, shipping_option=["home", "kerb"])
    assert {one["code"] for one in stage.dintero.lint} <= {"CALLBACK_NOT_HTTPS"}

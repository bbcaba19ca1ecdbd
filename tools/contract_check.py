"""Play every operation of Dintero's published contract against the sandbox and hold every answer against it.

    python tools/contract_check.py --contract openapi.json

The contract is Dintero's and not part of this project; its newest version is at docs.dintero.com.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from contract import Contract, ContractOperation, Json  # noqa: E402
from saved_cards import CARD, registered, secret  # noqa: E402
from sandbox import POSTEN, VIPPS, Merchant, opened, order, session_body  # noqa: E402

OTHER = "T87654321"
UNKNOWN = f"T12345678.{'1' * 22}"
FULL = session_body(
    express={
        "shipping_options": [],
        "shipping_address_callback_url": "http://shop.example/options",
        "discount_codes": {"max_count": 2, "callback_url": "http://shop.example/codes"},
        "customer_types": ["b2c", "b2b"],
    },
    configuration={"discounts": {"express_discount_codes": {"enabled": True}}},
    url={
        "return_url": "https://shop.example/return",
        "callback_url": "http://shop.example/paid?method=POST&includes=session&report_error=true"
        "&report_event=CAPTURE&report_event=REFUND&report_event=VOID",
    },
    customer={"customer_id": "c1", "email": "kari@example.no", "phone_number": "+4791234567"},
    metadata={"number_x": "y"},
)
UPDATE = {
    "order": order(amount=34800, shipping_option=POSTEN, merchant_reference=None),
    "express": {"shipping_options": [POSTEN]},
}
UPDATE["order"].pop("merchant_reference")
PLAIN = "http://shop.example/paid?method=GET&report_error=true&report_event=CAPTURE"


CONTRADICTIONS = {
    r"transactions.*transaction_status: 'PARTIALLY_CAPTURED_REFUNDED' is not one of": (
        "two schemas describe the event; one of them has the status, the other forgets it"
    ),
    r"attachmentid}: 200: body: {'url'": (
        "an attachment is a text by the contract; what Dintero answers is an object with a url"
    ),
    r"attachmentid}: 404 is not documented": (
        "an attachment that is not there: neither 404 nor anything else is documented"
    ),
}
"""Where the contract disagrees with itself or forgets something: no answer could fit."""


@dataclass
class Report:
    """What was seen."""

    statuses: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    violations: dict[str, None] = field(default_factory=dict)
    excused: dict[str, None] = field(default_factory=dict)
    calls: int = 0


@dataclass
class Checker:
    """Calls, and compares what comes back."""

    contract: Contract
    merchant: Merchant
    report: Report

    def call(
        self, operation: ContractOperation, wanted: int | None = None, /, *, url: str = "",
        ids: Json | None = None, **options: Any,
    ) -> Any:  # fmt: skip
        """One call; `wanted` is the status that the call is made for."""
        path = url or filled(operation.url, {"aid": self.merchant.account, **(ids or {})})
        kind = "client" if options.pop("anonymous", False) else "call"
        if kind == "client":
            answer = self.merchant.client.request(operation.method, path, **options)
        else:
            answer = self.merchant.call(operation.method, path, **options)
        self.check(operation, answer)
        if wanted is not None and answer.status_code != wanted:
            self.violation(
                operation, f"expected {wanted} but got {answer.status_code}: {answer.text[:200]}"
            )
        return answer

    def check(self, operation: ContractOperation, answer: Any) -> None:
        """Status, content type and body."""
        status = answer.status_code
        self.report.calls += 1
        self.report.statuses[operation.label].add(status)
        if status not in operation.statuses and not operation.has_default:
            self.violation(operation, f"{status} is not documented: {answer.text[:160]}")
            return
        schema = self.contract.answer(operation, status)
        if schema is None:
            return
        if "json" not in answer.headers.get("content-type", ""):
            self.violation(
                operation, f"{status}: content type {answer.headers.get('content-type')!r}"
            )
            return
        for finding in self.contract.findings(schema, answer.json()):
            self.violation(operation, f"{status}: {finding}")

    def violation(self, operation: ContractOperation, words: str) -> None:
        line = f"{operation.label}: {words}"
        excuses = [why for known, why in CONTRADICTIONS.items() if re.search(known, line)]
        self.report.excused.update(dict.fromkeys(excuses))
        if not excuses:
            self.report.violations[line] = None


def filled(path: str, ids: Json) -> str:
    """The path with its parameters put in; one that nobody knows is an unknown id."""
    return re.sub(r"{([^}]*)}", lambda found: str(ids.get(found[1], UNKNOWN)), path)


# What succeeds: operation to calls ---------------------------------------------------------------

Script = Callable[[Checker, ContractOperation], None]
SCRIPTS: dict[str, Script] = {}


def script(*labels: str) -> Callable[[Script], Script]:
    """Register the calls of an operation."""

    def keep(made: Script) -> Script:
        SCRIPTS.update(dict.fromkeys(labels, made))
        return made

    return keep


@script("POST /accounts/{oid}/auth/token")
def token(at: Checker, operation: ContractOperation) -> None:
    body = {"grant_type": "client_credentials",
            "audience": f"https://api.dintero.com/v1/accounts/{at.merchant.account}"}  # fmt: skip
    url = f"/v1/accounts/{at.merchant.account}/auth/token"
    good = ("mock-client-id", "mock-client-secret")
    at.call(operation, 200, url=url, anonymous=True, json=body, auth=good)
    at.call(operation, 401, url=url, anonymous=True, json=body, auth=(good[0], "wrong"))
    at.call(operation, 400, url=url, anonymous=True, json={}, auth=good)
    at.call(
        operation,
        403,
        url="/v1/accounts/P12345678/auth/token",
        anonymous=True,
        json=body,
        auth=good,
    )


@script("POST /sessions-profile")
def create(at: Checker, operation: ContractOperation) -> None:
    at.call(operation, 200, json=session_body())
    at.call(operation, 200, json=FULL, params={"include_session": "true"})


@script("GET /sessions/{session_id}")
def read_session(at: Checker, operation: ContractOperation) -> None:
    shop = at.merchant
    fresh, full = shop.create(), str(shop.ok("POST", "/v1/sessions-profile", FULL)["id"])
    shop.give_address(full)
    shop.choose(full)
    shop.view("PUT", full, "/order/discount_codes", {"discount_codes": ["SUMMER"]})
    cancelled, locked, (paid, _) = shop.create(), shop.create(), shop.purchase()
    shop.ok("POST", f"/v1/sessions/{cancelled}/cancel")
    shop.view("POST", locked, "/lock")
    headers = {"dintero-system-name": "x", "dintero-system-version": "1"}
    named = shop.call("POST", "/v1/sessions-profile", json=session_body(), headers=headers).json()
    for sid in (fresh, full, cancelled, locked, paid, named["id"]):
        at.call(operation, 200, ids={"session_id": sid})
    at.call(operation, 200, ids={"session_id": named["id"]},
            params={"includes": "initiating_system_request_headers"})  # fmt: skip


@script("PUT /sessions/{session_id}")
def update(at: Checker, operation: ContractOperation) -> None:
    shop = at.merchant
    sid, locked, (paid, _) = shop.ready(), shop.ready(), shop.purchase()
    free = {"params": {"update_without_lock": "true"}}
    at.call(operation, 400, ids={"session_id": sid}, json=UPDATE)
    at.call(operation, 200, ids={"session_id": sid}, json=UPDATE, **free)
    at.call(operation, 200, ids={"session_id": sid}, json={"order": {}}, **free)
    shop.view("POST", locked, "/lock")
    at.call(operation, 200, ids={"session_id": locked}, json=UPDATE)
    at.call(operation, 400, ids={"session_id": paid}, json=UPDATE, **free)
    wrong = {"order": order(amount=1)}
    at.call(operation, 400, ids={"session_id": sid}, json=wrong, **free)


@script("POST /sessions/{session_id}/cancel")
def cancel(at: Checker, operation: ContractOperation) -> None:
    shop = at.merchant
    fresh, (paid, _), (done, tid) = shop.create(), shop.purchase(), shop.purchase()
    shop.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 34800})
    for sid in (fresh, fresh, paid):
        at.call(operation, 200, ids={"session_id": sid})
    at.call(operation, 400, ids={"session_id": done})


def every_state(shop: Merchant) -> list[str]:
    """A transaction in every status that can be reached, and with several methods."""
    made = [shop.authorized(1000) for _ in range(7)]
    steps = [
        [], [("capture", 400)], [("capture", 1000)], [("capture", 1000), ("refund", 400)],
        [("capture", 1000), ("refund", 1000)], [("capture", 400), ("refund", 100)], [("void", 0)],
    ]  # fmt: skip
    for tid, wanted in zip(made, steps, strict=True):
        for what, amount in wanted:
            body = {"amount": amount, "items": [{"line_id": "1", "amount": amount, "quantity": 1}]}
            shop.ok("POST", f"/v1/transactions/{tid}/{what}", body if amount else None)
    for outcome in ("decline", "expire"):
        sid = shop.ready()
        tid = shop.pay(sid)
        shop.finish(sid, tid, outcome)
        made.append(tid)
    made.append(shop.pay(shop.ready()))
    for method in ("klarna.klarna", "dintero_psp.creditcard"):
        made.append(shop.authorized(1000, method))
    made.append(shop.purchase()[1])
    return made


@script("GET /transactions", "GET /transactions/{id}")
def read_transactions(at: Checker, operation: ContractOperation) -> None:
    made = every_state(at.merchant)
    if operation.path == "/transactions":
        at.call(operation, 200, params={"limit": 100})
        at.call(operation, 200, params={"status": "AUTHORIZED", "created_at.gte": "2020-01-01"})
        at.call(operation, 400, params={"limit": 1000})
        return
    for tid in made:
        at.call(operation, 200, ids={"id": tid})
    for includes in ("session", "card.payment_token", "events.success.true"):
        at.call(operation, 200, ids={"id": made[-1]}, params={"includes": includes})


@script("PUT /transactions/{id}")
def name(at: Checker, operation: ContractOperation) -> None:
    tid = at.merchant.authorized()
    at.call(operation, 200, ids={"id": tid}, json={"merchant_reference_2": "A-1"})
    at.call(operation, 400, ids={"id": tid}, json={"merchant_reference_2": "A-2"})


@script("POST /transactions/{id}/capture")
def capture(at: Checker, operation: ContractOperation) -> None:
    tid = at.merchant.authorized(1000)
    items = [{"line_id": "1", "id": "a", "amount": 400, "quantity": 1, "vat": 25}]
    at.call(operation, 200, ids={"id": tid}, json={
        "amount": 400, "items": items, "capture_reference": "c", "metadata": {"ext_a": "b"},
    })  # fmt: skip
    at.call(operation, 200, ids={"id": tid}, json={"amount": 600})
    at.call(operation, 400, ids={"id": tid}, json={"amount": 1})
    begun(at, operation, "capture", at.merchant.authorized(1000), {"amount": 1000})


def begun(at: Checker, operation: ContractOperation, verb: str, tid: str, body: Json) -> None:
    """The provider takes its time: 202, and the ledger with the event that it finishes."""
    fault = {"at": "payment", "do": "pending", "match": {"operation": verb}, "seconds": 60}
    asked = at.merchant.client.post("/_mock/api/v1/faults", json=fault)
    assert asked.status_code == 200, asked.text
    answer = at.call(operation, 202, ids={"id": tid}, json=body)
    if not answer.headers.get("event-request-id"):
        at.violation(operation, "202 without the header event-request-id")
    at.merchant.advance(60)
    finished = at.merchant.transaction(tid)["events"][-1]
    if finished["correlation_request_id"] != answer.headers.get("event-request-id"):
        at.violation(operation, f"finished by {finished}, which does not name what it finishes")


@script("POST /transactions/{id}/refund")
def refund(at: Checker, operation: ContractOperation) -> None:
    tid = at.merchant.authorized(1000)
    at.call(operation, 400, ids={"id": tid}, json={"amount": 1})
    at.merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})
    at.call(operation, 200, ids={"id": tid}, json={
        "amount": 400, "reason": "r", "refund_reference": "f",
        "items": [{"line_id": "1", "amount": 400, "quantity": 1}],
    })  # fmt: skip
    begun(at, operation, "refund", tid, {"amount": 100})
    at.call(operation, 200, ids={"id": tid}, json={"amount": 500})


@script("POST /transactions/{id}/void")
def void(at: Checker, operation: ContractOperation) -> None:
    tid = at.merchant.authorized(1000)
    at.call(operation, 200, ids={"id": tid})
    at.call(operation, 400, ids={"id": tid})
    begun(at, operation, "void", at.merchant.authorized(1000), {})


@script("POST /transactions/{id}/authorization")
def authorization(at: Checker, operation: ContractOperation) -> None:
    klarna = at.merchant.authorized(1000, "klarna.klarna")
    at.call(operation, 200, ids={"id": klarna}, json={"reason": "late", "reference": "r"})
    at.call(operation, 400, ids={"id": klarna}, json={})
    at.call(operation, 200, ids={"id": klarna}, json={
        "amount": 900, "items": [{"line_id": "1", "id": "a", "amount": 900, "quantity": 1}],
    })  # fmt: skip
    at.merchant.ok("POST", f"/v1/transactions/{klarna}/capture", {"amount": 900})
    at.call(operation, 409, ids={"id": klarna}, json={"reason": "late", "reference": "r"})
    at.call(operation, 400, ids={"id": at.merchant.authorized(1000)})


TOKEN_SESSION: Json = {
    "session": {
        "url": {"return_url": "https://shop.example/return"},
        "customer": {"customer_id": "c1", "email": "kari@example.no", "phone_number": "+4791234567"},
        "order": {"currency": "NOK", "merchant_reference": "token-1"},
        "configuration": {"dintero_psp": {"creditcard": {"enabled": True}},
                          "payex": {"creditcard": {"enabled": True}}},
    },
    "token_provider": {"payment_product_type": "dintero_psp.creditcard", "token_types": ["payment_token"]},
}  # fmt: skip


@script("POST /sessions/payment-token")
def payment_token(at: Checker, operation: ContractOperation) -> None:
    at.call(operation, 200, json=TOKEN_SESSION)
    at.call(operation, 200, json=TOKEN_SESSION, params={"include_session": "true"})


@script("POST /sessions/pay")
def merchant_pays(at: Checker, operation: ContractOperation) -> None:
    value = secret(at.merchant, registered(at.merchant))
    body: Json = {
        "session": {
            "order": {"amount": 9900, "currency": "NOK", "merchant_reference": "sub-1",
                      "items": [{"id": "a", "line_id": "1", "amount": 9900, "quantity": 1}]},
            "url": {"callback_url": PLAIN},
            "customer": {"email": "kari@example.no", "tokens": {CARD: {"payment_token": value}}},
        },
        "payment": {"payment_product_type": CARD, "operation": "recurring_purchase"},
    }  # fmt: skip
    at.call(operation, 200, json=body)
    (token, *_) = at.merchant.ok("GET", "/v1/card-tokens")
    at.merchant.ok("DELETE", f"/v1/card-tokens/{token['id']}")
    at.call(operation, 200, json=body)  # a card that is refused is no error


@script("POST /accounts/{aid}/management/settings/approvals/payout-destinations")
def approve(at: Checker, operation: ContractOperation) -> None:
    bank = {
        "bank_account_currency": "NOK",
        "payout_currency": "NOK",
        "bank_account_number": "86011117947",
    }
    for word in ("AUTO_APPROVE", "AUTO_DECLINE", "AUTO_WAITING_FOR_SIGNATURE", "x"):
        at.call(operation, 200, json={
            "payout_destination_id": word, "payout_reference": "Shop", "bank_accounts": [bank],
            "payout_destination_description": word,
        })  # fmt: skip


@script("POST /v2/accounts/{aid}/payout/fund-transfers")
def transfer(at: Checker, operation: ContractOperation) -> None:
    body = {"fund_transfer_id": "t1", "type": "payout-destination", "amount": 500, "currency": "NOK",
            "source_payout_destination_id": "anna", "destination_payout_destination_id": "bob",
            "reference": "rent"}  # fmt: skip
    at.call(operation, 200, json=body)
    at.call(operation, 200, json=body)
    at.call(operation, json={**body, "amount": 600})
    tid = at.merchant.authorized(order=order(amount=1000, items=[
        {"line_id": "1", "id": "a", "amount": 1000,
         "splits": [{"payout_destination_id": "anna", "amount": 900}]},
    ]))  # fmt: skip
    at.merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})


@script(
    "GET /v2/accounts/{aid}/payout/payout-destinations/{payout_destination_id}/balances",
    "GET /v2/accounts/{aid}/payout/payout-destinations/{payout_destination_id}/transfers",
)
def payouts(at: Checker, operation: ContractOperation) -> None:
    for seller in ("anna", "nobody"):
        at.call(operation, 200, ids={"payout_destination_id": seller})


@script(
    "GET /accounts/{aid}/settlements", "GET /accounts/{aid}/reports/metadata",
    "GET /accounts/{aid}/settlements/{settlementid}/attachments/{attachmentid}",
)  # fmt: skip
def settled(at: Checker, operation: ContractOperation) -> None:
    shop = at.merchant
    for method in (VIPPS, "klarna.klarna"):
        tid = shop.authorized(1000, method)
        shop.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})
        shop.ok("POST", f"/v1/transactions/{tid}/refund", {"amount": 100})
    shop.move(2 * 24 * 3600)
    shop.log_in()
    listed = shop.ok("GET", f"/v1/accounts/{shop.account}/settlements")["items"]
    if "attachments" not in operation.path:
        at.call(operation, 200)
        at.call(operation, 200, params={"limit": 1})
        return
    for one in listed[0]["attachments"]:
        at.call(operation, 200, ids={"settlementid": listed[0]["id"], "attachmentid": one["id"]})
    at.call(operation, ids={"settlementid": listed[0]["id"]})


@script("POST /accounts/{aid}/settlements/reports/generate-test-report")
def test_report(at: Checker, operation: ContractOperation) -> None:
    tid = at.merchant.authorized(1000)
    at.merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})
    guessed(at, operation)
    guessed(at, operation)


# What everything has in common --------------------------------------------------------------------


def refusals(at: Checker, operation: ContractOperation) -> None:
    """The errors that any operation of its form can be driven to."""
    merchant, documented = at.merchant, operation.statuses
    if operation.label.endswith("/auth/token"):
        return
    parameters = re.findall(r"{([^}]*)}", operation.path)
    body: Json = {"json": {}} if operation.raw.get("requestBody") else {}
    if 401 in documented:
        at.call(operation, 401, anonymous=True, **body)
        at.call(operation, 401, anonymous=True, headers={"authorization": "Bearer forged"}, **body)
    if 403 in documented and "aid" in parameters:
        at.call(operation, 403, ids={"aid": OTHER}, **body)
    elif 403 in documented:
        url = filled(operation.url, {}).replace("/v1/", f"/v1/accounts/{OTHER}/payments/")
        at.call(operation, 403, url=url, **body)
    if 404 in documented and set(parameters) - {"aid"}:
        valid = {"json": {"amount": 1, "order": {}}} if body else {}
        at.call(operation, 404, **valid)
        theirs = {
            name: UNKNOWN.replace(merchant.account, OTHER) for name in parameters if name != "aid"
        }
        at.call(operation, 404, ids=theirs, **valid)
    schema = at.contract.body(operation)
    if 400 in documented and schema:
        ids = {"id": merchant.authorized(), "session_id": merchant.create()}
        json_type = {"content-type": "application/json"}
        for content in (b"{", b"[]", b'"x"'):
            at.call(operation, 400, ids=ids, content=content, headers=json_type)
        if at.contract.look_up(schema).get("required"):
            at.call(operation, 400, ids=ids, json={})
    if 400 in documented and "limit" in str(operation.raw.get("parameters", "")).lower():
        at.call(operation, 400, params={"limit": "many"})


def example(contract: Contract, schema: Json, depth: int = 0) -> Any:
    """A value that fits: what the contract gives as example, else the plainest; what is required only."""
    schema = contract.look_up(schema)
    for key in ("example", "default", "const"):
        if key in schema:
            return schema[key]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    required = {
        n
        for part in (schema, *schema.get("allOf", ()))
        for n in contract.look_up(part).get("required", ())
    }
    properties = contract.properties(schema)
    kind = schema.get("type", "object" if properties else "string")
    if "oneOf" in schema or "anyOf" in schema:
        return example(contract, (schema.get("oneOf") or schema["anyOf"])[0], depth)
    if kind == "object":
        return {
            name: example(contract, properties[name], depth + 1)
            for name in sorted(required)
            if name in properties
        }
    if kind == "array":
        return (
            [example(contract, schema.get("items", {}), depth + 1)]
            if schema.get("minItems")
            else []
        )
    plain: Json = {"integer": 1, "number": 1, "boolean": True}
    formats: Json = {"date-time": "2026-10-06T09:14:03Z", "date": "2026-10-06",
                     "uri": "https://shop.example/x",
                     "email": "kari@example.no", "uuid": "00000000-0000-4000-8000-000000000000"}  # fmt: skip
    return plain.get(
        kind,
        formats.get(schema.get("format", ""), "NO" if "3166" in schema.get("format", "") else "x"),
    )


def guessed(at: Checker, operation: ContractOperation) -> None:
    """Calls of an operation without a script: the contract's own example, with ids of what it made before."""
    known = {"profile_id": "default", "logos": "visa", "variant": "colors", "color": "000000", "width": 500,
             "template": "logos.svg", "aid": at.merchant.account, **MADE}  # fmt: skip
    schema = at.contract.body(operation)
    body = {"json": example(at.contract, schema)} if schema else {}
    answer = at.call(operation, ids=known, **body)
    if answer.status_code >= 300:
        at.violation(operation, f"no success with {body}: {answer.status_code} {answer.text[:200]}")
    elif "json" in answer.headers.get("content-type", "") and isinstance(answer.json(), dict):
        MADE.update(
            {
                name: answer.json()[name]
                for name in ("id", "payout_destination_id")
                if name in answer.json()
            }
        )


MADE: Json = {}
ORDER = ("POST", "GET", "PUT", "DELETE")


def play(at: Checker) -> Iterator[ContractOperation]:
    """Every operation that is ours; the others come back."""
    for operation in sorted(at.contract.operations, key=lambda one: ORDER.index(one.method)):
        if operation.is_ours_to_send:
            continue
        if operation.endpoint is None:
            yield operation
            continue
        SCRIPTS.get(operation.label, guessed)(at, operation)
        refusals(at, operation)
        provoked(at, operation)


def provoked(at: Checker, operation: ContractOperation) -> None:
    """The documented errors that no request causes here, asked for with a fault."""
    if operation.url.startswith("/v1/branding"):
        return  # public: it belongs to no account
    seen = at.report.statuses[operation.label]
    for status in [one for one in operation.statuses if one >= 400 and one not in seen]:
        fault = {"at": "api", "do": "status", "status": status}
        asked = at.merchant.client.put("/_mock/api/v1/faults", json={"faults": [fault]})
        assert asked.status_code == 200, asked.text
        at.call(operation, status, ids={"oid": at.merchant.account})
    at.merchant.client.delete("/_mock/api/v1/faults")


def callbacks(at: Checker) -> None:
    """What the sandbox sends, against what the contract says that a merchant gets."""
    shop = at.merchant
    sid = str(shop.ok("POST", "/v1/sessions-profile", FULL)["id"])
    shop.give_address(sid)
    shop.choose(sid)
    shop.view("PUT", sid, "/order/discount_codes", {"discount_codes": ["SUMMER"]})
    tid = shop.pay(sid)
    shop.finish(sid, tid)
    shop.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 100})
    shop.purchase(url={**FULL["url"], "callback_url": PLAIN})
    failing = shop.ready()
    shop.finish(failing, shop.pay(failing, VIPPS), "decline")
    shop.advance()
    operations = {one.label: one for one in at.contract.operations if one.is_ours_to_send}
    names = {"address_callback": "shipping_address_callback_url",
             "discount_callback": "discount_code_callback_url",
             "payment_callback": "session_url_callback"}  # fmt: skip
    for asked in shop.shop.asked:
        operation = operations[f"{asked.method} /examples/{names[asked.at]}"]
        at.report.statuses[operation.label].add(200)
        schema = at.contract.body(operation)
        if schema and asked.body:
            for finding in at.contract.findings(schema, json.loads(asked.body)):
                at.violation(operation, f"sent: {finding}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--contract", type=Path, required=True, help="Dintero's openapi.json")
    wanted = parser.parse_args()
    contract, report = Contract(wanted.contract), Report()
    with opened() as merchant:
        at = Checker(contract, merchant, report)
        missing = list(play(at))
        callbacks(at)
    print(f"{'operation':<86} seen, then documented but not seen\n")
    for operation in contract.operations:
        seen = report.statuses[operation.label]
        rest = [status for status in operation.statuses if status not in seen]
        if operation not in missing:
            print(
                f"{operation.label:<86} {', '.join(map(str, sorted(seen)))}   ({', '.join(map(str, rest))})"
            )
    print(f"\nnot yet ({len(missing)}):\n  " + "\n  ".join(one.label for one in missing))
    print(
        "\nthe contract disagrees with itself, or forgets something:\n  "
        + "\n  ".join(report.excused or ["nowhere"])
    )
    print(f"\nviolations ({len(report.violations)}):")
    print("".join(f"  {one}\n" for one in report.violations) or "  none\n", end="")
    played = len(contract.operations) - len(missing)
    print(f"\n{report.calls} calls of {played} of {len(contract.operations)} operations")
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())

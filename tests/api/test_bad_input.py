"""Whatever a merchant or a page sends: the documented status, Dintero's error shape, and nothing changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from sandbox import ADDRESS, POSTEN, VIPPS, Json, Merchant, opened, order, said, session_body

ABSENT = object()


@dataclass
class Filled:
    """A sandbox with one open session and one authorized transaction."""

    merchant: Merchant
    sid: str
    tid: str

    def path(self, template: str) -> str:
        return template.format(sid=self.sid, tid=self.tid)

    def refuses(self, method: str, path: str, status: int, **sent: Any) -> Json:
        """The error of a call that must be refused and change nothing."""
        before = self.merchant.state()
        answer = self.merchant.call(method, self.path(path), **sent)
        assert answer.status_code == status, answer.text[:300]
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        error = answer.json()["error"]
        assert error["message"]
        assert isinstance(error["code"], str)
        assert self.merchant.state() == before
        return dict(error)


@pytest.fixture(scope="module")
def filled() -> Iterator[Filled]:
    with opened() as merchant:
        codes = {"max_count": 1, "callback_url": "http://shop.example/codes"}
        sid = merchant.create(
            express={"shipping_options": [POSTEN], "discount_codes": codes},
            configuration={"discounts": {"express_discount_codes": {"enabled": True}}},
        )
        yield Filled(merchant, sid, merchant.authorized())


CREATE = "/v1/sessions-profile"
UPDATE = "/v1/sessions/{sid}?update_without_lock=true"
CAPTURE = "/v1/transactions/{tid}/capture"
REFUND = "/v1/transactions/{tid}/refund"
NAME = "/v1/transactions/{tid}"
VIEW = "/v1/view/{sid}/session"
READERS = [
    ("POST", CREATE), ("POST", "/v1/sessions"), ("PUT", UPDATE), ("POST", CAPTURE), ("POST", REFUND),
    ("PUT", NAME), ("PUT", f"{VIEW}/order/shipping_address"), ("PUT", f"{VIEW}/order/addresses"),
    ("PUT", f"{VIEW}/order/shipping_option"), ("PUT", f"{VIEW}/order/discount_codes"),
    ("POST", "/v1/sessions/{sid}/pay"),
]  # fmt: skip
BODIES = {
    "nothing": b"", "blanks": b" \n ", "malformed": b'{"amount": 1', "two": b"{} {}", "word": b"amount",
    "array": b"[]", "number": b"1", "null": b"null", "string": b'"x"', "true": b"true",
    "not utf-8": b'{"amount": 1, "a": "\xff"}', "lone surrogate": b'{"amount": 1, "a": "\\ud800"}',
    "raw surrogate": b'{"amount": 1, "a": "\xed\xa0\x80"}', "deep array": b"[" * 100_000,
    "deep object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "BOM": b"\xef\xbb\xbf{",
    "single quotes": b"{'amount': 1}", "control character": b'{"amount": 1, "a": "\n"}',
    "endless integer": b'{"amount": ' + b"9" * 10_000 + b"}",
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.parametrize(("method", "path"), READERS)
def test_a_body_that_is_not_a_json_object_is_refused(
    filled: Filled, method: str, path: str, kind: str
) -> None:
    sent = {"content": BODIES[kind], "headers": {"content-type": "application/json"}}
    error = filled.refuses(method, path, 400, **sent)
    assert error["code"] == "INVALID_REQUEST_PARAMETER"
    assert len(error["message"]) < 500


@pytest.mark.parametrize(("method", "path"), READERS)
def test_a_body_of_ten_megabytes_is_refused(filled: Filled, method: str, path: str) -> None:
    content = b'{"a": "' + b"x" * 10 * 1024 * 1024 + b'"}'
    error = filled.refuses(
        method, path, 400, content=content, headers={"content-type": "application/json"}
    )
    assert "1048576 are the limit" in error["message"]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/html"])
@pytest.mark.parametrize(("method", "path"), READERS)
def test_another_content_type_is_refused(filled: Filled, method: str, path: str, kind: str) -> None:
    sent = {"content": json.dumps({"amount": 1}), "headers": {"content-type": kind}}
    error = filled.refuses(method, path, 400, **sent)
    assert error["errors"][0]["code"] == "INVALID_CONTENT_TYPE"


def test_json_without_a_content_type_is_taken(filled: Filled) -> None:
    content = json.dumps({"amount": 1, "capture_reference": "plain"}).encode()
    answer = filled.merchant.call("POST", filled.path(CAPTURE), content=content)
    assert answer.status_code == 200


def changed(body: Any, path: str, value: Any) -> Any:
    """The body with the value at this path; what lies between is made."""
    body = copy.deepcopy(body)
    at, steps = body, [int(step) if step.isdecimal() else step for step in path.split(".")]
    for step, following in pairwise(steps):
        if isinstance(step, int):
            at = at[step]
        else:
            at = at.setdefault(step, [{}] if isinstance(following, int) else {})
    if value is ABSENT:
        del at[steps[-1]]
    else:
        at[steps[-1]] = value
    return body


WRONG_ORDER: list[tuple[str, Any]] = [
    ("amount", "1000"), ("amount", 10.5), ("amount", True), ("amount", []), ("amount", 2**31),
    ("amount", -(2**31) - 1), ("amount", 10**300), ("currency", "nok"), ("currency", "NOKK"),
    ("currency", 5), ("merchant_reference", 5), ("merchant_reference_2", 5), ("vat_amount", "x"),
    ("event_reference", {}), ("partial_payment", "yes"), ("partial_payment", 1), ("items", {}),
    ("items.0", 5), ("items.0", None), ("items.0.amount", "x"), ("items.0.amount", 0.1),
    ("items.0.vat_amount", "x"), ("items.0.quantity", "1"), ("items.0.quantity", True),
    ("items.0.vat", "25"), ("items.0.line_id", 5), ("items.0.id", 5), ("items.0.description", 5),
    ("items.0.type", "thing"), ("items.0.thumbnail_url", 5), ("items.0.discount_lines", 5),
    ("items.0.discount_lines.0.amount", "x"), ("items.0.discount_lines.0.discount_type", "x"),
    ("items.0.discount_lines.0.percentage", "x"), ("items.0.discount_lines.0.line_id", {}),
    ("shipping_option", 5), ("shipping_option", {}), ("shipping_option.amount", "x"),
    ("shipping_address", "x"), ("shipping_address.country", "Norway"),
    ("shipping_address.country", "no"), ("shipping_address.phone_number", "abc"),
    ("shipping_address.latitude", "x"), ("billing_address.email", 5), ("discount_codes", "x"),
    ("discount_codes", [1]), ("discount_lines", {}), ("store", "x"),
]  # fmt: skip
WRONG_OPTIONS: list[tuple[str, Any]] = [
    ("", {}), ("", None), (".0", 5), (".0.id", ABSENT), (".0.line_id", ABSENT), (".0.amount", ABSENT),
    (".0.title", ABSENT), (".0.operator", ABSENT), (".0.amount", "x"), (".0.title", 5), (".0.vat", "x"),
    (".0.delivery_method", "drone"), (".0.countries", "NO"), (".0.countries", [1]), (".0.eta", 5),
    (".0.pick_up_address", 5), (".0.time_slot", []), (".0.shipment_items", {}), (".0.metadata", ABSENT),
    (".0.shipment_items.0.quantity", "x"), (".0.thumbnail_url", 5), (".0.shipment_id", 5),
]  # fmt: skip
WRONG_SESSION: list[tuple[str, Any]] = [
    ("url", ABSENT), ("url", "x"), ("url", None), ("url.return_url", ABSENT), ("url.return_url", 5),
    ("url.return_url", "nowhere"), ("url.return_url", "javascript:alert(1)"),
    ("url.return_url", "JavaScript:alert(1)"), ("url.return_url", "data:text/html,x"),
    ("url.return_url", "https://a b"), ("url.return_url", "http://["), ("url.callback_url", "ftp://x"),
    ("url.callback_url", 5), ("url.callback_url", "http://["), ("url.callback_url", "http:///x"),
    ("url.callback_url", "http://shop.example:99999/"), ("url.callback_url", "http://shop.example:x/"),
    ("url.callback_url", "http://\u2100.example/"), ("url.merchant_terms_url", "x"),
    ("order", ABSENT), ("order", []), ("order", None), ("order.amount", ABSENT), ("order.amount", None),
    ("order.currency", ABSENT), ("order.merchant_reference", ABSENT),
    ("order.merchant_reference", None), ("profile_id", ABSENT), ("profile_id", ""), ("profile_id", 5),
    ("profile_id", "x" * 256), ("configuration", []), ("configuration.auto_capture", "true"),
    ("configuration.channel", "space"), ("configuration.default_payment_type", 5),
    ("configuration.default_customer_type", "b2x"), ("configuration.countries", []),
    ("configuration.countries.allow_countries", ["no"]), ("configuration.discounts", []),
    ("configuration.countries.preferred_country", 5), ("configuration.theme", "dark"),
    ("express", []), ("express", "x"), ("express.shipping_options", ABSENT),
    ("express.shipping_mode", "x"), ("express.customer_types", ["x"]), ("express.customer_types", "b2c"),
    ("express.discount_codes", 5), ("express.discount_codes.max_count", "1"),
    ("express.discount_codes.callback_url", "x"), ("express.shipping_address_callback_url", "x"),
    ("express.shipping_address_callback_url", "http://["), ("customer", "x"), ("customer.email", 5),
    ("customer.customer_id", 5), ("merchant", "x"), ("merchant.name", "x"), ("merchant.logo_url", "x"),
    ("expires_at", "tomorrow"), ("expires_at", 5), ("expires_at", "2026-13-01T00:00:00Z"),
    ("expires_at", "0001-01-01T00:00:00+01:00"), ("expires_at", "9999-12-31T23:59:59-01:00"),
    ("checkboxes", {}), ("checkboxes.0.id", 5), ("checkboxes.0.checked", "yes"),
    ("checkboxes.0.link", "x"), ("metadata", []), ("metadata.a", {}), ("metadata.a", True),
]  # fmt: skip


def names(error: Json, path: str) -> bool:
    """Whether one finding is about this path, or about something inside it."""
    wanted = [step for step in path.split(".") if step]
    return any(finding["path"][: len(wanted)] == wanted for finding in error["errors"])


@pytest.mark.parametrize(
    ("path", "value"), [*WRONG_SESSION, *((f"order.{path}", value) for path, value in WRONG_ORDER)]
)
def test_a_wrong_field_of_a_new_session_is_named(filled: Filled, path: str, value: Any) -> None:
    error = filled.refuses("POST", CREATE, 400, json=changed(session_body(), path, value))
    assert error["code"] == "INVALID_REQUEST_PARAMETER"
    wanted = "merchant.logo_url" if path == "merchant.name" else path
    assert names(error, wanted), error
    assert error["errors"][0]["description"] in error["message"] or path == "profile_id"


@pytest.mark.parametrize(("path", "value"), WRONG_ORDER)
def test_a_wrong_field_of_an_update_is_named(filled: Filled, path: str, value: Any) -> None:
    body = changed({"order": order()}, f"order.{path}", value)
    assert names(filled.refuses("PUT", UPDATE, 400, json=body), f"order.{path}")


@pytest.mark.parametrize(
    ("path", "value"), [row for row in WRONG_OPTIONS if row[0] != ".0.metadata"]
)
def test_a_wrong_field_of_an_option_is_named(filled: Filled, path: str, value: Any) -> None:
    name = f"express.shipping_options{path}"
    body = session_body(express={"shipping_options": [POSTEN]})
    assert names(filled.refuses("POST", CREATE, 400, json=changed(body, name, value)), name)
    update = {"order": {}, "express": {"shipping_options": [POSTEN]}}
    assert names(filled.refuses("PUT", UPDATE, 400, json=changed(update, name, value)), name)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "amount"), ({"amount": None}, "amount"), ({"amount": "1"}, "amount"),
        ({"amount": 0.5}, "amount"), ({"amount": [1]}, "amount"), ({"amount": 2**31}, "amount"),
        ({"amount": 1, "items": {}}, "items"), ({"amount": 1, "items": [{"amount": "x"}]}, "items.0.amount"),
        ({"amount": 1, "metadata": {"key": "x"}}, "metadata"),
        ({"amount": 1, "metadata": {"ext_key": 5}}, "metadata"),
        ({"amount": 1, "metadata": {"ext_key": "x" * 257}}, "metadata"),
        ({"amount": 1, "metadata": {"ext_" + "x" * 125: "x"}}, "metadata"),
        ({"amount": 1, "metadata": []}, "metadata"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("what", [CAPTURE, REFUND])
def test_a_wrong_field_of_a_capture_or_refund_is_named(
    filled: Filled, what: str, body: Json, path: str
) -> None:
    assert names(filled.refuses("POST", what, 400, json=body), path)


@pytest.mark.parametrize(
    ("method", "path", "body", "name"),
    [
        ("POST", CAPTURE, {"amount": 1, "capture_reference": 5}, "capture_reference"),
        ("POST", REFUND, {"amount": 1, "refund_reference": 5}, "refund_reference"),
        ("POST", REFUND, {"amount": 1, "reason": 5}, "reason"),
        ("PUT", NAME, {"merchant_reference_2": 5}, "merchant_reference_2"),
        ("PUT", UPDATE, {}, "order"),
        ("PUT", UPDATE, {"order": {}, "remove_lock": "true"}, "remove_lock"),
        ("PUT", UPDATE, {"order": {}, "express": {}}, "express.shipping_options"),
        ("PUT", f"{VIEW}/order/shipping_address", {"country": "Norway"}, "country"),
        ("PUT", f"{VIEW}/order/shipping_address", {**ADDRESS, "phone_number": "x"}, "phone_number"),
        ("PUT", f"{VIEW}/order/addresses", {"billing_address": 5}, "billing_address"),
        ("PUT", f"{VIEW}/order/shipping_option", {"line_id": "posten"}, "amount"),
        ("PUT", f"{VIEW}/order/shipping_option", {**POSTEN, "shipments": [POSTEN]}, "shipments"),
        ("PUT", f"{VIEW}/order/discount_codes", {}, "discount_codes"),
        ("PUT", f"{VIEW}/order/discount_codes", {"discount_codes": "x"}, "discount_codes"),
        ("PUT", f"{VIEW}/order/discount_codes", {"discount_codes": [1]}, "discount_codes.0"),
        ("POST", "/v1/sessions/{sid}/pay", {}, "payment_product_type"),
        ("POST", "/v1/sessions/{sid}/pay", {"payment_product_type": ""}, "payment_product_type"),
        ("POST", "/v1/sessions/{sid}/pay", {"payment_product_type": VIPPS, "phone_number": "x"},
         "phone_number"),
        ("POST", "/v1/sessions", session_body(profile_id=None), "configuration"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(
    filled: Filled, method: str, path: str, body: Json, name: str
) -> None:
    assert names(filled.refuses(method, path, 400, json=body), name)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e1000000"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", CREATE, session_body(order=order(amount="?"))),
        ("POST", CREATE, session_body(metadata={"a": "?"})),
        ("POST", CREATE, session_body(order=order(items=[{"line_id": "1", "quantity": "?"}]))),
        ("POST", CREATE, session_body(express={"shipping_options": [{**POSTEN, "amount": "?"}]})),
        ("PUT", UPDATE, {"order": {"amount": "?"}}),
        ("POST", CAPTURE, {"amount": "?"}),
        ("POST", REFUND, {"amount": "?"}),
        ("PUT", f"{VIEW}/order/shipping_address", {"latitude": "?"}),
        ("PUT", f"{VIEW}/order/shipping_option", {**POSTEN, "amount": "?"}),
    ],
)
def test_numbers_that_are_none_are_refused(
    filled: Filled, method: str, path: str, body: Json, number: str
) -> None:
    content = json.dumps(body).replace('"?"', number)
    headers = {"content-type": "application/json"}
    filled.refuses(method, path, 400, content=content, headers=headers)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "9" * 400])
def test_odd_numbers_in_unknown_fields_come_back_as_json(filled: Filled, number: str) -> None:
    content = json.dumps(session_body(strange="?")).replace('"?"', number)
    headers = {"content-type": "application/json"}
    answer = filled.merchant.call(
        "POST", CREATE + "?include_session=true", content=content, headers=headers
    )
    assert answer.status_code in (200, 400)

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    json.loads(answer.text, parse_constant=refuse)


def test_findings_are_all_there_and_the_message_names_the_first(filled: Filled) -> None:
    error = filled.refuses("POST", CREATE, 400, json={"order": {"amount": "1"}, "url": {}})
    assert len(error["errors"]) >= 4
    assert error["message"].endswith(f"(and {len(error['errors']) - 1} more)")


UNKNOWN = [
    "{other}", "T12345678.1111111111111111111111", "T12345678.", "T12345678", "x", "%00", "%ED%A0%80",
    "T12345678.0OIl111111111111111111", "T12345678.{long}", "'; DROP TABLE record; --", "null",
]  # fmt: skip


@pytest.mark.parametrize("id", UNKNOWN)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/sessions/{id}", None), ("PUT", "/v1/sessions/{id}", {"order": {}}),
        ("POST", "/v1/sessions/{id}/cancel", None), ("GET", "/v1/transactions/{id}", None),
        ("PUT", "/v1/transactions/{id}", {}), ("POST", "/v1/transactions/{id}/capture", {"amount": 1}),
        ("POST", "/v1/transactions/{id}/refund", {"amount": 1}), ("POST", "/v1/transactions/{id}/void", None),
        ("GET", "/v1/view/{id}/session", None), ("POST", "/v1/view/{id}/session/lock", None),
        ("PUT", "/v1/view/{id}/session/order/shipping_address", {}),
        ("POST", "/v1/view/{id}/session/abandon", None),
        ("POST", "/v1/sessions/{id}/pay", {"payment_product_type": VIPPS}),
        ("GET", "/v1/sessions/{sid}/redirect/{id}", None),
    ],
)  # fmt: skip
def test_unknown_and_malformed_ids_are_not_found(
    filled: Filled, method: str, path: str, body: Any, id: str
) -> None:
    other = filled.tid if "transactions" not in path and "redirect" not in path else filled.sid
    id = id.replace("{other}", other).replace("{long}", "1" * 5000)
    where = path.replace("{id}", id).replace("{sid}", filled.sid)
    error = filled.refuses(method, where, 404, **({"json": body} if body is not None else {}))
    assert error["code"] == "NOT_FOUND"


MERCHANT_CALLS = [
    ("POST", CREATE), ("POST", "/v1/sessions"), ("GET", "/v1/sessions"), ("GET", "/v1/sessions/{sid}"),
    ("PUT", UPDATE), ("POST", "/v1/sessions/{sid}/cancel"), ("GET", "/v1/transactions"),
    ("GET", NAME), ("PUT", NAME), ("POST", CAPTURE), ("POST", REFUND),
    ("POST", "/v1/transactions/{tid}/void"), ("GET", "/v1/admin/signature"),
    ("POST", "/v1/admin/signature"), ("POST", "/v1/accounts/T12345678/payments/sessions-profile"),
]  # fmt: skip
BAD_TOKENS: list[Any] = [
    "", "Bearer ", "Basic abc", "Bearer a.b.c", b"Bearer \xe9",
    "Bearer eyJhbGciOiJub25lIn0."
    "eyJhY2NvdW50IjoiVDEyMzQ1Njc4IiwiaXNzIjoibW9jay1kaW50ZXJvIiwiZXhwIjo5OTk5OTk5OTk5fQ.",
]  # fmt: skip


@pytest.mark.parametrize("token", BAD_TOKENS)
@pytest.mark.parametrize(("method", "path"), MERCHANT_CALLS)
def test_without_a_good_token_nothing_happens(
    filled: Filled, method: str, path: str, token: Any
) -> None:
    headers = {"authorization": token}
    error = filled.refuses(method, path, 401, headers=headers)
    assert error["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize(("account", "status"), [("T87654321", 403), ("P12345678", 403)])
def test_a_path_that_names_another_account_is_forbidden(
    filled: Filled, account: str, status: int
) -> None:
    prefix = f"/v1/accounts/{account}/payments"
    for method, path in (
        ("GET", "/sessions"),
        ("POST", "/sessions-profile"),
        ("GET", "/transactions"),
    ):
        sent = {} if method == "GET" else {"json": session_body()}
        assert filled.refuses(method, prefix + path, status, **sent)["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=-1", "limit=x", "limit=1.5", "limit=", "limit=" + "9" * 5000,
        "created_at.gte=x", "created_at.lte=2026-13-01", "created_at.gte=", "created_at.lte=9999-12-32",
        "created_at.lte=2026-10-06T25:00:00Z",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/transactions"])
def test_bad_query_values_are_named(filled: Filled, path: str, query: str) -> None:
    assert names(filled.refuses("GET", f"{path}?{query}", 400), "")
    error = filled.refuses("GET", f"{path}?{query}", 400)
    assert error["errors"][0]["path"] == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "query",
    ["status=PAID", "amount=x", "amount.gte=x", "amount.lte=1.5", "captured_at.gte=x", "refunded_at.lte=x"],
)  # fmt: skip
def test_bad_filters_of_transactions_are_refused(filled: Filled, query: str) -> None:
    assert (
        query.partition("=")[0]
        in filled.refuses("GET", f"/v1/transactions?{query}", 400)["message"]
    )


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/transactions"])
@pytest.mark.parametrize(
    "query",
    ["created_at.lte=9999-12-31", "created_at.gte=0001-01-01T00:00:00%2B01:00",
     "created_at.lte=9999-12-31T23:59:59-01:00", "search=%ED%A0%80%00", "id=%FF"],
)  # fmt: skip
def test_the_ends_of_time_are_no_bug(filled: Filled, path: str, query: str) -> None:
    assert filled.merchant.call("GET", f"{path}?{query}").status_code in (200, 400)


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/transactions"])
def test_paging_after_an_unknown_id_is_not_found(filled: Filled, path: str) -> None:
    filled.refuses("GET", f"{path}?starting_after=T12345678.1111111111111111111111", 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/sessions/{sid}"), ("PATCH", "/v1/transactions/{tid}"), ("GET", CREATE),
        ("GET", CAPTURE), ("PUT", "/v1/transactions"), ("DELETE", "/v1/admin/signature"),
        ("POST", f"{VIEW}/order/shipping_address"), ("GET", f"{VIEW}/lock"),
        ("GET", "/v1/accounts/T12345678/auth/token"),
    ],
)  # fmt: skip
def test_a_wrong_method_is_405(filled: Filled, method: str, path: str) -> None:
    assert filled.refuses(method, path, 405)["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v2/sessions", "/v1/sessions/{sid}/nothing", "/v1/%2e%2e"]
)
def test_a_path_that_is_none_is_404(filled: Filled, path: str) -> None:
    assert filled.refuses("GET", path, 404)["code"] == "NOT_FOUND"


def test_sums_beyond_an_amount_do_not_poison_the_account(merchant: Merchant) -> None:
    huge = [{"line_id": str(n), "amount": 2**31 - 1} for n in range(2)]
    answer = merchant.call("POST", CREATE, json=session_body(order=order(items=huge)))
    if answer.status_code == 200:
        merchant.give_address(answer.json()["id"])
        merchant.choose(answer.json()["id"])
    assert merchant.call("GET", "/v1/sessions").status_code == 200
    sid = merchant.create()
    assert merchant.call("GET", f"/v1/sessions/{sid}").status_code == 200


def test_a_shops_sum_beyond_an_amount_does_not_poison_the_account() -> None:
    shop_order = {"amount": -(2**31), "items": [{"line_id": "1", "amount": 2**31 - 1}]}
    with opened(lambda _: said({"shipping_options": [POSTEN], "order": shop_order})) as merchant:
        sid = merchant.create()
        assert merchant.give_address(sid).status_code < 500
        assert merchant.call("GET", f"/v1/sessions/{sid}").status_code == 200
        assert merchant.call("GET", "/v1/sessions").status_code == 200

"""Any JSON at all: never a 5xx, always JSON, always Dintero's error shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sandbox import ADDRESS, ITEMS, POSTEN, VIPPS, Merchant, opened, order, session_body

NAMES = st.sampled_from(
    ["amount", "items", "order", "express", "shipping_options", "id", "line_id", "json", "copy", "self",
     "cls", "shown", "metadata", "configuration", "enabled", "country", "url", "discount_lines", "", "\x00"]
) | st.text(max_size=8)  # fmt: skip
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from([2**31, -(2**63), 10**400, "http://[", "https://a", "NO", "+4791234567", "∞"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
FULL = session_body(
    order=order(
        shipping_address=ADDRESS, billing_address=ADDRESS, shipping_option=POSTEN,
        discount_codes=["a"], store={"id": "x"}, amount=34800,
        items=[{**ITEMS[0], "discount_lines": [{"amount": 1, "line_id": 1}]}, ITEMS[1]],
    ),
    express={"shipping_options": [POSTEN], "discount_codes": {"max_count": 1}},
    configuration={"channel": "in_app", "countries": {"allow_countries": ["NO"]}, "discounts": {}},
    customer={"email": "a@b.c"}, metadata={"a": 1}, expires_at="2027-01-01T00:00:00Z",
    checkboxes=[{"id": "a", "label": "b", "link": {"url": "https://x", "text": "y"}}],
    merchant={"name": "x", "logo_url": "https://x"},
)  # fmt: skip
UPDATE = {"order": FULL["order"], "express": {"shipping_options": [POSTEN]}, "remove_lock": True}
CAPTURE = {"amount": 1, "items": ITEMS, "metadata": {"ext_a": "b"}, "capture_reference": "c"}


def paths(body: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body."""
    inner = (
        body.items()
        if isinstance(body, dict)
        else enumerate(body)
        if isinstance(body, list)
        else ()
    )
    return [at, *(path for key, value in inner for path in paths(value, (*at, key)))]


def mutated(body: Any) -> st.SearchStrategy[Any]:
    """The body with one thing in it replaced, or a field added, or something else altogether."""

    def put(path: tuple[Any, ...], value: Any, name: str | None) -> Any:
        if not path:
            return value if name is None else {**body, name: value}
        changed = json.loads(json.dumps(body))
        at = changed
        for step in path[:-1]:
            at = at[step]
        if name is not None and isinstance(at[path[-1]], dict):
            at[path[-1]][name] = value
        else:
            at[path[-1]] = value
        return changed

    return st.builds(put, st.sampled_from(paths(body)), ANY, st.none() | NAMES)


@pytest.fixture(scope="module")
def generated() -> Iterator[tuple[Merchant, str, str]]:
    with opened() as merchant:
        sid = merchant.create(
            express={
                "shipping_options": [POSTEN],
                "discount_codes": {"callback_url": "http://shop.example/codes"},
            },
            configuration={"discounts": {"express_discount_codes": {"enabled": True}}},
        )
        yield merchant, sid, merchant.authorized(10**6)


def never_fails(merchant: Merchant, method: str, path: str, body: Any) -> None:
    """Send it; the answer is JSON and no 5xx, and the account can still be read."""
    content = json.dumps(body).encode("utf-8", "surrogatepass")
    answer = merchant.call(
        method, path, content=content, headers={"content-type": "application/json"}
    )
    assert answer.status_code in (200, 204, 400, 401, 404), answer.text[:300]
    if answer.status_code >= 400:
        assert answer.json()["error"]["message"]
    assert merchant.call("GET", "/v1/sessions?limit=1").status_code == 200


FAST = settings(
    max_examples=120, deadline=None, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@FAST
@given(body=mutated(FULL))
def test_any_json_may_be_sent_to_create(generated: tuple[Merchant, str, str], body: Any) -> None:
    never_fails(generated[0], "POST", "/v1/sessions-profile?include_session=true", body)


@FAST
@given(body=mutated(UPDATE))
def test_any_json_may_be_sent_to_update(generated: tuple[Merchant, str, str], body: Any) -> None:
    merchant, sid, _ = generated
    never_fails(merchant, "PUT", f"/v1/sessions/{sid}?update_without_lock=true", body)
    assert merchant.call("GET", f"/v1/sessions/{sid}").status_code == 200


@FAST
@given(body=mutated(CAPTURE), what=st.sampled_from(["capture", "refund"]))
def test_any_json_may_be_sent_to_capture_and_refund(
    generated: tuple[Merchant, str, str], body: Any, what: str
) -> None:
    merchant, _, tid = generated
    never_fails(merchant, "POST", f"/v1/transactions/{tid}/{what}", body)
    assert merchant.call("GET", f"/v1/transactions/{tid}").status_code == 200


VIEW_BODIES = {
    "PUT shipping_address": ADDRESS, "PUT addresses": {"shipping_address": ADDRESS},
    "PUT shipping_option": POSTEN, "PUT discount_codes": {"discount_codes": ["a"]},
    "POST pay": {"payment_product_type": VIPPS, "phone_number": "12345"},
}  # fmt: skip


@FAST
@given(
    drawn=st.sampled_from(sorted(VIEW_BODIES)).flatmap(
        lambda name: st.tuples(st.just(name), mutated(VIEW_BODIES[name]))
    )
)
def test_any_json_may_be_sent_by_a_page(
    generated: tuple[Merchant, str, str], drawn: tuple[str, Any]
) -> None:
    merchant, sid, _ = generated
    method, what = drawn[0].split()
    path = f"/v1/view/{sid}/session/order/{what}" if method == "PUT" else f"/v1/sessions/{sid}/pay"
    never_fails(merchant, method, path, drawn[1])
    assert merchant.call("GET", f"/v1/view/{sid}/session").status_code == 200


@FAST
@given(body=st.binary(max_size=60).filter(lambda body: body.strip() != b"{}"))
def test_any_bytes_may_be_sent(generated: tuple[Merchant, str, str], body: bytes) -> None:
    assume(b"{" not in body)  # generated objects are the other tests' matter
    merchant, sid, tid = generated
    for method, path in (
        ("POST", "/v1/sessions-profile"), ("PUT", f"/v1/sessions/{sid}"),
        ("POST", f"/v1/transactions/{tid}/capture"), ("PUT", f"/v1/view/{sid}/session/order/addresses"),
    ):  # fmt: skip
        answer = merchant.call(
            method, path, content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400
        assert answer.json()["error"]["code"]

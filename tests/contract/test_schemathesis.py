"""Our own description against the app: generated requests, good and bad, and every answer is one it names."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from sandbox import ACCOUNT, VIPPS, Merchant, opened
from schemathesis.checks import CHECKS, load_all_checks

from mock_dintero.openapi import description

load_all_checks()
CHECKED = [
    check for check in CHECKS.get_all()
    if check.__name__ in ("not_a_server_error", "status_code_conformance",
                          "content_type_conformance", "response_schema_conformance")
]  # fmt: skip
assert len(CHECKED) == 4

schema = schemathesis.openapi.from_dict(description())
schema = schema.exclude(path="/_mock/api/v1/events")  # has no end
schema.config.seed = 1
schema.config.phases.coverage.enabled = False
"""It makes some 200 requests for each operation, most of them bad in one way; generating costs less."""

EXAMPLES = int(os.environ.get("MOCK_DINTERO_EXAMPLES", "12"))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Merchant]:
    """One for all; in the end the requests must have reached good answers, too, not only refusals."""
    with opened() as merchant:
        yield merchant
    good = [label for label, seen in SEEN.items() if seen & {200, 204, 302}]
    assert len(good) >= len(SEEN) / 3, sorted(set(SEEN) - set(good))


CODES: Any = {
    "express": {
        "shipping_options": [],
        "shipping_address_callback_url": "http://shop.example/options",
        "discount_codes": {"callback_url": "http://shop.example/codes"},
    },
    "configuration": {"discounts": {"express_discount_codes": {"enabled": True}}},
}


def with_real_ids(merchant: Merchant, case: Any) -> None:
    """Three times out of four a session and a transaction that are there, fresh and ready."""
    made_up = "".join(map(str, case.path_parameters.values()))
    path = case.operation.path
    case.path_parameters = dict(case.path_parameters)
    if "aid" in case.path_parameters and len(made_up) % 2 == 0:
        case.path_parameters["aid"] = ACCOUNT
    if len(made_up) % 4 == 0 or not {"id", "sid", "ref"} & set(case.path_parameters):
        return
    if "ref" in case.path_parameters:
        sid, tid = merchant.purchase()
        case.path_parameters |= {"sid": sid, "ref": tid}
    elif "/transactions/" in path:
        tid = case.path_parameters["id"] = merchant.authorized(2**31 - 1)
        if path.endswith("refund"):
            merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 2**31 - 1})
    elif "/deliveries/" in path:
        merchant.purchase()
        case.path_parameters["id"] = merchant.deliveries()[-1]["id"]
    else:
        sid = merchant.ready(**CODES)
        case.path_parameters["sid" if "sid" in case.path_parameters else "id"] = sid


KNOWN = {
    "payment_product_type": VIPPS, "line_id": "posten", "discount_codes": [],
    "timeout": 0,
    "audience": f"http://testserver/v1/accounts/{ACCOUNT}",
}  # fmt: skip


def with_known_words(case: Any) -> None:
    """Texts that nobody would guess."""
    if isinstance(case.body, dict) and not case.path_parameters.get("id", "x").startswith("0"):
        if case.operation.path.endswith("/wait") and "timeout" not in case.body:
            case.body = {**case.body, "timeout": 0}
        known = {name: value for name, value in KNOWN.items() if name in case.body}
        case.body = {**case.body, **known}


def sent(merchant: Merchant, case: Any) -> Any:
    """The case over the wire of the in-process app, with the credentials that the operation wants."""
    wanted = case.as_transport_kwargs(base_url="http://testserver")
    headers = dict(wanted.pop("headers", None) or {})
    headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
    kinds = [kind for one in case.operation.definition.raw["security"] for kind in one]
    if "bearer" in kinds:
        headers["authorization"] = f"Bearer {merchant.token}"
    auth = ("mock-client-id", "mock-client-secret") if "basic" in kinds else None
    wanted = {
        name: wanted[name]
        for name in ("method", "url", "params", "json", "data")
        if wanted.get(name) is not None
    }
    data = wanted.pop("data", None)
    if data is not None:
        wanted["content" if isinstance(data, (bytes, str)) else "data"] = data
    return merchant.client.request(headers=headers, auth=auth, **wanted)


SEEN: defaultdict[str, set[int]] = defaultdict(set)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_answer_is_described(case: Any, sandbox: Merchant) -> None:
    sandbox.log_in()  # a clock may have been moved past the token's end
    with_real_ids(sandbox, case)
    with_known_words(case)
    answer = sent(sandbox, case)
    SEEN[case.operation.label].add(answer.status_code)
    case.validate_response(answer, checks=CHECKED)

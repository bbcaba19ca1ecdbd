"""Session profiles, and what sessions take from them."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, Json, Merchant, order

PATH = "/v1/admin/session/profiles"
CARDS: Json = {"payex": {"creditcard": {"enabled": True}}}


def body(**changes: Any) -> Json:
    return {"profile_id": "cards", "description": "Cards only", "configuration": CARDS, **changes}


def methods(merchant: Merchant, **changes: Any) -> Json:
    """What a new session offers."""
    sid = merchant.create(express=None, **changes)
    found = merchant.session(sid)["configuration"]
    return {k: v for k, v in found.items() if isinstance(v, dict)}


def test_a_new_account_owns_the_profile_default(merchant: Merchant) -> None:
    (only,) = merchant.ok("GET", PATH)
    assert (only["profile_id"], only["id"]) == ("default", f"{ACCOUNT}.default")
    assert only == merchant.ok("GET", f"{PATH}/default")
    assert only["configuration"]["klarna"] == {
        "type": "payment_type", "klarna": {"enabled": True, "type": "payment_product_type"}
    }  # fmt: skip


def test_a_profile_is_created_read_listed_and_changed(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, body())
    assert (made["profile_id"], made["description"]) == ("cards", "Cards only")
    assert merchant.ok("GET", f"{PATH}/cards") == merchant.ok("GET", f"{PATH}/{made['id']}") == made
    assert [one["profile_id"] for one in merchant.ok("GET", PATH)] == ["cards", "default"]
    merchant.move(60)
    changed = merchant.ok("PUT", f"{PATH}/cards", {**made, "description": "Changed"})
    assert changed["updated_at"] > made["updated_at"]
    assert {**changed, "updated_at": 0} == {**made, "description": "Changed", "updated_at": 0}
    assert merchant.ok("GET", f"{PATH}/cards") == changed


def test_a_session_takes_the_configuration_of_its_profile(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, body())
    assert (
        methods(merchant, profile_id="cards") == methods(merchant, profile_id=made["id"]) == CARDS
    )
    own = {"payex": {"creditcard": {"enabled": False}, "vipps": {"enabled": True}}}
    assert methods(merchant, profile_id="cards", configuration=own) == own


def test_a_session_of_a_profile_can_be_paid_with_its_methods_alone(merchant: Merchant) -> None:
    merchant.ok("POST", PATH, body())
    tid = merchant.authorized(1000, "payex.creditcard", profile_id="cards")
    assert merchant.transaction(tid)["metadata"]["session:profile_id"] == "cards"
    sid = merchant.create(express=None, profile_id="cards", order=order(amount=1000, items=None))
    pays = {"payment_product_type": "dintero_psp.vipps"}
    assert merchant.client.post(f"/v1/sessions/{sid}/pay", json=pays).status_code == 400


def test_a_session_takes_shop_terms_and_checkboxes_from_its_profile(merchant: Merchant) -> None:
    shop = {"name": "Shop", "logo_url": "https://shop.example/logo.png"}
    boxes = [{"id": "terms", "label": "I agree"}]
    url = {"merchant_terms_url": "https://shop.example/terms"}
    merchant.ok("POST", PATH, body(merchant=shop, checkboxes=boxes, url=url))
    session = merchant.session(merchant.create(profile_id="cards"))
    assert (session["merchant"], session["checkboxes"]) == (shop, boxes)
    assert session["url"]["merchant_terms_url"] == url["merchant_terms_url"]


def test_a_profile_that_nobody_knows_works_like_default(merchant: Merchant) -> None:
    assert methods(merchant, profile_id="unknown") == methods(merchant, profile_id="default")
    assert merchant.call("GET", f"{PATH}/unknown").status_code == 404
    assert merchant.call("PUT", f"{PATH}/unknown", json=body()).status_code == 404


def test_default_can_be_changed_for_one_account(merchant: Merchant) -> None:
    changed = merchant.ok("PUT", f"{PATH}/default", {"configuration": CARDS})
    assert (changed["profile_id"], changed["configuration"]["payex"]["type"]) == (
        "default",
        "payment_type",
    )
    assert methods(merchant, profile_id="default") == methods(merchant, profile_id="x") == CARDS
    assert len(merchant.ok("GET", PATH)) == 1
    merchant.log_in("T87654321", "a", "b")
    assert "klarna" in merchant.ok("GET", f"{PATH}/default")["configuration"]


def test_the_list_has_pages(merchant: Merchant) -> None:
    for n in range(3):
        merchant.ok("POST", PATH, body(profile_id=f"p{n}"))
    first = merchant.ok("GET", PATH, params={"limit": 2})
    second = merchant.ok("GET", PATH, params={"limit": 2, "starting_after": first[-1]["id"]})
    assert [p["profile_id"] for p in first + second] == ["p2", "p1", "p0", "default"]
    assert merchant.ok("GET", PATH, params={"starting_after": second[-1]["id"]}) == []
    assert merchant.call("GET", PATH, params={"starting_after": "T12345678.x"}).status_code == 404
    assert merchant.call("GET", PATH, params={"limit": 0}).status_code == 400


def test_a_name_can_be_taken_only_once(merchant: Merchant) -> None:
    merchant.ok("POST", PATH, body())
    for name in ("cards", "default"):
        answer = merchant.call("POST", PATH, json=body(profile_id=name))
        assert answer.status_code == 400
        assert "taken" in answer.json()["error"]["message"]
    unnamed = merchant.ok("POST", PATH, {"configuration": CARDS})
    assert unnamed["profile_id"] == unnamed["id"]


@pytest.mark.parametrize(
    "changes",
    [{"configuration": None}, {"configuration": {"auto_capture": "yes"}}, {"profile_id": " cards"},
     {"merchant": {}}, {"checkboxes": [{}]}],
)  # fmt: skip
def test_a_profile_of_another_form_is_refused(merchant: Merchant, changes: Json) -> None:
    assert merchant.call("POST", PATH, json=body(**changes)).status_code == 400
    assert merchant.call("PUT", f"{PATH}/default", json=body(**changes)).status_code == 400
    assert len(merchant.ok("GET", PATH)) == 1


def test_another_account_s_profile_is_not_found(merchant: Merchant) -> None:
    made = merchant.ok("POST", PATH, body())
    merchant.log_in("T87654321", "a", "b")
    for name in ("cards", made["id"], f"{ACCOUNT}.default"):
        assert merchant.call("GET", f"{PATH}/{name}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/default"), ("PUT", f"{PATH}/default")],
)
def test_nobody_gets_in_without_a_token(merchant: Merchant, method: str, path: str) -> None:
    assert merchant.client.request(method, path, json=body()).status_code == 401

"""Sessions, as a merchant makes, reads, lists, updates and cancels them."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, ADDRESS, ITEMS, PICKUP, POSTEN, Merchant, order, session_body

WITHOUT_LOCK = {"params": {"update_without_lock": "true"}}


def test_a_new_session_is_an_id_and_the_url_of_its_page(merchant: Merchant) -> None:
    answer = merchant.ok("POST", "/v1/sessions-profile", session_body())
    assert set(answer) == {"id", "url"}
    assert answer["id"].startswith(f"{ACCOUNT}.")
    assert answer["url"] == f"http://127.0.0.1:8426/v1/view/{answer['id']}"


def test_include_session_answers_with_the_whole_session(merchant: Merchant) -> None:
    answer = merchant.ok("POST", "/v1/sessions-profile?include_session=true", session_body())
    assert answer["session"] == merchant.session(answer["id"])


def test_a_session_is_what_was_sent_and_what_the_profile_adds(merchant: Merchant) -> None:
    session = merchant.session(merchant.create(metadata={"number": 5, "text": "x"}))
    assert session["created_at"] == session["updated_at"] == "2026-10-06T09:14:03.112Z"
    assert session["expires_at"] == "2026-10-07T09:14:03.112Z"
    assert session["order"] == order()
    assert session["metadata"] == {"session:profile_id": "default", "number": 5, "text": "x"}
    assert session["configuration"]["dintero_psp"]["vipps"] == {"enabled": True}
    assert [event["name"] for event in session["events"]] == ["INITIATED"]
    assert "profile_id" not in session


def test_whole_numbers_are_given_back_without_a_point(merchant: Merchant) -> None:
    sid = merchant.create(metadata={"number": 5})
    text = merchant.call("GET", f"/v1/sessions/{sid}").text
    assert '"quantity":1,' in text
    assert '"number":5' in text
    assert '"number":5.0' not in text


def test_without_a_profile_the_configuration_names_the_methods(merchant: Merchant) -> None:
    configuration = {"vipps": {"enabled": True}}
    body = session_body(profile_id=None, configuration=configuration)
    sid = merchant.ok("POST", "/v1/sessions", body)["id"]
    assert merchant.session(sid)["configuration"] == configuration


def test_a_session_overrides_the_profile_key_by_key(merchant: Merchant) -> None:
    sid = merchant.create(configuration={"dintero_psp": {"vipps": {"enabled": False}}})
    psp = merchant.session(sid)["configuration"]["dintero_psp"]
    assert psp == {"vipps": {"enabled": False}, "creditcard": {"enabled": True}}


def test_unknown_fields_are_kept_and_given_back(merchant: Merchant) -> None:
    strange = {"text": "ø", "list": [1, {"deep": None}], "flag": False, "nothing": None}
    sid = merchant.create(
        strange=strange,
        order=order(strange=strange, items=[{**ITEMS[0], "strange": strange}, ITEMS[1]]),
        url={"return_url": "https://shop.example/", "strange": strange},
        configuration={"strange": strange},
    )
    session = merchant.session(sid)
    assert session["strange"] == session["order"]["strange"] == strange
    assert session["order"]["items"][0]["strange"] == strange
    assert session["url"]["strange"] == session["configuration"]["strange"] == strange


@pytest.mark.parametrize(
    "name",
    ["json", "copy", "dict", "schema", "self", "cls", "shown", "with_", "has", "_version", "kind",
     "model_config", "model_fields", "model_dump", "_fields_set", "__class__", "__dict__", "version",
     "reference", "link", "due_at", "account_id"],
)  # fmt: skip
def test_an_unknown_field_may_have_any_name(merchant: Merchant, name: str) -> None:
    body = session_body(order=order(**{name: "mine"}), **{name: "mine"})
    answer = merchant.call("POST", "/v1/sessions-profile", json=body)
    assert answer.status_code == 200, answer.text
    sid = answer.json()["id"]
    assert merchant.session(sid)[name] == "mine"
    assert merchant.session(sid)["order"][name] == "mine"
    changed = {"order": {"amount": 29900, name: "other"}}
    assert (
        merchant.ok("PUT", f"/v1/sessions/{sid}", changed, **WITHOUT_LOCK)["order"][name] == "other"
    )


@pytest.mark.parametrize("name", ["json", "copy", "shown", "_fields_set", "self", "cls"])
def test_a_shipping_option_may_have_a_field_of_any_name(merchant: Merchant, name: str) -> None:
    sid = merchant.create(express={"shipping_options": [{**POSTEN, name: "mine"}]})
    assert merchant.give_address(sid).status_code == 200
    assert merchant.session(sid)["order"]["shipping_option"][name] == "mine"


def test_fields_that_are_read_only_are_ignored_when_sent(merchant: Merchant) -> None:
    sid = merchant.create(
        id="T12345678.mine", transaction_id="x", events=[], created_at="x", pay_lock={}, system={}
    )
    session = merchant.session(sid)
    assert session["id"] == sid
    assert "transaction_id" not in session
    assert merchant.events(sid) == ["INITIATED"]


def test_amounts_may_come_as_floats_without_a_fraction(merchant: Merchant) -> None:
    sid = merchant.create(order=order(amount=29900.0))
    assert '"amount":29900,' in merchant.call("GET", f"/v1/sessions/{sid}").text


def test_a_wrong_sum_is_taken_unless_the_merchant_asks_for_strictness(merchant: Merchant) -> None:
    body = session_body(order=order(amount=1))
    assert merchant.call("POST", "/v1/sessions-profile", json=body).status_code == 200
    strict = {"dintero-feature-toggles": "other, strict-session-amounts"}
    refused = merchant.call("POST", "/v1/sessions-profile", json=body, headers=strict)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "INVALID_ORDER_AMOUNT"
    right = merchant.call("POST", "/v1/sessions-profile", json=session_body(), headers=strict)
    assert right.status_code == 200


def test_the_callers_system_is_shown_only_when_asked_for(merchant: Merchant) -> None:
    system = {
        "dintero-system-name": "woocommerce", "dintero-system-version": "9", "user-agent": "PHP",
    }  # fmt: skip
    made = merchant.call("POST", "/v1/sessions-profile", json=session_body(), headers=system)
    sid = made.json()["id"]
    assert "initiating_system_request_headers" not in merchant.session(sid)
    includes = {"includes": "initiating_system_request_headers"}
    shown = merchant.ok("GET", f"/v1/sessions/{sid}", params=includes)
    assert shown["initiating_system_request_headers"] == system


def test_sessions_are_listed_newest_first_page_by_page(merchant: Merchant) -> None:
    ids = [merchant.create(order=order(merchant_reference=f"r{n}")) for n in range(12)][::-1]
    assert [s["id"] for s in merchant.ok("GET", "/v1/sessions")] == ids[:10]
    first = merchant.ok("GET", "/v1/sessions", params={"limit": 5})
    assert [s["id"] for s in first] == ids[:5]
    second = merchant.ok("GET", "/v1/sessions", params={"limit": 5, "starting_after": ids[4]})
    assert [s["id"] for s in second] == ids[5:10]
    third = merchant.ok("GET", "/v1/sessions", params={"limit": 5, "starting_after": ids[9]})
    assert [s["id"] for s in third] == ids[10:]
    assert merchant.ok("GET", "/v1/sessions", params={"starting_after": ids[-1]}) == []


def test_sessions_are_found_by_every_filter(merchant: Merchant) -> None:
    early = merchant.create(order=order(merchant_reference="early", store={"id": "oslo"}))
    merchant.move(3600)
    late, tid = merchant.purchase(order=order(merchant_reference="late"))

    def found(**params: Any) -> list[str]:
        return [s["id"] for s in merchant.ok("GET", "/v1/sessions", params=params)]

    assert found(id=early) == [early]
    assert found(id=[early, late]) == [late, early]
    assert found(search="EARLY") == [early]
    assert found(search="kari nordmann") == [late]
    assert found(transaction_id=tid) == [late]
    assert found(store_id="oslo") == [early]
    assert found(**{"created_at.gte": "2026-10-06T09:30:00Z"}) == [late]
    assert found(**{"created_at.lte": "2026-10-06T09:30:00Z"}) == [early]
    assert found(**{"created_at.lte": "2026-10-06"}) == [late, early]
    assert found(**{"created_at.lte": "2026-10-05"}) == []
    assert found(search="nobody") == []


def test_accounts_see_only_their_own_sessions(merchant: Merchant) -> None:
    sid = merchant.create()
    merchant.log_in("T87654321")
    assert merchant.ok("GET", "/v1/sessions") == []
    assert merchant.call("GET", f"/v1/sessions/{sid}").status_code == 404


# Update


def test_an_update_needs_the_lock_of_the_page(merchant: Merchant) -> None:
    sid = merchant.create()
    before = merchant.state()
    refused = merchant.call("PUT", f"/v1/sessions/{sid}", json={"order": {"amount": 29900}})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "SESSION_NOT_LOCKED"
    assert merchant.state() == before


def test_an_update_under_the_lock_releases_it(merchant: Merchant) -> None:
    sid = merchant.create()
    assert merchant.view("POST", sid, "/lock").status_code == 200
    changed = merchant.ok(
        "PUT", f"/v1/sessions/{sid}", {"order": {"items": ITEMS[:1], "amount": 24900}}
    )
    assert changed["order"]["amount"] == 24900
    assert changed == merchant.session(sid)
    assert merchant.events(sid) == ["INITIATED", "PAY_LOCK_START", "PAY_LOCK_END", "UPDATE_SESSION"]
    assert "pay_lock" not in merchant.view("GET", sid).json()


def test_an_update_may_keep_the_lock(merchant: Merchant) -> None:
    sid = merchant.create()
    lock = merchant.view("POST", sid, "/lock").json()["pay_lock"]
    body = {"order": {"amount": 29900}, "remove_lock": False}
    merchant.ok("PUT", f"/v1/sessions/{sid}", body)
    assert merchant.view("GET", sid).json()["pay_lock"] == lock


def test_an_update_without_lock_leaves_what_it_does_not_name(merchant: Merchant) -> None:
    sid = merchant.create(order=order(merchant_reference_2="two"))
    body = {"order": {"amount": 24900, "items": ITEMS[:1], "merchant_reference": "ignored"}}
    changed = merchant.ok("PUT", f"/v1/sessions/{sid}", body, **WITHOUT_LOCK)
    assert changed["order"]["merchant_reference"] == "order-1"
    assert changed["order"]["merchant_reference_2"] == "two"
    event = merchant.session(sid)["events"][-1]
    assert event["details"]["previous_order"]["amount"] == 29900
    assert event["details"]["updated_order"]["amount"] == 24900


def test_an_update_that_changes_nothing_says_so_in_its_event(merchant: Merchant) -> None:
    sid = merchant.create(express=None)
    merchant.ok("PUT", f"/v1/sessions/{sid}", {"order": {"amount": 29900}}, **WITHOUT_LOCK)
    details = merchant.session(sid)["events"][-1]["details"]
    assert details == {"updated_order_result": {"status": "NOT_MODIFIED"}}


def test_an_update_with_options_replaces_them_and_does_not_ask_the_shop(merchant: Merchant) -> None:
    sid = merchant.ready()
    asked = len(merchant.shop.asked)
    body = {
        "order": {"amount": 29900 + 5900, "shipping_option": {**POSTEN, "amount": 5900}},
        "express": {"shipping_options": [{**POSTEN, "amount": 5900}]},
    }
    changed = merchant.ok("PUT", f"/v1/sessions/{sid}", body, **WITHOUT_LOCK)
    assert len(merchant.shop.asked) == asked
    assert changed["express"]["shipping_options"] == [{**POSTEN, "amount": 5900}]
    assert changed["order"]["amount"] == 35800


def test_an_update_without_options_asks_the_shop_at_once(merchant: Merchant) -> None:
    sid = merchant.ready()
    asked = len(merchant.shop.asked)
    changed = merchant.ok("PUT", f"/v1/sessions/{sid}", {"order": order()}, **WITHOUT_LOCK)
    assert [c.at for c in merchant.shop.asked[asked:]] == ["address_callback"]
    assert changed["express"]["shipping_options"] == [POSTEN, PICKUP]


def test_the_address_callback_can_be_forced(merchant: Merchant) -> None:
    sid = merchant.ready()
    asked = len(merchant.shop.asked)
    params = {"update_without_lock": "true", "force_shipping_address_callback": "true"}
    body = {"order": {}, "express": {"shipping_options": [PICKUP]}}
    changed = merchant.ok("PUT", f"/v1/sessions/{sid}", body, params=params)
    assert len(merchant.shop.asked) == asked + 1
    assert changed["express"]["shipping_options"] == [POSTEN, PICKUP]


def test_without_an_address_there_is_nothing_to_ask(merchant: Merchant) -> None:
    sid = merchant.create()
    params = {"update_without_lock": "true", "force_shipping_address_callback": "true"}
    merchant.ok("PUT", f"/v1/sessions/{sid}", {"order": order()}, params=params)
    assert merchant.shop.asked == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"order": {"amount": 1}}, "INVALID_ORDER_AMOUNT"),
        ({"order": {"amount": 29900, "items": ITEMS[:1]}}, "INVALID_ORDER_AMOUNT"),
        (
            {"order": order(shipping_option=POSTEN), "express": {"shipping_options": [POSTEN]}},
            "INVALID_ORDER_AMOUNT",
        ),
        (
            {"order": order(amount=34800, shipping_option=POSTEN), "express": {"shipping_options": [PICKUP]}},
            "INVALID_SHIPPING_OPTION",
        ),
        ({"order": {}, "express": {"shipping_options": [POSTEN, POSTEN]}}, "INVALID_SHIPPING_OPTION"),
    ],
)  # fmt: skip
def test_an_update_that_does_not_add_up_changes_nothing(
    merchant: Merchant, body: Any, code: str
) -> None:
    sid = merchant.create()
    before = merchant.state()
    answer = merchant.call("PUT", f"/v1/sessions/{sid}", json=body, **WITHOUT_LOCK)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert merchant.state() == before


def test_a_paid_session_cannot_be_updated(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()
    before = merchant.state()
    answer = merchant.call("PUT", f"/v1/sessions/{sid}", json={"order": order()}, **WITHOUT_LOCK)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "SESSION_COMPLETED")
    assert merchant.state() == before


# Cancel


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"[]", b"not json"])
def test_a_fresh_session_is_cancelled_whatever_the_body(merchant: Merchant, body: bytes) -> None:
    sid = merchant.create()
    answer = merchant.call("POST", f"/v1/sessions/{sid}/cancel", content=body)
    assert answer.status_code == 200
    closed = answer.json()
    assert closed["cancelled_by"] == "mock-client-id"
    assert closed["cancelled_at"] == "2026-10-06T09:14:03.112Z"
    assert merchant.events(sid) == ["INITIATED", "CANCELLED"]
    gone = merchant.view("GET", sid)
    assert (gone.status_code, gone.json()["error"]["cause"]) == (404, "CANCELLED")


def test_cancelling_twice_is_fine_and_changes_nothing(merchant: Merchant) -> None:
    sid = merchant.create()
    first = merchant.ok("POST", f"/v1/sessions/{sid}/cancel")
    assert merchant.ok("POST", f"/v1/sessions/{sid}/cancel") == first


def test_cancelling_voids_a_payment_under_way_and_one_that_is_authorized(
    merchant: Merchant,
) -> None:
    for is_finished in (False, True):
        sid = merchant.ready()
        tid = merchant.pay(sid)
        if is_finished:
            merchant.finish(sid, tid)
        status = merchant.transaction(tid)["status"]
        answer = merchant.call("POST", f"/v1/sessions/{sid}/cancel")
        assert answer.status_code == 200, f"{status}: {answer.text}"
        voided = merchant.transaction(tid)
        assert voided["status"] == "AUTHORIZATION_VOIDED"
        assert voided["events"][-1]["event"] == "VOID"
        assert merchant.events(sid)[-1] == "CANCELLED"


def test_a_captured_session_cannot_be_cancelled(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 34800})
    before = merchant.state()
    answer = merchant.call("POST", f"/v1/sessions/{sid}/cancel")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "SESSION_NOT_CANCELLABLE")
    assert merchant.state() == before


def test_a_declined_session_cannot_be_cancelled(merchant: Merchant) -> None:
    sid = merchant.ready()
    merchant.finish(sid, merchant.pay(sid), "decline")
    before = merchant.state()
    assert merchant.call("POST", f"/v1/sessions/{sid}/cancel").status_code == 400
    assert merchant.state() == before


def test_an_expired_session_can_be_cancelled(merchant: Merchant) -> None:
    sid = merchant.create(expires_at="2026-10-06T09:15:00Z")
    merchant.move(60)
    assert merchant.view("GET", sid).json()["error"]["cause"] == "EXPIRED"
    assert merchant.ok("POST", f"/v1/sessions/{sid}/cancel")["cancelled_at"]


def test_an_abandoned_session_keeps_its_address(merchant: Merchant) -> None:
    sid = merchant.ready()
    merchant.view("POST", sid, "/abandon")
    assert merchant.session(sid)["order"]["shipping_address"] == ADDRESS
    assert merchant.call("POST", f"/v1/sessions/{sid}/cancel").status_code == 200

"""What is shown only when it is asked for, who a request came from, and the lists' rarer filters."""

from __future__ import annotations

from sandbox import ITEMS, Merchant, order, session_body

SYSTEM = {"dintero-system-name": "woo", "dintero-system-version": "9", "user-agent": "PHP"}


def test_an_event_has_the_id_of_the_answer_that_it_came_from(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)
    path = f"/v1/transactions/{tid}"
    for what in ("capture", "refund"):
        answer = merchant.call("POST", f"{path}/{what}", json={"amount": 10}, headers=SYSTEM)
        event = answer.json()["events"][-1]
        assert event["request_id"] == answer.headers["request-id"]
        assert event["request_headers"] == SYSTEM
    ids = [event["request_id"] for event in merchant.transaction(tid)["events"]]
    assert len(ids) == len(set(ids)) == 4


def test_a_page_that_pays_leaves_its_answers_id(merchant: Merchant) -> None:
    sid = merchant.create(express=None)
    answer = merchant.client.post(
        f"/v1/sessions/{sid}/pay", json={"payment_product_type": "dintero_psp.vipps"}
    )
    tid = answer.json()["redirect_url"].rpartition("/")[2]
    assert merchant.transaction(tid)["events"][0]["request_id"] == answer.headers["request-id"]


def test_void_and_cancel_leave_theirs(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)
    answer = merchant.call("POST", f"/v1/transactions/{tid}/void")
    assert answer.json()["events"][-1]["request_id"] == answer.headers["request-id"]
    other = merchant.transaction(merchant.authorized(1000))
    answer = merchant.call("POST", f"/v1/sessions/{other['session_id']}/cancel")
    for event in (merchant.transaction(other["id"])["events"][-1], answer.json()["events"][-1]):
        assert event["request_id"] == answer.headers["request-id"]


def test_a_transaction_always_shows_who_made_its_session(merchant: Merchant) -> None:
    body = session_body(express=None)
    sid = merchant.call("POST", "/v1/sessions-profile", json=body, headers=SYSTEM).json()["id"]
    tid = merchant.pay(sid)
    assert merchant.transaction(tid)["initiating_system_request_headers"] == SYSTEM
    asked = {"includes": ["initiating_system_request_headers", "events.request_headers", "unknown"]}
    assert merchant.ok("GET", f"/v1/transactions/{tid}", params=asked) == merchant.transaction(tid)


def test_a_session_shows_the_headers_of_its_events_only_when_asked(merchant: Merchant) -> None:
    body = session_body(express=None)
    sid = merchant.call("POST", "/v1/sessions-profile", json=body, headers=SYSTEM).json()["id"]
    merchant.client.get(f"/?sid={sid}")
    update = {"order": order()}
    path = f"/v1/sessions/{sid}?update_without_lock=true"
    answer = merchant.call("PUT", path, json=update, headers={"user-agent": "curl"})
    assert answer.json()["events"][-1]["request_id"] == answer.headers["request-id"]
    plain = merchant.session(sid)
    assert all("request_headers" not in event for event in plain["events"])
    asked = {"includes": "events.request_headers"}
    shown = merchant.ok("GET", f"/v1/sessions/{sid}", params=asked)
    headers = {event["name"]: event.get("request_headers") for event in shown["events"]}
    assert headers == {
        "INITIATED": SYSTEM,
        "VISITED": None,
        "UPDATE_SESSION": {"user-agent": "curl"},
    }
    assert "initiating_system_request_headers" not in shown


def test_the_session_comes_along_whole_or_with_its_newest_event(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    whole, path = merchant.session(sid), f"/v1/transactions/{tid}"
    latest = merchant.ok("GET", path, params={"includes": "session.events.latest"})["session"]
    assert latest == {**whole, "events": whole["events"][-1:]}
    both = {"includes": ["session", "session.events.latest"]}
    assert merchant.ok("GET", path, params=both)["session"] == whole


def test_a_list_may_leave_out_the_events_that_failed(merchant: Merchant) -> None:
    sid = merchant.create(express=None)
    merchant.finish(sid, merchant.pay(sid), "decline")
    asked = {"includes": "events.success.true"}
    (shown,) = merchant.ok("GET", "/v1/transactions", params=asked)
    assert [event["event"] for event in shown["events"]] == ["INITIALIZE"]
    assert shown["status"] == "DECLINED"
    assert len(merchant.ok("GET", "/v1/transactions")[0]["events"]) == 2


def test_payments_are_found_by_seller_terminal_and_payout(merchant: Merchant) -> None:
    split = [
        {**ITEMS[0], "amount": 29900, "splits": [{"payout_destination_id": "b", "amount": 29900}]}
    ]
    store = {"id": "s", "terminal_id": "t-1"}
    of_a = merchant.authorized(order=order(store=store, payout_destination_id="a"))
    of_b = merchant.authorized(order=order(items=split))

    def found(**params: str) -> list[str]:
        return [one["id"] for one in merchant.ok("GET", "/v1/transactions", params=params)]

    assert found(payout_destination_id="a") == [of_a]
    assert found(payout_destination_id="b") == [of_b]
    assert found(payout_destination_id="c") == []
    assert found(terminal_id="t-1") == [of_a]
    payout = {
        t["id"]: t["metadata"].get("payout_correlation_id")
        for t in merchant.ok("GET", "/v1/transactions")
    }
    known = [id for id in payout.values() if id]
    assert found(payout_correlation_id=",".join(["x", *known])) == [
        id for id in payout if payout[id]
    ]
    assert found(payout_correlation_id="x,y") == []


def test_a_strict_update_counts_the_chosen_shipping(merchant: Merchant) -> None:
    strict = {"dintero-feature-toggles": "strict-session-amounts"}
    sid = merchant.ready()
    update = {
        "order": order(),
        "express": {"shipping_options": merchant.session(sid)["express"]["shipping_options"]},
    }
    path = f"/v1/sessions/{sid}?update_without_lock=true"
    refused = merchant.call("PUT", path, json=update, headers=strict)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "INVALID_ORDER_AMOUNT")
    assert merchant.call("PUT", path, json=update).status_code == 200
    right = {**update, "order": order(amount=34800)}
    assert merchant.call("PUT", path, json=right, headers=strict).status_code == 200
    unchanged = {**update, "order": {"merchant_reference_2": "x"}}
    assert merchant.call("PUT", path, json=unchanged, headers=strict).status_code == 200

"""Settlements: what was captured is paid out the next morning, listed, and to be fetched as a file."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox import ACCOUNT, Merchant, opened, order

from mock_dintero.core.errors import Conflict
from mock_dintero.core.settlement import SettledThrough, Settlement
from mock_dintero.core.transaction import Transaction
from mock_dintero.use_cases.settlements import settle_due

PATH = f"/v1/accounts/{ACCOUNT}/settlements"
DAY = 24 * 3600
KLARNA = "klarna.klarna"
# The contract's names and types of a settlement; none of them is required.
ITEM = {
    "id": str, "start_at": str, "end_at": str, "created_at": str, "updated_at": str,
    "settled_at": str, "provider": str, "provider_reference": str, "attachments": list,
    "amounts": list, "payment_status": str,
}  # fmt: skip
AMOUNTS = {"amount": int, "capture": int, "refund": int, "fee": int, "currency": str}
ATTACHMENT = {"id": str, "key": str, "content_type": str, "extension": str, "created_by": str}


def types(value: dict[str, Any]) -> dict[str, type]:
    return {name: type(part) for name, part in value.items()}


def capture(merchant: Merchant, tid: str, amount: int = 1000) -> None:
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": amount})


def captured(merchant: Merchant, amount: int = 1000, **more: Any) -> str:
    tid = merchant.authorized(amount, **more)
    capture(merchant, tid, amount)
    return tid


def later(merchant: Merchant, seconds: float) -> None:
    """Time passes, and nobody has advanced the clock by hand; the token is a new one."""
    merchant.move(seconds)
    merchant.log_in()


def listed(merchant: Merchant, **params: Any) -> list[dict[str, Any]]:
    return list(merchant.ok("GET", PATH, params=params)["items"])


def refused(merchant: Merchant, status: int, path: str = PATH, **params: Any) -> str:
    answer = merchant.call("GET", path, params=params)
    assert answer.status_code == status, answer.text
    return str(answer.json()["error"]["message"])


def test_nothing_is_settled_before_the_next_morning(merchant: Merchant) -> None:
    tid = captured(merchant)
    assert merchant.ok("GET", PATH) == {"items": []}
    later(merchant, 20 * 3600)  # 05:14
    assert listed(merchant) == []
    assert merchant.transaction(tid)["settlement_status"] == "NOT_SETTLED"
    later(merchant, 3600)
    assert len(listed(merchant)) == 1
    assert merchant.transaction(tid)["settlement_status"] == "SETTLED"


def test_a_settlement_has_the_names_and_types_of_the_contract(merchant: Merchant) -> None:
    tid = captured(merchant, 10000)
    merchant.ok("POST", f"/v1/transactions/{tid}/refund", {"amount": 2500})
    later(merchant, DAY)
    [item] = listed(merchant)
    assert types(item) == ITEM
    [amounts] = item["amounts"]
    assert types(amounts) == AMOUNTS
    assert amounts == {
        "amount": 7110, "capture": 10000, "refund": -2500, "fee": -390, "currency": "NOK"
    }  # fmt: skip
    assert [types(attachment) for attachment in item["attachments"]] == [ATTACHMENT, ATTACHMENT]
    assert (item["provider"], item["payment_status"]) == ("dintero_psp", "paid")
    assert item["start_at"] == "2026-10-06T00:00:00.000Z"
    assert item["end_at"] == "2026-10-06T23:59:59.999Z"
    assert item["settled_at"] == item["created_at"] == "2026-10-07T06:00:00.000Z"


def test_the_transaction_tells_of_its_settlement(merchant: Merchant) -> None:
    tid = captured(merchant)
    before = merchant.transaction(tid)
    merchant.advance(DAY)
    merchant.log_in()
    after = merchant.transaction(tid)
    assert (before["settlement_status"], after["settlement_status"]) == ("NOT_SETTLED", "SETTLED")
    assert before["status"] == after["status"] == "CAPTURED"
    [item] = listed(merchant)
    event = after["events"][-1]
    assert (event["event"], event["created_at"]) == ("SETTLEMENT", item["settled_at"])
    assert event["settlements"] == {
        "settlement_status": "SETTLED",
        "events": [{
            "settlement_id": item["id"], "provider_reference": item["provider_reference"],
            "event_correlation_id": before["events"][-1]["id"],
            "amount": 781, "capture": 1000, "refund": 0, "fee": -219,
        }],
    }  # fmt: skip


def test_a_transaction_is_not_settled_from_the_start(merchant: Merchant) -> None:
    assert merchant.transaction(merchant.authorized())["settlement_status"] == "NOT_SETTLED"


def test_days_that_passed_together_are_settled_one_by_one(merchant: Merchant) -> None:
    tid = merchant.authorized(3000)
    for _ in range(3):
        capture(merchant, tid)
        later(merchant, DAY)
    later(merchant, 10 * DAY)
    assert [item["settled_at"][:10] for item in listed(merchant)] == [
        "2026-10-09", "2026-10-08", "2026-10-07",
    ]  # fmt: skip
    events = merchant.transaction(tid)["events"]
    assert [event["event"] for event in events[-6:]] == ["CAPTURE"] * 3 + ["SETTLEMENT"] * 3
    assert events[-1]["settlements"]["settlement_status"] == "SETTLED"
    assert events[-2]["settlements"]["settlement_status"] == "PARTIALLY_SETTLED"


def test_settling_again_changes_nothing(merchant: Merchant) -> None:
    captured(merchant)
    merchant.advance(60)  # the callback is on its way, too
    later(merchant, DAY)
    first = listed(merchant)
    state = merchant.state()
    merchant.advance(0)
    assert settle_due(merchant.app.state.sandbox, ACCOUNT) == 0
    later(merchant, 2 * DAY)
    assert listed(merchant) == first
    assert merchant.state() == state


def test_payments_are_looked_through_once_a_day(merchant: Merchant) -> None:
    store = merchant.app.state.sandbox.store
    oldest, asked = store.oldest, []
    store.oldest = lambda kind, *rest, **more: asked.append(kind) or oldest(kind, *rest, **more)
    captured(merchant)
    for _ in range(5):
        listed(merchant)
    assert asked.count(Transaction) == 1
    later(merchant, DAY)
    for _ in range(5):
        listed(merchant)
    assert asked.count(Transaction) == 2


def test_a_clock_that_went_back_forgets_nothing(merchant: Merchant) -> None:
    """A file store wakes up at real time: what is captured then is settled, too."""
    captured(merchant)
    later(merchant, 10 * DAY)
    assert len(listed(merchant)) == 1
    later(merchant, -10 * DAY)
    captured(merchant)
    later(merchant, 2 * DAY)
    assert len(listed(merchant)) == 2


def test_a_settlement_and_its_payments_are_saved_as_one(merchant: Merchant) -> None:
    first, second = captured(merchant), captured(merchant, method=KLARNA, configuration={
        "klarna": {"klarna": {"enabled": True}}
    })  # fmt: skip
    sandbox = merchant.app.state.sandbox
    save, left = sandbox.store.save, [1]

    def fails_at_the_second(*records: Any) -> None:
        if isinstance(records[0], Settlement) and not left.pop():
            raise Conflict("somebody else was faster")
        left.append(0)
        save(*records)

    sandbox.store.save = fails_at_the_second
    merchant.move(DAY)
    with pytest.raises(Conflict):
        settle_due(sandbox, ACCOUNT)
    sandbox.store.save = save
    merchant.log_in()
    half = {merchant.transaction(tid)["settlement_status"] for tid in (first, second)}
    assert half == {"SETTLED", "NOT_SETTLED"}
    assert {item["provider"] for item in listed(merchant)} == {"dintero_psp", "klarna"}
    assert len(listed(merchant)) == 2
    assert merchant.transaction(second)["settlement_status"] == "SETTLED"


def test_what_was_refunded_on_a_later_day_is_settled_then(merchant: Merchant) -> None:
    tid = captured(merchant)
    later(merchant, DAY)
    merchant.ok("POST", f"/v1/transactions/{tid}/refund", {"amount": 400})
    assert merchant.transaction(tid)["settlement_status"] == "NOT_SETTLED"
    assert len(listed(merchant)) == 1
    assert merchant.transaction(tid)["settlement_status"] == "PARTIALLY_SETTLED"
    later(merchant, DAY)
    newest, _ = listed(merchant)
    assert newest["payment_status"] == "postponed"
    assert newest["amounts"][0]["amount"] == -400
    assert merchant.transaction(tid)["settlement_status"] == "SETTLED"


def test_a_page_ends_with_the_key_of_the_next_one(merchant: Merchant) -> None:
    tid = merchant.authorized(5000)
    for _ in range(5):
        capture(merchant, tid)
        later(merchant, DAY)
    everything = listed(merchant)
    seen, key = [], {}
    for size in (2, 2, 1):
        page = merchant.ok("GET", PATH, params={"limit": 2, **key})
        assert len(page["items"]) == size
        seen += page["items"]
        assert ("last_evaluated_key" in page) == (len(seen) < 5)
        if more := page.get("last_evaluated_key"):
            last = page["items"][-1]
            assert more == {
                "id": last["id"], "account_id": ACCOUNT,
                "settled_at": last["settled_at"], "created_at": last["created_at"],
            }  # fmt: skip
            key = {"starting_after_id": more["id"], "starting_after_date": more["settled_at"]}
    assert seen == everything
    dates = [item["settled_at"] for item in everything]
    assert dates == sorted(dates, reverse=True)


def test_the_list_is_narrowed_by_every_filter(merchant: Merchant) -> None:
    vipps = captured(merchant, order=order(
        amount=1000, items=None, merchant_reference="a", payout_destination_id="ola",
    ))  # fmt: skip
    later(merchant, DAY)
    captured(merchant, method=KLARNA, configuration={"klarna": {"klarna": {"enabled": True}}})
    later(merchant, DAY)
    klarna_item, vipps_item = listed(merchant)
    assert vipps_item["payout_destination_id"] == "ola"
    assert "payout_destination_id" not in klarna_item

    def found(**params: Any) -> list[Any]:
        return listed(merchant, **params)

    both = [klarna_item, vipps_item]
    assert found(payment_provider="klarna") == [klarna_item]
    assert found(payment_provider=["klarna", "dintero_psp"]) == both
    assert found(payment_provider="swish") == []
    assert found(payout_destination_id="ola") == [vipps_item]
    assert found(search=vipps) == found(search="a") == [vipps_item]
    assert found(search=klarna_item["provider_reference"]) == [klarna_item]
    for name in ("created_at", "item_created_at"):
        assert found(**{f"{name}.gte": "2026-10-08"}) == [klarna_item]
        assert found(**{f"{name}.lte": "2026-10-07"}) == [vipps_item]
        assert found(**{f"{name}.lte": "2026-10-07T06:00:00Z"}) == [vipps_item]
        assert found(**{f"{name}.gte": "2026-10-07T06:00:00.001Z", "limit": 1}) == [klarna_item]


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0}, {"limit": 1001}, {"limit": "x"}, {"starting_after_id": "x"},
        {"starting_after_date": "2026-10-07T06:00:00.000Z"}, {"created_at.gte": "x"},
        {"starting_after_id": "x", "starting_after_date": "x"},
        {"starting_after_id": "x", "starting_after_date": "2026-10-07"},
        {"created_at.gte": "2026-10-07", "item_created_at.lte": "2026-10-07"},
    ],
)  # fmt: skip
def test_what_the_list_cannot_read_is_400(merchant: Merchant, params: dict[str, Any]) -> None:
    assert refused(merchant, 400, **params)


def test_the_date_of_the_key_has_to_be_that_of_the_settlement(merchant: Merchant) -> None:
    captured(merchant)
    later(merchant, DAY)
    [item] = listed(merchant, limit=1000)
    params = {"starting_after_id": item["id"], "starting_after_date": "2026-10-07T06:00:01.000Z"}
    assert item["settled_at"] in refused(merchant, 400, **params)
    params["starting_after_date"] = item["settled_at"]
    assert listed(merchant, **params) == []


@pytest.mark.parametrize("path", ["", "/x/attachments/y"])
def test_a_token_is_needed_and_has_to_be_the_accounts(merchant: Merchant, path: str) -> None:
    assert merchant.client.get(PATH + path).status_code == 401
    assert refused(merchant, 403, f"/v1/accounts/T87654321/settlements{path}")


def test_the_files_of_a_settlement_need_no_token(merchant: Merchant) -> None:
    tid = captured(merchant, 10000)
    merchant.ok("POST", f"/v1/transactions/{tid}/refund", {"amount": 2500})
    later(merchant, DAY)
    [item] = listed(merchant)
    as_json, as_csv = (
        merchant.ok("GET", f"{PATH}/{item['id']}/attachments/{attachment['id']}")
        for attachment in item["attachments"]
    )
    assert list(as_json) == ["url"]
    assert as_json["url"].startswith("http://127.0.0.1:8426/v1/settlement-files/")
    answer = merchant.client.get(as_json["url"])
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    shown = answer.json()
    row = {
        "transaction_id": tid, "reference": "order-1", "capture": 10000, "refund": 0, "fee": -390,
        "transaction_date": "2026-10-06T09:14:03.112Z", "payment_product_type": "dintero_psp.vipps",
        "card_brand": "Visa",
    }  # fmt: skip
    assert shown == {
        "date_from": "2026-10-06", "date_to": "2026-10-06", "settlement_date": "2026-10-07",
        "dintero_settlement_id": item["id"], "account_id": ACCOUNT, "currency": "NOK",
        "amount": 7110, "capture": 10000, "refund": -2500, "fee": -390,
        "settlement_reference": item["provider_reference"],
        "transactions": [row, {**row, "capture": 0, "refund": -2500, "fee": 0}],
    }  # fmt: skip
    text = merchant.client.get(as_csv["url"])
    assert text.headers["content-type"] == "text/csv; charset=utf-8"
    assert text.text.splitlines()[1:] == [
        f"{tid},order-1,,10000,0,-390,2026-10-06T09:14:03.112Z,dintero_psp.vipps,Visa",
        f"{tid},order-1,,0,-2500,0,2026-10-06T09:14:03.112Z,dintero_psp.vipps,Visa",
    ]


def test_a_file_that_is_not_there_is_404(merchant: Merchant) -> None:
    captured(merchant)
    later(merchant, DAY)
    [item] = listed(merchant)
    assert refused(merchant, 404, f"{PATH}/{item['id']}/attachments/x")
    assert refused(merchant, 404, f"{PATH}/x/attachments/x")
    for token in ("x", "x.y", item["id"], f"{item['id']}.x"):
        assert merchant.client.get(f"/v1/settlement-files/{token}").status_code == 404
    merchant.log_in("T87654321")
    id = item["attachments"][0]["id"]
    path = f"/v1/accounts/T87654321/settlements/{item['id']}/attachments/{id}"
    assert refused(merchant, 404, path)


def test_accounts_have_settlements_of_their_own(merchant: Merchant) -> None:
    captured(merchant)
    merchant.advance(DAY)
    merchant.log_in("T87654321")
    assert merchant.ok("GET", "/v1/accounts/T87654321/settlements") == {"items": []}


def test_a_reset_forgets_settlements(merchant: Merchant) -> None:
    captured(merchant)
    merchant.advance(DAY)
    counts = merchant.client.post(f"/_mock/api/v1/reset?account={ACCOUNT}").json()
    assert counts["settlement"] == 1
    merchant.log_in()
    assert listed(merchant) == []


def test_the_mark_of_the_day_is_one_small_record(merchant: Merchant) -> None:
    for _ in range(3):
        merchant.advance(DAY)
    marks = list(merchant.app.state.sandbox.store.oldest(SettledThrough, ACCOUNT))
    assert [mark.day for mark in marks] == ["2026-10-08"]


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500), st.integers(0, 60)), max_size=6)
)
def test_over_all_days_the_settlements_are_what_was_captured_and_refunded(
    moves: list[tuple[int, int, int]],
) -> None:
    """Through the whole sandbox: capture, give some back, let hours pass."""
    with opened() as merchant:
        tids = []
        for taken, returned, hours in moves:
            tids.append(captured(merchant, taken))
            if 0 < returned <= taken:
                path = f"/v1/transactions/{tids[-1]}/refund"
                merchant.ok("POST", path, {"amount": returned})
            merchant.advance(hours * 3600)
            merchant.log_in()
        merchant.advance(3 * DAY)
        merchant.log_in()
        sums = [item["amounts"][0] for item in listed(merchant, limit=1000)]
        assert sum(s["capture"] for s in sums) == sum(taken for taken, _, _ in moves)
        given_back = sum(returned for taken, returned, _ in moves if 0 < returned <= taken)
        assert sum(s["refund"] for s in sums) == -given_back
        statuses = {merchant.transaction(tid)["settlement_status"] for tid in tids}
        assert statuses <= {"SETTLED"}


def test_two_readers_at_once_settle_once(merchant: Merchant) -> None:
    captured(merchant)
    later(merchant, DAY)

    async def both() -> list[int]:
        async with merchant.inside() as client:
            answers = await asyncio.gather(*(client.get(PATH) for _ in range(8)))
            return [len(answer.json()["items"]) for answer in answers]

    assert merchant.client.portal is not None
    assert merchant.client.portal.call(both) == [1] * 8

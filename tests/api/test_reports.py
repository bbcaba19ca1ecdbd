"""Settlement reports: configurations, the reports made for them, and reports for a test."""

from __future__ import annotations

from typing import Any

import pytest
from sandbox import ACCOUNT, Merchant, opened

from mock_dintero.ports import Settings

CONFIGURATION = f"/v1/accounts/{ACCOUNT}/settlements/reports/configuration"
TEST_REPORT = f"/v1/accounts/{ACCOUNT}/settlements/reports/generate-test-report"
METADATA = f"/v1/accounts/{ACCOUNT}/reports/metadata"
SETTLEMENTS = f"/v1/accounts/{ACCOUNT}/settlements"
DAY = 24 * 3600
BODY: dict[str, Any] = {
    "destinations": [{"destination_type": "email", "destination_value": "kari@example.no"}],
    "filetypes": ["json", "csv", "xlsx"], "providers": ["dintero_psp"],
}  # fmt: skip
# The contract's names and types of a report.
REPORT = {
    "id": str, "account_id": str, "content_type": str, "created_at": str, "created_by": str,
    "data_from": str, "data_to": str, "data_type": str, "report_config_id": str,
    "report_file_name": str, "report_filters": list, "schedule": str, "signed_url": str,
}  # fmt: skip


def configured(merchant: Merchant, **changes: Any) -> dict[str, Any]:
    return dict(merchant.ok("POST", CONFIGURATION, {**BODY, **changes}))


def captured(merchant: Merchant, amount: int = 1000, **more: Any) -> str:
    tid = merchant.authorized(amount, **more)
    merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": amount})
    return tid


def next_day(merchant: Merchant) -> None:
    merchant.move(DAY)
    merchant.log_in()


def reports(merchant: Merchant, **params: Any) -> list[dict[str, Any]]:
    return list(merchant.ok("GET", METADATA, params=params)["reports"])


def generated(merchant: Merchant, status: int = 201, **body: Any) -> str:
    answer = merchant.call("POST", TEST_REPORT, json=body)
    assert answer.status_code == status, answer.text
    shown = answer.json()
    if status > 201:
        return str(shown["error"]["message"])
    assert list(shown) == ["message"]
    return str(shown["message"])


def settled(merchant: Merchant) -> set[str]:
    """The ids of the transactions that are settled."""
    found = merchant.ok("GET", "/v1/transactions", params={"limit": 100})
    return {t["id"] for t in found if t["settlement_status"] == "SETTLED"}


def test_a_configuration_is_made_read_changed_and_deleted(merchant: Merchant) -> None:
    made = configured(merchant, filters=[{"filter": "payout_destination_id", "value": "ola"}], x=1)
    assert {name: type(value) for name, value in made.items()} == {
        "account_id": str, "id": str, "created_at": str, "updated_at": str,
        "last_modified_at": int, "destinations": list, "filetypes": list, "providers": list,
        "filters": list, "x": int,
    }  # fmt: skip
    assert {name: made[name] for name in BODY} == BODY
    path = f"{CONFIGURATION}/{made['id']}"
    assert merchant.ok("GET", path) == made
    merchant.move(60)
    changed = merchant.ok("PUT", path, {**BODY, "providers": [], "id": "mine", "created_at": "x"})
    assert changed["providers"] == []
    assert "filters" not in changed
    assert (changed["id"], changed["created_at"]) == (made["id"], made["created_at"])
    assert changed["updated_at"] > made["updated_at"]
    assert changed["last_modified_at"] == made["last_modified_at"] + 60
    assert merchant.ok("GET", path) == changed
    assert merchant.ok("DELETE", path) == changed
    assert merchant.ok("GET", CONFIGURATION) == {"items": []}
    for method, sent in (("GET", None), ("PUT", BODY), ("DELETE", None)):
        answer = merchant.call(method, path, **({"json": sent} if sent else {}))
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")


def test_configurations_are_listed_newest_first_page_by_page(merchant: Merchant) -> None:
    ids = [configured(merchant)["id"] for _ in range(5)][::-1]
    merchant.ok("DELETE", f"{CONFIGURATION}/{ids.pop(2)}")
    first = merchant.ok("GET", CONFIGURATION, params={"limit": 3})
    assert [one["id"] for one in first["items"]] == ids[:3]
    assert first["starting_after"] == ids[2]
    params = {"limit": 3, "starting_after": first["starting_after"]}
    rest = merchant.ok("GET", CONFIGURATION, params=params)
    assert ([one["id"] for one in rest["items"]], "starting_after" in rest) == (ids[3:], False)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "destinations"),
        ({**BODY, "filetypes": None}, "filetypes"),
        ({**BODY, "destinations": [{}]}, "destinations.0.destination_type"),
        ({**BODY, "destinations": [{"destination_type": "fax"}]}, "destination_type"),
        ({**BODY, "filters": [{"filter": "store"}]}, "filters.0.filter"),
        ({**BODY, "send_every": "1"}, "send_every"),
    ],
)
def test_a_configuration_of_the_wrong_form_is_400(
    merchant: Merchant, body: Any, where: str
) -> None:
    id = configured(merchant)["id"]
    for method, path in (("POST", CONFIGURATION), ("PUT", f"{CONFIGURATION}/{id}")):
        answer = merchant.call(method, path, json=body)
        assert answer.status_code == 400
        assert where in answer.text.replace('","', ".")
    assert merchant.call("POST", CONFIGURATION).status_code == 400


def test_a_report_is_made_for_each_file_that_somebody_wants(merchant: Merchant) -> None:
    merchant.move(-60)
    configuration = configured(merchant)
    configured(merchant, providers=["klarna"])
    configured(merchant, filters=[{"filter": "payout_destination_id", "value": "ola"}])
    captured(merchant)
    assert merchant.ok("GET", METADATA) == {"reports": []}
    next_day(merchant)
    made = reports(merchant)
    assert [{n: type(v) for n, v in one.items()} for one in made] == [REPORT, REPORT]
    assert {one["report_config_id"] for one in made} == {configuration["id"]}
    assert [one["content_type"] for one in made] == ["text/csv", "application/json"]
    [settlement] = merchant.ok("GET", SETTLEMENTS)["items"]
    for one in made:
        assert (one["schedule"], one["data_type"]) == ("daily", "settlements")
        assert (one["data_from"], one["data_to"]) == (settlement["start_at"], settlement["end_at"])
        assert one["report_file_name"].startswith(settlement["provider_reference"])
        assert merchant.client.get(one["signed_url"]).status_code == 200
    answer = merchant.client.get(made[1]["signed_url"]).json()
    assert answer["dintero_settlement_id"] == settlement["id"]
    used = merchant.ok("GET", f"{CONFIGURATION}/{configuration['id']}")
    assert used == {**configuration, "last_send_at": 1791352800}
    assert len(reports(merchant)) == 2


def test_a_filter_and_no_providers_mean_all_of_one_seller(merchant: Merchant) -> None:
    wanted = [{"filter": "payout_destination_id", "value": "ola"}]
    configured(merchant, providers=[], filetypes=["json"], filters=wanted)
    for seller in ("ola", "kari"):
        order = {
            "amount": 1000, "currency": "NOK", "merchant_reference": seller,
            "store": {"id": "s", "payout_destination_id": seller},
        }  # fmt: skip
        captured(merchant, order=order)
    next_day(merchant)
    [one] = reports(merchant)
    assert one["report_filters"] == [{"filter": "operation_payout_destination", "value": "ola"}]
    shown = merchant.client.get(one["signed_url"]).json()
    assert [row["reference"] for row in shown["transactions"]] == ["ola"]


def test_a_configuration_is_for_what_is_settled_while_it_is_there(merchant: Merchant) -> None:
    """However late somebody looks: what was due before it came, or after it went, is not reported."""
    captured(merchant)
    next_day(merchant)
    id = configured(merchant, filetypes=["json"])["id"]
    assert reports(merchant) == []
    captured(merchant)
    next_day(merchant)
    merchant.ok("DELETE", f"{CONFIGURATION}/{id}")
    captured(merchant)
    next_day(merchant)
    [one] = reports(merchant)
    assert one["data_from"] == "2026-10-07T00:00:00.000Z"


def test_reports_are_listed_newest_first_page_by_page(merchant: Merchant) -> None:
    configured(merchant)
    for _ in range(3):
        captured(merchant)
        next_day(merchant)
    everything = reports(merchant, limit=100)
    assert len(everything) == 6
    first = merchant.ok("GET", METADATA, params={"limit": 4})
    assert first["reports"] == everything[:4]
    params = {"limit": 4, "starting_after": first["starting_after"]}
    rest = merchant.ok("GET", METADATA, params=params)
    assert rest == {"reports": everything[4:]}


@pytest.mark.parametrize(
    ("path", "params"),
    [
        (CONFIGURATION, {"limit": 1001}), (CONFIGURATION, {"limit": 0}), (METADATA, {"limit": 101}),
        (CONFIGURATION, {"starting_after": "x"}), (METADATA, {"starting_after": "x"}),
        (METADATA, {"limit": "x"}),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_400(
    merchant: Merchant, path: str, params: dict[str, Any]
) -> None:
    answer = merchant.call("GET", path, params=params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        400, "INVALID_REQUEST_PARAMETER",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", CONFIGURATION), ("POST", CONFIGURATION), ("GET", f"{CONFIGURATION}/x"),
        ("PUT", f"{CONFIGURATION}/x"), ("DELETE", f"{CONFIGURATION}/x"), ("POST", TEST_REPORT),
        ("GET", METADATA),
    ],
)  # fmt: skip
def test_a_token_of_the_account_is_needed(merchant: Merchant, method: str, path: str) -> None:
    assert merchant.client.request(method, path).status_code == 401
    merchant.log_in("T87654321")
    answer = merchant.call(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")


def test_another_accounts_configuration_is_not_there(merchant: Merchant) -> None:
    id = configured(merchant)["id"]
    merchant.log_in("T87654321")
    path = f"/v1/accounts/T87654321/settlements/reports/configuration/{id}"
    assert merchant.call("GET", path).status_code == 404


def test_a_test_report_settles_at_once(merchant: Merchant) -> None:
    configured(merchant, filetypes=["json"])
    tid = captured(merchant, 10000)
    answer = merchant.call("POST", TEST_REPORT)  # no body at all
    assert answer.status_code == 201
    [item] = merchant.ok("GET", SETTLEMENTS)["items"]
    assert item["id"] in answer.json()["message"]
    assert item["settled_at"] == "2026-10-06T09:14:03.112Z"
    assert item["amounts"][0]["capture"] == 10000
    assert settled(merchant) == {tid}
    [one] = reports(merchant)
    assert one["schedule"] == "test"
    generated(merchant, 200)
    next_day(merchant)
    assert merchant.ok("GET", SETTLEMENTS)["items"] == [item]


def test_the_rest_of_a_day_is_settled_as_ever(merchant: Merchant) -> None:
    tid = merchant.authorized(1000)
    path = f"/v1/transactions/{tid}/capture"
    merchant.ok("POST", path, {"amount": 400})
    generated(merchant)
    merchant.ok("POST", path, {"amount": 600})
    next_day(merchant)
    shown = merchant.ok("GET", SETTLEMENTS)["items"]
    assert [item["amounts"][0]["capture"] for item in shown] == [600, 400]
    assert settled(merchant) == {tid}


def test_a_test_report_takes_what_it_is_told_to(merchant: Merchant) -> None:
    ids = [captured(merchant) for _ in range(4)]
    generated(merchant, transaction_ids=ids[1:2])
    assert settled(merchant) == {ids[1]}
    generated(merchant, number_of_transactions=1)
    assert settled(merchant) == {ids[1], ids[3]}
    wrong_day = {"start_date": "2026-10-05", "end_date": "2026-10-05"}
    generated(merchant, 200, date_range=wrong_day)
    generated(merchant, 200, date_range=wrong_day, transaction_ids=ids)
    today = {"start_date": "2026-10-06", "end_date": "2026-10-07"}
    generated(merchant, date_range=today, number_of_transactions=1)
    assert settled(merchant) == set(ids[1:])
    generated(merchant, date_range=today, number_of_transactions=100)
    assert settled(merchant) == set(ids)


def test_a_test_report_without_anything_to_tell_makes_nothing(merchant: Merchant) -> None:
    merchant.authorized()
    before = merchant.state()
    assert "nothing" in generated(merchant, 200)
    assert merchant.state() == before
    assert merchant.ok("GET", SETTLEMENTS) == {"items": []}


@pytest.mark.parametrize(
    "body",
    [
        {"transaction_ids": "x"}, {"transaction_ids": ["x"]}, {"number_of_transactions": 0},
        {"transaction_ids": [f"{ACCOUNT}.1111111111111111111111"]}, {"date_range": {}},
        {"date_range": {"start_date": "2026-10-06", "end_date": "2026-10-05"}},
        {"date_range": {"start_date": "yesterday", "end_date": "2026-10-05"}},
        {"date_range": {"start_date": 20261006, "end_date": 20261006}},
    ],
)  # fmt: skip
def test_a_test_report_that_cannot_be_made_is_400(merchant: Merchant, body: dict[str, Any]) -> None:
    captured(merchant)
    assert generated(merchant, 400, **body)
    assert settled(merchant) == set()


def test_a_production_account_has_no_test_reports() -> None:
    with opened(settings=Settings(allow_production_ids=True)) as merchant:
        merchant.log_in("P12345678", "c", "s")
        path = "/v1/accounts/P12345678/settlements/reports/generate-test-report"
        answer = merchant.call("POST", path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN")

"""A real run of a shop that prints its secrets: no report has them."""

from __future__ import annotations

import sys

import pytest

from mock_dintero.core.account import DEFAULT_CLIENT_SECRET, DEFAULT_SIGNATURE_SECRET
from mock_dintero.verify.merchant import Merchant
from mock_dintero.verify.promise import Broken, Promise
from mock_dintero.verify.reports import FORMS, form
from mock_dintero.verify.run import Run
from mock_dintero.verify.shop import Shop
from mock_dintero.verify.verdict import Report

TALKATIVE = """
import base64, http.server, json, os, urllib.request
api, account = os.environ["DINTERO_API_URL"], os.environ["DINTERO_ACCOUNT_ID"]
client = os.environ["DINTERO_CLIENT_ID"] + ":" + os.environ["DINTERO_CLIENT_SECRET"]
print(dict(os.environ), flush=True)

def ask(path, body, authorization):
    headers = {"content-type": "application/json", "authorization": authorization}
    sent = urllib.request.Request(api + path, json.dumps(body).encode(), headers)
    return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sent))

class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200), self.end_headers()

    def do_POST(self):
        grant = {"grant_type": "client_credentials", "audience": f"{api}/v1/accounts/{account}"}
        basic = "Basic " + base64.b64encode(client.encode()).decode()
        token = ask(f"/v1/accounts/{account}/auth/token", grant, basic)["access_token"]
        print("token", json.dumps({"access_token": token}), flush=True)
        item = {"id": "1", "line_id": "1", "description": "Mug", "quantity": 1,
                "amount": 100, "vat_amount": 20, "vat": 25}
        order = {"amount": 100, "currency": "NOK", "items": [item],
                 "merchant_reference": os.environ["DINTERO_CLIENT_SECRET"]}
        session = {"profile_id": "default", "order": order,
                   "url": {"return_url": "http://127.0.0.1:1/return"}}
        ask("/v1/sessions-profile", session, f"Bearer {token}")
        self.send_response(200), self.end_headers()

http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Shop).serve_forever()
"""
OWN = "the-own-secret-of-this-shop"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("talkative")
    (folder / "shop.py").write_text(TALKATIVE, encoding="utf-8")
    merchant = Merchant.model_validate({
        "shop": {"command": [sys.executable, "shop.py"], "env": {"SHOP_SECRET": OWN}},
        "checkout": {"call": "POST /return"},
        "order": {"call": "GET /", "status": "s", "statuses": {"pending": "a", "paid": "b"}},
    })  # fmt: skip

    def check(shop: Shop) -> None:
        purchase = shop.begin()
        raise Broken(f"{purchase.reference} {OWN}")

    promise = Promise(
        "x", "Resilience", "must", "It is quiet.", "", "", "https://x.example", (), check
    )
    found = Run(merchant, folder).judge([promise])
    assert found.verdicts[0].result == "broken", found.verdicts[0].observed
    return found


@pytest.mark.parametrize("name", FORMS)
def test_no_report_has_a_secret(report: Report, name: str):
    text = form(name)(report, "must")
    for secret in (DEFAULT_CLIENT_SECRET, DEFAULT_SIGNATURE_SECRET, OWN, "eyJ"):
        assert secret not in text


def test_it_was_not_for_want_of_evidence(report: Report):
    [verdict] = report.verdicts
    assert verdict.observed == "(redacted) (redacted)"
    assert "(redacted)" in "".join(verdict.last_words)
    assert [leg["what"] for leg in verdict.payments[0].legs] == ["token", "create session"]

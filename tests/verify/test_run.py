"""How promises are judged: shops that start and shops that do not, shared ones, running ones."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_dintero.config import Config
from mock_dintero.contract_files import folder
from mock_dintero.demo import sample_shop
from mock_dintero.server import Server
from mock_dintero.verify import Broken, Merchant, Promise, Purchase, Shop, read_merchant
from mock_dintero.verify.run import Run
from mock_dintero.verify.shop_process import ShopDidNotStart, free_port
from mock_dintero.verify.verdict import Report, exit_code

HERE = folder()
SAMPLE = read_merchant(HERE / "merchant.toml")
UNUSED = f"http://127.0.0.1:{free_port()}"
ALWAYS_500 = """{python} -c 'import os, http.server as s
class Shop(s.BaseHTTPRequestHandler):
    def do_GET(self): self.send_error(500)
s.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Shop).serve_forever()'"""


def judged(*checks: Any, merchant: Merchant = SAMPLE, workers: int = 1, **details: Any) -> Report:
    promises = [made(check, **details) for check in checks]
    return Run(merchant, HERE, workers=workers).judge(promises)


def made(check: Any, severity: Any = "must", needs: Any = ()) -> Promise:
    words = {"why": "w", "mend": "m", "source": "https://example.org"}
    return Promise(
        check.__name__, "Outcomes", severity, "It holds.", needs=needs, check=check, **words
    )


def changed(merchant: Merchant, part: str, **changes: Any) -> Merchant:
    return merchant.model_copy(update={part: getattr(merchant, part).model_copy(update=changes)})


def keeps(shop: Shop) -> None:
    shop.begin()


def breaks(shop: Shop) -> None:
    shop.begin()
    raise Broken("it was seen")


def test_a_kept_and_a_broken_promise_have_their_payments_as_evidence() -> None:
    report = judged(keeps, breaks)
    kept, broken = report.verdicts
    assert (kept.result, kept.observed) == ("kept", "")
    assert (broken.result, broken.observed) == ("broken", "it was seen")
    [payment] = broken.payments
    assert (payment.reference, payment.status) == ("order-1001", "not paid")
    assert [leg["what"] for leg in payment.legs] == ["token", "create session"]
    assert any("Sample shop at" in line for line in broken.last_words)
    assert kept.last_words == ()


def test_every_promise_has_a_shop_and_an_account_of_its_own() -> None:
    seen: list[tuple[str, str]] = []

    def looks(shop: Shop) -> None:
        seen.append((shop.url, shop.dintero.account_id))

    judged(looks, looks, looks, workers=2)
    assert len({url for url, _ in seen}) == len({account for _, account in seen}) == 3


def test_a_shared_shop_is_started_once_and_its_account_emptied() -> None:
    seen: list[tuple[str, int]] = []

    def looks(shop: Shop) -> None:
        seen.append((shop.url, len(shop.dintero.sessions)))
        shop.begin()

    report = judged(looks, looks, merchant=changed(SAMPLE, "shop", share=True))
    assert [number for _, number in seen] == [0, 0]
    assert len({url for url, _ in seen}) == 1
    assert [len(one.payments) for one in report.verdicts] == [1, 1]


def test_a_shop_that_runs_already_is_left_running_beside_its_own_sandbox() -> None:
    with Server(Config(port=0)) as server, sample_shop(server.url) as url:
        running = changed(SAMPLE, "shop", command=None, url=url, sandbox=server.url)
        report = judged(keeps, merchant=running)
        assert report.verdicts[0].result == "kept"
        assert httpx.get(f"{url}/healthz").status_code == 200
        sessions = httpx.get(f"{server.url}/_mock/api/v1/sessions").json()
        assert len(sessions) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"command": "no-such-program"}, "no-such-program: No such file or directory"),
        ({"command": "{python} -c 'print(\"out of paint\"); raise SystemExit(3)'"}, "ended with exit code 3"),
        ({"command": "{python} -c 'print(\"out of paint\"); raise SystemExit(3)'"}, "out of paint"),
        ({"ready_within": 0.2, "command": "sleep 30"}, "was not ready within 0.2 s"),
        ({"ready_within": 0.2, "command": "sleep 30"}, "has to listen on {port}"),
        ({"ready_within": 0.2, "command": "sleep 30"}, "it has printed nothing"),
        ({"folder": "nowhere"}, "there is no folder"),
        ({"command": "PORT=1 shop"}, "variables are set by [shop] env"),
        ({"command": "cd app && shop"}, "[shop] folder says where"),
        ({"command": r"C:\shop\run.bat"}, "a backslash is lost"),
        ({"command": "shop 'start"}, "No closing quotation"),
        ({"command": None, "url": "http://127.0.0.1:1", "ready_within": 0.2}, "is the shop running"),
    ],
)  # fmt: skip
def test_a_shop_that_does_not_start_says_why_and_nothing_is_judged(changes: Any, told: str) -> None:
    with pytest.raises(ShopDidNotStart) as caught:
        judged(keeps, keeps, merchant=changed(SAMPLE, "shop", sandbox=UNUSED, **changes))
    assert told in str(caught.value)


def test_what_to_look_at_first_is_the_setting_that_failed() -> None:
    for setting, changes in (
        ("folder", {"folder": "nowhere"}),
        ("url", {"command": None, "url": "http://127.0.0.1:1", "ready_within": 0.2}),
        ("ready", {"command": ALWAYS_500, "ready_within": 2}),
    ):
        with pytest.raises(ShopDidNotStart) as caught:
            judged(keeps, merchant=changed(SAMPLE, "shop", sandbox=UNUSED, **changes))
        assert caught.value.setting == setting


def test_a_shop_that_has_started_before_is_unclear_when_it_does_not_start_again(
    tmp_path: Path,
) -> None:
    once = f"test ! -e {tmp_path}/been || exit 3; touch {tmp_path}/been; exec $0 sample_shop.py --port $PORT"
    merchant = changed(SAMPLE, "shop", command=["sh", "-c", once, "{python}"])
    first, second = judged(keeps, keeps, merchant=merchant).verdicts
    assert first.result == "kept"
    assert second.result == "unclear"
    assert "the shop did not start: the shop ended with exit code 3" in second.observed


def test_the_secrets_of_a_shop_that_does_not_start_are_not_told() -> None:
    talks = "{python} -c 'import os; raise SystemExit(os.environ[\"DINTERO_CLIENT_SECRET\"])'"
    with pytest.raises(ShopDidNotStart) as caught:
        judged(keeps, merchant=changed(SAMPLE, "shop", command=talks))
    assert "its last words" in str(caught.value)
    assert "mock-client-secret" not in str(caught.value)


def test_an_order_endpoint_that_is_not_there_is_named() -> None:
    def reads(shop: Shop) -> None:
        shop.begin().becomes("paid")

    merchant = changed(SAMPLE, "order", call="GET /api/order/{reference}")
    merchant = changed(merchant, "limits", belief=0.05)
    [verdict] = judged(reads, merchant=merchant).verdicts
    assert "[order] GET /api/order/order-1001 answers 404 (pending), not paid" in verdict.observed


def test_a_checkout_call_that_asks_nothing_of_dintero_is_told_as_that() -> None:
    merchant = changed(SAMPLE, "checkout", call="POST /buy")
    [verdict] = judged(keeps, merchant=merchant).verdicts
    assert "began to pay ([checkout] POST /buy), and no session" in verdict.observed
    assert "it asked nothing of Dintero" in verdict.observed
    assert "DINTERO_API_URL" in verdict.observed


def test_a_shop_that_gives_up_because_it_looks_for_dintero_elsewhere_is_told_so() -> None:
    hangs_up = """{python} -c 'import os, http.server as s
class Shop(s.BaseHTTPRequestHandler):
    def do_GET(self): self.send_error(200)
    def do_POST(self): raise OSError
s.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Shop).serve_forever()'"""
    [verdict] = judged(keeps, merchant=changed(SAMPLE, "shop", command=hangs_up)).verdicts
    assert "POST /checkout: the shop gave no answer" in verdict.observed
    assert "it asked nothing of Dintero" in verdict.observed


def test_an_address_that_dintero_does_not_take_is_told_without_json() -> None:
    def gives(shop: Shop) -> None:
        shop.begin().give_address({"country": "Norway"})

    [verdict] = judged(gives).verdicts
    assert verdict.result == "unclear"
    assert verdict.observed.startswith("the customer was refused address")
    assert '{"error"' not in verdict.observed


def test_a_session_that_is_not_express_is_paid_and_asked_for_no_address() -> None:
    def plain(shop: Shop) -> Purchase:
        order = {"merchant_reference": "order-1", "amount": 100, "currency": "NOK", "items": [
            {"id": "a", "line_id": "a", "description": "A", "quantity": 1, "amount": 100},
        ]}  # fmt: skip
        url = {"return_url": f"{shop.url}/healthz"}
        return Purchase(shop, shop.dintero.create_session(order=order, url=url, express=None)["id"])

    def pays(shop: Shop) -> None:
        purchase = plain(shop)
        purchase.prepare()
        purchase.pay()
        assert purchase.transaction["status"] == "AUTHORIZED"

    def addresses(shop: Shop) -> None:
        plain(shop).give_address()

    def asks(shop: Shop) -> None:
        plain(shop).asked_at("address_callback")

    paid, *others = judged(pays, addresses, asks).verdicts
    assert (paid.result, paid.observed) == ("kept", "")
    for one in others:
        assert one.result == "skipped"
        assert "the session has no `express`" in one.observed


def test_a_word_that_merchant_toml_does_not_know_is_unclear() -> None:
    statuses = {"pending": ("brand-new",), "paid": ("paid",)}
    merchant = changed(SAMPLE, "order", statuses=statuses)

    def reads(shop: Shop) -> None:
        shop.begin().becomes("pending")

    [verdict] = judged(reads, merchant=merchant).verdicts
    assert verdict.result == "unclear"
    assert "the shop says 'pending' of an order; [order.statuses] does not have" in verdict.observed


def test_a_path_that_leads_nowhere_names_what_is_there() -> None:
    def reads(shop: Shop) -> None:
        shop.begin().becomes("pending")

    [verdict] = judged(reads, merchant=changed(SAMPLE, "order", status="state")).verdicts
    assert verdict.result == "unclear"
    assert "without 'state': at 'state' there is" in verdict.observed
    assert "status" in verdict.observed


def test_what_merchant_toml_does_not_say_is_skipped_and_no_shop_is_started() -> None:
    merchant = changed(SAMPLE.model_copy(update={"void": None}), "shop", command="no-such-program")
    [verdict] = judged(keeps, merchant=merchant, needs=("void",)).verdicts
    assert (verdict.result, verdict.observed) == ("skipped", "merchant.toml has no [void]")


def test_a_slip_of_a_promise_itself_is_unclear_and_the_others_are_judged() -> None:
    def slips(shop: Shop) -> None:
        shop.begin().session["no such field"]

    slip, kept = judged(slips, keeps).verdicts
    assert slip.result == "unclear"
    assert "KeyError: 'no such field'" in slip.observed
    assert "test_run.py" in slip.observed
    assert len(slip.payments) == 1
    assert kept.result == "kept"


def test_a_shop_that_begins_without_a_session_has_broken_its_promise() -> None:
    merchant = changed(SAMPLE, "checkout", json_body={"lines": {}})
    [verdict] = judged(keeps, merchant=merchant).verdicts
    assert verdict.result == "broken"
    assert "no session was created: the shop answered 400" in verdict.observed


def test_no_shop_outlives_its_promise(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = f"import os; open({str(note)!r}, 'w').write(str(os.getpid())); " + (
        "import runpy; runpy.run_path('sample_shop.py', run_name='__main__')"
    )
    command = (sys.executable, "-c", script, "--port", "{port}")
    env = {"PYTHONPATH": str(HERE)}
    report = judged(keeps, merchant=changed(SAMPLE, "shop", command=command, env=env))
    assert report.verdicts[0].result == "kept", report.verdicts[0].observed
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


@pytest.mark.parametrize(
    ("results", "fail_on", "code"),
    [
        ([("kept", "must")], "must", 0), ([("broken", "must")], "must", 1),
        ([("broken", "should")], "must", 0), ([("broken", "should")], "should", 1),
        ([("broken", "advice")], "should", 0), ([("broken", "advice")], "advice", 1),
        ([("unclear", "advice")], "must", 2), ([("unclear", "must"), ("broken", "must")], "must", 1),
        ([("skipped", "must")], "advice", 0),
    ],
)  # fmt: skip
def test_the_exit_code_follows_severity(results: Any, fail_on: Any, code: int) -> None:
    from mock_dintero.verify.verdict import Verdict

    verdicts = [Verdict(made(keeps, severity), result) for result, severity in results]
    assert exit_code(verdicts, fail_on) == code

"""The timeline as JSON and as one file: legs, what a tester did between them, and nothing from elsewhere."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sandbox import Merchant, good_answer, opened

from mock_dintero.core.callback import Answer, AttemptRecord, Callback
from mock_dintero.core.timestamps import stamp

BASE = "/_mock/api/v1"


def answered_now(callback: Callback) -> Answer:
    """Real time at each attempt, as the real courier tells it."""
    return good_answer(callback).with_(sent_at=stamp(datetime.now(UTC)))


def legs(merchant: Merchant, sid: str) -> list[dict[str, Any]]:
    return list(merchant.client.get(f"{BASE}/sessions/{sid}/timeline").json())


def html(merchant: Merchant, sid: str) -> str:
    answer = merchant.client.get(f"{BASE}/sessions/{sid}/timeline.html")
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_a_clock_that_was_moved_and_a_fault_that_struck_stand_between_the_legs() -> None:
    with opened(answered_now) as merchant:
        sid, tid = merchant.purchase()
        merchant.advance(60)
        fault = {"at": "api", "do": "status", "status": 429}
        merchant.client.put(f"{BASE}/faults", json={"faults": [fault]})
        merchant.call("POST", f"/v1/transactions/{tid}/capture", json={"amount": 1})
        told = [leg["what"] for leg in legs(merchant, sid)][-6:]
        assert told[0] == "approve"
        assert told[1] == "payment callback"
        assert told[2].startswith("clock moved 60 s ahead to 2026-10-06T09:15:03.112Z")
        assert told[3] == "fault asked for, once: api status"
        assert "capture" in told[4:]
        assert f"fault struck: api status POST /v1/transactions/{tid}/capture" in told[4:]
        assert [leg["fault"] for leg in legs(merchant, sid) if leg["what"] == "capture"] == [
            "status"
        ]
        page = html(merchant, sid)
        assert "clock moved 60 s ahead" in page and "fault struck: api status POST" in page


def test_what_comes_after_a_payment_that_is_over_is_no_part_of_it() -> None:
    with opened(answered_now) as merchant:
        sid, _ = merchant.purchase()
        merchant.advance(0)
        before = len(legs(merchant, sid))
        merchant.client.post(f"{BASE}/clock/advance", json={"seconds": 60})
        merchant.client.post(f"{BASE}/clock/advance", json={"seconds": 60})
        assert len(legs(merchant, sid)) <= before + 1


def test_each_leg_has_the_accounts_time_beside_real_time(merchant: Merchant) -> None:
    merchant.move(3600)
    sid = merchant.create()
    created = [leg for leg in legs(merchant, sid) if leg["what"] == "create session"]
    assert [leg["account_time"] for leg in created] == ["2026-10-06T10:14:03.112Z"]
    assert "by the account&#39;s clock" in html(merchant, sid) or "by the account's clock" in html(
        merchant, sid
    )


def test_the_page_pays_and_the_shop_captures(merchant: Merchant) -> None:
    sid, tid = merchant.purchase()
    merchant.call("POST", f"/v1/transactions/{tid}/capture", json={"amount": 1})
    senders = {leg["what"]: leg["sender"] for leg in legs(merchant, sid)}
    assert senders["pay"] == senders["approve"] == senders["address"] == "buyer"
    assert senders["create session"] == senders["capture"] == "shop"


def test_what_a_browser_asks_for_beside_its_steps_is_the_buyers(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()
    for path in (
        f"/checkout/{sid}/who",
        f"/checkout/{sid}/place?postal_code=0155",
        f"/return/{sid}",
    ):
        merchant.client.get(path, follow_redirects=False)
    told = [(leg["sender"], leg["what"]) for leg in legs(merchant, sid)][-3:]
    assert told == [
        ("buyer", "who is it"),
        ("buyer", "town of a postal code"),
        ("buyer", "way back"),
    ]


def test_it_is_one_file_without_scripts_that_asks_nobody_for_anything(merchant: Merchant) -> None:
    sid, _ = merchant.purchase()
    answer = merchant.client.get(f"{BASE}/sessions/{sid}/timeline.html")
    assert answer.headers["content-type"].startswith("text/html")
    assert 'filename="timeline-order-1.html"' in answer.headers["content-disposition"]
    assert "script" not in answer.headers["content-security-policy"]
    assert "<script" not in answer.text and "@import" not in answer.text
    assert not re.search(
        r"""(?:src|href)\s*=|url\(""", re.sub(r"<pre.*?</pre>", "", answer.text, flags=re.S)
    )
    for word in (
        "create session",
        "address callback",
        "Dintero-Signature",
        "<details",
        "buyer-sandbox",
    ):
        assert word in answer.text


def test_hostile_texts_are_escaped(merchant: Merchant) -> None:
    hostile = "</style><script>alert(1)</script>"
    sid = merchant.create(
        order={"amount": 100, "currency": "NOK", "merchant_reference": hostile},
        metadata={hostile: hostile},
    )
    answer = merchant.client.get(f"{BASE}/sessions/{sid}/timeline.html")
    assert "<script>" not in answer.text
    assert answer.text.count("</style>") == 1
    assert "\n" not in answer.headers["content-disposition"]


def test_replays_faults_and_headers_are_marked() -> None:
    with opened(answered_now) as merchant:
        sid, _ = merchant.purchase()
        merchant.advance(0)
        store = merchant.app.state.sandbox.store
        [*_, delivery] = store.oldest(Callback, merchant.account, link=sid)
        attempt = AttemptRecord.model_validate({
            **delivery.attempts[0].shown(), "extra": "replay", "fault": "bad_signature",
            "request_headers": {"event-delivery": "x", "authorization": "never-shown"},
        })  # fmt: skip
        store.save(delivery.with_(attempts=(*delivery.attempts, attempt)))
        last = [leg for leg in legs(merchant, sid) if leg["receiver"] == "shop"][-1]
        assert (last["is_replay"], last["fault"]) == (True, "bad_signature")
        assert last["request_headers"] == {"event-delivery": "x", "authorization": "(redacted)"}
        page = html(merchant, sid)
        assert "replay" in page and "fault: bad_signature" in page and "event-delivery: x" in page
        assert "never-shown" not in page


def test_an_unknown_session_has_no_timeline(merchant: Merchant) -> None:
    assert merchant.client.get(f"{BASE}/sessions/x/timeline.html").status_code == 404

"""Every verb of the tester's API at a real sandbox: nothing stands in."""

from __future__ import annotations

from pathlib import Path

from mock_dintero.testing import MockDintero


def test_a_purchase_from_the_shell(shell, tmp_path: Path) -> None:
    with MockDintero(shell.url, shell.account) as dintero:
        url = {"return_url": "http://127.0.0.1:1/", "callback_url": "http://127.0.0.1:1/paid"}
        assert shell("clock", "freeze").exit_code == 0
        assert shell.json("clock")[shell.account]["running"] is False
        assert shell("faults", "add", "payment_callback", "drop", "--times", "2").exit_code == 0
        assert [one["do"] for one in shell.json("faults")] == ["drop"]
        sid = dintero.create_session(url=url)["id"]
        dintero.buyer(sid).pay()
        waited = shell("wait", "delivery", f"session_id={sid}", "state=waiting", "attempts=1")
        assert waited.exit_code == 0, waited.output
        assert shell("clock", "advance", "5s").exit_code == 0
        [delivery] = shell.json("deliveries")
        assert [one["fault"] for one in delivery["attempts"]] == ["drop", "drop"]
        replayed = shell("replay", delivery["id"])
        assert "127.0.0.1:1" in replayed.output
        page = tmp_path / "timeline.html"
        assert shell("timeline", sid, "--html", str(page)).exit_code == 0
        assert "payment callback" in page.read_text(encoding="utf-8")
        assert shell("snapshot", "save", "paid").exit_code == 0
        assert shell("reset").exit_code == 0
        assert shell.json("deliveries") == []
        assert shell("snapshot", "restore", "paid").exit_code == 0
        assert len(shell.json("deliveries")[0]["attempts"]) == 3
        assert shell("snapshot", "delete", "paid").exit_code == 0
        assert shell("clock", "run").exit_code == 0
        assert shell("faults", "clear").exit_code == 0
        assert shell.json("faults") == []


def test_what_waits_in_vain_names_the_nearest_miss(shell) -> None:
    with MockDintero(shell.url, shell.account) as dintero:
        sid = dintero.create_session()["id"]
        result = shell("wait", "session", f"id={sid}", "order.currency=SEK", "--timeout", "0.2")
        assert result.exit_code == 1
        assert "order.currency is 'NOK', not 'SEK'" in result.output


def test_scenarios_are_listed_and_played(shell) -> None:
    listed = shell.json("scenario", "list")
    assert {"vipps", "closed_tab", "twenty_retries"} <= {one["name"] for one in listed}
    result = shell("scenario", "run", "vipps", "nobody_knows_this")
    assert result.exit_code == 1
    assert "PASS  vipps" in result.output
    assert "nobody_knows_this" in result.output

"""The tester's API from a shell: what is asked, and what is shown."""

from __future__ import annotations

import pytest

NOW = "2026-10-06T09:14:03.112Z"
CLOCK = {"T11111111": {"now": NOW, "running": True, "offset": 93600.4},
         "T22222222": {"now": NOW, "running": False, "offset": 0}}  # fmt: skip


def delivery(id, **changes):
    attempt = {
        "at": NOW, "sent_at": NOW, "status": 500, "error": None, "latency": 3.2, "response": "oops",
        "signature": "t=1,v0-hmac-sha256=ab", "fault": "drop", "is_replay": True,
        "next": "2026-10-06T09:14:13.112Z",
    }  # fmt: skip
    return {
        "id": id, "at": "payment_callback", "session_id": "T11111111.s", "transaction_id": "T11111111.t",
        "method": "POST", "url": "http://shop/cb?a=1", "body": '{"id":1}', "state": "waiting",
        "due": "2026-10-06T09:14:13.112Z", "event": "CAPTURE", "attempts": [attempt], **changes,
    }  # fmt: skip


def test_reset_says_what_is_gone(shell, paid):
    paid("order-1")

    said = shell("reset").stdout

    assert said.startswith("Forgotten: 1 callback, ")
    assert "1 session, 1 transaction" in said
    assert shell("reset").stdout == "There was nothing to forget.\n"


def test_reset_answers_with_counts_in_json(shell, paid):
    paid("order-1")

    assert shell.json("reset")["session"] == 1


def test_the_clock_of_each_account_is_shown(shell):
    shell.stand_in.answer("GET clock", CLOCK)

    assert shell("clock").stdout.splitlines() == [
        "ACCOUNT    TIME (UTC)               CLOCK   OFFSET",
        "T11111111  2026-10-06 09:14:03.112  runs    1d 2h ahead",
        "T22222222  2026-10-06 09:14:03.112  frozen  real time",
    ]
    assert shell.json("clock") == CLOCK


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("10m", {"seconds": 600}), ("90s", {"seconds": 90}), ("2h", {"seconds": 7200}),
        ("1d", {"seconds": 86400}), ("1h30m", {"seconds": 5400}), ("15", {"seconds": 15}),
        ("1.5s", {"seconds": 1.5}), ("0", {"seconds": 0}),
        ("2026-10-06T09:14:03+02:00", {"to": "2026-10-06T07:14:03.000Z"}),
        ("2026-10-06", {"to": "2026-10-06T00:00:00.000Z"}),
    ],
)  # fmt: skip
def test_the_clock_is_moved_by_a_length_or_to_a_time(shell, typed, asked):
    shell.stand_in.answer("POST clock/advance", {"T11111111": {"now": NOW, "callbacks": 1}})

    result = shell("clock", "advance", typed)

    assert result.stdout.splitlines()[1] == "T11111111  2026-10-06 09:14:03.112  1 callback"
    assert shell.last.body == asked


@pytest.mark.parametrize("typed", ["soon", "10x", "", "m", "-5m"])
def test_what_is_no_time_is_named(shell, typed):
    assert shell("clock", "advance", "--", typed).exit_code == 2
    assert shell("clock", "set", "--", typed).exit_code == 2


def test_moving_the_real_clock_carries_what_falls_due(shell, paid):
    paid("order-1")

    moved = shell.json("clock", "advance", "1d")

    assert moved[shell.account]["callbacks"] == 20  # and one when it was paid


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["freeze"], {"running": False}), (["run"], {"running": True}),
        (["set", "2026-10-06T09:14:03Z"], {"now": "2026-10-06T09:14:03.000Z"}),
    ],
)  # fmt: skip
def test_the_clock_is_frozen_run_and_set(shell, words, asked):
    shell.stand_in.answer("PUT clock", CLOCK)

    assert "frozen" in shell("clock", *words).stdout
    assert shell.last.body == asked
    assert shell.last.query == f"account={shell.account}"


def test_deliveries_are_listed_with_their_last_answer(shell, paid):
    sid = paid("order-1")

    heads, line = shell("deliveries").stdout.splitlines()

    assert heads.split() == ["ID", "CALLBACK", "STATE", "TRIES", "ANSWER", "NEXT", "TRY", "(UTC)",
                             "SESSION", "URL"]  # fmt: skip
    assert "payment_callback  waiting  1      ClientConnectorError  20" in line
    assert line.endswith(f"{sid}  http://127.0.0.1:1/callback")
    [whole] = shell.json("deliveries", "--session", sid)
    assert whole["id"].startswith(f"{shell.account}.{line.split()[0]}")


def test_deliveries_are_filtered_by_the_api(shell):
    shell.stand_in.answer("GET deliveries", [])

    result = shell("deliveries", "--session", "s", "--state", "failed", "--at", "webhook")

    assert result.stdout == "No callbacks yet.\n"
    assert shell.last.query == f"session_id=s&state=failed&at=webhook&account={shell.account}"


def test_one_delivery_is_found_by_the_beginning_of_its_id(shell, paid):
    paid("order-1")
    [whole] = shell.json("deliveries")
    beginning = whole["id"].partition(".")[2][:8]

    said = shell("deliveries", beginning).stdout

    assert f"id           {whole['id']}" in said
    assert "try 1  " in said
    assert shell.json("deliveries", beginning) == whole
    assert shell.json("deliveries", whole["id"]) == whole


def test_a_delivery_shows_faults_replays_and_the_next_try(shell):
    shell.stand_in.answer("GET deliveries", [delivery("T11111111.abc", held_for="return")])
    shell.stand_in.answer(
        "GET deliveries/T11111111.abc", delivery("T11111111.abc", held_for="return")
    )

    said = shell("deliveries", "abc").stdout

    assert said == (
        "id           T11111111.abc\n"
        "callback     payment_callback\n"
        "event        CAPTURE\n"
        "state        waiting\n"
        "session      T11111111.s\n"
        "transaction  T11111111.t\n"
        "held for     return\n"
        "next try     2026-10-06 09:14:13.112\n"
        "request      POST http://shop/cb?a=1\n"
        "\n"
        '{"id":1}\n'
        "\n"
        "try 1  2026-10-06 09:14:03.112  500  3 ms  replayed  fault: drop\n"
        "  signature  t=1,v0-hmac-sha256=ab\n"
        "  answer     oops\n"
        "  next try   2026-10-06 09:14:13.112 (10s later)\n"
    )


def test_a_beginning_that_fits_two_deliveries_is_refused(shell):
    shell.stand_in.answer("GET deliveries", [delivery("T1.abc1"), delivery("T1.abc2")])

    assert "'abc' may be each of T1.abc1, T1.abc2; write more" in shell("replay", "abc").stderr
    assert "no delivery 'x'" in shell("replay", "x").stderr


@pytest.mark.parametrize(
    ("options", "asked"), [([], "fresh"), (["--signature", "original"], "original")]
)
def test_a_delivery_is_replayed(shell, options, asked):
    shell.stand_in.answer("GET deliveries", [delivery("T1.abc")])
    shell.stand_in.answer("POST deliveries/T1.abc/replay", delivery("T1.abc", state="delivered"))

    assert "state        delivered" in shell("replay", "abc", *options).stdout
    assert shell.last.body == {"signature": asked}


def test_requests_are_listed_with_lint(shell, paid):
    sid = paid("order-1")

    said = shell("requests").stdout

    assert f"in   POST    /v1/accounts/{shell.account}/auth/token" in said
    assert "CALLBACK_NOT_HTTPS" in said
    assert all(sid in r["path"] for r in shell.json("requests", "--path", f"sessions/{sid}"))


def test_requests_are_filtered_by_the_api(shell):
    shell.stand_in.answer("GET requests", [])

    result = shell("requests", "--direction", "inbound", "--method", "post", "--path", "/capture",
                   "--session", "s", "--status", "400", "--since", "2026-10-06")  # fmt: skip

    assert result.stdout == "No requests yet.\n"
    assert shell.last.query == (
        "direction=inbound&method=POST&path=%2Fcapture&session_id=s&status=400"
        f"&since=2026-10-06T00%3A00%3A00.000Z&account={shell.account}"
    )


def test_faults_are_listed_and_ended(shell):
    fault = {"id": "f", "at": "api", "do": "status", "left": 2, "status": 429, "code": None,
             "match": {"method": "POST", "path": None}}  # fmt: skip
    shell.stand_in.answer("GET faults", [fault])
    shell.stand_in.answer("DELETE faults", [])

    assert shell("faults").stdout == (
        "AT   DO      LEFT  MATCH        OPTIONS\napi  status  2     method=POST  status=429\n"
    )
    assert shell("faults", "clear").stdout == "Nothing goes wrong.\n"


def test_a_fault_is_added_with_numbers_as_numbers_and_matches_as_text(shell):
    shell.stand_in.answer("POST faults", [])

    shell("faults", "add", "api", "status", "--times", "2", "--option", "status=429",
          "--option", "message=too many = too many", "--match", "merchant_reference=1001")  # fmt: skip

    assert shell.last.body == {
        "at": "api", "do": "status", "times": 2, "status": 429, "message": "too many = too many",
        "match": {"merchant_reference": "1001"},
    }  # fmt: skip


def test_what_is_no_pair_is_named(shell):
    assert (
        "'status' is not key=value"
        in shell("faults", "add", "api", "do", "--option", "status").stderr
    )
    assert "'=x' is not key=value" in shell("wait", "delivery", "=x").stderr


def test_wait_shows_what_came(shell):
    shell.stand_in.answer("POST wait", {"found": [delivery("T1.abc", state="delivered")]})

    result = shell("wait", "delivery", "at=payment_callback", "attempts.0.status=200", 'ref="1001"',
                   "state=delivered", "state=failed", "--count", "2", "--timeout", "0.5")  # fmt: skip

    assert result.stdout == "delivery  payment_callback  delivered  T1.abc\n"
    assert shell.last.body == {
        "for": "delivery", "count": 2, "timeout": 0.5,
        "match": {"at": "payment_callback", "attempts.0.status": 200, "ref": "1001",
                  "state": ["delivered", "failed"]},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("what", "item", "line"),
    [
        ("request", {"method": "GET", "path": "/a", "status": 200}, "request  GET /a  200"),
        ("transaction", {"id": "t", "status": "CAPTURED", "amount": 5}, "transaction  CAPTURED  5  t"),
        ("session", {"id": "s", "order": {"merchant_reference": "o"}}, "session  o  s"),
    ],
)  # fmt: skip
def test_wait_knows_four_kinds(shell, what, item, line):
    shell.stand_in.answer("POST wait", {"found": [item]})

    assert shell("wait", what).stdout == f"{line}\n"


def test_when_nothing_came_wait_says_what_was_nearest(shell):
    error = {"code": "WAIT_TIMED_OUT", "message": "no delivery fits within 0.1 s",
             "nearest": {"item": {}, "why": ["state is 'waiting', not 'delivered'"]}}  # fmt: skip
    shell.stand_in.answer("POST wait", {"error": error}, 408)

    result = shell("wait", "delivery", "state=delivered", "--timeout", "0.1")

    assert result.exit_code == 1
    assert result.stderr == (
        "Error: no delivery fits within 0.1 s\n  state is 'waiting', not 'delivered'\n"
    )


def test_snapshots_are_saved_restored_listed_and_deleted(shell):
    for call in ("PUT snapshots/a b", "POST snapshots/a b/restore", "DELETE snapshots/a b"):
        shell.stand_in.answer(call, {})
    shell.stand_in.answer("GET snapshots", [{"name": "a b", "created_at": NOW, "records": {}}])

    assert shell("snapshot", "save", "a b").stdout == "Kept as a b.\n"
    assert shell("snapshot", "restore", "a b").stdout == "Everything is as it was in a b.\n"
    assert shell("snapshot", "delete", "a b").stdout == "a b is gone.\n"
    assert shell("snapshot").stdout == "NAME  CREATED_AT\na b   2026-10-06 09:14:03.112\n"

    shell.stand_in.answer("GET snapshots", ["a", "b"])
    assert shell("snapshot", "list").stdout == "NAME\na\nb\n"
    shell.stand_in.answer("GET snapshots", [])
    assert shell("snapshot", "list").stdout == "No snapshots.\n"


def test_the_timeline_is_that_of_a_session_or_of_its_merchant_reference(shell, paid):
    sid = paid("order-7")

    said = shell("timeline", sid).stdout

    assert "create session" in said
    assert "payment callback" in said
    assert shell("timeline", "order-7").stdout == said
    assert shell.json("timeline", sid)[0]["what"] == "token"


def test_a_session_that_is_not_there_has_no_timeline(shell):
    assert "'order-9' is neither the id nor" in shell("timeline", "order-9").stderr
    assert shell("timeline", f"{shell.account}.1111111111111111111111").exit_code == 1


def test_the_timeline_is_written_as_a_page(shell, paid, tmp_path):
    sid, page = paid("order-1"), tmp_path / "timeline.html"
    shell.stand_in.answer(f"GET sessions/{sid}/timeline.html", "<html>kjøp</html>")

    result = shell("timeline", sid, "--html", str(page))

    assert result.stdout == f"Written to {page}.\n"
    assert page.read_text(encoding="utf-8") == "<html>kjøp</html>"

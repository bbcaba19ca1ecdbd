"""What every verb that talks to a sandbox does alike."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

NOWHERE = "http://127.0.0.1:1"
VERBS = [
    ["reset"], ["clock"], ["clock", "show"], ["clock", "advance", "10m"], ["clock", "freeze"],
    ["clock", "run"], ["clock", "set", "2026-10-06"], ["deliveries"], ["deliveries", "abc"],
    ["replay", "abc"], ["requests"], ["faults"], ["faults", "list"], ["faults", "clear"],
    ["faults", "add", "api", "status"], ["wait", "delivery"], ["snapshot"], ["snapshot", "list"],
    ["snapshot", "save", "a"], ["snapshot", "restore", "a"], ["snapshot", "delete", "a"],
    ["timeline", "order-1"], ["scenario", "list"], ["scenario", "run", "a", "--shop", "http://shop"],
]  # fmt: skip


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_without_a_sandbox_there_is_one_sentence_with_the_way_out(shell, words):
    result = shell(*words, "--url", NOWHERE)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"Error: no sandbox answers at {NOWHERE} (connection refused). Start one with "
        "`mock-dintero start`, or name another with --url or MOCK_DINTERO_URL\n"
    )


class SomethingElse(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def test_something_else_on_the_port_is_no_sandbox(shell):
    with HTTPServer(("127.0.0.1", 0), SomethingElse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        result = shell("clock", "--url", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()

    assert result.exit_code == 1
    assert "something else than a sandbox answers at" in result.stderr


@pytest.mark.parametrize("url", ["localhost:8426", "ftp://a", "http://[", ""])
def test_what_is_no_url_is_named(shell, url):
    result = shell("deliveries", "--url", url, env={"MOCK_DINTERO_URL": ""})

    assert result.exit_code == 1
    assert "is no URL; write it like http://127.0.0.1:8426" in result.stderr


def test_an_error_of_the_api_is_its_message_with_the_details(shell):
    error = {"code": "BAD", "message": "faults are wrong", "errors": [{"message": "at: no place"}]}
    shell.stand_in.answer("POST faults", {"error": error}, 400)

    result = shell("faults", "add", "nowhere", "status")

    assert result.exit_code == 1
    assert result.stderr == "Error: faults are wrong\n  at: no place\n"


def test_with_json_the_error_is_on_stdout_too(shell):
    error = {"error": {"code": "NOT_FOUND", "message": "no snapshot 'a'"}}
    shell.stand_in.answer("DELETE snapshots/a", error, 404)

    result = shell("snapshot", "delete", "a", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout) == error
    assert result.stderr == "Error: no snapshot 'a'\n"


def test_an_answer_without_an_error_in_it_is_shown_as_it_is(shell):
    shell.stand_in.answer("GET faults", "<html>no", 502)

    assert shell("faults").stderr == "Error: the sandbox answered 502: <html>no\n"


def test_without_an_account_all_are_meant(shell):
    shell.stand_in.answer("GET faults", [])
    shell("faults", env={"DINTERO_ACCOUNT_ID": ""})
    assert shell.last.query == ""

    shell("faults", "--account", "T11111111")
    assert shell.last.query == "account=T11111111"


def test_a_name_cannot_leave_its_place_in_the_path(shell):
    shell.stand_in.answer("PUT snapshots/a/../b?c", {"error": {"message": "no such name"}}, 400)

    assert shell("snapshot", "save", "a/../b?c").stderr == "Error: no such name\n"


def test_colours_are_for_terminals_and_never_with_no_color(shell):
    delivery = {
        "id": "T1.abc", "at": "payment_callback", "state": "failed", "attempts": [], "session_id": "s",
        "method": "GET", "url": "http://shop/cb", "due": None,
    }  # fmt: skip
    shell.stand_in.answer("GET deliveries", [delivery])

    assert "\x1b[31mfailed" in shell("deliveries", color=True).stdout
    assert "\x1b" not in shell("deliveries", color=False).stdout
    assert "\x1b" not in shell("deliveries", color=True, env={"NO_COLOR": "1"}).stdout

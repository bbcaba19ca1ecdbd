"""`doctor`: every leg, whole and broken."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mock_dintero import __version__
from mock_dintero.config import Config
from mock_dintero.server import Server

NOWHERE = "http://127.0.0.1:1"
NOW = "2026-10-06T09:14:03.112Z"


class Shop(BaseHTTPRequestHandler):
    """Answers 404 to everything: it is there."""

    def do_GET(self):
        self.send_response(404)
        self.send_header("content-length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def shop() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def real_time(shell):
    tell_clock(shell)


def tell_clock(shell, running=True, offset=0.0):
    clock = {"now": NOW, "running": running, "offset": offset}
    shell.stand_in.answer("GET clock", {shell.account: clock})


def info(shell, **changes):
    told = {"version": __version__, "url": shell.url, "store": "memory", "accounts": {}}
    shell.stand_in.answer("GET info", told | changes)


def test_when_every_leg_is_whole_it_says_so(shell, shop):
    result = shell("doctor", "--merchant", shop)

    assert result.stdout.splitlines() == [
        f"ok   sandbox: version {__version__} answers at {shell.url}",
        f"ok   page: browsers and shops are sent to {shell.url}",
        f"ok   login: {shell.account} gets a token",
        f"ok   shop: the sandbox reaches {shop}",
        "ok   clock: real time",
    ]
    assert result.exit_code == 0


def test_the_ping_leaves_no_subscription(shell, shop, dintero):
    shell("doctor", "--merchant", shop)

    assert dintero.call("GET", f"/v1/accounts/{shell.account}/hooks/subscriptions") == []


def test_without_a_sandbox_there_is_nothing_else_to_try(shell):
    result = shell("doctor", "--url", NOWHERE)

    [line] = result.stdout.splitlines()
    assert line.startswith(f"bad  sandbox: no sandbox answers at {NOWHERE}")
    assert result.exit_code == 1


def test_another_version_is_named(shell):
    info(shell, version="0.0.1")

    said = shell("doctor").stdout

    assert (
        f"bad  sandbox: version 0.0.1 answers at {shell.url}, this command is {__version__}" in said
    )
    assert "Start the sandbox anew" in said


def test_a_public_url_that_leads_nowhere_is_mended_with_public_url(shell):
    info(shell, url=NOWHERE)

    said = shell("doctor").stdout

    assert f"bad  page: browsers and shops are sent to {NOWHERE}, where nothing answers" in said
    assert f"--public-url {shell.url}" in said


def test_a_public_url_of_another_sandbox_is_found_out(shell, shop):
    with Server(Config(port=0)) as other:
        info(shell, url=other.url)
        assert f"sent to {other.url}, where something else answers" in shell("doctor").stdout
    info(shell, url=shop.removesuffix("/hook"))
    assert "where something else answers" in shell("doctor").stdout


def test_a_public_url_by_another_name_is_the_same_sandbox(shell):
    public = shell.url.replace("127.0.0.1", "localhost")
    info(shell, url=public)

    result = shell("doctor")

    assert (
        f"ok   page: browsers and shops are sent to {public}, which is this sandbox"
        in result.stdout
    )
    assert result.exit_code == 0


def test_wrong_credentials_are_told_with_the_sandboxs_own_words(shell):
    result = shell(
        "doctor", "--account", "T12345678", "--client-secret", "wrong", "--merchant", NOWHERE
    )

    assert "bad  login: T12345678 with client mock-client-id: wrong client_id" in result.stdout
    assert "Give your shop the variables" in result.stdout
    assert f"bad  shop: {NOWHERE} does not answer here; the sandbox was not asked" in result.stdout


def test_a_shop_that_is_not_running_is_to_be_started(shell):
    result = shell("doctor", "--merchant", NOWHERE)

    assert f"bad  shop: the sandbox does not reach {NOWHERE}: ClientConnectorError" in result.stdout
    assert "Start your shop" in result.stdout
    assert result.exit_code == 1


def test_a_shop_that_only_the_sandbox_does_not_reach_needs_another_name(shell, shop):
    """As in a container, where this machine's localhost is not the sandbox's."""
    broken = Config(port=0, callback_rewrite=(f"{shop}={NOWHERE}",))
    with Server(broken) as server:
        said = shell(
            "doctor", "--url", server.url, "--account", "T12345678", "--merchant", shop
        ).stdout

    origin = shop.removesuffix("/hook")
    inside = origin.replace("127.0.0.1", "host.docker.internal")
    assert f"bad  shop: the sandbox does not reach {shop}" in said
    assert f"--callback-rewrite {origin}={inside}" in said


def test_what_is_no_url_of_a_shop_is_told(shell):
    assert "bad  shop: the sandbox does not reach x:" in shell("doctor", "--merchant", "x").stdout


@pytest.mark.parametrize(
    ("clock", "says"),
    [
        ({"running": False}, "time stands still at 2026-10-06T09:14:03.112Z"),
        ({"offset": 7200.4}, "it is 2h ahead of real time"),
        ({"offset": -90}, "it is 1m 30s behind real time"),
    ],
)
def test_a_moved_clock_is_named(shell, clock, says):
    tell_clock(shell, **clock)

    result = shell("doctor")

    assert f"bad  clock: {says}\n     `mock-dintero clock run` lets it go on" in result.stdout
    assert result.exit_code == 1


def test_the_findings_are_json_on_demand(shell):
    tell_clock(shell, running=False)

    found = json.loads(shell("doctor", "--json").stdout)

    assert [(check["leg"], check["is_good"]) for check in found] == [
        ("sandbox", True), ("page", True), ("login", True), ("clock", False)
    ]  # fmt: skip

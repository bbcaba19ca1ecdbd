"""The file store: killed at any moment, it forgets nothing that it has accepted."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mock_dintero.testing import MockDintero

PURCHASES = 200
BUYERS = 8
KILL_AT = (20, 60, 100, 150, 190)


class Shop(BaseHTTPRequestHandler):
    """Writes down whose payment it was told of."""

    told: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        Shop.told.append(query["transaction_id"][0])
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def recording_shop() -> Iterator[str]:
    Shop.told.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/callback"
        server.shutdown()
        thread.join()


class Sandbox:
    """A sandbox process on one port and one file, that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.store, self.port_file = folder / "sandbox.db", folder / "port"
        self.port = 0
        self.start()

    def start(self) -> None:
        self.port_file.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mock_dintero", "start", "-q", "--port", str(self.port),
             "--store", f"sqlite:///{self.store}", "--port-file", str(self.port_file)]
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while not (self.port_file.exists() and self.port_file.read_text().strip()):
            assert self.process.poll() is None, "the sandbox ended at start"
            assert time.monotonic() < deadline, "the sandbox did not start"
            os.sched_yield()
        self.port = int(self.port_file.read_text())

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def buy(sandbox: Sandbox, callback_url: str, number: int) -> None:
    """One purchase; a buyer whose sandbox dies under her starts anew."""
    while True:
        dintero = MockDintero(sandbox.url)
        try:
            made = dintero.create_session(
                url={"return_url": "http://127.0.0.1:1/", "callback_url": callback_url},
                order={"amount": 100, "currency": "NOK", "merchant_reference": f"order-{number}"},
            )
            dintero.buyer(made).pay()
        except httpx.TransportError:
            continue
        else:
            return
        finally:
            dintero.close()


def all_transactions(dintero: MockDintero) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    while True:
        after = {"starting_after": found[-1]["id"]} if found else {}
        page = dintero.call("GET", "/v1/transactions", limit=100, **after)
        if not page:
            return found
        found += page


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_no_accepted_payment_goes_untold_when_the_sandbox_is_killed(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    with recording_shop() as callback_url:
        with ThreadPoolExecutor(BUYERS) as buyers:
            purchases = [buyers.submit(buy, sandbox, callback_url, n) for n in range(PURCHASES)]
            for at in KILL_AT:
                while sum(done.done() for done in purchases) < at:
                    os.sched_yield()
                sandbox.kill()
                sandbox.start()
            for purchase in purchases:
                purchase.result()
        dintero = MockDintero(sandbox.url)
        dintero.advance(0)  # all that is due has been carried when this answers
        transactions = all_transactions(dintero)
        sessions = {t["session_id"]: dintero.peek(str(t["session_id"])) for t in transactions}
        deliveries = dintero.deliveries
        dintero.close()
    sandbox.process.terminate()
    sandbox.process.wait()

    authorized = {str(t["id"]) for t in transactions if t["status"] == "AUTHORIZED"}
    assert len(authorized) >= PURCHASES
    assert authorized <= set(Shop.told), "a payment was accepted and never told"
    for (
        transaction
    ) in transactions:  # session, transaction and callback are there together, or none
        is_paid = transaction["status"] == "AUTHORIZED"
        session = sessions[transaction["session_id"]]
        assert (session.get("transaction_id") == transaction["id"]) == is_paid
        told = [d for d in deliveries if d.get("transaction_id") == transaction["id"]]
        assert len(told) == is_paid
        assert all(d["state"] == "delivered" for d in told)
    file = sqlite3.connect(sandbox.store)
    assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    file.close()


def test_a_second_sandbox_on_the_same_file_is_told_so(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path)
    second = subprocess.run(
        [sys.executable, "-m", "mock_dintero", "start", "--port", "0",
         "--store", f"sqlite:///{sandbox.store}"],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    sandbox.process.terminate()
    sandbox.process.wait()
    assert second.returncode == 1
    assert "Does another mock-dintero use this file?" in second.stderr


def test_a_demo_that_is_ended_takes_its_shop_along(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as written:
        demo = subprocess.Popen(
            [sys.executable, "-m", "mock_dintero", "demo", "--port", "0", "--shop-port", "0"],
            stdout=written, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    deadline = time.monotonic() + 40
    while not (shown := re.search(r"in a browser:\s+(http\S+)", log.read_text())):
        assert demo.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        os.sched_yield()
    assert httpx.get(f"{shown[1]}/healthz").status_code == 200
    demo.terminate()
    demo.wait(20)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{shown[1]}/healthz")

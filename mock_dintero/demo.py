"""The demo: a sandbox, the sample shop in its own process, one express purchase with its timeline."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from mock_dintero import contract_files
from mock_dintero.config import environment
from mock_dintero.core.account import DEFAULT_ID
from mock_dintero.telling import as_lines
from mock_dintero.testing import ADDRESS, MockDintero

SHOP_STARTS_WITHIN = 20.0
CALLBACK_COMES_WITHIN = 20.0


class DemoFailed(Exception):
    """The purchase did not go through; the message says where it stopped."""


@contextmanager
def sample_shop(url: str, port: int = 0, account_id: str = DEFAULT_ID) -> Iterator[str]:
    """The sample shop in a process of its own; gives its address. Raises DemoFailed."""
    with tempfile.TemporaryDirectory() as folder:
        port_file, log = Path(folder) / "port", Path(folder) / "log"
        with log.open("wb") as written:
            shop = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, str(contract_files.folder() / "sample_shop.py"),
                 "--port", str(port), "--port-file", str(port_file)],
                env={**os.environ, **environment(url, account_id)}, stdout=written, stderr=written,
            )  # fmt: skip
        try:
            yield f"http://127.0.0.1:{_wait_for_port(shop, port_file)}"
        except DemoFailed as failure:
            said = log.read_text(errors="replace").strip().splitlines()[-5:]
            raise DemoFailed("\n  ".join([str(failure), "the shop's last words:", *said])) from None
        finally:
            shop.terminate()
            shop.wait(10)


def _wait_for_port(shop: subprocess.Popen[bytes], port_file: Path) -> int:
    deadline = time.monotonic() + SHOP_STARTS_WITHIN
    while time.monotonic() < deadline:
        if port_file.exists() and (text := port_file.read_text().strip()):
            return int(text)
        if shop.poll() is not None:
            raise DemoFailed(f"the sample shop ended with {shop.returncode}")
        time.sleep(0.02)
    raise DemoFailed("the sample shop did not start")


def purchase(dintero: MockDintero, shop_url: str) -> tuple[str, dict[str, Any]]:
    """Buy a sweater as a browser without JavaScript would; then the shop ships it.

    Answers with the session's id and what the shop believes of the order. Raises DemoFailed.
    """
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=70) as browser:
        page = _arrives(browser.post(f"{shop_url}/checkout", data={"sweater": "1"}), "?sid=")
        sid = page.url.params["sid"]
        at = f"{dintero.url}/checkout/{sid}"
        _arrives(browser.post(f"{at}/address", data=ADDRESS), "?sid=")
        options = dintero.peek(sid)["express"]["shipping_options"]
        if not options:
            raise DemoFailed("the shop named no shipping options")
        chosen = {"shipping_option": options[0]["line_id"]}
        _arrives(browser.post(f"{at}/shipping", data=chosen), "?sid=")
        paying = {"payment_product_type": "dintero_psp.vipps"}
        wallet = _arrives(browser.post(f"{at}/pay", data=paying), "/wallet/")
        phone = {"phone_number": ADDRESS["phone_number"]}
        app = _arrives(browser.post(f"{wallet.url}/phone", data=phone), "/app")
        thanks = _arrives(browser.post(str(app.url).removesuffix("/app") + "/approve"), "/return")
        reference = thanks.url.params["merchant_reference"]
        _wait_for_callback(dintero, sid)
        browser.post(f"{shop_url}/orders/{reference}/ship")
        order: dict[str, Any] = browser.get(f"{shop_url}/api/orders/{reference}").json()
    if order["status"] != "captured":
        raise DemoFailed(f"the shop says the order is {order['status']}, not captured")
    return sid, order


def _arrives(answer: httpx.Response, at: str) -> httpx.Response:
    if answer.status_code != 200 or at not in str(answer.url):
        raise DemoFailed(f"{answer.request.method} {answer.url} answered {answer.status_code}")
    return answer


def _wait_for_callback(dintero: MockDintero, sid: str) -> None:
    """The callback and the browser's return are not ordered; wait for the later of the two."""
    deadline = time.monotonic() + CALLBACK_COMES_WITHIN
    while time.monotonic() < deadline:
        payments = [d for d in dintero.deliveries_of(sid) if d["at"] == "payment_callback"]
        if payments and payments[0]["state"] in ("delivered", "failed"):
            return
        time.sleep(0.02)
    raise DemoFailed("the payment callback did not reach the shop")


def timeline(dintero: MockDintero, sid: str) -> list[str]:
    """What happened, leg by leg, in order of time."""
    return as_lines(dintero.timeline(sid))

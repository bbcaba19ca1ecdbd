"""Stylesheets and scripts: packed for whoever can unpack them, and sent once."""

from __future__ import annotations

import pytest
from sandbox import Merchant

from fake_checkout_ui.assets import FOLDER

CSS = "/_checkout/static/checkout.css"


def test_a_stylesheet_is_sent_packed(merchant: Merchant) -> None:
    plain = (FOLDER / "checkout.css").read_text(encoding="utf-8")
    packed = merchant.client.get(CSS)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["content-type"].startswith("text/css")
    assert packed.text == plain
    assert int(packed.headers["content-length"]) < len(plain.encode()) / 3
    unpacked = merchant.client.get(CSS, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in unpacked.headers
    assert unpacked.text == plain


def test_a_page_is_sent_packed(merchant: Merchant) -> None:
    sid = merchant.create()
    plain = merchant.client.get(f"/?sid={sid}", headers={"accept-encoding": "identity"})
    packed = merchant.client.get(f"/?sid={sid}")
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


def test_what_has_not_changed_is_not_sent_again(merchant: Merchant) -> None:
    etag = merchant.client.get(CSS).headers["etag"]
    again = merchant.client.get(CSS, headers={"if-none-match": etag})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    "path", ["nothing.css", "../pages.py", "..%2fpages.py", "%2e%2e/pages.py", "", "/etc/passwd"]
)
def test_nothing_else_is_sent(merchant: Merchant, path: str) -> None:
    assert merchant.client.get(f"/_checkout/static/{path}").status_code == 404


@pytest.mark.parametrize(("name", "kind"), [
    ("checkout.js", "javascript"), ("favicon.svg", "image/svg+xml"), ("checkout.css", "text/css"),
])  # fmt: skip
def test_a_file_says_what_it_is(merchant: Merchant, name: str, kind: str) -> None:
    answer = merchant.client.get(f"/_checkout/static/{name}")
    assert kind in answer.headers["content-type"]
    assert answer.headers["x-content-type-options"] == "nosniff"

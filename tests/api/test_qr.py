"""A session's page as a QR code."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import pytest
import segno
from sandbox import Merchant

from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.qr import png


def picture(data_url: str) -> tuple[int, int, list[bytes]]:
    """Width, height and grey rows of a PNG in a data URL."""
    head, _, encoded = data_url.partition(",")
    assert head == "data:image/png;base64"
    raw = base64.b64decode(encoded, validate=True)
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    wide, high = struct.unpack(">II", raw[16:24])
    start = raw.index(b"IDAT")
    (length,) = struct.unpack(">I", raw[start - 4 : start])
    pixels = zlib.decompress(raw[start + 4 : start + 4 + length])
    return wide, high, [pixels[n * (wide + 1) + 1 : (n + 1) * (wide + 1)] for n in range(high)]


def squares(rows: list[bytes], count: int) -> list[list[bool]]:
    """The middle of each square of a code with so many of them a side."""
    size = len(rows)
    scale = size // (count + 8)
    start = (size - scale * count) // 2 + scale // 2
    return [
        [rows[start + y * scale][start + x * scale] == 0 for x in range(count)]
        for y in range(count)
    ]


@pytest.mark.parametrize("body", [None, {}, {"size": 301}, {"format": "png", "size": 120}])
def test_the_code_leads_to_the_page_of_the_session(merchant: Merchant, body: Any) -> None:
    sid = merchant.create()
    answer = merchant.ok("POST", f"/v1/sessions/{sid}/qr", body)
    assert list(answer) == ["qr"]
    wide, high, rows = picture(answer["qr"])
    assert wide == high == (body or {}).get("size", 300)
    url = merchant.ok("POST", "/v1/sessions-profile", {**_body(), "profile_id": "x"})["url"]
    expected = segno.make(f"{url.rpartition('/')[0]}/{sid}", error="m", micro=False).matrix
    assert squares(rows, len(expected)) == [[bool(one) for one in line] for line in expected]


def _body() -> dict[str, Any]:
    order = {"amount": 1, "currency": "NOK", "merchant_reference": "1"}
    return {"url": {"return_url": "https://shop.example/"}, "order": order}


@pytest.mark.parametrize(
    "body",
    [
        {"size": 0},
        {"size": 20},
        {"size": 2001},
        {"size": "300"},
        {"size": 300.5},
        {"format": "svg"},
        [],
    ],
)
def test_a_picture_that_cannot_be_drawn_is_refused(merchant: Merchant, body: Any) -> None:
    answer = merchant.call("POST", f"/v1/sessions/{merchant.create()}/qr", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        400,
        "INVALID_REQUEST_PARAMETER",
    )


def test_only_the_session_s_own_account_gets_the_code(merchant: Merchant) -> None:
    path = f"/v1/sessions/{merchant.create()}/qr"
    assert merchant.client.post(path).status_code == 401
    assert merchant.call("POST", "/v1/sessions/T12345678.nothing/qr").status_code == 404
    merchant.log_in("T87654321", "a", "b")
    assert merchant.call("POST", path).status_code == 404


def test_white_surrounds_the_code_on_all_sides() -> None:
    code = [[1] * 21 for _ in range(21)]
    *_, rows = picture("data:image/png;base64," + base64.b64encode(png(code, 31)).decode())
    assert [y for y, row in enumerate(rows) if 0 in row] == list(range(5, 26))
    assert {row.count(0) for row in rows} == {0, 21}
    with pytest.raises(InvalidRequest, match="29 pixels"):
        png(code, 28)

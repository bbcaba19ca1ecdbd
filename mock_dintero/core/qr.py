"""The picture of a QR code: its squares as a PNG of exactly the size that was asked for."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.record import Part

QUIET_ZONE = 4
"""Squares of white on each side, as the standard wants (ISO/IEC 18004)."""
LARGEST_SIZE = 2000
"""Pixels. Ours."""


class QrOptions(Part):
    """Body of `POST /v1/sessions/{sid}/qr`. Source: schema QROptions of the specification of 2024."""

    format: Literal["png"] = "png"
    size: Annotated[int, Field(strict=True, ge=1, le=LARGEST_SIZE)] = 300


def png(squares: Sequence[Sequence[int]], size: int) -> bytes:
    """Black on white, `size` pixels wide and high. Raises InvalidRequest if the squares do not fit."""
    scale = size // (len(squares) + 2 * QUIET_ZONE)
    if scale < 1:
        least = len(squares) + 2 * QUIET_ZONE
        raise InvalidRequest(f"size: this code needs {least} pixels at least, not {size}")
    before = (size - scale * len(squares)) // 2
    white = bytes([255]) * size
    rows = [white] * before
    for line in squares:
        black = b"".join(bytes([0 if square else 255]) * scale for square in line)
        row = (white[:before] + black).ljust(size, b"\xff")
        rows += [row] * scale
    rows += [white] * (size - len(rows))
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", pixels), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def as_data(picture: bytes) -> str:
    """A `data:` URL, which `<img src>` takes as it is."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"

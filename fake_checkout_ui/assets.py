"""Stylesheets, scripts and drawings, packed once; pages, packed each time, for whoever can unpack them."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

FOLDER = (Path(__file__).parent / "static").resolve()


@dataclass(frozen=True)
class Asset:
    """A file as it is, and packed."""

    kind: str
    plain: bytes
    packed: bytes
    etag: str


async def send(request: Request) -> Response:
    """`GET /_checkout/static/...`; asked for again, it is sent only if it has changed."""
    path = (FOLDER / request.path_params["path"]).resolve()
    if not path.is_relative_to(FOLDER) or not path.is_file():
        return PlainTextResponse("Not Found", 404)
    asset = _read(path, path.stat().st_mtime_ns)
    headers = {
        "etag": asset.etag, "cache-control": "no-cache", "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
    }  # fmt: skip
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if _unpacks(request):
        headers["content-encoding"] = "gzip"
        return Response(asset.packed, media_type=asset.kind, headers=headers)
    return Response(asset.plain, media_type=asset.kind, headers=headers)


def packed(request: Request, answer: Response) -> Response:
    """A page packed, the quick way: it is used once."""
    if isinstance(answer, HTMLResponse) and _unpacks(request):
        answer.body = gzip.compress(bytes(answer.body), compresslevel=1, mtime=0)
        answer.headers["content-length"] = str(len(answer.body))
        answer.headers["content-encoding"] = "gzip"
        answer.headers["vary"] = "accept-encoding"
    return answer


def _unpacks(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


@lru_cache
def _read(path: Path, changed: int) -> Asset:
    """`changed` is part of the key: a file that somebody is working on is read anew."""
    plain = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    etag = f'"{hashlib.sha256(plain).hexdigest()[:16]}"'
    return Asset(kind, plain, gzip.compress(plain, mtime=0), etag)

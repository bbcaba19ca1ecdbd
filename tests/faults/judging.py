"""Is a request's signature good? Written again from the guides' words, without the sandbox's own code."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from typing import Literal
from urllib.parse import quote, unquote_plus, urlsplit

from recording_merchant import Seen

Verdict = Literal["good", "forged", "stale", "unsigned"]
SECRET, HOOK_SECRET = "mock-signature-secret", "hush"
DINTERO = re.compile(r"t=(\d+),v0-hmac-sha256=([0-9a-f]{64})")
FIVE_MINUTES = 300


def _form_byte(byte: int) -> str:
    text = chr(byte)
    if text == " ":
        return "+"
    return text if text.isascii() and (text.isalnum() or text in "*-._") else f"%{byte:02X}"


def _signed_query(query: str) -> str:
    pairs = [
        (unquote_plus(name), unquote_plus(value))
        for name, _, value in (pair.partition("=") for pair in query.split("&") if pair)
    ]
    pairs.sort(key=lambda pair: pair[0].encode("utf-16-be"))
    return "&".join(
        "=".join("".join(map(_form_byte, text.encode())) for text in pair) for pair in pairs
    )


def of_callback(account: str, method: str, url: str, header: str, now: float) -> Verdict:
    """Time, account, method, host, path and sorted query, under HMAC-SHA256."""
    found = DINTERO.fullmatch(header)
    if not found:
        return "forged" if header else "unsigned"
    moment, digest = found.groups()
    parts = urlsplit(url)
    path = "".join(char if char.isascii() else quote(char) for char in parts.path or "/")
    payload = "\n".join(
        [moment, account, method, (parts.hostname or "").lower(), path, _signed_query(parts.query)]
    )
    mine = hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(mine, digest):
        return "forged"
    return "good" if abs(now - int(moment)) <= FIVE_MINUTES else "stale"


def of_webhook(body: bytes, header: str) -> Verdict:
    """HMAC-SHA1 of the raw body."""
    if not header:
        return "unsigned"
    mine = hmac.new(HOOK_SECRET.encode(), body, hashlib.sha1).hexdigest()
    return "good" if hmac.compare_digest(mine, header) else "forged"


def verdict(account: str, seen: Seen) -> Verdict:
    """Of any request that the sandbox has sent to a merchant."""
    if seen.kind == "hook":
        return of_webhook(seen.body, seen.headers.get("event-signature", ""))
    url = f"http://{seen.headers['host']}{seen.path}" + (f"?{seen.query}" if seen.query else "")
    header = seen.headers.get("dintero-signature", "")
    return of_callback(account, seen.method, url, header, time.time())

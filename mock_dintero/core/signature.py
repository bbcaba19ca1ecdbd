"""`Dintero-Signature`: made and explained, byte for byte as Dintero does it."""

from __future__ import annotations

import hashlib
import hmac
import re
import string
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

HEADER = "Dintero-Signature"
TOLERANCE_SECONDS = 300
"""Dintero recommends to refuse signatures older than five minutes."""

_PLAIN = re.compile(r"[A-Za-z0-9*._-]*")


def payload(timestamp: int, account_id: str, method: str, url: str) -> str:
    """What is signed: time, account, METHOD, host without port, path, sorted query; one LF between.

    Source: validating callbacks. The body, the scheme and the port are not signed.
    """
    parts = urlsplit(as_sent(url))
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host  # an IPv6 address, as URL.hostname has it
    return "\n".join(
        (str(timestamp), account_id, method.upper(), host,
         parts.path or "/", sorted_query(parts.query))
    )  # fmt: skip


def as_sent(url: str) -> str:
    """The URL as it travels: everything outside ASCII percent-encoded, the rest as it was written."""
    return quote(url, safe=string.punctuation)


def sorted_query(query: str) -> str:
    """WHATWG `URLSearchParams.sort().toString()`: stable by name in UTF-16 code units, form-encoded."""
    pairs = parse_qsl(query, keep_blank_values=True)
    pairs.sort(key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))
    return "&".join(f"{form_encoded(name)}={form_encoded(value)}" for name, value in pairs)


def form_encoded(text: str) -> str:
    """application/x-www-form-urlencoded: only letters, digits and `*-._` stay, a space becomes `+`.

    Python's quote_plus differs: it keeps `~` and escapes `*`.
    """
    if _PLAIN.fullmatch(text):
        return text
    return quote(text, safe=" *-._").replace("~", "%7E").replace(" ", "+")


def sign(secret: str, timestamp: int, account_id: str, method: str, url: str) -> str:
    """The header's value: `t=<unix seconds>,v0-hmac-sha256=<hex>`."""
    text = payload(timestamp, account_id, method, url)
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"t={timestamp},v0-hmac-sha256={digest}"


@dataclass(frozen=True)
class Verdict:
    """Whether a signature is good, and if not, why, in a sentence."""

    is_good: bool
    why: str


def check(secret: str, header: str, account_id: str, method: str, url: str, now: int) -> Verdict:
    """Explain a signature the way a merchant should check it."""
    fields = dict(part.partition("=")[::2] for part in header.split(","))
    timestamp = fields.get("t", "")
    if not timestamp.isdecimal() or "v0-hmac-sha256" not in fields:
        return Verdict(False, "the header must look like t=<unix seconds>,v0-hmac-sha256=<hex>")
    wanted = sign(secret, int(timestamp), account_id, method, url)
    if not hmac.compare_digest(wanted.encode(), header.encode()):
        return Verdict(False, "the signature belongs to another secret, account, method or URL")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        return Verdict(
            False, f"the signature is {now - int(timestamp)} s old; five minutes are the limit"
        )
    return Verdict(True, "good")

"""Is it Dintero who calls? The `Dintero-Signature` header tells."""

import hashlib
import hmac
import re
from urllib.parse import parse_qsl, quote_plus, urlsplit

from shop.settings import Settings

SIGNATURE = re.compile(r"t=([0-9]{1,12}),v0-hmac-sha256=([0-9a-f]{64})")
TOLERANCE_SECONDS = 300


def signature_fault(
    header: str | None, method: str, path: str, query: str, settings: Settings, now: float
) -> str | None:
    """Say what is wrong with a `Dintero-Signature`, or None if it is good."""
    parts = SIGNATURE.fullmatch(header or "")
    if parts is None:
        return "the signature is missing or not of the form t=...,v0-hmac-sha256=..."
    sent_at, given = parts.groups()
    host = urlsplit(settings.public_url).hostname or ""
    secret, account_id = settings.signature_secret, settings.account_id
    if not hmac.compare_digest(given, sign(secret, sent_at, account_id, method, host, path, query)):
        return "the signature is not made with our secret for this address"
    if not is_recent(int(sent_at), now):
        return f"the signature's time is more than {TOLERANCE_SECONDS // 60} minutes from ours"
    return None


def is_recent(sent_at: int, now: float) -> bool:
    """Whether a signature's time is near ours; an older call may be a recording, played again."""
    return abs(now - sent_at) <= TOLERANCE_SECONDS


def sign(
    secret: str, sent_at: str, account_id: str, method: str, host: str, path: str, query: str
) -> str:
    """Dintero's v0 signature. Scheme, port and body are not part of it."""
    payload = "\n".join([sent_at, account_id, method.upper(), host, path, sorted_query(query)])
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


def sorted_query(query: str) -> str:
    """The query as a browser's URLSearchParams writes it after sort()."""
    pairs = parse_qsl(query, keep_blank_values=True)
    # UTF-16 code units, as in JavaScript; Python's own order differs beyond the basic plane.
    pairs.sort(key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))
    return "&".join(f"{_form_escape(name)}={_form_escape(value)}" for name, value in pairs)


def _form_escape(text: str) -> str:
    """Browsers keep `*` and escape `~`; `quote_plus` does the opposite."""
    return quote_plus(text, safe="*").replace("~", "%7E")

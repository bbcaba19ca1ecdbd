"""What a merchant's own addresses say: the options of a callback URL, and the way back to the shop."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from mock_dintero.core.record import Part
from mock_dintero.core.session import Session

LONGEST_DELAY = 60
"""`delay_callback` in seconds. Documented as max 60; plugins send 120 and 180, we cap (ours)."""


class Options(Part):
    """What the merchant asks for in the query of its own callback URL.

    Source: description of callback_url. Unknown parameters are the merchant's own business.
    """

    method: Literal["GET", "POST"] = "GET"
    with_session: bool = False
    report_error: bool = False
    delay: int = 0
    report_events: frozenset[str] = frozenset()
    sid_name: Literal["sid", "session_id"] = "session_id"


@lru_cache(maxsize=1024)
def options(callback_url: str) -> Options:
    """Read the options from the URL; a repeated `report_event` counts each time."""
    pairs = parse_qsl(urlsplit(callback_url).query, keep_blank_values=True)
    named = dict(pairs)
    delay = named.get("delay_callback", "")
    return Options(
        method="POST" if named.get("method", "").upper() == "POST" else "GET",
        with_session=any(
            n in ("includes", "includes[]") and "session" in v.split(",") for n, v in pairs
        ),
        report_error=named.get("report_error", "").lower() == "true",
        delay=min(int(delay), LONGEST_DELAY) if delay.isdecimal() else 0,
        report_events=frozenset(
            word.upper() for n, v in pairs if n == "report_event" for word in v.split(",")
        ),
        sid_name="sid" if named.get("sid_parameter_name") == "sid" else "session_id",
    )


def with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    """The URL with parameters appended; its own query stays as the merchant wrote it."""
    base, hash_sign, fragment = url.partition("#")
    end = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return f"{base}{end}{urlencode(pairs)}{hash_sign}{fragment}"


def return_url(session: Session, transaction_id: str | None, error: str | None) -> str:
    """Where the browser goes: `merchant_reference` always, then what there is. Never a session id."""
    pairs = [("merchant_reference", session.order.merchant_reference)]
    pairs += [("transaction_id", transaction_id)] if transaction_id else []
    pairs += [("error", error)] if error else []
    return with_query(session.url.return_url, pairs)

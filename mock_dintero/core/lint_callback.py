"""Payment lint: the addresses that Dintero calls, and what their queries ask for."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

from mock_dintero.core.callback_url import LONGEST_DELAY
from mock_dintero.core.lint import Lint, found
from mock_dintero.core.session import NewSession

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "method": ("GET", "POST"), "includes": ("session",), "report_error": ("true", "false"),
    "report_event": ("CAPTURE", "REFUND", "VOID"), "sid_parameter_name": ("sid", "session_id"),
    "delay_callback": (),
}  # fmt: skip
"""What Dintero reads from a callback URL, and the values it knows. Source: description of callback_url."""


def of_addresses(body: NewSession) -> Iterator[Lint]:
    """Dintero calls HTTPS addresses only."""
    express = body.express
    codes = express.discount_codes if express else None
    named = (
        (body.url.callback_url, "url", "callback_url"),
        (body.url.merchant_terms_url, "url", "merchant_terms_url"),
        (express and express.shipping_address_callback_url, "express", "shipping_address_callback_url"),
        (codes and codes.callback_url, "express", "discount_codes", "callback_url"),
    )  # fmt: skip
    for url, *path in named:
        if url and not url.startswith("https:"):
            yield _not_https(url, *path)


@lru_cache(maxsize=1024)
def _not_https(url: str, *path: str) -> Lint:
    """Remembered, as a shop names the same addresses in every session."""
    host = urlsplit(url).hostname or ""
    return found(
        "CALLBACK_NOT_HTTPS",
        f"{path[-1]} goes to http://{host}; that works here, Dintero wants https on a public host",
        *path, is_refused=not is_local(host),
    )  # fmt: skip


def is_local(host: str) -> bool:
    """Whether the name means something only on this machine or in its own network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        is_bare = "." not in host  # a container's name, or localhost
        return is_bare or host.endswith((".localhost", ".local", ".internal", ".test"))


def of_payment_callback(url: str | None) -> Iterator[Lint]:
    """Whether there is one, and whether Dintero understands its options as they are written."""
    at = ("url", "callback_url")
    if not url:
        yield found(
            "CALLBACK_MISSING",
            "there is no url.callback_url; a customer who pays and closes the browser is a payment that "
            "the shop never hears of",
            *at,
        )  # fmt: skip
        return
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        known = name.removesuffix("[]")
        if known == "delay_callback":
            yield from _delay(value)
        elif known in OPTIONS:
            yield from _option_value(known, value)
        elif alike := get_close_matches(name.lower(), OPTIONS, 1, 0.8):
            yield found(
                "CALLBACK_OPTION",
                f"{name!r} in the URL means nothing to Dintero; did you mean {alike[0]!r}?", *at,
            )  # fmt: skip


def _delay(value: str) -> Iterator[Lint]:
    if value.isdecimal() and int(value) <= LONGEST_DELAY:
        return
    yield found(
        "CALLBACK_DELAY",
        f"delay_callback is {value!r}; Dintero takes whole seconds up to {LONGEST_DELAY}",
        "url", "callback_url",
    )  # fmt: skip


def _option_value(name: str, value: str) -> Iterator[Lint]:
    """A value that the option does not have; case counts for `sid_parameter_name` and `includes`."""
    known = OPTIONS[name]
    for word in value.split(","):
        is_known = word in known or (
            name in ("method", "report_error", "report_event")
            and word.lower() in [one.lower() for one in known]
        )
        if not is_known:
            yield found(
                "CALLBACK_OPTION",
                f"{name}={word} in the URL means nothing to Dintero; it knows {' and '.join(known)}",
                "url", "callback_url",
            )  # fmt: skip

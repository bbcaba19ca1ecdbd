"""Where the embedding shop's script, and not its server, says how an address can be delivered to.

With `client_side_address_callback` the page sends each form that gives an address twice: first to learn which
address it is (`only_check`), for the question to the script; then, when the script has said yes, to keep it
(`asked_by_page`). Source: sessions.md 14.3, 14.5.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from fake_checkout_ui import frame
from mock_dintero.core.address import Address
from mock_dintero.http.answers import as_json


def is_asked() -> bool:
    """Whether the page was opened so that the script answers for the server."""
    return bool(frame.parameter("client_side_address_callback"))


def is_about_to_be_asked(fields: Mapping[str, str]) -> bool:
    """Whether the form is only to be checked: nothing is kept before the script has answered."""
    return bool(fields.get("only_check"))


def has_answered(fields: Mapping[str, str]) -> bool:
    """Whether the script has said yes already, so that the server is not asked."""
    return bool(fields.get("asked_by_page"))


def question(address: Address, billing: Address | None = None) -> Response:
    """What the question says of the order: `shipping_address` and `billing_address`, equal unless given."""
    return as_json({
        "shipping_address": address.shown(), "billing_address": (billing or address).shown(),
    })  # fmt: skip

"""Payment lint: whether there is a method that can take the money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from mock_dintero.core.lint import Lint, found
from mock_dintero.core.lint_fields import GATEWAYS
from mock_dintero.core.payment_method import METHODS, is_taken, offered
from mock_dintero.core.session import Express, NewSession, merged


def of_methods(body: NewSession, profile: Mapping[str, Any]) -> Iterator[Lint]:
    """`profile` is the profile's configuration, which the body's overrides."""
    sent = body.configuration.shown() if body.configuration else {}
    yield from _unknown_methods(sent)
    configuration = merged(profile, sent)
    if "active_payment_types" in configuration:
        return  # wildcards; the sandbox does not read them
    order = body.order
    if not offered(configuration, order.currency, 0):
        yield from _in_store(body.express)
    if order.amount == 0 and not offered(configuration, order.currency, 0):
        yield from _zero(body.express)
    elif order.amount > 0 and not is_taken(configuration, order.currency):
        yield from _none(configuration, order.currency)


def _zero(express: Express | None) -> Iterator[Lint]:
    """Not if shipping will make it more."""
    options = express.shipping_options if express else ()
    if options and all(option.amount > 0 for option in options):
        return
    yield found(
        "AMOUNT_ZERO",
        "order.amount is 0, which no enabled method can take; enable configuration.dintero.zero",
        "order", "amount",
    )  # fmt: skip


def _in_store(express: Express | None) -> Iterator[Lint]:
    """An option to pay in the store makes the payment 0."""
    for index, option in enumerate(express.shipping_options if express else ()):
        if option.pay_in_store:
            yield found(
                "AMOUNT_ZERO",
                "pay_in_store makes the payment 0, which no enabled method can take; "
                "enable configuration.dintero.zero",
                "express", "shipping_options", index, "pay_in_store",
            )  # fmt: skip
            return


def _none(configuration: Mapping[str, Any], currency: str) -> Iterator[Lint]:
    others = [
        f"{method.type} ({', '.join(method.currencies)})"
        for method in METHODS.values()
        if method.currencies and method in offered(configuration, method.currencies[0], 1)
    ]
    why = f"there is {', '.join(others)}" if others else "none is enabled"
    yield found(
        "NO_METHOD",
        f"no payment method takes {currency}: {why}; enable another one in configuration",
        "order", "currency",
    )  # fmt: skip


def _unknown_methods(sent: Mapping[str, Any]) -> Iterator[Lint]:
    """Products of a gateway and the default method, by the table of payment methods."""
    named: dict[str, tuple[str, ...]] = {
        f"{gateway}.{product}": (gateway, product)
        for gateway in GATEWAYS & sent.keys()
        if isinstance(sent[gateway], Mapping)
        for product, settings in sent[gateway].items()
        if isinstance(settings, Mapping) and "enabled" in settings
    }
    if sent.get("default_payment_type"):
        named[sent["default_payment_type"]] = ("default_payment_type",)
    for name, path in named.items():
        if name not in METHODS:
            alike = get_close_matches(name, METHODS, 1)
            hint = f"; did you mean {alike[0]}?" if alike else ", so nothing is enabled by it"
            yield found(
                "METHOD_UNKNOWN", f"{name} is no payment method{hint}", "configuration", *path
            )

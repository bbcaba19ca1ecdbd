"""A small web shop that sells three things through Dintero Checkout Express, and does it right.

It knows Dintero only through the environment (`DINTERO_CHECKOUT_URL` and so on), so the same
file runs against a sandbox and against Dintero itself. Everything is kept in memory.

What a merchant owes Dintero, and the buyer, stands here in one small function each: verify the
signature (`signature_fault`), answer with the options of the address (`options_for`), keep the
sums right (`answer_to_address`, `answer_to_discounts`), never believe a callback or a redirect
but read the transaction (`Shop.hear`), check that the payment fits (`misfit`), and do each thing
once (`learn`).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import logging
import os
import re
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import httpx
import jinja2
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

Json = dict[str, Any]

NAME = "Fjordvik"
CURRENCY = "NOK"
VAT = 25
TEMPLATES = Path(__file__).parent / "shop_templates"
log = logging.getLogger("sample_shop")


# --- Settings and errors -----------------------------------------------------------------------


@dataclass(frozen=True)
class Settings:
    """Where Dintero is, who we are there, and where our own pages are seen from outside."""

    api_url: str
    checkout_url: str
    account_id: str
    client_id: str
    client_secret: str = field(repr=False)
    profile_id: str
    signature_secret: str = field(repr=False)
    public_url: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], public_url: str) -> Settings:
        """Read every `DINTERO_*` variable, or name all that are missing at once."""
        names = [name for name in cls.__dataclass_fields__ if name != "public_url"]
        values = {name: environment.get(f"DINTERO_{name.upper()}", "") for name in names}
        missing = [f"DINTERO_{name.upper()}" for name in names if not values[name]]
        if missing:
            raise SystemExit(f"Set these environment variables first: {', '.join(missing)}")
        for name in ("api_url", "checkout_url"):
            values[name] = values[name].rstrip("/")
        return cls(**values, public_url=public_url.rstrip("/"))


class ShopError(Exception):
    """Something to tell the visitor in plain words, with the HTTP status that says the same."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class DinteroError(ShopError):
    """Dintero could not be reached (`answered` is None) or refused with that HTTP status."""

    def __init__(self, message: str, answered: int | None = None) -> None:
        super().__init__(502, message)
        self.answered = answered


# --- The goods, and what an order is -----------------------------------------------------------


@dataclass(frozen=True)
class Product:
    """One thing for sale; the price is in minor units (øre) and includes VAT."""

    id: str
    name: str
    price: int
    text: str


PRODUCTS = {
    product.id: product
    for product in (
        Product("sweater", "Wool sweater", 79900, "Norwegian wool, knitted to last for years."),
        Product("mug", "Enamel mug", 14900, "For coffee at the cabin or by the fire."),
        Product("poster", "Fjord poster", 24900, "Printed on heavy paper, 50 by 70\u00a0cm."),
    )
}


@dataclass(frozen=True)
class Step:
    """One thing that happened to an order."""

    at: str
    what: str
    detail: str = ""


@dataclass(frozen=True)
class Order:
    """What the shop believes about one order; it never changes, a new one takes its place."""

    reference: str
    lines: tuple[tuple[str, int], ...]
    history: tuple[Step, ...]
    status: str = "pending"
    codes: tuple[str, ...] = ()
    session_id: str | None = None
    transaction_id: str | None = None
    shipping_address: Json | None = None
    shipping_option: Json | None = None
    captured: int = 0
    refunded: int = 0
    problem: str = ""

    @property
    def was_paid(self) -> bool:
        return any(step.what == "paid" for step in self.history)

    @property
    def amount(self) -> int:
        return items_amount(self) + amount_of(self.shipping_option)

    @property
    def may_ship(self) -> bool:
        return self.status == "paid" and not self.captured

    @property
    def may_refund(self) -> bool:
        return self.captured > self.refunded

    @property
    def may_void(self) -> bool:
        return self.status == "paid" and not self.captured


def vat_of(amount: int) -> int:
    """The VAT inside an amount that includes it."""
    return round(amount * VAT / (100 + VAT))


def amount_of(option: Json | None, key: str = "amount") -> int:
    """An option's amount; 0 when none is chosen. Some senders write 4900 as 4900.0."""
    return int((option or {}).get(key) or 0)


def noted(order: Order, at: str, what: str, detail: str = "") -> Order:
    """The order with one more line in its history."""
    return replace(order, history=(*order.history, Step(at, what, detail)))


def items_of(order: Order) -> list[Json]:
    """The order's goods as Dintero's order items, discounts already taken off."""
    return [
        item_of(PRODUCTS[product_id], quantity, order.codes) for product_id, quantity in order.lines
    ]


def item_of(product: Product, quantity: int, codes: Sequence[str]) -> Json:
    gross = product.price * quantity
    discounts = discount_lines(gross, codes)
    amount = gross - sum(discount["amount"] for discount in discounts)
    return {
        "id": product.id,
        "line_id": product.id,
        "description": product.name,
        "quantity": quantity,
        "amount": amount,
        "vat": VAT,
        "vat_amount": vat_of(amount),
        "type": "physical",
        "discount_lines": discounts,
    }


def items_amount(order: Order) -> int:
    return sum(item["amount"] for item in items_of(order))


# --- Discounts ---------------------------------------------------------------------------------


def accepted_codes(codes: object) -> tuple[str, ...]:
    """Those of the buyer's codes that we honour: WELCOME10, once."""
    listed = codes if isinstance(codes, list) else []
    good = [
        code for code in listed if isinstance(code, str) and code.strip().upper() == "WELCOME10"
    ]
    return tuple(good[:1])


def discount_lines(gross: int, codes: Sequence[str]) -> list[Json]:
    return [
        {
            "amount": gross * 10 // 100,
            "percentage": 10,
            "discount_type": "external",
            "discount_id": code,
            "description": "Welcome, 10 % off",
            "line_id": number,
        }
        for number, code in enumerate(codes, start=1)
    ]


# --- Shipping ----------------------------------------------------------------------------------

FREE_SHIPPING_FROM = 100000
CARRIERS = {"NO": "posten", "SE": "postnord", "DK": "postnord", "FI": "postnord"}
HOME_PRICES = {"NO": 9900, "SE": 14900, "DK": 14900, "FI": 16900}
PICK_UP_PRICES = {"NO": 4900, "SE": 7900, "DK": 7900, "FI": 8900}
COURIER_PRICE = 17900
# Country: (name, street, postal code, place) of the two shops that hand out parcels there.
PICK_UP_POINTS = {
    "NO": (
        ("Kiosken Storgata", "Storgata 2", "0155", "Oslo"),
        ("Matbutikken Torget", "Torgallmenningen 8", "5014", "Bergen"),
    ),
    "SE": (
        ("Pressbyrån Centralen", "Centralplan 15", "111 20", "Stockholm"),
        ("Tempo Linné", "Linnégatan 20", "413 04", "Göteborg"),
    ),
    "DK": (
        ("Kiosken Nørreport", "Frederiksborggade 1", "1360", "København"),
        ("Købmanden Åboulevarden", "Åboulevarden 30", "8000", "Aarhus"),
    ),
    "FI": (
        ("R-kioski Asema", "Kaivokatu 1", "00100", "Helsinki"),
        ("Kauppa Hämeenkatu", "Hämeenkatu 12", "33100", "Tampere"),
    ),
}


def options_for(address: Json, goods: int) -> list[Json]:
    """The ways to send goods worth `goods` to this address; none if we do not ship there.

    One-click wallets tell only country and postal code before the buyer approves, so nothing
    else of the address may be needed here.
    """
    country = str(address.get("country") or "").upper()
    if country not in CARRIERS:
        return []
    options = [home_delivery(country, goods), *pick_up_points(country, goods)]
    if country == "NO" and str(address.get("postal_code") or "").startswith("0"):
        options.append(courier(country))
    return options


def home_delivery(country: str, goods: int) -> Json:
    price = 0 if goods >= FREE_SHIPPING_FROM else HOME_PRICES[country]
    return option("home", "home", "Home delivery", price, country) | {
        "description": "To your door, 2 to 4 working days",
        "operator": CARRIERS[country],
        "delivery_method": "delivery",
    }


def pick_up_points(country: str, goods: int) -> list[Json]:
    """The places where the buyer can fetch the parcel.

    The page shows them as one choice because id, title, amount, operator and delivery method
    are the same; `line_id` tells them apart.
    """
    price = 0 if goods >= FREE_SHIPPING_FROM else PICK_UP_PRICES[country]
    return [
        option("pick-up", f"pick-up-{number}", "Pick-up point", price, country)
        | {
            "description": f"{name}, {place}",
            "operator": CARRIERS[country],
            "delivery_method": "pick_up",
            "pick_up_address": {
                "business_name": name,
                "address_line": street,
                "postal_code": postal_code,
                "postal_place": place,
                "country": country,
            },
        }
        for number, (name, street, postal_code, place) in enumerate(PICK_UP_POINTS[country], 1)
    ]


def courier(country: str) -> Json:
    return option("courier", "courier", "Express courier", COURIER_PRICE, country) | {
        "description": "In Oslo this evening, between 17 and 21",
        "operator": "budbee",
        "delivery_method": "delivery",
    }


def option(group: str, line_id: str, title: str, amount: int, country: str) -> Json:
    return {
        "id": group,
        "line_id": line_id,
        "title": title,
        "countries": [country],
        "amount": amount,
        "vat": VAT,
        "vat_amount": vat_of(amount),
    }


def same_option(options: Sequence[Json], chosen: Json | None) -> Json | None:
    """Our own entry, with our own price, for the option that the buyer has chosen."""
    line_id = (chosen or {}).get("line_id")
    return next((entry for entry in options if entry["line_id"] == line_id), None)


# --- What we say to Dintero --------------------------------------------------------------------


def session_request(order: Order, settings: Settings) -> Json:
    """The express session that the buyer pays this order in."""
    shop = settings.public_url
    items = [
        item | {"thumbnail_url": f"{shop}/static/{item['id']}.svg"} for item in items_of(order)
    ]
    return {
        "profile_id": settings.profile_id,
        "url": {
            "return_url": f"{shop}/return?order={quote(order.reference)}",
            "callback_url": f"{shop}/dintero/callback?method=POST&report_error=true"
            "&report_event=CAPTURE&report_event=REFUND&report_event=VOID",
            "merchant_terms_url": f"{shop}/terms",
        },
        "merchant": {"name": NAME, "logo_url": f"{shop}/logo.svg"},
        "order": {
            "merchant_reference": order.reference,
            "currency": CURRENCY,
            "amount": items_amount(order),
            "vat_amount": sum(item["vat_amount"] for item in items),
            "items": items,
        },
        "express": {
            "shipping_options": [],
            "shipping_address_callback_url": f"{shop}/dintero/shipping",
            "discount_codes": {"max_count": 1, "callback_url": f"{shop}/dintero/discounts"},
        },
        "configuration": {"discounts": {"express_discount_codes": {"enabled": True}}},
    }


def answer_to_address(order: Order, session: Json) -> Json:
    """The options of the buyer's address, and the sum as it stands with the option chosen so far.

    Dintero adds a correction item when the amount differs from the items plus the option in its
    question; so the option counts here with the price that the question names.
    """
    chosen = session["order"].get("shipping_option")
    return callback_answer(order, options_of_session(order, session), chosen)


def answer_to_discounts(order: Order, session: Json) -> Json:
    """All items at their new price, and the shipping, which a discount may have made dearer."""
    options = options_of_session(order, session)
    chosen = same_option(options, session["order"].get("shipping_option"))
    answer = callback_answer(order, options, chosen)
    answer["order"]["discount_codes"] = list(order.codes)
    return answer


def options_of_session(order: Order, session: Json) -> list[Json]:
    return options_for(session["order"].get("shipping_address") or {}, items_amount(order))


def callback_answer(order: Order, options: list[Json], chosen: Json | None) -> Json:
    items = items_of(order)
    vat_amount = sum(item["vat_amount"] for item in items)
    return {
        "shipping_options": options,
        "order": {
            "amount": items_amount(order) + amount_of(chosen),
            "currency": CURRENCY,
            "vat_amount": vat_amount + amount_of(chosen, "vat_amount"),
            "items": items,
        },
    }


def everything_sold(order: Order) -> list[Json]:
    """All lines of a capture or refund; the shipping is one of them, or the sum would not fit."""
    lines = [item | {} for item in items_of(order)]
    shipping = order.shipping_option
    if shipping:
        keys = ("id", "line_id", "amount", "vat", "vat_amount")
        line = {key: shipping[key] for key in keys if key in shipping}
        lines.append(
            line | {"description": shipping.get("title"), "quantity": 1, "type": "shipping"}
        )
    return lines


def capture_request(order: Order) -> Json:
    if not order.may_ship:
        raise ShopError(409, f"An order that is {said(order.status)} cannot be shipped.")
    reference = f"{order.reference}-shipment-1"
    items = everything_sold(order)
    return {"amount": order.amount, "capture_reference": reference, "items": items}


def refund_request(order: Order) -> Json:
    if not order.may_refund:
        raise ShopError(409, f"An order that is {said(order.status)} has nothing to pay back.")
    rest = order.captured - order.refunded
    request: Json = {"amount": rest, "reason": "Returned by the buyer"}
    # A rest cannot be told line by line: we do not know which part was paid back before.
    if rest == order.amount:
        request["items"] = everything_sold(order)
    return request


def void_request(order: Order) -> Json:
    if not order.may_void:
        raise ShopError(409, f"An order that is {said(order.status)} cannot be cancelled.")
    return {}


# What the shopkeeper does: what Dintero calls it, and the rule that makes the request or refuses.
ACTIONS: dict[str, tuple[str, Callable[[Order], Json]]] = {
    "ship": ("capture", capture_request),
    "refund": ("refund", refund_request),
    "void": ("void", void_request),
}


# --- Is it Dintero who calls? ------------------------------------------------------------------

SIGNATURE = re.compile(r"t=([0-9]{1,12}),v0-hmac-sha256=([0-9a-f]{64})")
SIGNATURE_LASTS = 300


def signature_fault(
    header: str | None, settings: Settings, method: str, path: str, query: str, now: float
) -> str | None:
    """Say what is wrong with a `Dintero-Signature`, or None if it is good.

    Only the age is limited: a time ahead of our clock is still signed, so nobody but Dintero
    can have written it, and clocks differ.
    """
    if header is None:
        return "the signature is missing"
    parts = SIGNATURE.fullmatch(header)
    if parts is None:
        return "the signature is not of the form t=...,v0-hmac-sha256=..."
    sent_at, given = parts.groups()
    host = urlsplit(settings.public_url).hostname or ""
    account, secret = settings.account_id, settings.signature_secret
    right = sign(secret, sent_at, account, method, host, path, query)
    if not hmac.compare_digest(given, right):
        return "the signature is not made with our secret for this address"
    if now - int(sent_at) > SIGNATURE_LASTS:
        return f"the signature is older than {SIGNATURE_LASTS // 60} minutes"
    return None


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
    return "&".join(f"{form_escape(name)}={form_escape(value)}" for name, value in pairs)


def form_escape(text: str) -> str:
    """Browsers keep `*` and escape `~`; `quote_plus` does the opposite."""
    return quote_plus(text, safe="*").replace("~", "%7E")


# --- What Dintero's record of a payment makes of an order ---------------------------------------

STATUS_WORDS = {
    "AUTHORIZED": "paid",
    "ON_HOLD": "on_hold",
    "PARTIALLY_CAPTURED": "captured",
    "CAPTURED": "captured",
    "PARTIALLY_CAPTURED_REFUNDED": "partially_refunded",
    "PARTIALLY_REFUNDED": "partially_refunded",
    "REFUNDED": "refunded",
    "AUTHORIZATION_VOIDED": "voided",
    "DECLINED": "failed",
    "FAILED": "failed",
}
PAID = {"paid", "captured", "partially_refunded", "refunded"}


def settle(order: Order, transaction: Json, at: str) -> Order:
    """The order after its transaction was read: changed only if the payment really fits it."""
    problem = misfit(order, transaction)
    if problem is None:
        return learn(order, transaction, at)
    if problem == order.problem:
        return order
    return replace(noted(order, at, "mismatch", problem), problem=problem)


def misfit(order: Order, transaction: Json) -> str | None:
    """Say why this transaction is not the payment of this order, or None if it is."""
    wrong = wrong_order(order, transaction)
    if wrong or STATUS_WORDS.get(str(transaction.get("status"))) == "failed":
        return wrong
    return wrong_amount(order, transaction)


def wrong_order(order: Order, transaction: Json) -> str | None:
    if transaction.get("merchant_reference") != order.reference:
        return "the payment is for another order"
    if transaction.get("session_id") != order.session_id:
        return "the payment was made in another session"
    if order.was_paid and transaction.get("id") != order.transaction_id:
        return "the order is already paid by another transaction"
    return None


def wrong_amount(order: Order, transaction: Json) -> str | None:
    """Compare with our own prices, not with the sums that the transaction itself carries."""
    address = transaction.get("shipping_address") or {}
    options = options_for(address, items_amount(order))
    shipping = same_option(options, transaction.get("shipping_option"))
    if shipping is None:
        return "the payment has no shipping option that we offer for its address"
    expected = items_amount(order) + amount_of(shipping)
    if transaction.get("currency") != CURRENCY:
        return f"the payment is in {transaction.get('currency')}, not {CURRENCY}"
    if transaction.get("amount") != expected:
        paid = int(transaction.get("amount") or 0)
        return f"the payment is {kroner(paid)}, the order is {kroner(expected)}"
    # The sum may be right with a wrong share for shipping, and the share is what is captured.
    if amount_of(transaction.get("shipping_option")) != amount_of(shipping):
        return f"the payment has another price than {kroner(amount_of(shipping))} for shipping"
    return None


def learn(order: Order, transaction: Json, at: str) -> Order:
    """Take over what the transaction says. Learning the same thing twice changes nothing."""
    status = STATUS_WORDS.get(str(transaction.get("status")), order.status)
    captured, refunded = event_sum(transaction, "CAPTURE"), event_sum(transaction, "REFUND")
    known = replace(
        order,
        status=status,
        transaction_id=transaction.get("id"),
        shipping_address=transaction.get("shipping_address"),
        shipping_option=transaction.get("shipping_option"),
        captured=captured,
        refunded=refunded,
        problem="",
    )
    if status in PAID and not order.was_paid:
        known = fulfil(known, at)
    if captured > order.captured:
        known = noted(known, at, "captured", kroner(captured - order.captured))
    if refunded > order.refunded:
        known = noted(known, at, "refunded", kroner(refunded - order.refunded))
    if status != order.status and status in {"on_hold", "voided", "failed"}:
        known = noted(known, at, status)
    return known


def fulfil(order: Order, at: str) -> Order:
    """What must happen once and only once: a real shop would send its confirmation here."""
    return noted(order, at, "paid", kroner(order.amount))


def give_up(order: Order, error: str, at: str) -> Order:
    """Take note of a payment that came to nothing.

    There is no transaction to read, so this is only believed of an order that still waits, and
    a transaction that is read later overrules it.
    """
    if order.status != "pending":
        return order
    status = "cancelled" if error == "cancelled" else "failed"
    return replace(noted(order, at, status, f"Dintero said: {error}"), status=status)


def event_sum(transaction: Json, kind: str) -> int:
    return sum(
        int(event.get("amount") or 0)
        for event in transaction.get("events") or []
        if event.get("event") == kind and event.get("success") is not False
    )


# --- Talking to Dintero ------------------------------------------------------------------------


class Dintero:
    """The few calls that the shop makes, with one access token for all of them."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient) -> None:
        self.settings = settings
        self.http = http
        self._token = ""
        self._good_until = 0.0
        self._fetching = asyncio.Lock()

    async def create_session(self, body: Json) -> Json:
        """POST /v1/sessions-profile."""
        return await self.call("POST", "/v1/sessions-profile", body)

    async def transaction(self, transaction_id: str) -> Json:
        """GET /v1/transactions/{id}."""
        # The id came with a request from outside: quoted, it cannot lead to another path.
        return await self.call("GET", f"/v1/transactions/{quote(transaction_id, safe='')}")

    async def change(self, transaction_id: str, verb: str, body: Json) -> Json:
        """POST /v1/transactions/{id}/capture, refund or void."""
        path = f"/v1/transactions/{quote(transaction_id, safe='')}/{verb}"
        return await self.call("POST", path, body)

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Call the checkout API; a token that Dintero no longer takes is renewed once."""
        url = f"{self.settings.checkout_url}{path}"
        token = await self.token()
        answer = await self.send(method, url, token, body)
        if answer.status_code == 401:
            token = await self.token(refused=token)
            answer = await self.send(method, url, token, body)
        return read_answer(answer)

    async def send(self, method: str, url: str, token: str, body: Json | None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Dintero-System-Name": "sample-shop"}
        try:
            return await self.http.request(method, url, headers=headers, json=body)
        except httpx.HTTPError as error:
            raise unreachable(error) from error

    async def token(self, refused: str | None = None) -> str:
        """The access token at hand, or a new one when it is old or was `refused`."""
        async with self._fetching:
            if self._token == refused or time.monotonic() >= self._good_until:
                await self._fetch_token()
            return self._token

    async def _fetch_token(self) -> None:
        account = f"/v1/accounts/{self.settings.account_id}"
        audience = f"https://api.dintero.com{account}"
        try:
            answer = await self.http.post(
                f"{self.settings.api_url}{account}/auth/token",
                auth=(self.settings.client_id, self.settings.client_secret),
                json={"grant_type": "client_credentials", "audience": audience},
            )
        except httpx.HTTPError as error:
            raise unreachable(error) from error
        grant = read_answer(answer)
        if not isinstance(grant.get("access_token"), str):
            raise DinteroError("Dintero answered our login without an access token.")
        lifetime = float(grant.get("expires_in") or 0)
        self._token = grant["access_token"]
        # Stop a little early, so that a token does not run out on its way.
        self._good_until = time.monotonic() + lifetime - min(60.0, lifetime / 10)


def unreachable(error: httpx.HTTPError) -> DinteroError:
    if isinstance(error, httpx.TimeoutException):
        return DinteroError("Dintero did not answer in time.")
    return DinteroError("Dintero could not be reached.")


def read_answer(answer: httpx.Response) -> Json:
    """The JSON object of a good answer; otherwise the trouble, in Dintero's own words."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.is_success and isinstance(body, dict):
        return body
    raise DinteroError(dinteros_words(answer.status_code, body), answer.status_code)


def dinteros_words(status: int, body: object) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return f"Dintero answered {status} without saying why."
    details = [
        str(detail.get("description") or detail.get("message"))
        for detail in error.get("errors") or []
        if isinstance(detail, dict) and (detail.get("description") or detail.get("message"))
    ]
    return f"Dintero answered {status}: {'; '.join([str(error.get('message')), *details])}"


# --- The shop itself ---------------------------------------------------------------------------


class Shop:
    """The orders, and everything that changes them."""

    def __init__(
        self, settings: Settings, http: httpx.AsyncClient, clock: Callable[[], float]
    ) -> None:
        self.settings = settings
        self.dintero = Dintero(settings, http)
        self.clock = clock
        self.orders: dict[str, Order] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._busy: set[str] = set()

    def now(self) -> str:
        moment = datetime.fromtimestamp(self.clock(), UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def order(self, reference: str) -> Order:
        """The order with this reference, or a 404."""
        if reference not in self.orders:
            raise ShopError(404, "We have no order with this number.")
        return self.orders[reference]

    def keep(self, order: Order, source: str) -> Order:
        """Store an order and say in the log what is new about it."""
        before = self.orders.get(order.reference)
        self.orders[order.reference] = order
        for step in order.history[len(before.history) if before else 0 :]:
            what = f"{step.what}, {step.detail}" if step.detail else step.what
            log.info("%s %s (%s)", order.reference, what, source)
        return order

    async def check_out(self, lines: tuple[tuple[str, int], ...]) -> tuple[Order, str]:
        """Make an order and a session to pay it in; answers with the page to send the buyer to."""
        reference = f"order-{1001 + len(self.orders)}"
        # Kept before the first await, so that two buyers never get the same number.
        order = self.keep(Order(reference, lines, (Step(self.now(), "placed"),)), "checkout")
        try:
            session_id, url = await self.open_session(order)
        except DinteroError as trouble:
            failed = replace(self.orders[reference], status="failed")
            self.keep(noted(failed, self.now(), "failed", trouble.message), "checkout")
            raise
        # Loaded again: somebody may have spoken of this order while Dintero answered.
        order = replace(self.orders[reference], session_id=session_id)
        return self.keep(order, "checkout"), url

    async def open_session(self, order: Order) -> tuple[str, str]:
        """Ask Dintero for a session; answers with its id and its page."""
        session = await self.dintero.create_session(session_request(order, self.settings))
        session_id, url = session.get("id"), session.get("url")
        if not isinstance(session_id, str) or not isinstance(url, str):
            raise DinteroError("Dintero answered without a session.")
        return session_id, url

    async def hear(
        self, reference: str, transaction_id: str | None, error: str | None, source: str
    ) -> Order:
        """Something was said about an order's payment: find out what is true.

        Callback and redirect both come here, so either is enough and both do no harm. One at a
        time for each order: an older reading must not overwrite a newer one.
        """
        async with self._locks.setdefault(reference, asyncio.Lock()):
            if transaction_id:
                transaction = await self.dintero.transaction(transaction_id)
                order = settle(self.orders[reference], transaction, self.now())
            elif error:
                order = give_up(self.orders[reference], error, self.now())
            else:
                order = self.orders[reference]
            return self.keep(order, source)

    async def act(self, reference: str, action: str) -> Order:
        """Ship, refund or void, after a look at how the payment stands now."""
        order = self.order(reference)
        if reference in self._busy:
            raise ShopError(409, "Somebody is already working on this order.")
        if order.transaction_id is None:
            raise ShopError(409, "This order has no payment yet.")
        self._busy.add(reference)
        try:
            order = await self.hear(reference, order.transaction_id, None, f"before {action}")
            verb, request_for = ACTIONS[action]
            await self.dintero.change(str(order.transaction_id), verb, request_for(order))
            return await self.hear(reference, order.transaction_id, None, action)
        finally:
            self._busy.discard(reference)

    def order_of_session(self, session: Json) -> Order:
        """The unpaid order that an address or discount callback asks about."""
        order = self.order(str(session["order"].get("merchant_reference")))
        # The signature does not cover the body, so the session must be the one we made.
        if session.get("id") != order.session_id:
            raise ShopError(404, "This session is not the order's.")
        if order.was_paid or order.status == "on_hold":
            raise ShopError(409, "The order is already paid and cannot change any more.")
        return order


# --- Pages and routes --------------------------------------------------------------------------

STATUS_TEXTS = {
    "pending": "waiting for payment",
    "on_hold": "under review",
    "captured": "shipped",
    "partially_refunded": "partly refunded",
    "voided": "cancelled by the shop",
    "failed": "not paid",
    "cancelled": "cancelled by the buyer",
}
FAILURES = {
    "cancelled": "You cancelled the payment. Nothing was charged.",
    "authorization": "The payment was not approved. Nothing was charged.",
    "failed": "The payment did not go through. Nothing was charged.",
}


def said(status: str) -> str:
    """A status in words for people."""
    return STATUS_TEXTS.get(status, status)


def kroner(amount: int) -> str:
    """Øre as kroner: 79900 is "799 kr", 71910 is "719.10 kr"."""
    whole, rest = divmod(amount, 100)
    return f"{whole:,}".replace(",", "\u00a0") + (f".{rest:02}" if rest else "") + "\u00a0kr"


def moment(at: str) -> str:
    return f"{at[:10]} {at[11:19]} UTC"


def address_lines(address: Json) -> list[str]:
    """An address as it is written on a parcel; every part of it may be missing."""
    rows = (
        ("business_name",),
        ("first_name", "last_name"),
        ("co_address",),
        ("address_line",),
        ("address_line_2",),
        ("postal_code", "postal_place"),
        ("country",),
        ("email",),
        ("phone_number",),
    )
    lines = (" ".join(str(address[key]) for key in row if address.get(key)) for row in rows)
    return [line for line in lines if line]


pages = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
pages.globals.update(shop_name=NAME, products=PRODUCTS, free_from=FREE_SHIPPING_FROM)
pages.filters.update(
    kroner=kroner, said=said, moment=moment, amount_of=amount_of, address_lines=address_lines
)


def page(name: str, status: int = 200, **values: object) -> HTMLResponse:
    html = pages.get_template(name).render(**values)
    policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    return HTMLResponse(html, status, headers={"Content-Security-Policy": policy})


def shop_of(request: Request) -> Shop:
    shop: Shop = request.app.state.shop
    return shop


def wants_json(request: Request) -> bool:
    """Whether a program asks, rather than a person's browser."""
    machine_path = request.url.path.startswith(("/api/", "/dintero/"))
    return machine_path or "application/json" in request.headers.get("accept", "")


def as_json(order: Order) -> Json:
    """What the shop believes about an order."""
    return {
        "reference": order.reference,
        "status": order.status,
        "amount": order.amount,
        "currency": CURRENCY,
        "session_id": order.session_id,
        "transaction_id": order.transaction_id,
        "lines": items_of(order),
        "discount_codes": list(order.codes),
        "shipping_address": order.shipping_address,
        "shipping_option": order.shipping_option,
        "captured": order.captured,
        "refunded": order.refunded,
        "problem": order.problem,
        "history": [
            {"at": step.at, "what": step.what, "detail": step.detail} for step in order.history
        ],
    }


async def product_page(request: Request) -> Response:
    return page("products.html")


async def checkout(request: Request) -> Response:
    """The express button: an order, a session, and off to Dintero's page."""
    lines = await basket(request)
    order, url = await shop_of(request).check_out(lines)
    if wants_json(request):
        body = {"reference": order.reference, "session_id": order.session_id, "url": url}
        return JSONResponse(body)
    return RedirectResponse(url, 303)


async def basket(request: Request) -> tuple[tuple[str, int], ...]:
    """The lines that a form or a program asks for."""
    if request.headers.get("content-type", "").startswith("application/json"):
        wanted = (await json_body(request)).get("lines")
    else:
        wanted = {name: number for name, number in await form(request) if name in PRODUCTS}
    if not isinstance(wanted, dict) or any(name not in PRODUCTS for name in wanted):
        raise ShopError(400, f"We sell {', '.join(PRODUCTS)}, and nothing else.")
    lines = tuple((name, quantity(wanted[name])) for name in PRODUCTS if name in wanted)
    if not any(number for _, number in lines):
        raise ShopError(400, "The basket is empty. Choose at least one thing.")
    return tuple((name, number) for name, number in lines if number)


def quantity(value: object) -> int:
    text = str(value).strip() or "0"
    if not re.fullmatch("[0-9]{1,2}", text):
        raise ShopError(400, "A quantity is a whole number from 0 to 99.")
    return int(text)


async def form(request: Request) -> list[tuple[str, str]]:
    body = await request.body()
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


async def json_body(request: Request) -> Json:
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ShopError(400, "The body must be a JSON object.")
    return body


def require_dintero(request: Request) -> None:
    """Refuse a caller who cannot sign as Dintero."""
    shop = shop_of(request)
    # The address as Dintero knows it; a proxy may have changed host and path on the way.
    path = urlsplit(shop.settings.public_url).path + request.url.path
    query = request.scope["query_string"].decode("utf-8", "replace")
    header = request.headers.get("dintero-signature")
    fault = signature_fault(header, shop.settings, request.method, path, query, now=shop.clock())
    if fault:
        log.info("refused a call to %s: %s", request.url.path, fault)
        raise ShopError(401, f"Refused: {fault}.")


async def asked_session(request: Request) -> Json:
    """The session in an address or discount callback."""
    session = await json_body(request)
    if not isinstance(session.get("order"), dict):
        raise ShopError(400, "The session in the body has no order.")
    return session


async def shipping_callback(request: Request) -> Response:
    """Dintero asks: how can you ship to this address?"""
    require_dintero(request)
    shop, session = shop_of(request), await asked_session(request)
    order = shop.order_of_session(session)
    codes = session["order"].get("discount_codes")
    if codes is not None:
        order = shop.keep(replace(order, codes=accepted_codes(codes)), "address callback")
    answer = answer_to_address(order, session)
    log.info("%s address callback: %d options", order.reference, len(answer["shipping_options"]))
    return JSONResponse(answer)


async def discount_callback(request: Request) -> Response:
    """Dintero asks: what is the order worth with these discount codes?"""
    require_dintero(request)
    shop, session = shop_of(request), await asked_session(request)
    order = shop.order_of_session(session)
    codes = accepted_codes(session["order"].get("discount_codes"))
    order = shop.keep(replace(order, codes=codes), "discount callback")
    log.info("%s discount callback: %d codes accepted", order.reference, len(codes))
    return JSONResponse(answer_to_discounts(order, session))


async def payment_callback(request: Request) -> Response:
    """Dintero says that something happened to a payment; we go and look."""
    require_dintero(request)
    shop, query = shop_of(request), request.query_params
    order = shop.order(query.get("merchant_reference", ""))
    transaction_id, error = query.get("transaction_id"), query.get("error")
    if not transaction_id and not error:
        raise ShopError(400, "A callback needs a transaction_id or an error.")
    what = query.get("event") or error or "payment"
    try:
        order = await shop.hear(order.reference, transaction_id, error, "callback")
    except DinteroError as trouble:
        log.info("%s callback %r: not read: %s", order.reference, what, trouble.message)
        # 5xx is called again, 4xx is not: and once Dintero is back we want to know.
        raise ShopError(500, trouble.message) from trouble
    log.info("%s callback %r: order is %s", order.reference, what, order.status)
    if order.problem:
        raise ShopError(409, f"Not accepted: {order.problem}.")
    return JSONResponse({"reference": order.reference, "status": order.status})


async def return_page(request: Request) -> Response:
    """The buyer is back. The redirect is only a hint: anybody can type an address."""
    shop = shop_of(request)
    given = dict(request.query_params)
    if request.method == "POST":
        given = dict(await form(request)) | given
    order = shop.order(given.get("order") or given.get("merchant_reference", ""))
    error = given.get("error")
    unread = False
    try:
        order = await shop.hear(order.reference, given.get("transaction_id"), error, "return")
    except DinteroError as trouble:
        unread = True
        order = shop.order(order.reference)
        log.info("%s return: not read: %s", order.reference, trouble.message)
    return page("return.html", order=order, outcome=outcome(order), why=why(order, error, unread))


def outcome(order: Order) -> str:
    """What to show a buyer who comes back: thanks, failed or pending."""
    if order.status in {"failed", "cancelled", "voided"}:
        return "failed"
    if order.status != "pending":
        return "thanks"
    return "failed" if order.problem else "pending"


def why(order: Order, error: str | None, unread: bool) -> str:
    if order.problem:
        return f"We did not accept the payment: {order.problem}. Please get in touch with us."
    if unread:
        return "We could not ask Dintero about your payment just now."
    return FAILURES.get(error or order.status, FAILURES["failed"])


async def orders_page(request: Request) -> Response:
    return page("orders.html", orders=list(reversed(shop_of(request).orders.values())))


async def order_page(request: Request) -> Response:
    order = shop_of(request).order(request.path_params["reference"])
    return show_order(order, request.query_params.get("waiting") == "1")


def show_order(order: Order, waiting: bool = False, alert: str = "", status: int = 200) -> Response:
    values = {"order": order, "items": items_of(order), "waiting": waiting, "alert": alert}
    return page("order.html", status, **values)


async def order_action(request: Request) -> Response:
    """The shopkeeper's buttons: ship, refund, void."""
    shop, reference = shop_of(request), request.path_params["reference"]
    action = request.path_params["action"]
    if action not in ACTIONS:
        raise HTTPException(404)
    before = shop.order(reference)
    try:
        order = await shop.act(reference, action)
    except ShopError as error:
        # Dintero's refusal is a conflict with what was asked; its absence is a bad gateway.
        refused = isinstance(error, DinteroError) and 400 <= (error.answered or 0) < 500
        status = 409 if refused else error.status
        if wants_json(request):
            return JSONResponse({"error": {"message": error.message}}, status)
        return show_order(shop.order(reference), alert=error.message, status=status)
    if wants_json(request):
        return JSONResponse(as_json(order))
    # Dintero may answer 202 and do it later; then nothing has changed yet.
    waiting = "?waiting=1" if order.status == before.status else ""
    return RedirectResponse(f"/orders/{quote(reference)}{waiting}", 303)


async def api_orders(request: Request) -> Response:
    return JSONResponse([as_json(order) for order in shop_of(request).orders.values()])


async def api_order(request: Request) -> Response:
    return JSONResponse(as_json(shop_of(request).order(request.path_params["reference"])))


async def terms_page(request: Request) -> Response:
    return page("terms.html")


async def health(request: Request) -> Response:
    return PlainTextResponse("ok")


async def logo(request: Request) -> Response:
    return FileResponse(TEMPLATES / "static" / "logo.svg", media_type="image/svg+xml")


async def on_error(request: Request, error: Exception) -> Response:
    """Say in plain words what went wrong, as JSON to a program and as a page to a person."""
    if isinstance(error, ShopError):
        status, message = error.status, error.message
    else:
        status = error.status_code if isinstance(error, HTTPException) else 500
        message = "There is nothing at this address." if status == 404 else "This does not work."
    if wants_json(request):
        return JSONResponse({"error": {"message": message}}, status)
    return page("error.html", status, message=message)


ROUTES = [
    Route("/", product_page),
    Route("/checkout", checkout, methods=["POST"]),
    Route("/dintero/shipping", shipping_callback, methods=["POST"]),
    Route("/dintero/discounts", discount_callback, methods=["POST"]),
    Route("/dintero/callback", payment_callback, methods=["GET", "POST"]),
    Route("/return", return_page, methods=["GET", "POST"]),
    Route("/orders", orders_page),
    Route("/orders/{reference}", order_page),
    Route("/orders/{reference}/{action}", order_action, methods=["POST"]),
    Route("/api/orders", api_orders),
    Route("/api/orders/{reference}", api_order),
    Route("/terms", terms_page),
    Route("/healthz", health),
    Route("/logo.svg", logo),
    Mount("/static", StaticFiles(directory=TEMPLATES / "static")),
]


def make_app(
    settings: Settings,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The shop as an ASGI application; a test gives the transport and the clock."""
    http = httpx.AsyncClient(transport=transport, timeout=20)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with http:
            yield

    errors = {ShopError: on_error, HTTPException: on_error}
    app = Starlette(routes=ROUTES, lifespan=lifespan, exception_handlers=errors)
    app.state.shop = Shop(settings, http, clock)
    return app


# --- Starting it -------------------------------------------------------------------------------


class Server(uvicorn.Server):
    """A uvicorn that tells when it listens."""

    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self.tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then tell."""
        await super().startup(sockets)
        if self.started:
            self.tell()


def write_port(path: Path, port: int) -> None:
    """Write the port in one step, so that whoever waits for the file never reads half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(f"{port}\n")
    draft.replace(path)


def local_url(host: str, port: int) -> str:
    """The address of a server bound to `host`, as its own machine can open it."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8427, help="0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="write the port here once it listens")
    parser.add_argument(
        "--public-url",
        default=os.environ.get("SHOP_URL"),
        help="where Dintero and the buyer reach this shop (default: $SHOP_URL, or the port)",
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the shop until it is stopped."""
    args = arguments(argv)
    logging.basicConfig(stream=sys.stderr, format="shop: %(message)s")
    log.setLevel(logging.INFO)
    family = socket.AF_INET6 if ":" in args.host else socket.AF_INET
    try:
        listener = socket.create_server((args.host, args.port), family=family)
    except OSError as error:
        print(f"Cannot listen on {args.host}:{args.port}: {error.strerror}", file=sys.stderr)
        return 1
    port: int = listener.getsockname()[1]
    here = local_url(args.host, port)
    settings = Settings.from_environment(os.environ, args.public_url or here)

    def tell() -> None:
        print(f"Sample shop at {here}", flush=True)
        if args.port_file:
            write_port(args.port_file, port)

    config = uvicorn.Config(make_app(settings), log_level="warning", access_log=False, ws="none")
    Server(config, tell).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())

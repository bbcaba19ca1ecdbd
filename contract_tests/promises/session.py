"""What the shop asks Dintero to be paid for, and where it sends the customer."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import httpx

from mock_dintero.verify import (
    Broken,
    Purchase,
    Shop,
    expect,
    goods_of,
    money,
    promise,
    secret_in,
    shipping_of,
    shown,
)

FAMILY: Final = "The session it creates"
CREATE = "https://docs.dintero.com/docs/checkout/create-session"
CHECKLIST = "https://docs.dintero.com/docs/checkout/integration-checklist"
ONLINE = "https://docs.dintero.com/docs/checkout/use-cases/online-checkout"
DISPLAY = "https://docs.dintero.com/docs/checkout/display-checkout"
ADDRESSES = "https://docs.dintero.com/docs/checkout/shipping-address-callback"
API = "https://docs.dintero.com/openapi/payments-api.yaml"

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=366)


@promise(
    "session-sum", FAMILY, "must",
    why="The customer pays `order.amount`, and each capture and refund has to add up to it line by line. "
    "Dintero takes a wrong sum at creation and refuses the capture days later.",
    mend="Compute `order.amount` from the very lines that you send: the sum of `items[].amount`, and the "
    "chosen `shipping_option.amount` if there is one. Round each line, then add.",
    source=CREATE,
)  # fmt: skip
def session_sum(shop: Shop) -> None:
    """The amount of a session is the sum of its lines and the chosen shipping."""
    order = shop.begin().order_asked
    goods, shipping = goods_of(order), shipping_of(order)
    expect(
        not order.get("items") or order["amount"] == goods + shipping,
        f"order.amount is {money(order['amount'])}, and the lines come to {money(goods)}"
        + (f" with shipping for {money(shipping)}" if shipping else "")
        + f": a difference of {money(order['amount'] - goods - shipping)}",
    )


@promise(
    "session-costs", FAMILY, "must", needs=("amount",),
    why="A customer who pays 7.99 for goods of 799.00 has paid in Dintero's eyes.",
    mend="Send amounts as whole numbers of minor units, VAT included: 799.00 is 79900.",
    source=CREATE,
)  # fmt: skip
def session_costs(shop: Shop) -> None:
    """The goods cost at Dintero what they cost in the shop."""
    order, price = shop.begin().order_asked, shop.merchant.checkout.amount or 0
    goods = goods_of(order) if order.get("items") else order["amount"] - shipping_of(order)
    if goods in (price // 100, price * 100):
        hint = ": these are not minor units"
    elif price * 100 in (goods * 125, goods * 115, goods * 112):
        hint = ": the VAT is missing"
    else:
        hint = ""
    expect(
        goods == price,
        f"the shop's goods cost {money(price)} ([checkout] amount), and the session asks for "
        f"{money(goods)}{hint}",
    )


@promise(
    "session-line-ids", FAMILY, "must",
    why="Captures and refunds name lines by `line_id`: with none, or one for two lines, a part can "
    "neither be captured nor paid back.",
    mend="Number the lines of an order, and store the number with the line.",
    source=CHECKLIST,
)  # fmt: skip
def session_line_ids(shop: Shop) -> None:
    """Each line of a session has a line_id of its own."""
    items = several_lines(shop).order_asked.get("items") or []
    ids = [item.get("line_id") for item in items]
    without = sum(not id for id in ids)
    expect(not without, f"{without} of {len(items)} lines have no line_id")
    twice = next((id for id in ids if ids.count(id) > 1), None)
    expect(twice is None, f"{ids.count(twice)} of {len(items)} lines have the line_id {twice!r}")


@promise(
    "session-vat", FAMILY, "should",
    why="The VAT stands on receipts, invoices and in the books; invoice methods refuse what does not fit.",
    mend="Send `vat` in per cent (25, not 0.25 and not 2500) on each line, and `vat_amount` as the VAT that "
    "is inside the line's amount: amount * vat / (100 + vat).",
    source=CHECKLIST,
)  # fmt: skip
def session_vat(shop: Shop) -> None:
    """Each line states its VAT in per cent, and the VAT amount that is in it."""
    items = shop.begin().order_asked.get("items") or []
    for number, item in enumerate(items, start=1):
        if item.get("type") == "gift_card":
            continue
        rate, stated, amount = item.get("vat"), item.get("vat_amount"), item.get("amount") or 0
        expect(rate is not None, f"line {number} has no vat; 0 where there is none")
        expect(
            not 0 < rate < 1 and 0 <= rate <= 100,
            f"line {number} has vat {rate}, which is {rate} per cent",
        )
        right = amount * rate / (100 + rate)
        expect(
            stated is None or abs(stated - right) <= 1 + (item.get("quantity") or 1) / 2,
            f"line {number} costs {money(amount)} with {rate:g} % VAT inside, so its vat_amount is "
            f"{money(round(right))}, not {money(int(stated or 0))}",
        )


@promise(
    "session-vat-sum", FAMILY, "should",
    why="The customer's receipt and the books show two different amounts of VAT.",
    mend="Add up the lines' `vat_amount` (and that of the chosen shipping) for `order.vat_amount`.",
    source=CREATE,
)  # fmt: skip
def session_vat_sum(shop: Shop) -> None:
    """The VAT of a session is the sum of its lines' VAT."""
    order = shop.begin().order_asked
    parts = [*(order.get("items") or []), *filter(None, [order.get("shipping_option")])]
    if order.get("vat_amount") is None or any(one.get("vat_amount") is None for one in parts):
        return
    total = sum(one["vat_amount"] for one in parts)
    expect(
        abs(order["vat_amount"] - total) <= len(parts),
        f"order.vat_amount is {money(order['vat_amount'])}, and the lines' VAT comes to {money(total)}",
    )


@promise(
    "session-references", FAMILY, "must",
    why="`merchant_reference` is how callback, return and settlement name the order: with one for two "
    "orders, the first payment pays both, or the second pays none.",
    mend="Make the order, or reserve its number, before the session, and send that number.",
    source=CREATE,
)  # fmt: skip
def session_references(shop: Shop) -> None:
    """Two orders have two references."""
    first, second = shop.begin(), shop.begin()
    expect(
        first.reference.strip() != "",
        "order.merchant_reference is empty: nothing tells which order is paid",
    )
    expect(
        first.reference != second.reference,
        f"two customers began to pay, and both sessions have merchant_reference {first.reference!r}",
    )


@promise(
    "session-pressed-twice", FAMILY, "must",
    why="An impatient customer presses twice. Two sessions for one order can both be paid; an error page "
    "sends the customer elsewhere.",
    mend="Take the order's number and store it before you call Dintero, not after; answer the second press "
    "with the first's session, or with an order of its own.",
    source=ONLINE,
)  # fmt: skip
def session_pressed_twice(shop: Shop) -> None:
    """A customer who presses the button twice gets one order, or two that are told apart."""
    shop.fault("api", "delay", 2, seconds=0.3, match={"method": "POST", "path": "*/sessions*"})
    if shop.merchant.checkout.steps:
        told = [shop.press_checkout(), shop.press_checkout()]
    else:
        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(lambda _: shop.press_checkout(), range(2)))
    made = shop.dintero.sessions
    shop.payments += [session["id"] for session in made]
    bad = [answer.status_code for answer in told if answer.status_code >= 500]
    expect(not bad, f"of two presses at the same time one was answered with {bad and bad[0]}")
    expect(bool(made), f"two presses at the same time, and no session: {told[0].text[:200]}")
    references = [session["order"].get("merchant_reference") for session in made]
    expect(
        len(set(references)) == len(references),
        f"two presses at the same time made {len(made)} sessions with one reference, {references[0]!r}",
    )


@promise(
    "session-return-url", FAMILY, "must",
    why="A customer who has paid, or has changed their mind, ends on an error page.",
    mend="Send the whole address (https://...) of a page that takes `merchant_reference`, `transaction_id` "
    "and `error` in its query, and answer it in each case.",
    source=ONLINE,
)  # fmt: skip
def session_return_url(shop: Shop) -> None:
    """The page that the customer comes back to is there."""
    purchase = shop.begin()
    url = str(purchase.session["url"]["return_url"])
    if not url.startswith(("http://", "https://")):
        return  # an app's own scheme
    purchase.cancel(returns=False)
    query = {"merchant_reference": purchase.reference, "error": "cancelled"}
    try:
        answer = shop.http.get(httpx.URL(url).copy_merge_params(query))
    except httpx.TransportError as error:
        raise Broken(f"return_url is {url}, and nobody answers there: {error}") from None
    expect(
        answer.status_code < 500 and answer.status_code not in (404, 405, 410),
        f"return_url is {url}, which answered {answer.status_code} to a customer who has changed their mind",
    )


@promise(
    "session-callback-url", FAMILY, "must",
    why="Customers close the tab in the wallet. Without `callback_url` nobody tells the shop that they paid.",
    mend="Send `url.callback_url`, and let it, not the return page, make the order paid.",
    source=CHECKLIST,
)  # fmt: skip
def session_callback_url(shop: Shop) -> None:
    """The session names the address that Dintero calls when it is paid."""
    url = shop.begin().session["url"]
    expect(
        bool(url.get("callback_url")),
        f"url has {', '.join(sorted(url))}, and no callback_url",
    )


@promise(
    "session-report-error", FAMILY, "should",
    why="Without it Dintero calls for successes only: the order of a payment that failed stays open, and "
    "its stock reserved.",
    mend="Add `report_error=true` to the query of `url.callback_url`, and expect `error` in the call.",
    source=CREATE,
)  # fmt: skip
def session_report_error(shop: Shop) -> None:
    """The shop wants to be told of payments that fail."""
    url = str(shop.begin().session["url"].get("callback_url") or "")
    asked = httpx.URL(url).params.get("report_error", "").lower() if url else ""
    expect(
        asked == "true",
        f"callback_url is {url or 'not there'}, without report_error=true: it is not called for a payment "
        "that fails",
    )


@promise(
    "session-shipping", FAMILY, "must",
    why="In an express session the customer cannot pay before a way of shipping is chosen.",
    mend="Send `express.shipping_address_callback_url`, or `express.shipping_options`, or "
    "`shipping_mode: shipping_not_required` where nothing is sent.",
    source=ADDRESSES,
)  # fmt: skip
def session_shipping(shop: Shop) -> None:
    """An express session has ways of shipping, or says whom to ask for them."""
    express = shop.begin().session.get("express")
    expect(
        express is None
        or bool(express.get("shipping_address_callback_url") or express.get("shipping_options"))
        or express.get("shipping_mode") == "shipping_not_required",
        "express has no shipping_address_callback_url and no shipping_options, and does not say "
        "shipping_not_required: what is bought cannot be sent",
    )


@promise(
    "session-expiry", FAMILY, "should",
    why="A session that ends while the customer looks for the phone is a lost sale; a date in local time "
    "is an hour or two off.",
    mend="Send `expires_at` in UTC, with the Z, an hour or more ahead; or leave it out.",
    source=CREATE,
)  # fmt: skip
def session_expiry(shop: Shop) -> None:
    """The customer has ten minutes or more to pay, and less than a year."""
    session = shop.begin().session
    try:
        ends, began = (
            datetime.fromisoformat(session[name]) for name in ("expires_at", "created_at")
        )
        left = ends - began
    except (ValueError, TypeError):
        return  # a way to write it that Dintero takes and Python does not
    expect(
        left >= SHORTEST,
        f"expires_at is {session['expires_at']}: {left.total_seconds() / 60:.0f} minutes after the session "
        "was made",
    )
    expect(
        left <= LONGEST,
        f"expires_at is {session['expires_at']}: the session ends in {left.days} days",
    )


@promise(
    "session-terms", FAMILY, "advice",
    why="The page can only link to the terms of sale if it knows them; the law asks for the link.",
    mend="Send `url.merchant_terms_url`.",
    source=CREATE,
)  # fmt: skip
def session_terms(shop: Shop) -> None:
    """The checkout can link to the shop's terms."""
    session = shop.begin().session
    links = [box.get("link") for box in session.get("checkboxes") or []]
    expect(
        bool(session["url"].get("merchant_terms_url") or any(links)),
        "neither url.merchant_terms_url nor a checkbox with a link is there",
    )


@promise(
    "session-sent-to", FAMILY, "must",
    why="Dintero may move its page. An address that the shop has put together leads nowhere then, or to "
    "another environment.",
    mend="Redirect to the `url` of Dintero's answer as it is (a `language` may be added), or give the "
    "session's id to the Web SDK.",
    source=DISPLAY,
)  # fmt: skip
def session_sent_to(shop: Shop) -> None:
    """The customer is sent to the address that Dintero has answered with."""
    told = shop.press_checkout()
    sid = newest(shop)
    seen = shown(told)
    for _ in range(3):
        if sid in seen or not told.is_redirect or not is_own(shop, told.headers["location"]):
            break
        told = shop.http.get(told.headers["location"])
        seen = shown(told)
    page = f"{shop.dintero.url}/v1/view/{sid}"
    expect(
        sid in seen,
        f"Dintero has answered with {page}, and the shop's answer has neither it nor the id",
    )
    pages = re.findall(rf"https?://[^\s\"'<>?]+/view/{re.escape(sid)}", seen)
    wrong = next((found for found in pages if found != page), None)
    expect(
        wrong is None,
        f"Dintero has answered with {page}, and the shop sends the customer to {wrong}",
    )


@promise(
    "session-secrets", FAMILY, "must",
    why="Whoever has the client secret or a token can refund all orders to their own card; whoever has the "
    "signature secret can pay orders by a call.",
    mend="Keep them on the server: answer the customer with the page's URL or the session's id, and show "
    "errors in your own words.",
    source="https://docs.dintero.com/docs/checkout/quickstart",
)  # fmt: skip
def session_secrets(shop: Shop) -> None:
    """No secret and no token is in what the customer gets to see."""
    answers = {"the answer to the customer who begins to pay": shop.press_checkout()}
    shop.fault("api", "status", status=400, match={"method": "POST", "path": "*/sessions*"})
    answers["the answer while Dintero refuses the session"] = shop.press_checkout()
    for where, answer in answers.items():
        found = secret_in(shown(answer), shop.dintero.env)
        expect(not found, f"{where} ({answer.status_code}) has {found} in it")


@promise(
    "session-token", FAMILY, "should",
    why="A token for each call doubles the calls, and Dintero slows down those who ask too often.",
    mend="Keep the access token, for all customers, until shortly before `expires_in` is over.",
    source=ONLINE,
)  # fmt: skip
def session_token(shop: Shop) -> None:
    """Two orders need one access token."""
    shop.begin()
    shop.begin()
    tokens = len(shop.calls("POST", "/auth/token$"))
    expect(tokens <= 1, f"the shop made two sessions, and fetched {tokens} access tokens for them")


@promise(
    "session-system-headers", FAMILY, "advice",
    why="Dintero's support sees from them which shop system and version made a call.",
    mend="Send Dintero-System-Name and Dintero-System-Version (and -Plugin-Name, -Plugin-Version) with each "
    "call.",
    source=API,
)  # fmt: skip
def session_system_headers(shop: Shop) -> None:
    """The shop says which system it is."""
    sid = shop.begin().sid
    name = "initiating_system_request_headers"
    sent = shop.dintero.call("GET", f"/v1/sessions/{sid}", includes=name).get(name) or {}
    expect(
        "dintero-system-name" in sent,
        f"the session was made without Dintero-System-Name (with {', '.join(sorted(sent)) or 'none'})",
    )


def several_lines(shop: Shop) -> Purchase:
    """A purchase of more than one line, if merchant.toml knows a basket of that kind."""
    return shop.begin(shop.merchant.several_shipments)


def newest(shop: Shop) -> str:
    """The id of the session that was just made. Broken if there is none."""
    made = shop.dintero.sessions
    expect(bool(made), "the customer began to pay, and no session was created")
    shop.payments.append(made[0]["id"])
    return str(made[0]["id"])


def is_own(shop: Shop, location: str) -> bool:
    """Whether a redirect stays in the shop."""
    return location.startswith((shop.url, "/"))

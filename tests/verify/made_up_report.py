"""Runs that nobody has run: odd cases for the reports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_dintero.verify.cleaning import cleaned
from mock_dintero.verify.promise import Promise
from mock_dintero.verify.verdict import Payment, Report, Verdict

SOURCE = "https://docs.dintero.com/docs/checkout/integration-checklist"
HOSTILE = (
    "the shop answered <script>alert(1)</script> ]]> & \x1b[31mred\x1b[0m \x00\x07 \ud800 \u202eevil "
    "@somebody #12 [a](http://evil.example) `code` **bold** | cell </details> שלום مرحبا"
)
LONG = "five thousand characters of it " * 162


def made_promise(id: str = "callback-twice", **changes: Any) -> Promise:
    known = Promise(
        id, "Once and only once", "must", "An order is confirmed once when the callback comes twice.",
        "Dintero calls at least once.", "Make the step to `paid` conditional.", SOURCE, (), lambda shop: None,
    )  # fmt: skip
    return replace(known, **changes)


def made_leg(second: float = 0, **changes: Any) -> dict[str, Any]:
    minute, seconds = divmod(second, 60)
    at = f"2026-10-06T09:{int(minute):02}:{seconds:06.3f}Z"
    leg = {
        "at": at, "account_time": at, "sender": "shop", "receiver": "sandbox", "method": "POST",
        "path": "/v1/sessions-profile", "outcome": "200", "what": "create session",
        "request": '{"order": {"amount": 79900}}', "response": '{"id": "T12345678.abc"}',
        "signature": "", "duration": 12.5, "lint": [], "fault": "", "is_replay": False,
        "request_headers": {}, "response_headers": {},
    }  # fmt: skip
    return leg | changes


def story() -> tuple[dict[str, Any], ...]:
    """Every kind of leg, and a gap of hours."""
    callback = {
        "sender": "sandbox", "receiver": "shop", "path": "/dintero/callback?method=POST",
        "what": "payment callback",
    }  # fmt: skip
    return (
        made_leg(0, what="token", path="/v1/accounts/T12345678/auth/token", request="(redacted)"),
        made_leg(0.1),
        made_leg(1, sender="buyer", what="page", method="GET", path="/v1/view/T12345678.abc", request=""),
        made_leg(2, **{**callback, "path": "/dintero/shipping", "what": "address callback"}),
        made_leg(3, sender="buyer", what="pay", path="/v1/sessions/T12345678.abc/pay"),
        made_leg(4, sender="tester", what="fault struck: payment_callback drop", method="", path="",
                 outcome="", request="", response="", fault="struck: payment_callback drop"),
        made_leg(5, **callback, outcome="the connection was closed", fault="drop"),
        made_leg(6, sender="tester", what="clock moved on to 2026-10-06T12:00:06Z; callbacks carried: 1",
                 method="", path="", outcome="", request="", response="",
                 account_time="2026-10-06T12:00:06.000Z"),
        made_leg(7, **callback, outcome="500", account_time="2026-10-06T12:00:07.000Z"),
        made_leg(8, method="GET", path="/v1/transactions/T12345678.def", what="read transaction",
                 account_time="2026-10-06T12:00:08.000Z"),
        made_leg(9, path="/v1/transactions/T12345678.def/capture", what="capture", outcome="409",
                 account_time="2026-10-06T12:00:09.000Z"),
    )  # fmt: skip


def made_payment(**changes: Any) -> Payment:
    return replace(Payment("T12345678.abc", "order-1001", "AUTHORIZED", story()), **changes)


def made_report(*verdicts: Verdict, **changes: Any) -> Report:
    """Cleaned, as a run cleans what it has seen."""
    report = Report(
        "Fjordvik", "0.1.0", "2026-10-06T09:00:00+00:00", 12.345, "http",
        tuple(cleaned(one) for one in verdicts),
    )  # fmt: skip
    return replace(report, **changes)


def broken(id: str = "callback-twice", **changes: Any) -> Verdict:
    fields = {"severity", "family", "says", "why", "mend", "source"}
    about = {name: value for name, value in changes.items() if name in fields}
    rest = {name: value for name, value in changes.items() if name not in fields}
    verdict = Verdict(
        made_promise(id, **about), "broken", "the shop confirmed the order 2 times", 1.25,
        (made_payment(),), ("Sample shop at http://127.0.0.1:1", "shop: order-1001 is paid"),
    )  # fmt: skip
    return replace(verdict, **rest)


def kept(id: str = "callback-late", **changes: Any) -> Verdict:
    return replace(broken(id, **changes), result="kept", observed="", last_words=())


def skipped(id: str = "discount-counts", **changes: Any) -> Verdict:
    return Verdict(
        made_promise(id, family="Discount codes", **changes),
        "skipped",
        "merchant.toml has no [discount]",
    )


def unclear(id: str = "never-started") -> Verdict:
    promise = made_promise(id, family="Resilience", says="The shop lives on when Dintero does not.")
    return Verdict(promise, "unclear", "the shop did not start: it ended with 1", 0.4)


def one_of_each() -> Report:
    """Every result, every severity, and hostile texts."""
    session = {"family": "The session it creates"}
    return made_report(
        kept("amounts-add-up", says="The items add up to the order's amount.", **session),
        broken("vat", says="The VAT of each line fits its amount.", severity="should", **session),
        kept("twenty", says="A session is made within a second.", severity="advice", **session),
        skipped(says="A discount is taken off once."),
        broken(),
        broken("hostile", says="The shop's answers are harmless.", severity="advice",
               observed=HOSTILE, last_words=(HOSTILE, LONG),
               payments=(made_payment(reference=HOSTILE, status=HOSTILE, legs=(
                   made_leg(0, path=f"/{HOSTILE}", what=HOSTILE, outcome=HOSTILE, fault=HOSTILE,
                            request=HOSTILE, response=HOSTILE),)),)),
        broken("long", says="The shop is brief.", severity="should", observed=LONG, payments=()),
        unclear(),
    )  # fmt: skip

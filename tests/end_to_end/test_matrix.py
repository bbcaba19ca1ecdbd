"""The payments and purchases of the matrix (matrix.py); its steps are those of test_page_care.py.

Every run leaves its pictures in test-results/matrix.
`MATRIX=all pytest -m browser tests/end_to_end/test_matrix.py` runs all of it. The pictures of a run are
properties of its test, so that `--junit-xml` names them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from album import Album, on_one_line, said
from matrix import (
    LANGUAGES,
    PAYMENTS,
    PURCHASES,
    WIDTHS,
    PaymentRun,
    PurchaseRun,
    Run,
    payments,
    purchases,
    steps,
    thinned,
    usual_payments,
    usual_purchases,
)
from page_stage import CARD, Stage, small_shop
from page_states import STATES
from wallet_states import only

from fake_checkout_ui.language import sentences
from fake_checkout_ui.present_ended import ENDINGS
from mock_dintero.core.card import TEST_CARDS
from mock_dintero.core.outcome import OF_CARD, REFUSALS, Outcome, possible
from mock_dintero.core.payment_method import METHODS
from mock_dintero.playwright import CheckoutPage
from mock_dintero.testing import ADDRESS, VIPPS, MockDintero

if TYPE_CHECKING:
    pass

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "test-results" / "matrix"

PAY = {
    "nb": ("NOK", "Betal 1 246,00 kr"), "sv": ("SEK", "Betala 1 246,00 kr"),
    "da": ("DKK", "Betal 1.246,00 kr."), "fi": ("EUR", "Maksa 1 246,00 €"),
    "en": ("NOK", "Pay NOK 1,246.00"),
}  # fmt: skip
"""The button that pays for a sweater, two mugs and the delivery, where the language is at home."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with small_shop() as url:
        yield url


@pytest.fixture
def stage(mock_dintero: MockDintero, shop: str, album: Album) -> Stage:
    return Stage(mock_dintero, shop, album.page, f"&language={album.run.language}")


def named(run: Run) -> str:
    return f"{run.name}-{run.width}"


# The payments

BY_THE_CUSTOMER: dict[tuple[str, Outcome], str] = {
    ("phone", "approve"): "vipps-approve", ("phone", "decline"): "vipps-decline",
    ("qr", "approve"): "vipps-approve", ("qr", "decline"): "vipps-decline",
    ("phone", "expire"): "vipps-expire", ("qr", "expire"): "vipps-expire",
    ("sheet", "approve"): "sheet-pay", ("klarna", "approve"): "klarna-pay",
    ("terminal", "approve"): "terminal-tap", ("terminal", "decline"): "terminal-stop",
    ("external", "hold"): "external-place", ("zero", "approve"): "zero-confirm",
    ("click_to_pay", "approve"): "click-to-pay-pay",
}  # fmt: skip
"""What the customer presses for an end; for the others there is the tester's panel."""


def number_for(outcome: Outcome) -> str | None:
    """A test card that ends so."""
    if outcome == "approve":
        return next(number for number, effect in TEST_CARDS.items() if effect == "success")
    return next((n for n, effect in TEST_CARDS.items() if OF_CARD.get(effect) == outcome), None)


def to_the_end(checkout: CheckoutPage, album: Album, run: PaymentRun) -> None:
    """From the first page of the payment back to the shop, in the customer's own way if there is one."""
    wallet, outcome = run.method.wallet, run.outcome
    if wallet == "phone":
        checkout.vipps()
        album.look()
    elif wallet == "qr":
        checkout.swish()
        album.look()
    if wallet == "card" and (number := number_for(outcome)):
        checkout.card(number)
    elif wallet == "click_to_pay" and outcome == "three_ds_fails":
        checkout.click_to_pay(3)
        album.look()
        checkout.three_ds(approve=False)
    elif wallet == "invoice" and outcome == "approve":
        checkout.invoice()
    elif wallet == "gift_card" and outcome == "approve":
        checkout.gift_card()
    else:
        button = BY_THE_CUSTOMER.get((wallet, outcome), f"payment-{outcome.replace('_', '-')}")
        with checkout.page.expect_navigation():
            checkout.page.get_by_test_id(button).click()


def expected_end(run: PaymentRun) -> tuple[str, str | None, str]:
    """The transaction's status, the error that the shop is told, and the cause that the page tells."""
    if run.outcome in REFUSALS:
        refusal = REFUSALS[run.outcome]
        return refusal.status, refusal.error, refusal.status
    if run.outcome == "hold":
        return "ON_HOLD", None, "ON_HOLD"
    is_captured = run.method.is_captured_at_once
    return "CAPTURED" if is_captured else "AUTHORIZED", None, "AUTHORIZED"


def ready_for(stage: Stage, run: PaymentRun) -> None:
    """A session that this method alone can pay."""
    method = run.method
    currency = "NOK" if "NOK" in method.currencies or not method.currencies else "SEK"
    changes: dict[str, Any] = {"configuration": only(method.type)}
    if method.wallet == "zero":
        free = stage.order(amount=0, items=[])
        stage.session(express=None, order=free, **changes)
    else:
        stage.ready(order=stage.order(currency=currency), **changes)


@pytest.mark.browser
@pytest.mark.parametrize("run", PAYMENTS, ids=named)
def test_a_payment_comes_to_its_end(stage: Stage, album: Album, run: PaymentRun) -> None:
    page, checkout = album.page, CheckoutPage(album.page)
    ready_for(stage, run)
    stage.see()
    assert page.get_by_test_id(f"payment-method-{run.method.type}").is_checked()
    album.look()
    checkout.pay()
    album.look()
    to_the_end(checkout, album, run)

    status, error, cause = expected_end(run)
    session = stage.dintero.peek(stage.sid)
    transaction = stage.dintero.transaction(session["transaction_id"])
    assert transaction["status"] == status
    assert transaction["payment_product_type"] == run.method.type
    assert transaction["amount"] == session["order"]["amount"]
    landed = urlsplit(page.url)
    assert f"{landed.scheme}://{landed.netloc}{landed.path}" == f"{stage.shop}/return"
    assert dict(parse_qsl(landed.query)) == {
        "merchant_reference": "order-1", "transaction_id": transaction["id"],
        **({"error": error} if error else {}),
    }  # fmt: skip
    album.take()

    stage.see()
    heading = page.get_by_role("heading").first.inner_text()
    assert heading == said(ENDINGS[cause][0], run.language)
    album.look()


# The purchases


@pytest.mark.browser
@pytest.mark.parametrize("run", PURCHASES, ids=named)
def test_a_purchase_is_in_one_language(stage: Stage, album: Album, run: PurchaseRun) -> None:
    currency, pay = PAY[run.language]
    page, checkout = album.page, CheckoutPage(album.page)
    stage.session(order=stage.order(currency=currency))
    stage.see()
    album.look()
    checkout.give_address()
    album.look()
    checkout.choose_shipping("home")
    checkout.choose_method(run.method.type)
    album.look()
    assert checkout.total() == pay.partition(" ")[2]
    assert on_one_line(page.get_by_test_id("pay").inner_text()) == pay
    checkout.pay()
    album.look()
    if run.method.wallet == "phone":
        checkout.vipps()
        album.look()
        assert on_one_line(page.get_by_test_id("vipps-approve").inner_text()) == pay
        checkout.approve()
    else:
        assert on_one_line(page.get_by_test_id("card-pay").inner_text()) == pay
        checkout.card("4000100000000000")
        album.look()
        checkout.three_ds()
    album.take()
    transaction = stage.dintero.transaction(stage.dintero.peek(stage.sid)["transaction_id"])
    assert (transaction["status"], transaction["currency"]) == ("AUTHORIZED", currency)
    assert transaction["amount"] == 124600
    assert transaction["shipping_address"]["postal_place"] == ADDRESS["postal_place"]


# The table itself


def test_the_whole_matrix_has_every_row_at_both_widths() -> None:
    for runs in (steps(), payments(), purchases()):
        assert {(run.row, run.width) for run in runs} == {
            (run.row, width) for run in runs for width in WIDTHS
        }
    assert {run.state.name for run in steps()} == {state.name for state in STATES}
    assert {(run.method.type, run.outcome) for run in payments()} == {
        (method.type, outcome) for method in METHODS.values() for outcome in possible(method)
    }
    assert {(run.method.type, run.language) for run in purchases()} == {
        (type_, language) for type_ in (VIPPS, CARD) for language in LANGUAGES
    }


def test_the_short_matrix_has_every_step_method_outcome_language_and_width() -> None:
    assert {run.row for run in thinned(steps())} == {run.row for run in steps()}
    usual = usual_payments()
    assert {run.method.type for run in usual} == set(METHODS)
    assert {(run.method.wallet, run.outcome) for run in usual} == {
        (run.method.wallet, run.outcome) for run in payments()
    }
    assert {(run.outcome, run.width) for run in usual} == {
        (run.outcome, run.width) for run in payments()
    }
    for runs in (thinned(steps()), usual):
        assert {(run.language, run.width) for run in runs} == {
            (language, width) for language in LANGUAGES for width in WIDTHS
        }
    assert {run.language for run in usual_purchases()} == set(LANGUAGES)
    assert {run.method.type for run in usual_purchases()} == {VIPPS, CARD}


def test_what_a_step_says_is_a_sentence_of_the_page() -> None:
    """Or the matrix would look for English everywhere."""
    known = {*sentences("nb"), ""}
    assert [state.name for state in STATES if state.says not in known] == []

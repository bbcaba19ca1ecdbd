"""The buyer's steps, for Playwright's sync API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from mock_dintero.playwright.steps import CARD, GIFT_CARD, ORGANIZATION, Outcome, Step, Steps
from mock_dintero.testing.examples import VIPPS

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

T = TypeVar("T")


class CheckoutPage:
    """One method a step. Each has been done when it returns, the next page included."""

    def __init__(self, page: Page | Frame) -> None:
        self.page = page
        self._steps = Steps(page, self._leads_on)

    def _leads_on(self, act: Callable[[], Any]) -> None:
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            act()

    def _do(self, step: Step[T]) -> T:
        try:
            called = next(step)
            while True:
                called = step.send(called)
        except StopIteration as done:
            result: T = done.value
            return result

    def open(self, url: str) -> None:
        """Go to the checkout page, or to a shop that leads there."""
        self._do(self._steps.open(url))

    def give_address(self, **fields: str) -> None:
        """Give an address, the usual one in Oslo unless told otherwise; names as in the API."""
        self._do(self._steps.give_address(**fields))

    def edit_address(self) -> None:
        """Open the address again."""
        self._do(self._steps.edit_address())

    def use_address(self, number: int = 0) -> None:
        """Confirm the address that the page knows already; of several the one with this number."""
        self._do(self._steps.use_address(number))

    def shipping_options(self) -> list[str]:
        """The `line_id` of every option on the page."""
        return self._do(self._steps.shipping_options())

    def choose_shipping(self, *line_ids: str) -> None:
        """Choose an option; one for each parcel if there are several."""
        self._do(self._steps.choose_shipping(*line_ids))

    def apply_discount(self, code: str) -> None:
        """Type a discount code and send it."""
        self._do(self._steps.apply_discount(code))

    def remove_discount(self, code: str) -> None:
        """Take a discount code back."""
        self._do(self._steps.remove_discount(code))

    def tick(self, checkbox_id: str) -> None:
        """Tick one of the shop's checkboxes."""
        self._do(self._steps.tick(checkbox_id))

    def choose_method(self, type: str) -> None:
        """Choose how to pay, by `payment_product_type`."""
        self._do(self._steps.choose_method(type))

    def pay(self) -> None:
        """Press pay; the wallet is next, or this page again with a message."""
        self._do(self._steps.pay())

    def cancel(self) -> None:
        """Walk away, back to the shop."""
        self._do(self._steps.cancel())

    def total(self) -> str:
        """The total as the page shows it."""
        return self._do(self._steps.total())

    def messages(self) -> list[str]:
        """What the page says to the buyer."""
        return self._do(self._steps.messages())

    def vipps(self, phone: str | None = None) -> Self:
        """Give the phone number; `approve`, `decline` or `expire` is next."""
        self._do(self._steps.vipps(phone))
        return self

    def start_with(self, type: str) -> None:
        """Start with a wallet that knows the address: Vipps Express, Apple Pay or Google Pay."""
        self._do(self._steps.start_with(type))

    def vipps_express(
        self, address: int = 1, shipping: str = "", phone: str = "+4791234567"
    ) -> Self:
        """Start with Vipps, share, choose there; `approve`, `decline` or `expire` is next."""
        self._do(self._steps.vipps_express(address, shipping, phone))
        return self

    def vipps_address(self, number: int = 1) -> None:
        """Choose an address of the app's book."""
        self._do(self._steps.vipps_address(number))

    def vipps_shipping(self, *line_ids: str) -> None:
        """Choose shipping in the app; the one that it suggests unless named."""
        self._do(self._steps.vipps_shipping(*line_ids))

    def swish(self) -> Self:
        """Open the app instead of scanning the code; `approve`, `decline` or `expire` is next."""
        self._do(self._steps.swish())
        return self

    def sheet_address(self, number: int = 1) -> None:
        """Choose an address in the sheet of Apple Pay or Google Pay."""
        self._do(self._steps.sheet_address(number))

    def sheet_shipping(self, line_id: str) -> None:
        """Choose shipping in the sheet."""
        self._do(self._steps.sheet_shipping(line_id))

    def sheet(self) -> None:
        """Pay in the sheet; leads back to the shop."""
        self._do(self._steps.sheet())

    def saved_card(self) -> None:
        """Pay with the card that the shop has saved."""
        self._do(self._steps.saved_card())

    def click_to_pay(self, number: int = 1) -> None:
        """Pay with Click to Pay, from the card form too; its third card leads to `three_ds`."""
        self._do(self._steps.click_to_pay(number))

    def klarna(self, plan: Literal["now", "later", "parts"] = "later") -> None:
        """Choose how to pay with Klarna, and buy."""
        self._do(self._steps.klarna(plan))

    def invoice(
        self, organization_number: str = ORGANIZATION, business_name: str = "Fjord AS"
    ) -> None:
        """Fill in the form of an invoice, and buy; only those for companies ask for one."""
        self._do(self._steps.invoice(organization_number, business_name))

    def gift_card(self, number: str = GIFT_CARD) -> None:
        """Type a gift card and pay."""
        self._do(self._steps.gift_card(number))

    def card(self, number: str = CARD, expiry: str = "12/34", cvc: str = "123") -> None:
        """Type a card and pay; some numbers lead to `three_ds`."""
        self._do(self._steps.card(number, expiry, cvc))

    def three_ds(self, approve: bool = True) -> None:
        """Answer the bank's question."""
        self._do(self._steps.three_ds(approve))

    def approve(self) -> None:
        """Say yes in the wallet; leads back to the shop."""
        self._do(self._steps.answer("approve"))

    def decline(self) -> None:
        """Say no in the wallet; leads back to the shop."""
        self._do(self._steps.answer("decline"))

    def expire(self) -> None:
        """Never answer in the wallet; leads back to the shop."""
        self._do(self._steps.answer("expire"))

    def reject(self) -> None:
        """The provider says no; leads back to the shop."""
        self._do(self._steps.answer("reject"))

    def hold(self) -> None:
        """The provider wants to check; leads back to the shop."""
        self._do(self._steps.answer("hold"))

    def time_out(self) -> None:
        """The provider does not answer; leads back to the shop."""
        self._do(self._steps.answer("time_out"))

    def choose_another_way(self) -> None:
        """Leave the wallet, back to the checkout page."""
        self._do(self._steps.choose_another_way())

    def buy(
        self,
        address: Mapping[str, str] | None = None,
        shipping: str = "",
        method: str = VIPPS,
        outcome: Outcome = "approve",
    ) -> None:
        """All steps in one; what is not told is the usual address and the first shipping option."""
        self._do(self._steps.buy(address, shipping, method, outcome))

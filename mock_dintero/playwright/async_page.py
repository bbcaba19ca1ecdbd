"""The buyer's steps, for Playwright's async API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from mock_dintero.playwright.steps import CARD, GIFT_CARD, ORGANIZATION, Outcome, Step, Steps
from mock_dintero.testing.examples import VIPPS

if TYPE_CHECKING:
    from playwright.async_api import Frame, Page

T = TypeVar("T")


class AsyncCheckoutPage:
    """One method a step. Each has been done when it returns, the next page included."""

    def __init__(self, page: Page | Frame) -> None:
        self.page = page
        self._steps = Steps(page, self._leads_on)

    async def _leads_on(self, act: Callable[[], Awaitable[Any]]) -> None:
        async with self.page.expect_navigation(wait_until="domcontentloaded"):
            await act()

    async def _do(self, step: Step[T]) -> T:
        try:
            called = next(step)
            while True:
                called = step.send(await called)
        except StopIteration as done:
            result: T = done.value
            return result

    async def open(self, url: str) -> None:
        """Go to the checkout page, or to a shop that leads there."""
        await self._do(self._steps.open(url))

    async def give_address(self, **fields: str) -> None:
        """Give an address, the usual one in Oslo unless told otherwise; names as in the API."""
        await self._do(self._steps.give_address(**fields))

    async def edit_address(self) -> None:
        """Open the address again."""
        await self._do(self._steps.edit_address())

    async def use_address(self, number: int = 0) -> None:
        """Confirm the address that the page knows already; of several the one with this number."""
        await self._do(self._steps.use_address(number))

    async def shipping_options(self) -> list[str]:
        """The `line_id` of every option on the page."""
        return await self._do(self._steps.shipping_options())

    async def choose_shipping(self, *line_ids: str) -> None:
        """Choose an option; one for each parcel if there are several."""
        await self._do(self._steps.choose_shipping(*line_ids))

    async def apply_discount(self, code: str) -> None:
        """Type a discount code and send it."""
        await self._do(self._steps.apply_discount(code))

    async def remove_discount(self, code: str) -> None:
        """Take a discount code back."""
        await self._do(self._steps.remove_discount(code))

    async def tick(self, checkbox_id: str) -> None:
        """Tick one of the shop's checkboxes."""
        await self._do(self._steps.tick(checkbox_id))

    async def choose_method(self, type: str) -> None:
        """Choose how to pay, by `payment_product_type`."""
        await self._do(self._steps.choose_method(type))

    async def pay(self) -> None:
        """Press pay; the wallet is next, or this page again with a message."""
        await self._do(self._steps.pay())

    async def cancel(self) -> None:
        """Walk away, back to the shop."""
        await self._do(self._steps.cancel())

    async def total(self) -> str:
        """The total as the page shows it."""
        return await self._do(self._steps.total())

    async def messages(self) -> list[str]:
        """What the page says to the buyer."""
        return await self._do(self._steps.messages())

    async def vipps(self, phone: str | None = None) -> Self:
        """Give the phone number; `approve`, `decline` or `expire` is next."""
        await self._do(self._steps.vipps(phone))
        return self

    async def start_with(self, type: str) -> None:
        """Start with a wallet that knows the address: Vipps Express, Apple Pay or Google Pay."""
        await self._do(self._steps.start_with(type))

    async def vipps_express(
        self, address: int = 1, shipping: str = "", phone: str = "+4791234567"
    ) -> Self:
        """Start with Vipps, share, choose there; `approve`, `decline` or `expire` is next."""
        await self._do(self._steps.vipps_express(address, shipping, phone))
        return self

    async def vipps_address(self, number: int = 1) -> None:
        """Choose an address of the app's book."""
        await self._do(self._steps.vipps_address(number))

    async def vipps_shipping(self, *line_ids: str) -> None:
        """Choose shipping in the app; the one that it suggests unless named."""
        await self._do(self._steps.vipps_shipping(*line_ids))

    async def swish(self) -> Self:
        """Open the app instead of scanning the code; `approve`, `decline` or `expire` is next."""
        await self._do(self._steps.swish())
        return self

    async def sheet_address(self, number: int = 1) -> None:
        """Choose an address in the sheet of Apple Pay or Google Pay."""
        await self._do(self._steps.sheet_address(number))

    async def sheet_shipping(self, line_id: str) -> None:
        """Choose shipping in the sheet."""
        await self._do(self._steps.sheet_shipping(line_id))

    async def sheet(self) -> None:
        """Pay in the sheet; leads back to the shop."""
        await self._do(self._steps.sheet())

    async def saved_card(self) -> None:
        """Pay with the card that the shop has saved."""
        await self._do(self._steps.saved_card())

    async def click_to_pay(self, number: int = 1) -> None:
        """Pay with Click to Pay, from the card form too; its third card leads to `three_ds`."""
        await self._do(self._steps.click_to_pay(number))

    async def klarna(self, plan: Literal["now", "later", "parts"] = "later") -> None:
        """Choose how to pay with Klarna, and buy."""
        await self._do(self._steps.klarna(plan))

    async def invoice(
        self, organization_number: str = ORGANIZATION, business_name: str = "Fjord AS"
    ) -> None:
        """Fill in the form of an invoice, and buy; only those for companies ask for one."""
        await self._do(self._steps.invoice(organization_number, business_name))

    async def gift_card(self, number: str = GIFT_CARD) -> None:
        """Type a gift card and pay."""
        await self._do(self._steps.gift_card(number))

    async def card(self, number: str = CARD, expiry: str = "12/34", cvc: str = "123") -> None:
        """Type a card and pay; some numbers lead to `three_ds`."""
        await self._do(self._steps.card(number, expiry, cvc))

    async def three_ds(self, approve: bool = True) -> None:
        """Answer the bank's question."""
        await self._do(self._steps.three_ds(approve))

    async def approve(self) -> None:
        """Say yes in the wallet; leads back to the shop."""
        await self._do(self._steps.answer("approve"))

    async def decline(self) -> None:
        """Say no in the wallet; leads back to the shop."""
        await self._do(self._steps.answer("decline"))

    async def expire(self) -> None:
        """Never answer in the wallet; leads back to the shop."""
        await self._do(self._steps.answer("expire"))

    async def reject(self) -> None:
        """The provider says no; leads back to the shop."""
        await self._do(self._steps.answer("reject"))

    async def hold(self) -> None:
        """The provider wants to check; leads back to the shop."""
        await self._do(self._steps.answer("hold"))

    async def time_out(self) -> None:
        """The provider does not answer; leads back to the shop."""
        await self._do(self._steps.answer("time_out"))

    async def choose_another_way(self) -> None:
        """Leave the wallet, back to the checkout page."""
        await self._do(self._steps.choose_another_way())

    async def buy(
        self,
        address: Mapping[str, str] | None = None,
        shipping: str = "",
        method: str = VIPPS,
        outcome: Outcome = "approve",
    ) -> None:
        """All steps in one; what is not told is the usual address and the first shipping option."""
        await self._do(self._steps.buy(address, shipping, method, outcome))

"""What the buyer does on the page, written once for Playwright's sync and async API.

Both have the same words. Called on a sync page they have acted and give a value, called on an async
page they give a coroutine; so each step yields what it called and is given the value back. What a
step is for stands at the method of CheckoutPage that has its name.
"""
# ruff: noqa: D102

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any, Literal, TypeVar

from mock_dintero.testing.examples import ADDRESS, VIPPS

T = TypeVar("T")
Step = Generator[Any, Any, T]
Outcome = Literal["approve", "decline", "expire", "reject", "hold", "time_out"]

FIELDS = {
    "email": "email", "phone_number": "phone", "first_name": "first-name", "last_name": "last-name",
    "business_name": "business-name", "organization_number": "organization-number",
    "address_line": "address-line", "address_line_2": "address-line-2",
    "postal_code": "postal-code", "postal_place": "postal-place",
}  # fmt: skip
"""The address's fields, by the name in the API, with their `data-testid`."""

CARD, GIFT_CARD, ORGANIZATION = "4000 0000 0000 0002", "6000 0000 0000 0001", "123456785"
"""What just works."""
HAS_JAVASCRIPT = "matchMedia('(scripting: enabled)').matches"


class Steps:
    """`leads_on` does something that leads to another page, and waits until that is there."""

    def __init__(self, page: Any, leads_on: Callable[[Callable[[], Any]], Any]) -> None:
        self._page = page
        self._leads_on = leads_on

    def _at(self, testid: str) -> Any:
        return self._page.get_by_test_id(testid)

    def _press(self, testid: str) -> Step[None]:
        yield self._leads_on(self._at(testid).click)

    # The checkout page

    def open(self, url: str) -> Step[None]:
        yield self._page.goto(url)

    def give_address(self, **fields: str) -> Step[None]:
        given = {**ADDRESS, **fields}
        if "customer_type" in given:
            yield self._at(f"customer-type-{given['customer_type']}").check(force=True)
        for name, testid in FIELDS.items():
            if name in given:
                yield self._at(testid).fill(given[name])
        yield self._at("country").select_option(given["country"])
        yield from self._press("submit-address")

    def edit_address(self) -> Step[None]:
        yield from self._press("edit-address")

    def use_address(self, number: int = 0) -> Step[None]:
        several = self._at(f"known-address-{number}").and_(self._page.get_by_role("radio"))
        if (yield several.is_visible()):
            yield several.check()
        yield from self._press("use-address")

    def shipping_options(self) -> Step[list[str]]:
        radios = self._at("shipping-options").locator("input[type=radio]")
        line_ids: list[str] = yield radios.evaluate_all("all => all.map(one => one.value)")
        return line_ids

    def choose_shipping(self, *line_ids: str) -> Step[None]:
        submits_itself = yield self._page.evaluate(HAS_JAVASCRIPT)
        is_sent = True
        for line_id in line_ids:
            option = self._at(f"shipping-option-{line_id}")
            if (yield option.is_checked()):
                continue
            yield from self._unfold(option)
            is_sent = submits_itself and not (yield from self._has_open_parcels(option))
            if is_sent:
                yield self._leads_on(option.click)
            else:
                yield option.click()
        if not is_sent:
            yield from self._press("submit-shipping")

    def _unfold(self, option: Any) -> Step[None]:
        """Open the part of a long list that the option stands in."""
        rest = self._page.locator("details.choices__more:not([open])").filter(has=option)
        if (yield rest.count()):
            yield rest.locator("> summary").click()

    def _has_open_parcels(self, option: Any) -> Step[bool]:
        """Whether a parcel other than this option's has no option yet: the form waits for it."""
        others = self._at("shipping-options").locator("fieldset").filter(has_not=option)
        number: int = yield others.filter(has_not=self._page.locator("input:checked")).count()
        return number > 0

    def apply_discount(self, code: str) -> Step[None]:
        yield self._at("discount-code").fill(code)
        yield from self._press("discount-code-apply")

    def remove_discount(self, code: str) -> Step[None]:
        yield from self._press(f"discount-code-remove-{code}")

    def tick(self, checkbox_id: str) -> Step[None]:
        yield self._at(f"checkbox-{checkbox_id}").check()

    def choose_method(self, type: str) -> Step[None]:
        yield self._at(f"payment-method-{type}").check()

    def pay(self) -> Step[None]:
        yield from self._press("pay")

    def cancel(self) -> Step[None]:
        yield from self._press("cancel")

    def total(self) -> Step[str]:
        return _on_one_line((yield self._at("order-total").first.inner_text()))

    def messages(self) -> Step[list[str]]:
        return [_on_one_line(text) for text in (yield self._at("message").all_inner_texts())]

    # The wallet, the card form, the bank

    def vipps(self, phone: str | None = None) -> Step[None]:
        if phone is not None:
            yield self._at("vipps-phone").fill(phone)
        yield from self._press("vipps-next")

    def start_with(self, type: str) -> Step[None]:
        yield from self._press(f"express-{type}")

    def vipps_express(self, address: int, shipping: str, phone: str) -> Step[None]:
        yield from self._press(f"express-{VIPPS}")
        yield from self.vipps(phone)
        yield from self._press("vipps-next")
        yield from self.vipps_address(address)
        if (yield self._at("vipps-next").is_visible()):
            yield from self.vipps_shipping(*([shipping] if shipping else []))

    def vipps_address(self, number: int) -> Step[None]:
        yield self._at(f"vipps-address-{number}").check()
        yield from self._press("vipps-next")

    def vipps_shipping(self, *line_ids: str) -> Step[None]:
        for line_id in line_ids:
            option = self._at(f"vipps-shipping-option-{line_id}")
            yield from self._unfold(option)
            yield option.check()
        yield from self._press("vipps-next")

    def swish(self) -> Step[None]:
        yield from self._press("swish-open")

    def sheet_address(self, number: int) -> Step[None]:
        yield from self._choose_in_sheet(f"sheet-address-{number}", "sheet-use-address")

    def sheet_shipping(self, line_id: str) -> Step[None]:
        yield from self._choose_in_sheet(f"sheet-shipping-option-{line_id}", "sheet-use-shipping")

    def _choose_in_sheet(self, testid: str, button: str) -> Step[None]:
        radio = self._at(testid)
        yield from self._unfold(radio)
        if (yield self._page.evaluate(HAS_JAVASCRIPT)) and not (yield radio.is_checked()):
            yield self._leads_on(radio.click)
            return
        yield radio.check()
        yield from self._press(button)

    def sheet(self) -> Step[None]:
        yield from self._press("sheet-pay")

    def saved_card(self) -> Step[None]:
        yield from self._press("saved-card-pay")

    def click_to_pay(self, number: int) -> Step[None]:
        if (yield self._at("click-to-pay-open").is_visible()):
            yield from self._press("click-to-pay-open")
        yield self._at(f"click-to-pay-card-{number}").check()
        yield from self._press("click-to-pay-pay")

    def klarna(self, plan: str) -> Step[None]:
        yield self._at(f"klarna-{plan}").check()
        yield from self._press("klarna-pay")

    def invoice(self, organization_number: str, business_name: str) -> Step[None]:
        if (yield self._at("organization-number").is_visible()):
            yield self._at("organization-number").fill(organization_number)
            yield self._at("business-name").fill(business_name)
        else:
            yield self._at("invoice-terms").check()
        yield from self._press("invoice-pay")

    def gift_card(self, number: str) -> Step[None]:
        yield self._at("gift-card-number").fill(number)
        yield from self._press("gift-card-pay")

    def card(self, number: str, expiry: str, cvc: str) -> Step[None]:
        yield self._at("card-number").fill(number)
        yield self._at("card-expiry").fill(expiry)
        yield self._at("card-cvc").fill(cvc)
        yield from self._press("card-pay")

    def three_ds(self, approve: bool) -> Step[None]:
        yield from self._press("three-ds-approve" if approve else "three-ds-fail")

    def answer(self, outcome: Outcome) -> Step[None]:
        name = outcome.replace("_", "-")
        button = self._at(f"vipps-{name}").or_(self._at(f"payment-{name}"))
        yield self._leads_on(button.click)

    def choose_another_way(self) -> Step[None]:
        button = self._at("vipps-back").or_(self._at("payment-back"))
        yield self._leads_on(button.click)

    # All in one

    def buy(
        self,
        address: Mapping[str, str] | None = None,
        shipping: str = "",
        method: str = VIPPS,
        outcome: Outcome = "approve",
    ) -> Step[None]:
        if address is not None or (yield self._at("submit-address").is_visible()):
            if not (yield self._at("submit-address").is_visible()):
                yield from self.edit_address()
            yield from self.give_address(**(address or {}))
        elif (yield self._at("use-address").is_visible()):
            yield from self.use_address()
        if shipping:
            yield from self.choose_shipping(shipping)
        elif (yield self._at("pay").is_disabled()):
            yield from self.choose_shipping(*(yield from self.shipping_options())[:1])
        yield from self.choose_method(method)
        yield from self.pay()
        if (yield self._at("vipps-next").is_visible()):
            # Without express nobody has told the page a number.
            is_known = bool((yield self._at("vipps-phone").input_value()))
            yield from self.vipps(None if is_known else ADDRESS["phone_number"])
        if (yield self._at("swish-open").is_visible()):
            yield from self.swish()
        if "/wallet/" in self._page.url:  # the shop may have refused to let the buyer pay
            yield from self.answer(outcome)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())

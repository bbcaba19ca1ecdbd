"""The table of payment methods against the published lists."""

from __future__ import annotations

import pytest

from mock_dintero.core.payment_method import DEFAULT_PROFILE, METHODS, offered

PUBLISHED = {
    "bambora.applepay", "bambora.creditcard", "bambora.googlepay", "bambora.mobilepay",
    "bambora.vipps", "collector.finance", "collector.invoice", "collector.invoice_b2b",
    "collector.invoice_b2b_preapproved", "collector.installment",
    "collector.installment_b2b_preapproved", "dintero.zero", "dintero.wallets",
    "dintero.external", "dintero_psp.creditcard", "dintero_psp.vipps", "dintero_psp.googlepay",
    "dintero_psp.applepay", "dintero_psp.clicktopay", "instabank.finance", "instabank.invoice",
    "instabank.installment", "instabank.postponement", "klarna.klarna", "klarna.billie",
    "kravia.invoice_b2b", "kravia.invoice_b2b_grouped", "kravia.invoice_b2c", "two.invoice_b2b",
    "netaxept.creditcard", "payex.creditcard", "payex.mobilepay", "payex.swish", "payex.vipps",
    "payex.applepay", "payex.clicktopay", "payex.googlepay", "santander.debit_account",
    "seitatech.in_person", "swish.swish", "vipps",
}  # fmt: skip
PRODUCTS = {
    "bambora", "collector", "dintero", "dintero_psp", "instabank", "klarna", "netaxept", "payex",
    "santander", "swish", "vipps", "kravia", "two", "seitatech",
}  # fmt: skip
VOID_AFTER_PART_CAPTURE = {
    "payex.creditcard", "payex.mobilepay", "payex.vipps", "payex.applepay", "payex.clicktopay",
    "payex.googlepay", "vipps", "klarna.klarna", "klarna.billie",
}  # fmt: skip


def types(configuration, currency="NOK", amount=100):
    return [method.type for method in offered(configuration, currency, amount)]


def everything():
    configuration = {}
    for type_ in PUBLISHED:
        first, _, second = type_.partition(".")
        at = configuration.setdefault(first, {})
        (at.setdefault(second, {}) if second else at)["enabled"] = True
    return configuration


def test_the_table_has_exactly_the_published_types():
    assert set(METHODS) == PUBLISHED
    assert all(type_ == method.type for type_, method in METHODS.items())


def test_the_product_is_what_stands_before_the_dot():
    assert {method.product for method in METHODS.values()} == PRODUCTS
    assert METHODS["dintero_psp.vipps"].product == "dintero_psp"
    assert METHODS["vipps"].product == "vipps"


def test_exactly_the_listed_products_can_void_the_rest_after_a_part_capture():
    able = {method.type for method in METHODS.values() if method.can_void_rest}

    assert able == VOID_AFTER_PART_CAPTURE


def test_swish_alone_is_captured_at_once():
    at_once = {method.type for method in METHODS.values() if method.is_captured_at_once}

    assert at_once == {"swish.swish", "payex.swish"}


def test_instabank_alone_needs_items():
    needy = {method.type for method in METHODS.values() if method.needs_items}

    assert needy == {type_ for type_ in PUBLISHED if type_.startswith("instabank.")}


@pytest.mark.parametrize(
    ("type_", "has_card"),
    [("vipps", False), ("dintero_psp.vipps", True), ("payex.vipps", True), ("swish.swish", False),
     ("klarna.klarna", False), ("dintero_psp.creditcard", True), ("collector.invoice", False),
     ("netaxept.creditcard", True), ("seitatech.in_person", True), ("two.invoice_b2b", False)],
)  # fmt: skip
def test_card_based_products_have_a_card(type_, has_card):
    assert METHODS[type_].has_card is has_card


def test_a_method_is_offered_when_enabled_and_nothing_else():
    assert types({"dintero_psp": {"vipps": {"enabled": True}, "creditcard": {}}}) == [
        "dintero_psp.vipps"
    ]
    assert types({}) == []


@pytest.mark.parametrize(
    "configuration",
    [{"dintero_psp": {"vipps": {"enabled": False}}}, {"dintero_psp": {"vipps": {"enabled": "true"}}},
     {"dintero_psp": {"vipps": True}}, {"dintero_psp": None}, {"dintero_psp": []},
     {"dintero_psp": {"enabled": True}}, {"vipps": None}, {"unknown": {"enabled": True}}],
)  # fmt: skip
def test_what_is_not_enabled_in_so_many_words_is_not_offered(configuration):
    assert types(configuration) == []


def test_direct_vipps_stands_at_the_top_of_the_configuration():
    assert types({"vipps": {"enabled": True, "type": "payment_type"}}) == ["vipps"]


def test_everything_enabled_is_everything_that_takes_the_currency():
    assert set(types(everything(), "SEK")) == PUBLISHED - {"dintero.zero"}
    assert "swish.swish" not in types(everything(), "NOK")
    assert "dintero_psp.vipps" not in types(everything(), "USD")
    assert "dintero_psp.creditcard" in types(everything(), "USD")


def test_a_sum_of_zero_is_paid_with_zero_alone_and_zero_pays_nothing_else():
    assert types(everything(), "NOK", 0) == ["dintero.zero"]
    assert types({"dintero": {"zero": {"enabled": True}}}, "NOK", 1) == []
    assert types({"dintero_psp": {"vipps": {"enabled": True}}}, "NOK", 0) == []


def test_a_negative_sum_cannot_be_paid_at_all():
    assert types(everything(), "NOK", -1) == []


def test_the_default_profile_offers_vipps_card_klarna_and_swish_in_sweden():
    norway = types(DEFAULT_PROFILE, "NOK")

    assert norway == ["dintero_psp.vipps", "dintero_psp.creditcard", "klarna.klarna"]
    assert set(types(DEFAULT_PROFILE, "SEK")) == {*norway, "swish.swish"}

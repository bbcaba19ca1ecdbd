"""Payment lint: every finding with the mistake, and without it none."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from mock_dintero.core import lint_capture, lint_order, lint_session, lint_token
from mock_dintero.core.discount import Answer
from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.lint import Code, Lint, codes, found, require_none
from mock_dintero.core.operation import CaptureBody, RefundBody, capture, refund
from mock_dintero.core.order import Order
from mock_dintero.core.payment_method import DEFAULT_PROFILE
from mock_dintero.core.session import NewSession
from mock_dintero.core.session_update import SessionUpdate
from mock_dintero.core.timestamps import stamp
from mock_dintero.core.transaction import Transaction

Json = dict[str, Any]
SHIRT: Json = {
    "line_id": "1",
    "id": "shirt",
    "quantity": 1,
    "amount": 25000,
    "vat": 25,
    "vat_amount": 5000,
}
MUG: Json = {
    "line_id": "2",
    "id": "mug",
    "quantity": 2,
    "amount": 4900,
    "vat": 15,
    "vat_amount": 639,
}
POST: Json = {"id": "post", "line_id": "post", "amount": 4900, "title": "Post", "operator": "", "vat": 25,
              "vat_amount": 980}  # fmt: skip
URL: Json = {
    "return_url": "https://shop.example/",
    "callback_url": "https://shop.example/paid?method=POST",
}


def order(*items: Json, **changes: Any) -> Json:
    lines = list(items) or [SHIRT, MUG]
    amount = sum(line.get("amount", 0) for line in lines)
    amount += changes.get("shipping_option", {}).get("amount", 0)
    return {
        "amount": amount, "currency": "NOK", "merchant_reference": "cart-1", "items": lines, **changes
    }  # fmt: skip


def session(make: Any, **changes: Any) -> tuple[Lint, ...]:
    """What is found in a session; without changes nothing."""
    body = NewSession.model_validate({
        "url": URL, "order": order(), "profile_id": "default",
        "express": {"shipping_options": [POST]},
        "customer": {"phone_number": "+4791234567"}, "metadata": {"ext_cart": 1},
        **changes,
    })  # fmt: skip
    return lint_session.of_new_session(body, DEFAULT_PROFILE, make.now)


def only(findings: tuple[Lint, ...], code: str) -> Lint:
    assert [finding.code for finding in findings] == [code]
    return findings[0]


def ordered(make: Any, *items: Json, **changes: Any) -> tuple[Lint, ...]:
    return session(make, order=order(*items, **changes))


def called(make: Any, query: str) -> tuple[Lint, ...]:
    return session(make, url={**URL, "callback_url": f"https://shop.example/paid?{query}"})


def test_a_good_session_has_no_findings(make):
    assert session(make) == ()


def test_a_finding_leads_to_its_section():
    finding = found("SUM_MISMATCH", "...", "order", 1)
    assert finding.docs == "docs/lint.md#sum_mismatch"
    assert finding.path == ("order", "1")


def test_every_code_has_its_section_and_every_section_its_code():
    text = (Path(__file__).parents[2] / "docs" / "lint.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == list(get_args(Code))


def test_every_section_has_an_example_the_regret_the_way_out_and_the_source():
    text = (Path(__file__).parents[2] / "docs" / "lint.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        assert re.findall(r"^- \*\*(\w+):", section, re.MULTILINE) == [
            "Example", "Regret", "Mend", "Source"
        ]  # fmt: skip


def test_the_header_has_each_code_once():
    findings = [found("VAT_MISSING", "a"), found("SUM_MISMATCH", "b"), found("VAT_MISSING", "c")]
    assert codes(findings) == "VAT_MISSING, SUM_MISMATCH"


def test_strict_mode_lists_every_finding_that_it_refuses():
    soft = found("TOKEN_PER_CALL", "much", is_refused=False)
    require_none([soft])
    with pytest.raises(InvalidRequest) as refused:
        require_none([soft, found("SUM_MISMATCH", "a", "order", "amount"), found("NO_METHOD", "b")])
    assert [error["code"] for error in refused.value.errors] == ["SUM_MISMATCH", "NO_METHOD"]
    assert refused.value.errors[0]["path"] == ["order", "amount"]
    assert (
        refused.value.message
        == "strict mode: order.amount: a (docs/lint.md#sum_mismatch) (and 1 more)"
    )


# The order


@pytest.mark.parametrize("amount", [29899, 29901, 34800])
def test_a_sum_that_is_not_the_lines_is_found(make, amount):
    finding = only(ordered(make, amount=amount), "SUM_MISMATCH")
    assert str(amount) in finding.message and "29900" in finding.message
    assert finding.path == ("order", "amount")


def test_a_sum_with_the_chosen_option_is_fine_and_without_it_is_found(make):
    assert ordered(make, shipping_option=POST) == ()
    only(ordered(make, shipping_option=POST, amount=29900), "SUM_MISMATCH")


def test_a_part_may_be_less_than_the_lines_but_not_more(make):
    assert ordered(make, amount=100, partial_payment=True) == ()
    only(ordered(make, amount=29901, partial_payment=True), "SUM_MISMATCH")


def test_a_sum_without_lines_is_fine(make):
    assert session(make, order={**order(), "items": []}) == ()


@pytest.mark.parametrize(
    ("vat", "vat_amount", "is_found"),
    [(25, 5000, False), (25, 4999, False), (25, 5001, False), (25, 4998, True), (25, 6250, True),
     (0, 0, False), (0, 1, False), (0, 2, True), (12.5, 2778, False), (25, None, False)],
)  # fmt: skip
def test_vat_must_be_the_vat_within_the_amount(make, vat, vat_amount, is_found):
    findings = ordered(make, {**SHIRT, "vat": vat, "vat_amount": vat_amount})
    assert [finding.code for finding in findings] == ["VAT_MISMATCH"] * is_found


def test_vat_on_top_of_the_amount_is_called_so(make):
    finding = only(ordered(make, {**SHIRT, "vat_amount": 6250}), "VAT_MISMATCH")
    assert "on top" in finding.message and "31250" in finding.message and "5000" in finding.message


def test_vat_as_a_fraction_is_found(make):
    finding = only(ordered(make, {**SHIRT, "vat": 0.25, "vat_amount": None}), "VAT_MISMATCH")
    assert "send 25" in finding.message


def test_a_rate_that_would_divide_by_nothing_is_found(make):
    assert only(ordered(make, {**SHIRT, "vat": -100}), "VAT_MISMATCH").path[-1] == "vat"


def test_the_vat_of_options_and_of_the_choice_is_looked_at_too(make):
    wrong = {**POST, "vat_amount": 1}
    finding = only(session(make, express={"shipping_options": [POST, wrong]}), "VAT_MISMATCH")
    assert finding.path == ("express", "shipping_options", "1", "vat_amount")
    finding = only(ordered(make, shipping_option=wrong), "VAT_MISMATCH")
    assert finding.path == ("order", "shipping_option", "vat_amount")


def test_a_negative_line_has_negative_vat(make):
    discount = {"line_id": "3", "amount": -2500, "vat": 25, "vat_amount": -500}
    assert ordered(make, SHIRT, discount) == ()
    only(ordered(make, SHIRT, {**discount, "vat_amount": 500}), "VAT_MISMATCH")


def test_a_line_without_a_rate_is_found_but_a_gift_card_has_none(make):
    line = {"line_id": "3", "amount": 100}
    assert only(ordered(make, SHIRT, line), "VAT_MISSING").path == ("order", "items", "1", "vat")
    assert ordered(make, SHIRT, {**line, "type": "gift_card"}) == ()
    assert ordered(make, SHIRT, {**line, "vat": 0}) == ()


def test_the_orders_vat_is_the_sum_of_the_lines(make):
    assert ordered(make, vat_amount=5639) == ()
    assert ordered(make, vat_amount=6619, shipping_option=POST) == ()
    finding = only(ordered(make, vat_amount=5640), "ORDER_VAT_MISMATCH")
    assert "5640" in finding.message and "5639" in finding.message


def test_the_orders_vat_is_not_judged_when_a_line_does_not_state_its_own(make):
    assert ordered(make, {**SHIRT, "vat_amount": None}, vat_amount=1) == ()


def test_a_line_without_an_id_is_found(make):
    for line_id in (None, ""):
        finding = only(ordered(make, SHIRT, {**MUG, "line_id": line_id}), "LINE_ID_MISSING")
        assert finding.path == ("order", "items", "1", "line_id")


def test_a_repeated_line_id_is_found(make):
    assert "'1'" in only(ordered(make, SHIRT, {**MUG, "line_id": "1"}), "LINE_ID_REPEATED").message
    finding = only(ordered(make, shipping_option={**POST, "line_id": "2"}), "LINE_ID_REPEATED")
    assert finding.path == ("order", "shipping_option", "line_id")


def test_an_empty_reference_is_found(make):
    for reference in ("", " "):
        only(ordered(make, merchant_reference=reference), "MERCHANT_REFERENCE_EMPTY")


# Addresses


@pytest.mark.parametrize(
    ("host", "is_refused"),
    [("shop.example", True), ("8.8.8.8", True), ("localhost:3000", False), ("127.0.0.1:1", False),
     ("[::1]:3000", False), ("web", False), ("192.168.1.4", False), ("host.docker.internal", False)],
)  # fmt: skip
def test_a_callback_over_http_is_found_and_refused_only_where_it_could_be_reached(
    make, host, is_refused
):
    url = {**URL, "callback_url": f"http://{host}/paid"}
    finding = only(session(make, url=url), "CALLBACK_NOT_HTTPS")
    assert (finding.path, finding.is_refused) == (("url", "callback_url"), is_refused)


def test_each_address_over_http_is_a_finding_and_the_return_url_is_none(make):
    http = "http://localhost/"
    findings = session(
        make,
        url={"return_url": http, "callback_url": http, "merchant_terms_url": http},
        express={"shipping_options": [], "shipping_address_callback_url": http,
                 "discount_codes": {"callback_url": http}},
    )  # fmt: skip
    assert {finding.code for finding in findings} == {"CALLBACK_NOT_HTTPS"}
    assert [".".join(finding.path) for finding in findings] == [
        "url.callback_url", "url.merchant_terms_url", "express.shipping_address_callback_url",
        "express.discount_codes.callback_url",
    ]  # fmt: skip


def test_no_callback_at_all_is_found(make):
    only(session(make, url={"return_url": "https://shop.example/"}), "CALLBACK_MISSING")


@pytest.mark.parametrize("delay", ["0", "30", "60"])
def test_a_delay_up_to_60_is_fine(make, delay):
    assert called(make, f"delay_callback={delay}") == ()


@pytest.mark.parametrize("delay", ["61", "120", "1m", "-1", "1.5", ""])
def test_another_delay_is_found(make, delay):
    only(called(make, f"delay_callback={delay}"), "CALLBACK_DELAY")


@pytest.mark.parametrize(
    ("query", "meant"),
    [("include=session", "includes"), ("Method=POST", "method"), ("report_events=VOID", "report_event"),
     ("report-error=true", "report_error"), ("callback_delay=1&delay_callbak=5", "delay_callback"),
     ("sid_parameter=sid", "sid_parameter_name")],
)  # fmt: skip
def test_a_misspelt_option_is_found_with_the_one_that_was_meant(make, query, meant):
    assert f"did you mean '{meant}'?" in only(called(make, query), "CALLBACK_OPTION").message


@pytest.mark.parametrize(
    "query",
    ["method=PUT", "includes=sessions", "report_error=1", "report_event=CAPTURED",
     "report_event=CAPTURE,PAID", "sid_parameter_name=SID"],
)  # fmt: skip
def test_a_value_that_an_option_does_not_have_is_found(make, query):
    only(called(make, query), "CALLBACK_OPTION")


@pytest.mark.parametrize(
    "query",
    ["", "method=post&includes=session", "includes[]=session", "report_error=true", "event=x&sid=1",
     "report_event=CAPTURE&report_event=refund,VOID", "sid_parameter_name=sid", "gateway=dintero&id=7"],
)  # fmt: skip
def test_options_as_documented_and_parameters_of_ones_own_are_fine(make, query):
    assert called(make, query) == ()


# The rest of a session


def test_express_with_nothing_to_choose_and_nobody_to_ask_is_found(make):
    express = {"shipping_options": []}
    only(session(make, express=express), "EXPRESS_WITHOUT_SHIPPING")
    assert session(make, express={**express, "shipping_mode": "shipping_not_required"}) == ()
    asks = {**express, "shipping_address_callback_url": "https://shop.example/options"}
    assert session(make, express=asks) == ()
    assert session(make, express=None) == ()


@pytest.mark.parametrize(
    ("seconds", "is_found"), [(-3600, True), (0, True), (299, True), (300, False), (86400, False)]
)
def test_a_session_that_ends_within_five_minutes_is_found(make, seconds, is_found):
    findings = session(make, expires_at=stamp(make.now + timedelta(seconds=seconds)))
    assert [finding.code for finding in findings] == ["EXPIRES_TOO_SOON"] * is_found


def test_a_phone_number_without_country_code_is_found_wherever_it_stands(make):
    local = {"phone_number": "91234567"}
    finding = only(session(make, customer=local), "PHONE_WITHOUT_COUNTRY_CODE")
    assert finding.path == ("customer", "phone_number") and "+4791234567" in finding.message
    only(ordered(make, billing_address=local), "PHONE_WITHOUT_COUNTRY_CODE")
    assert ordered(make, shipping_address={"phone_number": "+4791234567"}) == ()


@pytest.mark.parametrize("key", ["session:id", "merchant_no", "Vipps.x", "payout"])
def test_a_reserved_metadata_key_is_found(make, key):
    finding = only(session(make, metadata={key: 1}), "METADATA_RESERVED")
    assert finding.path == ("metadata", key) and f"ext_{key}" in finding.message


def test_another_metadata_key_is_fine(make):
    assert session(make, metadata={"woo_customer_id": 7, "ext_session": "a"}) == ()


def test_nothing_to_pay_needs_a_method_for_it(make):
    nothing = {**SHIRT, "amount": 0, "vat_amount": 0}
    free = {"order": order(nothing), "express": None}
    only(session(make, **free), "AMOUNT_ZERO")
    zero = {"dintero": {"zero": {"enabled": True}}}
    assert session(make, **free, configuration=zero) == ()


def test_nothing_to_pay_is_fine_if_shipping_will_cost_something(make):
    nothing = {**SHIRT, "amount": 0, "vat_amount": 0}
    assert session(make, order=order(nothing)) == ()
    gratis = {**POST, "amount": 0, "vat_amount": 0}
    express = {"shipping_options": [POST, gratis]}
    only(session(make, order=order(nothing), express=express), "AMOUNT_ZERO")


def test_paying_in_the_store_needs_the_method_for_nothing(make):
    express = {
        "shipping_options": [POST, {**POST, "line_id": "2", "pay_in_store": {"type": "full"}}]
    }
    finding = only(session(make, express=express), "AMOUNT_ZERO")
    assert finding.path == ("express", "shipping_options", "1", "pay_in_store")
    zero = {"dintero": {"zero": {"enabled": True}}}
    assert session(make, express=express, configuration=zero) == ()


def bought(make: Any, configuration: Json, currency: str = "NOK") -> tuple[Lint, ...]:
    body = NewSession.model_validate({
        "url": URL, "order": order(currency=currency), "configuration": configuration
    })  # fmt: skip
    return lint_session.of_new_session(body, {}, make.now)


def test_a_currency_that_no_enabled_method_takes_is_found(make):
    swish = {"swish": {"swish": {"enabled": True}}}
    finding = only(bought(make, swish), "NO_METHOD")
    assert "NOK" in finding.message and "swish.swish (SEK)" in finding.message
    assert bought(make, swish, "SEK") == ()


def test_a_session_without_any_method_is_found(make):
    assert "none is enabled" in only(bought(make, {"auto_capture": True}), "NO_METHOD").message
    assert bought(make, {"active_payment_types": {"enabled": ["*"]}}) == ()


def test_a_product_that_is_no_method_is_found_with_the_one_that_was_meant(make):
    configuration = {"dintero_psp": {"vips": {"enabled": True}}}
    finding = only(session(make, configuration=configuration), "METHOD_UNKNOWN")
    assert finding.path == ("configuration", "dintero_psp", "vips")
    assert "did you mean dintero_psp.vipps?" in finding.message


def test_a_default_method_that_is_none_is_found(make):
    only(session(make, configuration={"default_payment_type": "cash"}), "METHOD_UNKNOWN")
    assert session(make, configuration={"default_payment_type": "klarna.klarna"}) == ()


def test_settings_of_a_gateway_are_no_methods(make):
    vipps = {
        "vipps": {"enabled": True, "dynamic_descriptor": "x"},
        "payex": {"dynamic_descriptor": "x"},
    }
    assert session(make, configuration=vipps) == ()


# Fields


@pytest.mark.parametrize(
    ("changes", "path", "meant"),
    [
        ({"custumer": {}}, "custumer", "customer"),
        ({"url": {**URL, "callbackUrl": "x"}}, "url.callbackUrl", "callback_url"),
        ({"order": order({**SHIRT, "vat_amout": 1})}, "order.items.0.vat_amout", "vat_amount"),
        ({"configuration": {"dintro_psp": {}}}, "configuration.dintro_psp", "dintero_psp"),
        ({"express": {"shipping_options": [{**POST, "line-id": 1}]}},
         "express.shipping_options.0.line-id", "line_id"),
        ({"express": {"shipping_options": [POST], "discount_codes": {"max_counts": 1}}},
         "express.discount_codes.max_counts", "max_count"),
    ],
)  # fmt: skip
def test_a_misspelt_field_is_found_anywhere_with_the_one_that_was_meant(make, changes, path, meant):
    finding = only(session(make, **changes), "MISSPELT_FIELD")
    assert ".".join(finding.path) == path and f"did you mean '{meant}'?" in finding.message


@pytest.mark.parametrize(
    "changes",
    [{"foo": 1}, {"order": order(colour="x")}, {"order": order({**SHIRT, "tax_class": "x"})},
     {"express": {"shipping_options": [{**POST, "quantity": 1}]}}],
)  # fmt: skip
def test_a_field_that_resembles_nothing_is_unknown(make, changes):
    only(session(make, **changes), "UNKNOWN_FIELD")


def test_fields_that_dintero_documents_and_no_rule_reads_are_fine(make):
    assert session(
        make,
        order=order({**SHIRT, "groups": [], "unit_weight": 1}, payout_destination_id="7", gift_cards=[]),
        express={"shipping_options": [{**POST, "metadata": {}, "fee_split": {}}]},
        configuration={"publish": [], "payout": {}, "kravia": {}},
        customer={"tokens": {}},
        merchant={"name": "x", "logo_url": "https://x.example/", "website": "x", "country": "NO"},
        id="x", created_at="x", events=[],
    ) == ()  # fmt: skip


# Updates


def updated(**body: Any) -> list[str]:
    return [found.code for found in lint_session.of_update(SessionUpdate.model_validate(body))]


def test_an_update_is_looked_at_like_an_order():
    assert updated(order={}) == []
    assert updated(order=order(), express={"shipping_options": [POST]}) == []
    assert updated(order={"items": [{"amount": 1}]}) == ["LINE_ID_MISSING", "VAT_MISSING"]
    assert updated(order={"billing_address": {"phone_number": "91234567"}}) == [
        "PHONE_WITHOUT_COUNTRY_CODE"
    ]
    assert updated(order={}, customer={}, remove_lok=True) == ["UNKNOWN_FIELD", "MISSPELT_FIELD"]
    wrong = {"shipping_options": [{**POST, "vat_amount": 0}]}
    assert updated(order={}, express=wrong) == ["VAT_MISMATCH"]


# Captures and refunds


@pytest.fixture
def bill(make) -> Transaction:
    """Shirt, mug and shipping, authorized."""
    lines = order(shipping_option=POST)
    return make.pay(make.session(order=lines))[1]


def line(sent: Json) -> Json:
    return {name: sent[name] for name in ("line_id", "amount")}


def captured(bill: Transaction, **body: Any) -> tuple[Lint, ...]:
    return lint_capture.of_capture(bill, CaptureBody.model_validate(body))


def refunded(bill: Transaction, **body: Any) -> tuple[Lint, ...]:
    return lint_capture.of_refund(bill, RefundBody.model_validate(body))


WHOLE = [line(SHIRT), line(MUG), line(POST)]


def test_a_capture_of_everything_has_no_findings(bill):
    assert captured(bill, amount=34800, items=WHOLE) == ()
    assert captured(bill, amount=34800) == ()
    assert captured(bill, amount=25000, items=[line(SHIRT)], final_capture=True) == ()


def test_a_capture_of_the_whole_amount_without_the_shipping_line_is_found(bill):
    goods = [{**line(SHIRT), "amount": 29900}, line(MUG)]
    finding = only(captured(bill, amount=34800, items=goods), "SHIPPING_LINE_MISSING")
    assert "'post' (4900)" in finding.message


def test_the_shipping_line_may_have_been_in_an_earlier_capture(make, bill):
    first = CaptureBody.model_validate({"amount": 4900, "items": [line(POST)]})
    rest = {"amount": 29900, "items": [line(SHIRT), line(MUG)]}
    assert captured(capture(bill, first, "me", make.now), **rest) == ()
    first = CaptureBody.model_validate({"amount": 4900})
    assert captured(capture(bill, first, "me", make.now), **rest) == ()
    first = CaptureBody.model_validate({"amount": 4900, "items": [line(MUG)]})
    again = captured(capture(bill, first, "me", make.now), **rest)
    only(again, "SHIPPING_LINE_MISSING")


def test_a_refund_of_the_whole_amount_without_the_shipping_line_is_found(make, bill):
    paid = capture(bill, CaptureBody(amount=34800), "me", make.now)
    goods = [{**line(SHIRT), "amount": 29900}, line(MUG)]
    only(refunded(paid, amount=34800, items=goods), "SHIPPING_LINE_MISSING")
    assert refunded(paid, amount=34800, items=WHOLE) == ()
    assert refunded(paid, amount=29900, items=[line(SHIRT), line(MUG)]) == ()


def test_a_refund_of_all_of_a_part_capture_may_be_without_shipping(make, bill):
    part = capture(bill, CaptureBody(amount=25000), "me", make.now)
    assert refunded(part, amount=25000, items=[line(SHIRT)]) == ()


def test_a_second_refund_that_completes_the_first_is_looked_at(make, bill):
    paid = capture(bill, CaptureBody(amount=34800), "me", make.now)
    first = refund(
        paid, RefundBody.model_validate({"amount": 25000, "items": [line(SHIRT)]}), "me", make.now
    )
    rest = {"line_id": "2", "amount": 9800}
    only(refunded(first, amount=9800, items=[rest]), "SHIPPING_LINE_MISSING")


def test_items_that_do_not_come_to_the_amount_are_found(make, bill):
    finding = only(captured(bill, amount=24999, items=[line(SHIRT)]), "ITEMS_SUM_MISMATCH")
    assert "24999" in finding.message and "25000" in finding.message
    paid = capture(bill, CaptureBody(amount=34800), "me", make.now)
    only(refunded(paid, amount=1, items=[line(MUG)]), "ITEMS_SUM_MISMATCH")


def test_a_line_that_the_transaction_does_not_have_is_found(bill):
    finding = only(
        captured(bill, amount=1, items=[{"line_id": "9", "amount": 1}]), "LINE_ID_UNKNOWN"
    )
    assert "1, 2, post" in finding.message


def test_a_capture_without_lines_in_the_order_takes_any_line(make):
    bill = make.paid(100)
    assert captured(bill, amount=100, items=[{"line_id": "9", "amount": 100}]) == ()


def test_a_captured_line_without_an_id_and_an_unknown_field_are_found(bill):
    only(captured(bill, amount=1, items=[{"amount": 1}]), "LINE_ID_MISSING")
    only(captured(bill, amount=1, capture_referense="x"), "MISSPELT_FIELD")
    only(refunded(bill, amount=1, reference_no="x"), "UNKNOWN_FIELD")


# A shop's answers


def answered(about_address: bool = True, asked: Json | None = None, **body: Any) -> list[str]:
    answer = Answer.model_validate({"shipping_options": [POST], **body})
    about = Order.model_validate(asked or order(shipping_option=POST))
    findings = lint_order.of_answer(answer, about, about_address=about_address)
    return [finding.code for finding in findings]


def test_an_answer_that_is_right_has_no_findings():
    assert answered() == []
    assert answered(order={"amount": 34800, "items": [SHIRT, MUG]}) == []


def test_an_address_answer_without_the_chosen_shipping_in_its_sum_is_found():
    assert answered(order={"amount": 29900}) == ["SUM_MISMATCH"]
    assert answered(order={"amount": 1000, "items": [MUG]}) == ["SUM_MISMATCH"]


def test_a_discount_answer_may_leave_shipping_out_but_no_more():
    assert answered(about_address=False, order={"amount": 29900}) == []
    assert answered(about_address=False, order={"amount": 34800}) == []
    assert answered(about_address=False, order={"amount": 1}) == ["SUM_MISMATCH"]


def test_lines_options_and_fields_of_an_answer_are_looked_at():
    assert answered(shipping_option=[]) == ["MISSPELT_FIELD"]
    assert answered(shipping_options=[{**POST, "vat_amount": 1}]) == ["VAT_MISMATCH"]
    assert answered(order={"amount": 4901, "items": [{"amount": 1}]}) == ["LINE_ID_MISSING"]


# Tokens


@pytest.mark.parametrize(
    ("tokens", "calls", "is_found"),
    [(1, 0, False), (5, 0, False), (6, 0, True), (6, 14, True), (6, 15, False), (50, 50, True)],
)
def test_a_token_for_every_call_is_found(tokens, calls, is_found):
    findings = lint_token.of_tokens(tokens, calls)
    assert [finding.code for finding in findings] == ["TOKEN_PER_CALL"] * is_found
    assert not any(finding.is_refused for finding in findings)

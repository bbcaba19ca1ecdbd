"""What a buyer without a browser shall do."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mock_dintero.core.buyer_steps import SAMPLE_ADDRESS, BuyerSteps, PayStep, address_of


def test_nothing_is_done_that_was_not_asked_for():
    steps = BuyerSteps.model_validate({})
    assert not any(getattr(steps, name) for name in BuyerSteps.model_fields)


def test_paying_means_vipps_and_an_approval_unless_told_otherwise():
    assert BuyerSteps.model_validate({"pay": {}}).pay == PayStep()
    pay = PayStep()
    assert (pay.method, pay.outcome) == ("dintero_psp.vipps", "approve")
    assert PayStep(outcome=None).outcome is None  # left in the wallet


@pytest.mark.parametrize(
    "wrong",
    [{"adress": {}}, {"pay": {"mehtod": "x"}}, {"pay": {"outcome": "win"}}, {"return": 1},
     {"cancel": "yes"}, {"return_": True}, {"shipping_option": 5}, {"discount_codes": "SPRING"}],
)  # fmt: skip
def test_a_typo_is_an_error_with_a_name(wrong):
    with pytest.raises(ValidationError) as caught:
        BuyerSteps.model_validate(wrong)
    named = [step for error in caught.value.errors() for step in error["loc"]]
    step = next(iter(wrong))
    assert step in named


def test_an_address_needs_only_what_differs_from_the_sample():
    assert address_of({}).shown() == SAMPLE_ADDRESS
    assert address_of({"postal_code": "5003"}).shown() == {**SAMPLE_ADDRESS, "postal_code": "5003"}
    assert "phone_number" not in address_of({"phone_number": None}).shown()


def test_an_address_that_is_none_is_refused():
    with pytest.raises(ValidationError):
        address_of({"country": "Norway"})

"""Profiles: what a session takes from one, and how one is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.profile import NewProfile, applied, built_in, changed, new_profile, public
from mock_dintero.core.session import NewSession

NOW = datetime(2026, 11, 22, 10, 0, 0, 112_000, UTC)
CARD = {"payex": {"creditcard": {"enabled": True}}, "vipps": {"enabled": True}}
SHOP = {"name": "Shop", "logo_url": "https://shop.example/logo.png"}


def body(**more: Any) -> NewProfile:
    return NewProfile.model_validate({"configuration": CARD, **more})


def session(**more: Any) -> NewSession:
    order = {"amount": 1, "currency": "NOK", "merchant_reference": "1"}
    url = {"return_url": "https://shop.example/"}
    return NewSession.model_validate({"url": url, "order": order, **more})


def test_each_method_is_marked_with_its_type_as_woocommerce_wants_it() -> None:
    shown = public(new_profile("T12345678.x", body(profile_id="cards"), "c", NOW))
    assert shown["configuration"] == {
        "payex": {"type": "payment_type", "creditcard": {"enabled": True, "type": "payment_product_type"}},
        "vipps": {"enabled": True, "type": "payment_product_type"},
    }  # fmt: skip
    assert (shown["id"], shown["profile_id"], shown["created_by"]) == ("T12345678.x", "cards", "c")


def test_what_was_read_can_be_written_back_and_means_the_same() -> None:
    profile = new_profile("T12345678.x", body(profile_id="cards", note="kept"), "c", NOW)
    again = changed(profile, NewProfile.model_validate(public(profile)), NOW)
    assert again.content == profile.content
    assert again.content.configuration.shown() == CARD


def test_without_a_name_the_id_is_the_name() -> None:
    assert new_profile("T12345678.x", body(), "c", NOW).name == "T12345678.x"


def test_a_profile_keeps_its_name() -> None:
    profile = new_profile("T12345678.x", body(profile_id="cards"), "c", NOW)
    with pytest.raises(InvalidRequest, match="another profile"):
        changed(profile, body(profile_id="wallets"), NOW)
    assert changed(profile, body(profile_id="T12345678.x"), NOW).name == "cards"


def test_the_built_in_profile_is_called_default_and_offers_vipps() -> None:
    shown = public(built_in("T12345678", "2026-01-01T00:00:00.000Z"))
    assert shown["profile_id"] == "default"
    assert shown["configuration"]["dintero_psp"]["vipps"]["enabled"] is True


def test_a_session_takes_from_its_profile_what_it_does_not_say_itself() -> None:
    boxes = [{"id": "terms", "label": "I agree"}]
    url = {"merchant_terms_url": "https://shop.example/terms"}
    profile = new_profile("T12345678.x", body(merchant=SHOP, url=url, checkboxes=boxes), "c", NOW)
    filled = applied(profile, session())
    assert filled.merchant
    assert filled.merchant.name == "Shop"
    assert filled.url.merchant_terms_url == "https://shop.example/terms"
    assert filled.checkboxes
    assert {"merchant", "checkboxes"} <= set(filled.sent())
    own = session(
        merchant={**SHOP, "name": "Mine"}, checkboxes=[],
        url={"return_url": "https://a.example/", "merchant_terms_url": "https://a.example/t"},
    )  # fmt: skip
    assert applied(profile, own) is own
    bare = session()
    assert applied(new_profile("T12345678.x", body(), "c", NOW), bare) is bare


@pytest.mark.parametrize("name", ["", " cards", "cards ", "a/b", "a?b", "x" * 256])
def test_a_name_has_no_blanks_around_it_and_fits_into_a_url(name: str) -> None:
    with pytest.raises(ValidationError):
        body(profile_id=name)


def test_a_profile_needs_a_configuration() -> None:
    with pytest.raises(ValidationError):
        NewProfile.model_validate({"profile_id": "cards"})

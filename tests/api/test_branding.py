"""Branding pictures over HTTP."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from sandbox import ACCOUNT, Merchant

LOOKS = "variant/colors/color/cecece/width/600"
LOGOS = f"/v1/branding/logos/visa_mastercard_vipps_swish_instabank/{LOOKS}"
ACCOUNTS = f"/v1/branding/accounts/{ACCOUNT}/profiles"


def drawn(merchant: Merchant, path: str) -> str:
    """The names in a picture that anybody may fetch."""
    answer = merchant.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    return ElementTree.fromstring(answer.text).get("aria-label", "")


@pytest.mark.parametrize(
    "template", ["logos.svg", "dintero_top_frame.svg", "dintero_left_frame.svg"]
)
def test_the_named_methods_are_drawn_for_everybody(merchant: Merchant, template: str) -> None:
    assert drawn(merchant, f"{LOGOS}/{template}") == "Visa, Mastercard, Vipps, Swish, Instabank"


def test_a_profile_s_methods_are_drawn(merchant: Merchant) -> None:
    default = "Vipps, Card, Swish, Klarna"
    assert drawn(merchant, f"/v1/branding/profiles/default/{LOOKS}/logos.svg") == default
    assert drawn(merchant, f"{ACCOUNTS}/default/{LOOKS}/logos.svg") == default
    own = {"profile_id": "cards", "configuration": {"payex": {"creditcard": {"enabled": True}}}}
    id = merchant.ok("POST", "/v1/admin/session/profiles", own)["id"]
    assert drawn(merchant, f"{ACCOUNTS}/cards/{LOOKS}/dintero_left_frame.svg") == "Card"
    assert drawn(merchant, f"{ACCOUNTS}/{id}/{LOOKS}/logos.svg") == "Card"
    assert drawn(merchant, f"/v1/branding/profiles/{id}/{LOOKS}/logos.svg") == "Card"


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/branding/logos/paypal/{LOOKS}/logos.svg",
        f"{LOGOS}/other.svg",
        LOGOS.replace("colors", "rainbow") + "/logos.svg",
        LOGOS.replace("cecece", "notacolour") + "/logos.svg",
        LOGOS.replace("cecece", "%22%3E%3Cscript%3E") + "/logos.svg",
        LOGOS.replace("600", "9999999999") + "/logos.svg",
        LOGOS.replace("600", "-1") + "/logos.svg",
        f"/v1/branding/profiles/unknown/{LOOKS}/logos.svg",
        f"/v1/branding/profiles/T12345678.111111111111111111111z/{LOOKS}/logos.svg",
        f"{ACCOUNTS}/unknown/{LOOKS}/logos.svg",
        f"/v1/branding/accounts/nobody/profiles/default/{LOOKS}/logos.svg",
    ],
)
def test_what_cannot_be_drawn_is_not_found(merchant: Merchant, path: str) -> None:
    answer: Any = merchant.client.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


def test_looking_at_a_picture_makes_no_account(merchant: Merchant) -> None:
    before = merchant.state()
    path = f"/v1/branding/accounts/T55555555/profiles/default/{LOOKS}/logos.svg"
    assert drawn(merchant, path).startswith("Vipps")
    assert merchant.state() == before
    assert "branding" not in merchant.client.get("/_mock/api/v1/requests").text
    assert merchant.client.get(path.replace("T555", "P555")).status_code == 403

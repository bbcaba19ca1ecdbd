"""Branding: pictures that are well-formed whatever is asked for, and nothing in them that was not ours."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.core.branding import (
    LOGOS,
    TEMPLATES,
    color_of,
    logos_named,
    logos_of,
    picture,
    width_of,
)
from mock_dintero.core.errors import NotFound
from mock_dintero.core.payment_method import DEFAULT_PROFILE, METHODS

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("template", sorted(TEMPLATES))
@pytest.mark.parametrize("variant", ["colors", "mono"])
def test_a_picture_names_each_method_and_has_the_width(template: str, variant: str) -> None:
    svg = picture(logos_named("visa_mastercard_vipps"), variant, "cecece", "420", template)
    root = ElementTree.fromstring(svg)
    assert (root.tag, root.get("width")) == (f"{SVG}svg", "420")
    assert {"Visa", "Mastercard", "Vipps"} <= set(texts(svg))
    assert root.get("aria-label") == "Visa, Mastercard, Vipps"


def test_the_proportions_of_the_drawing_are_those_of_the_picture() -> None:
    root = ElementTree.fromstring(
        picture(logos_named("visa_swish"), "colors", "000", "600", "logos.svg")
    )
    _, _, wide, high = map(int, root.get("viewBox", "").split())
    assert abs(int(root.get("height", "0")) - 600 * high / wide) <= 1


def test_many_methods_are_drawn_in_several_rows() -> None:
    few = ElementTree.fromstring(picture(logos_named("visa"), "colors", "000", "600", "logos.svg"))
    many = ElementTree.fromstring(
        picture(logos_named("_".join(LOGOS)), "colors", "000", "600", "logos.svg")
    )
    assert int(few.get("viewBox", "").split()[3]) == 40
    assert int(many.get("viewBox", "").split()[3]) > 100


def test_one_colour_means_one_colour() -> None:
    svg = picture(logos_named("vipps"), "mono", "ff0000", "100", "dintero_top_frame.svg")
    root = ElementTree.fromstring(svg)
    used = {v for one in root.iter() for k, v in one.attrib.items() if k in ("fill", "stroke")}
    assert used == {"#ff0000", "none"}


def test_a_profile_s_methods_are_drawn_once_each() -> None:
    assert [logo.label for logo in logos_of(DEFAULT_PROFILE)] == [
        "Vipps",
        "Card",
        "Swish",
        "Klarna",
    ]
    everything = {
        m.product: {m.keys[-1]: {"enabled": True}} for m in METHODS.values() if len(m.keys) > 1
    }
    labels = [logo.label for logo in logos_of(everything)]
    assert len(labels) == len(set(labels))
    assert logos_of({"vipps": {"enabled": False}}) == ()
    assert "no payment methods" in picture((), "colors", "000", "100", "logos.svg")


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("cecece", "#cecece"), ("FFF", "#fff"), ("11223344", "#11223344"), ("white", "white"),
        ("rgb(1, 2,3)", "rgb(1, 2,3)"), ("rgba(1,2,3,0.5)", "rgba(1,2,3,0.5)"),
    ],
)  # fmt: skip
def test_a_colour_is_hex_or_rgb_or_a_name(text: str, color: str) -> None:
    assert color_of(text) == color


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#fff",
        "ff",
        "xyzxyz",
        'red"/><script>',
        "url(#a)",
        "rgb(1,2)",
        "rgba(1,2,3,2)",
        "hotpink",
    ],
)
def test_another_colour_is_not_found(text: str) -> None:
    with pytest.raises(NotFound, match="color"):
        color_of(text)


@pytest.mark.parametrize("text", ["", "39", "4001", "10e2", "-100", "100px", "1.5", "٤٢٠", "auto"])
def test_another_width_is_not_found(text: str) -> None:
    with pytest.raises(NotFound, match="width"):
        width_of(text)


@pytest.mark.parametrize("names", ["", "_", "visa_", "paypal", "visa__vipps", "<b>"])
def test_an_unknown_method_is_not_found(names: str) -> None:
    with pytest.raises(NotFound, match="logos"):
        logos_named(names)


@given(
    st.lists(
        st.sampled_from(["colors", "mono", "logos.svg", "000", "100", "<", '"', "&"]) | st.text(),
        min_size=4,
        max_size=4,
    )
)
def test_whatever_stands_in_the_url_the_picture_is_well_formed_or_not_found(
    words: list[str],
) -> None:
    try:
        svg = picture(logos_named("visa"), *words)
    except NotFound:
        return
    ElementTree.fromstring(svg)

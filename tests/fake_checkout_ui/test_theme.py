"""A merchant's theme: what is read of it, that nothing else gets through, and that all stays readable."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox import Browser, Merchant

from fake_checkout_ui.colour import Colour, contrast, read, readable, text_on
from fake_checkout_ui.theme import DARK, LIGHT, stylesheet

WHITE = Colour(255, 255, 255)
COLOURS = st.builds(Colour, *[st.integers(0, 255)] * 3)
RULE = re.compile(r"--([a-z-]+): (#[0-9a-f]{6}|[0-9.]+px);")


def properties(css: str) -> tuple[dict[str, str], dict[str, str]]:
    """The custom properties by day and by night."""
    day, _, night = css.partition("@media")
    return dict(RULE.findall(day)), dict(RULE.findall(night))


def colour(text: str) -> Colour:
    found = read(text, WHITE)
    assert found is not None
    return found


@pytest.mark.parametrize(("text", "expected"), [
    ("#f00", "#ff0000"), ("#FF8800", "#ff8800"), ("rgb(1, 2,3)", "#010203"), (" #abc ", "#aabbcc"),
    ("rgba(0,0,0,0.5)", "#808080"), ("rgba(0, 0, 0, 0)", "#ffffff"), ("#00000080", "#7f7f7f"),
    ("#f008", "#ff7777"),
])  # fmt: skip
def test_a_colour_is_read(text: str, expected: str) -> None:
    assert str(read(text, WHITE)) == expected


@pytest.mark.parametrize("text", [
    "red", "#12", "#12345", "rgb(256,0,0)", "rgb(-1,0,0)", "rgb(1,2)", "#fff;} body {", "url(x)", "", None, 7,
    {"a": 1}, ["#fff"], "rgba(0,0,0,2)", "#fff\n}", "hsl(1,1%,1%)", "expression(alert(1))", "#ggg",
])  # fmt: skip
def test_anything_else_is_no_colour(text: object) -> None:
    assert read(text, WHITE) is None


@given(primary=COLOURS, backdrop=COLOURS)
def test_text_can_be_read_whatever_the_merchant_picks(primary: Colour, backdrop: Colour) -> None:
    day, night = properties(stylesheet({"primary": str(primary), "backdrop": str(backdrop)}))
    for found, ground in ((day, LIGHT), (night, DARK)):
        assert contrast(colour(found["primary-text"]), colour(found["primary"])) >= 4.5
        assert contrast(colour(found["primary-text"]), colour(found["primary-hover"])) >= 4.5
        ink = colour(found["primary-ink"])
        assert contrast(ink, ground.surface) >= 4.5
        assert contrast(ink, colour(found["primary-soft"])) >= 4.5
        assert contrast(ground.text, colour(found["primary-soft"])) >= 4.5
        edge = found.get("primary-edge", found["primary"])
        assert contrast(colour(edge), ground.surface) >= 3
        if "background" in found:
            for name in ("background-text", "background-muted"):
                assert contrast(colour(found[name]), colour(found["background"])) >= 4.5


@given(colour=COLOURS, ground=COLOURS)
def test_a_colour_is_moved_no_further_than_it_takes(colour: Colour, ground: Colour) -> None:
    assert contrast(readable(colour, ground), ground) >= 4.5
    assert readable(text_on(ground), ground) == text_on(ground)


@given(theme=st.dictionaries(
    st.sampled_from(["primary", "backdrop", "cardRadius", "buttonRadius", "font", "}"]),
    st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(),
              st.sampled_from(["#fff", "4px", "1e9px", "calc(1px)", "4px;color:red", "</style>"])),
))  # fmt: skip
def test_nothing_but_colours_and_lengths_gets_through(theme: dict[str, Any]) -> None:
    css = stylesheet(theme)
    rest = RULE.sub("", css)
    assert re.fullmatch(r"(\s|:root|[{}]|@media \(prefers-color-scheme: dark\))*", rest)


@pytest.mark.parametrize(("value", "expected"), [
    ("4px", "4px"), ("0", "0px"), (12, "12px"), ("1rem", "16px"), ("0.5em", "8px"), ("999px", "40px"),
    (2.5, "2.5px"),
])  # fmt: skip
def test_a_corner_is_a_length(value: object, expected: str) -> None:
    day, _ = properties(stylesheet({"cardRadius": value}))
    assert day["radius-large"] == expected


@pytest.mark.parametrize(
    "value", ["50%", "-4px", "4 px 4px", "calc(4px)", True, None, [], "", "4vw", "px"]
)
def test_anything_else_is_no_corner(value: object) -> None:
    assert stylesheet({"cardRadius": value, "buttonRadius": value}) == ""


def test_a_light_backdrop_is_left_out_at_night() -> None:
    day, night = properties(stylesheet({"backdrop": "#ffeedd"}))
    assert day["background"] == "#ffeedd"
    assert night == {}


def test_the_page_loads_the_theme_of_its_session(merchant: Merchant) -> None:
    sid = merchant.create(configuration={"theme": {"primary": "#123456", "buttonRadius": "30px"}})
    link = next(
        element.attrs["href"]
        for element in Browser(merchant).open(f"/?sid={sid}").elements
        if element.tag == "link" and "theme" in element.attrs["href"]
    )
    answer = merchant.client.get(link)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    day, _ = properties(answer.text)
    assert day["primary"] == "#123456"
    assert day["radius-button"] == "30px"


def test_a_page_without_a_theme_loads_none(merchant: Merchant) -> None:
    sid = merchant.create()
    assert "theme.css" not in Browser(merchant).open(f"/?sid={sid}").html
    assert merchant.client.get(f"/checkout/{sid}/theme.css").text == ""
    assert merchant.client.get("/checkout/T12345678.nobody/theme.css").text == ""


def test_the_wallet_keeps_its_own_colours(merchant: Merchant) -> None:
    sid = merchant.ready(configuration={"theme": {"primary": "#123456"}})
    tid = merchant.pay(sid)
    assert "theme.css" not in Browser(merchant).open(f"/wallet/{sid}/{tid}").html

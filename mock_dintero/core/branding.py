"""Branding: a picture of the ways to pay, drawn here. Neutral marks with names as text, nobody's logo."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.sax.saxutils import escape

from mock_dintero.core.errors import NotFound
from mock_dintero.core.payment_method import METHODS, PaymentMethod

Glyph = Literal["card", "phone", "sheet", "gift"]


@dataclass(frozen=True)
class Logo:
    """A way to pay: its name, what is drawn beside it, and a tint of ours."""

    label: str
    glyph: Glyph
    tint: str


LOGOS: Mapping[str, Logo] = {
    "card": Logo("Card", "card", "#dbe4f0"),
    "creditcard": Logo("Card", "card", "#dbe4f0"),
    "visa": Logo("Visa", "card", "#dbe4f0"),
    "mastercard": Logo("Mastercard", "card", "#dbe4f0"),
    "amex": Logo("Amex", "card", "#dbe4f0"),
    "clicktopay": Logo("Click to Pay", "card", "#dbe4f0"),
    "applepay": Logo("Apple Pay", "phone", "#e6e6e6"),
    "googlepay": Logo("Google Pay", "phone", "#e6e6e6"),
    "vipps": Logo("Vipps", "phone", "#f6dfd0"),
    "mobilepay": Logo("MobilePay", "phone", "#dde0f3"),
    "swish": Logo("Swish", "phone", "#dcebdc"),
    "klarna": Logo("Klarna", "sheet", "#f3dde4"),
    "billie": Logo("Billie", "sheet", "#f3dde4"),
    "collector": Logo("Walley", "sheet", "#e3ddf0"),
    "walley": Logo("Walley", "sheet", "#e3ddf0"),
    "instabank": Logo("Instabank", "sheet", "#d9ebe9"),
    "kravia": Logo("Kravia", "sheet", "#d9ebe9"),
    "two": Logo("Two", "sheet", "#e3ddf0"),
    "santander": Logo("Santander", "sheet", "#f0dfdb"),
    "invoice": Logo("Invoice", "sheet", "#e6e6e6"),
    "giftcard": Logo("Gift card", "gift", "#efe6cf"),
}
"""By the words that stand in the URL, joined with `_`: visa_mastercard_vipps_swish_instabank."""

COLORS = frozenset({
    "black", "white", "gray", "grey", "silver", "red", "green", "blue", "navy", "teal", "purple",
    "orange", "yellow", "transparent",
})  # fmt: skip
TEMPLATES = frozenset({"logos.svg", "dintero_top_frame.svg", "dintero_left_frame.svg"})
"""Two of them are in the contract; WooCommerce's plugin asks for the third."""

NARROWEST, WIDEST = 40, 4000
"""Pixels. Ours."""

CAPTION = "Pay with Dintero (sandbox)"
INK = "#1f2933"
HEIGHT, GAP, PADDING, ROW = 40, 10, 16, 640
"""Units of the drawing: a mark's height, the space between marks, around them, and a row's longest."""

GLYPHS: Mapping[Glyph, str] = {
    "card": '<rect width="22" height="15" y="3.5" rx="2.5"/><path d="M0 8.5h22M4 14h5"/>',
    "phone": '<rect width="13" height="21" x="4.5" y=".5" rx="2.5"/><path d="M9 18h4"/>',
    "sheet": '<path d="M4 1h9l5 5v15H4zM8 10h6M8 14h6"/>',
    "gift": '<rect width="18" height="12" x="2" y="9"/><path d="M1 6h20v3H1zM11 6v15M11 6 7 2M11 6l4-4"/>',
}


def logos_named(text: str) -> tuple[Logo, ...]:
    """The marks of a URL. Raises NotFound for one that we cannot draw."""
    names = text.lower().split("_")
    unknown = [name for name in names if name not in LOGOS]
    if unknown:
        raise NotFound(f"logos: {unknown[0][:40]!r} is none of {', '.join(LOGOS)}")
    return tuple(dict.fromkeys(LOGOS[name] for name in names))


def logos_of(configuration: Mapping[str, Any]) -> tuple[Logo, ...]:
    """The marks of all methods that a profile enables, each once."""
    enabled = (method for method in METHODS.values() if _is_enabled(configuration, method))
    names = (_name(method) for method in enabled)
    return tuple(dict.fromkeys(LOGOS[name] for name in names if name))


def _is_enabled(configuration: Mapping[str, Any], method: PaymentMethod) -> bool:
    at: Any = configuration
    for key in method.keys:
        at = at.get(key) if isinstance(at, Mapping) else None
    return isinstance(at, Mapping) and at.get("enabled") is True


def _name(method: PaymentMethod) -> str | None:
    if method.type == "dintero.wallets":
        return "giftcard"
    known = (method.keys[-1], method.product, method.brand)
    return next((name for name in known if name in LOGOS), None)


def color_of(text: str) -> str:
    """A colour as SVG takes it: hex without `#`, `rgb()`, `rgba()` or a plain name. Raises NotFound."""
    text = text.strip().lower()
    if re.fullmatch(r"[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8}", text):
        return f"#{text}"
    number = r"\s*\d{1,3}\s*"
    if text in COLORS or re.fullmatch(rf"rgb\({number},{number},{number}\)", text):
        return text
    if re.fullmatch(rf"rgba\({number},{number},{number},\s*(0|1|0?\.\d{{1,4}}|1\.0+)\s*\)", text):
        return text
    raise NotFound(f"color: {text[:40]!r} is no hex colour, no rgb() or rgba() and no name we know")


def width_of(text: str) -> int:
    """The picture's width in pixels. Raises NotFound."""
    if not re.fullmatch(r"[0-9]{1,4}", text) or not NARROWEST <= int(text) <= WIDEST:
        raise NotFound(f"width: {text[:40]!r} is not a number from {NARROWEST} to {WIDEST}")
    return int(text)


def picture(logos: Sequence[Logo], variant: str, color: str, width: str, template: str) -> str:
    """The SVG. All parameters are texts of a URL; raises NotFound for what the contract does not know."""
    if variant not in ("colors", "mono"):
        raise NotFound(f"variant: {variant[:40]!r} is neither colors nor mono")
    if template not in TEMPLATES:
        raise NotFound(f"{template[:40]!r} is none of {', '.join(sorted(TEMPLATES))}")
    ink, pixels = color_of(color), width_of(width)
    marks, wide, high = _marks(logos, ink if variant == "mono" else None)
    if template == "logos.svg":
        return _svg(marks, wide, high, pixels, logos)
    left = template == "dintero_left_frame.svg"
    framed, wide, high = _framed(marks, wide, high, ink, left=left)
    return _svg(framed, wide, high, pixels, logos)


def _svg(drawing: str, wide: int, high: int, pixels: int, logos: Iterable[Logo]) -> str:
    names = escape(", ".join(logo.label for logo in logos) or "no payment methods", {'"': "&quot;"})
    height = max(1, round(pixels * high / wide))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels}" height="{height}" '
        f'viewBox="0 0 {wide} {high}" role="img" aria-label="{names}" '
        f'font-family="system-ui, sans-serif"><title>{names}</title>{drawing}</svg>'
    )


def _marks(logos: Sequence[Logo], ink: str | None) -> tuple[str, int, int]:
    """All marks in rows, with the width and height that they take; `ink` draws them in one colour."""
    drawn, x, y, widest = [], 0, 0, 0
    for logo in logos:
        wide = _width(logo)
        if x and x + wide > ROW:
            x, y = 0, y + HEIGHT + GAP
        drawn.append(f'<g transform="translate({x} {y})">{_mark(logo, wide, ink)}</g>')
        widest, x = max(widest, x + wide), x + wide + GAP
    return "".join(drawn), max(widest, HEIGHT), y + HEIGHT


def _width(logo: Logo) -> int:
    return 42 + _length(logo.label, 9)


def _length(text: str, letter: int) -> int:
    return letter * len(text) + 14


def _mark(logo: Logo, wide: int, ink: str | None) -> str:
    fill, line = ("none", ink) if ink else (logo.tint, INK)
    long = _length(logo.label, 9) - 14
    return (
        f'<rect x=".75" y=".75" width="{wide - 1.5}" height="{HEIGHT - 1.5}" rx="8" fill="{fill}" '
        f'stroke="{line}" stroke-width="1.5" stroke-opacity="{0.9 if ink else 0.15}"/>'
        f'<g transform="translate(10 9)" fill="none" stroke="{line}" stroke-width="1.6">'
        f"{GLYPHS[logo.glyph]}</g>"
        f'<text x="41" y="26" font-size="16" font-weight="600" fill="{line}" textLength="{long}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(logo.label)}</text>'
    )


def _framed(marks: str, wide: int, high: int, ink: str, *, left: bool) -> tuple[str, int, int]:
    """The marks in a frame, with the caption above them or at their left."""
    caption = _length(CAPTION, 8) - 14
    if left:
        across, down = PADDING + caption + PADDING, PADDING
        whole_wide, whole_high = across + wide + PADDING, high + 2 * PADDING
        at = (PADDING, whole_high // 2 + 5)
    else:
        across, down = PADDING, PADDING + 28
        whole_wide = max(wide, caption) + 2 * PADDING
        whole_high = down + high + PADDING
        at = ((whole_wide - caption) // 2, PADDING + 12)
        across = (whole_wide - wide) // 2
    drawing = (
        f'<rect x="1" y="1" width="{whole_wide - 2}" height="{whole_high - 2}" rx="10" fill="none" '
        f'stroke="{ink}" stroke-width="2"/>'
        f'<text x="{at[0]}" y="{at[1]}" font-size="15" fill="{ink}" textLength="{caption}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(CAPTION)}</text>'
        f'<g transform="translate({across} {down})">{marks}</g>'
    )
    return drawing, whole_wide, whole_high

"""The merchant's theme as a stylesheet: `backdrop`, `primary`, `cardRadius`, `buttonRadius`.

Every value is read and written anew, never passed through, so nothing but colours and lengths gets
into the page. What cannot be read is left out. Text keeps a contrast of 4.5 whatever the merchant picks.
Source of the fields: sessions.md 2.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fake_checkout_ui.colour import Colour, contrast, read, readable, text_on

LENGTH = re.compile(r"(\d{1,3}(?:\.\d{1,3})?)\s*(px|rem|em)?")
PIXELS = {"px": 1.0, "rem": 16.0, "em": 16.0}
HIGHEST_CARD, HIGHEST_BUTTON = 40.0, 60.0
"""In px. Rounder than that a card would cut off its own content, and a button is round already."""


@dataclass(frozen=True)
class Ground:
    """The colours of checkout.css that a theme has to get along with, light or dark."""

    background: Colour
    surface: Colour
    text: Colour
    softness: float


LIGHT = Ground(Colour(0xF5, 0xF4, 0xF0), Colour(255, 255, 255), Colour(0x1B, 0x24, 0x30), 0.9)
DARK = Ground(Colour(0x11, 0x16, 0x1B), Colour(0x1A, 0x21, 0x28), Colour(0xED, 0xF1, 0xF4), 0.85)
DARK_ENOUGH = 0.18
"""A backdrop is used at night only if it is darker than this; the merchant has picked it for the day."""


def stylesheet(theme: Mapping[str, Any]) -> str:
    """Custom properties for :root; '' if the theme says nothing that can be read."""
    day = {**_radii(theme), **_colours(theme, LIGHT)}
    night = _colours(theme, DARK)
    rules = f":root {{\n{_written(day)}}}\n" if day else ""
    if night:
        rules += f"@media (prefers-color-scheme: dark) {{\n:root {{\n{_written(night)}}}\n}}\n"
    return rules


def _written(properties: Mapping[str, str]) -> str:
    return "".join(f"  --{name}: {value};\n" for name, value in properties.items())


def _colours(theme: Mapping[str, Any], ground: Ground) -> dict[str, str]:
    found: dict[str, str] = {}
    primary = read(theme.get("primary"), ground.surface)
    if primary:
        found |= dict(_of_primary(primary, ground))
    backdrop = read(theme.get("backdrop"), ground.background)
    if backdrop and (ground is LIGHT or backdrop.luminance < DARK_ENOUGH):
        found |= dict(_of_backdrop(backdrop))
    return found


def _of_primary(primary: Colour, ground: Ground) -> Iterator[tuple[str, str]]:
    """The fill of buttons as it is; as ink, and where it could not be told from the card, nearer to text."""
    soft = primary.mixed(ground.surface, ground.softness)
    ink = readable(primary, ground.surface, soft)
    on_primary = text_on(primary)
    yield "primary", str(primary)
    yield "primary-text", str(on_primary)
    # Away from its text: what is under the pointer can be read at least as well.
    yield "primary-hover", str(primary.mixed(text_on(on_primary), 0.12))
    yield "primary-soft", str(soft)
    yield "primary-ink", str(ink)
    if contrast(primary, ground.surface) < 3:
        yield "primary-edge", str(ink)


def _of_backdrop(backdrop: Colour) -> Iterator[tuple[str, str]]:
    text = text_on(backdrop, LIGHT.text, Colour(255, 255, 255))
    if contrast(text, backdrop) < 4.5:
        text = text_on(backdrop)
    yield "background", str(backdrop)
    yield "background-text", str(text)
    yield "background-muted", str(readable(text.mixed(backdrop, 0.3), backdrop))


def _radii(theme: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    card = _length(theme.get("cardRadius"), HIGHEST_CARD)
    button = _length(theme.get("buttonRadius"), HIGHEST_BUTTON)
    if card is not None:
        # What lies inside a card is a little less round than the card.
        found |= {"radius-large": f"{card:g}px", "radius": f"{card * 2 / 3:.4g}px"}
    if button is not None:
        found["radius-button"] = f"{button:g}px"
    return found


def _length(value: object, highest: float) -> float | None:
    """A length in px; a bare number is px."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    found = LENGTH.fullmatch(str(value).strip())
    return min(float(found[1]) * PIXELS[found[2] or "px"], highest) if found else None

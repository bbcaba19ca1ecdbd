"""Colours as merchants write them, and what can be read on them (WCAG's contrast)."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEX = re.compile(r"#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*([01]|0?\.\d{1,4})\s*)?\)"
)


@dataclass(frozen=True)
class Colour:
    """Red, green and blue from 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    def mixed(self, other: Colour, share: float) -> Colour:
        """This colour with a share (0 to 1) of another in it."""
        pairs = zip(self._parts, other._parts, strict=True)
        return Colour(*(round(mine + (theirs - mine) * share) for mine, theirs in pairs))

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 for black and 1 for white."""
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (one / 255 for one in self._parts)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    @property
    def _parts(self) -> tuple[int, int, int]:
        return self.red, self.green, self.blue


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)


def read(text: object, ground: Colour) -> Colour | None:
    """`#rgb`, `#rrggbb`, `rgb()`, `rgba()`, over a ground that shines through; None for anything else."""
    if not isinstance(text, str):
        return None
    if found := HEX.fullmatch(text.strip()):
        digits = found[1] if len(found[1]) > 4 else "".join(2 * digit for digit in found[1])
        parts = [int(digits[start : start + 2], 16) for start in range(0, len(digits), 2)]
        opacity = parts[3] / 255 if len(parts) == 4 else 1.0
    elif found := RGB.fullmatch(text.strip()):
        parts = [int(found[number]) for number in (1, 2, 3)]
        opacity = float(found[4]) if found[4] else 1.0
    else:
        return None
    if max(parts) > 255:
        return None
    return ground.mixed(Colour(*parts[:3]), opacity)


def contrast(one: Colour, other: Colour) -> float:
    """From 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((one.luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(ground: Colour, dark: Colour = BLACK, light: Colour = WHITE) -> Colour:
    """Whichever of the two can be read better."""
    return max((dark, light), key=lambda one: contrast(one, ground))


def readable(colour: Colour, *grounds: Colour, ratio: float = 4.5) -> Colour:
    """The colour, as much nearer to black or white as it takes to be read on these grounds."""
    end = text_on(grounds[0])
    for percent in range(0, 101, 4):
        nearer = colour.mixed(end, percent / 100)
        if all(contrast(nearer, ground) >= ratio for ground in grounds):
            return nearer
    return end

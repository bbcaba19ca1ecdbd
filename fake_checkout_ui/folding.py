"""Which options of a long list are folded away: what comes after the first few, but never the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from fake_checkout_ui.view import Option
from fake_checkout_ui.view_wallet import WalletOption

AT_ONCE = 5
One = TypeVar("One", Option, WalletOption)


def folded(options: Sequence[One]) -> tuple[One, ...]:
    """The same options in the same order. Nobody has to unfold a single one."""
    if len(options) <= AT_ONCE + 1:
        return tuple(options)
    return tuple(
        replace(one, is_folded=number >= AT_ONCE and not one.is_chosen)
        for number, one in enumerate(options)
    )

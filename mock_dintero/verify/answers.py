"""What a shop has answered to a question of Dintero's, in words."""

from __future__ import annotations

from collections.abc import Sequence

from mock_dintero.testing import Json
from mock_dintero.verify.sums import money


def listed(options: Sequence[Json]) -> str:
    """Shipping options for a sentence: what each is called, and what it costs."""
    names = [f"{one.get('line_id')} for {_price(one.get('amount'))}" for one in options]
    return ", ".join(names) or "nothing"


def answer_in_words(answered: Json) -> str:
    """What came of `Purchase.give_address`: the options, or why Dintero has none."""
    if answered["status"] == 200 and not answered["error"]:
        return f"answered 200 with {listed(answered['options'])}"
    if answered["status"] == 200:
        return f"answered 200, and {answered['error']}"
    return f"answered {answered['status'] or 'nothing'} {answered['text']}"


def _price(amount: object) -> str:
    return money(amount) if isinstance(amount, int) else repr(amount)

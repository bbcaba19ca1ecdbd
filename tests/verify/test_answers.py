"""A shop's answers in the sentences of a report."""

from __future__ import annotations

from typing import Any

import pytest

from mock_dintero.verify import answer_in_words, listed

HOME = {"line_id": "home", "amount": 9900}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "nothing"),
        ([HOME, {"line_id": "free", "amount": 0}], "home for 99.00, free for 0.00"),
        ([{"line_id": "odd", "amount": "99 kr"}, {}], "odd for '99 kr', None for None"),
    ],
)
def test_options_are_listed_with_what_they_cost(options: list[dict[str, Any]], words: str) -> None:
    assert listed(options) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "answered 200 with home for 99.00"),
        ({"options": []}, "answered 200 with nothing"),
        ({"error": "it cannot be used"}, "answered 200, and it cannot be used"),
        ({"status": 500, "error": "only 200 counts", "text": "Oops"}, "answered 500 Oops"),
        ({"status": 0, "text": "refused"}, "answered nothing refused"),
    ],
)
def test_an_answer_is_told_with_what_dintero_makes_of_it(changes: Any, words: str) -> None:
    answered = {"status": 200, "error": "", "text": "{}", "options": [HOME]} | changes
    assert answer_in_words(answered) == words

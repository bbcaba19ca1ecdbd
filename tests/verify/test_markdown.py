"""Markdown for a comment: short enough, and harmless."""

from __future__ import annotations

import re

from made_up_report import HOSTILE, LONG, broken, kept, made_report, one_of_each, skipped

from mock_dintero.verify.reports.markdown import MOST, written


def test_it_begins_with_the_verdict_and_a_table_by_family():
    lines = written(one_of_each(), "must").splitlines()
    assert lines[0] == "## Fjordvik: Promises are broken"
    assert "| ✗ The session it creates | 2 | 1 |  |  |" in lines
    assert "| – Discount codes |  |  |  | 1 |" in lines
    assert "| ? Resilience |  |  | 1 |  |" in lines


def test_each_broken_promise_is_folded_and_tells_everything():
    text = written(made_report(broken(), kept()), "must")
    assert text.count("<details>") == text.count("</details>") == 1
    for part in ("**Observed:** the shop confirmed", "**Mend:** Make the step to `paid`",
                 "<https://docs.dintero.com/", "payment callback, POST /dintero/callback  500"):  # fmt: skip
        assert part in text


def test_markdown_is_read_again_after_the_html_around_it():
    lines = written(made_report(broken(), broken("again")), "must").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("<details>"):
            assert lines[number - 1] == ""
        if line.endswith("</summary>"):
            assert lines[number + 1] == ""


def test_nothing_to_look_at_is_a_table_only():
    text = written(made_report(kept(), skipped()), "must")
    assert "## Fjordvik: All promises are kept" in text
    assert "<details>" not in text


def test_hostile_texts_are_no_markup():
    text = written(
        made_report(broken(observed=HOSTILE, last_words=(HOSTILE, "```", "````"))), "must"
    )
    outside = re.sub(r"^(`{3,})text\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    assert "<script" not in outside
    assert "@somebody" not in outside
    assert "#12" not in outside
    assert r"\[a\](http" in outside
    assert r"\*\*bold\*\* \| cell" in outside
    assert outside.count("</details>") == 1
    assert "`````text" in text


def test_it_fits_into_a_comment_however_much_is_broken():
    many = [broken(f"promise-{number}", observed=LONG) for number in range(90)]
    text = written(made_report(*many), "must")
    assert len(text) < MOST + 5_000
    assert text.count("<details>") == text.count("</details>")
    for number in range(90):
        assert f"`promise-{number}`" in text

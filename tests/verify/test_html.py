"""The page of a run: whole, without help from elsewhere, and harmless."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from made_up_report import HOSTILE, LONG, broken, kept, made_payment, made_report, one_of_each

from mock_dintero.verify.reports.html import coded, written

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Outline(HTMLParser):
    """Its elements, ids and texts; nesting that does not fit is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def page() -> str:
    return written(one_of_each(), "must")


def test_it_is_well_formed_and_no_id_comes_twice(page: str):
    ids = [found["id"] for _, found in Outline(page).tags if "id" in found]
    assert len(ids) == len(set(ids))


def test_what_names_and_links_point_at_is_there(page: str):
    tags = Outline(page).tags
    ids = {found.get("id") for _, found in tags}
    for _, found in tags:
        for id in (found.get("aria-labelledby") or "").split():
            assert id in ids
        if (found.get("href") or "").startswith("#"):
            assert str(found["href"])[1:] in ids


def test_nothing_comes_from_elsewhere(page: str):
    for tag, found in Outline(page).tags:
        assert tag not in ("script", "iframe", "img", "link", "form", "object")
        assert not {"src", "style", "srcset", "action"} & found.keys()
        assert not any(name.startswith("on") for name in found)
        if "href" in found:
            assert tag == "a"
    assert "url(" not in page


def test_its_policy_allows_its_own_style_only(page: str):
    [style] = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'" in page


def test_the_header_has_the_verdict_and_the_counts(page: str):
    text = Outline(page).text
    assert "Fjordvik Promises are broken 2 kept 1 broken (must) 2 broken (should)" in text
    assert "1 broken (advice) 1 unclear 1 not judged" in text


def test_a_broken_promise_tells_everything():
    text = Outline(written(made_report(broken()), "must")).text
    for part in ("✗ broken, must", "the shop confirmed the order 2 times", "Dintero calls at least once.",
                 "Make the step to paid conditional.", "https://docs.dintero.com/docs/checkout/",
                 "Payment order-1001 , AUTHORIZED", "shop: order-1001 is paid"):  # fmt: skip
        assert part in text


def test_each_payment_is_drawn_and_told_in_a_list(page: str):
    html = written(
        made_report(broken(payments=(made_payment(), made_payment(reference="order-2")))), "must"
    )
    outline = Outline(html)
    assert sum(tag == "svg" and "role" in found for tag, found in outline.tags) == 4
    assert "Sequence of payment order-2, AUTHORIZED" in outline.text
    assert outline.text.count('{ "order": { "amount": 79900 } }') >= 2


def test_a_failure_is_marked_not_by_colour_alone():
    text = Outline(written(made_report(broken()), "must")).text
    assert text.count("✕ 500") == 3  # two drawings and the list
    assert text.count("fault: drop") == 3
    assert "about 3 hours later" in text


def test_a_kept_promise_is_a_line_with_its_time():
    text = Outline(written(made_report(kept()), "must")).text
    assert "✓ kept An order is confirmed once when the callback comes twice. 1.2 s" in text
    assert "Payment" not in text


def test_hostile_texts_are_texts(page: str):
    assert "<script" not in page
    assert "</details> שלום" not in page
    assert "alert(1)" in Outline(page).text
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_hostile_names_of_a_shop_are_texts():
    html = written(made_report(kept(), shop="<script>alert(1)</script>"), "must")
    assert "<script" not in html


def test_a_long_text_is_folded():
    html = written(made_report(broken(observed=LONG, payments=(), last_words=())), "must")
    assert f"All of it, {len(LONG)} characters" in html
    assert html.count("five thousand") < 190


def test_texts_of_any_direction_keep_their_own(page: str):
    assert all("dir" in found for tag, found in Outline(page).tags if tag == "pre")


def test_the_page_of_a_run_without_promises_says_so():
    assert "No promise was judged." in written(made_report(), "must")


def test_code_in_a_promise_is_code_and_markup_is_not():
    assert coded("Set `<a>` to <b>") == "Set <code>&lt;a&gt;</code> to &lt;b&gt;"
    assert HOSTILE.split("`")[1] == "code"
    assert "<script" not in coded(HOSTILE)

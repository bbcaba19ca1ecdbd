"""The page in five languages: the catalogues hold what the sources say, and nothing is left in English."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox import ADDRESS, Browser, Merchant

from fake_checkout_ui.language import LOCALES, NAMES, sentences

ROOT = Path(__file__).parents[2]
MARKS = ("gettext", "marked")


def _tool() -> Any:
    spec = importlib.util.spec_from_file_location(
        "translations", ROOT / "tools" / "translations.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = _tool()


@pytest.mark.parametrize("language", tool.LANGUAGES)
def test_a_catalogue_has_every_sentence_and_no_other(language: str) -> None:
    assert tool.problems(language) == []


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('msgid "Nobody says this"\nmsgstr "Ingen sier dette"', "nobody says any more"),
        ('#, fuzzy\nmsgid "Total"\nmsgstr "Totalt"', "fuzzy"),
        ('msgid "Pay %(amount)s"\nmsgstr "Betal"', "placeholders differ"),
        ('msgid "Total"\nmsgstr ""', "not translated: 'Total'"),
        ('#~ msgid "Once said"\n#~ msgstr "Sagt før"', "nobody says any more: 'Once said'"),
    ],
)
def test_the_check_finds_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entry: str, problem: str
) -> None:
    (tmp_path / "nb.po").write_text(f"{entry}\n", encoding="utf-8")
    monkeypatch.setattr(tool, "LOCALES", tmp_path)
    assert any(problem in line for line in tool.problems("nb"))


def test_an_update_keeps_what_is_translated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = 'msgid "Total"\nmsgstr "Alt i alt"\n\nmsgid "Old"\nmsgstr "Gammel"\n'
    (tmp_path / "nb.po").write_text(text, encoding="utf-8")
    monkeypatch.setattr(tool, "LOCALES", tmp_path)
    tool.update("nb")
    kept = tool.catalogue("nb")
    assert kept["Total"].string == "Alt i alt"
    assert "Old" not in kept
    assert "Total" not in tool.missing("nb")
    assert "Checkout" in tool.missing("nb")


def test_a_sentence_inside_an_f_string_is_found() -> None:
    assert list(tool.marked(ast.parse("""f"{day} {gettext('closed')}" """))) == ["closed"]


def unmarked(tree: ast.AST) -> Iterator[str]:
    """Sentences of a module that nobody has marked for translation."""
    marked = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MARKS
        for part in ast.walk(call)
    }
    for text in tool.texts(tree, without=marked):
        if re.match(r"[A-Z][a-z']* [a-z]|[A-Z][a-z]+\.$", text):
            yield text


@pytest.mark.parametrize("path", sorted(tool.PAGE.glob("*.py")), ids=lambda path: path.name)
def test_every_sentence_of_the_code_is_marked_for_translation(path: Path) -> None:
    assert list(unmarked(ast.parse(path.read_text(encoding="utf-8")))) == []


NAMES_OF_THINGS = ("· 3-D Secure", "Visa •••• 0002")
BETWEEN_TAGS = re.compile(r">([^<>{}%]*[A-Za-z]{3}[^<>{}%]*)<")


@pytest.mark.parametrize(
    "path",
    sorted((tool.PAGE / "templates").rglob("*.html")),
    ids=lambda path: str(path.relative_to(tool.PAGE / "templates")),
)
def test_no_template_has_plain_words(path: Path) -> None:
    text = re.sub(
        r"\{% block (?:kind|page_class) %\}.*?\{% endblock %\}", "", path.read_text("utf-8")
    )
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    words = [found.strip() for found in BETWEEN_TAGS.findall(text)]
    assert [word for word in words if word not in NAMES_OF_THINGS] == []
    assert not re.search(r'(?:aria-label|placeholder|title|alt)="[A-Za-z]', text)


@pytest.mark.parametrize(("language", "heading"), [
    ("nb", "Fullfør bestillingen"), ("no", "Fullfør bestillingen"), ("sv-SE", "Slutför din beställning"),
    ("da", "Gennemfør din bestilling"), ("fi_FI", "Viimeistele tilauksesi"), ("en", "Complete your order"),
    ("de", "Complete your order"),
])  # fmt: skip
def test_the_page_speaks_the_language_it_was_opened_with(
    merchant: Merchant, language: str, heading: str
) -> None:
    sid = merchant.create()
    page = Browser(merchant).open(f"/?sid={sid}&language={language}")
    assert heading in page.html


def test_what_is_wrong_with_a_field_is_said_in_the_same_language(merchant: Merchant) -> None:
    sid = merchant.create()
    browser = Browser(merchant)
    browser.open(f"/?sid={sid}&language=nb")
    page = browser.submit("submit-address", **{**ADDRESS, "email": "kari", "phone_number": ""})
    assert page.error_of("email") == "Dette ser ikke ut som en e-postadresse."
    assert page.error_of("phone_number") == "Fyll ut dette feltet."


@pytest.mark.parametrize("language", tool.LANGUAGES)
def test_a_sentence_is_never_markup(language: str) -> None:
    for text in sentences(language).values():
        assert not re.search(r"[<>&]", text)


def test_every_language_but_english_has_a_file() -> None:
    assert {path.stem for path in LOCALES.glob("*.po")} == set(NAMES) - {"en"}

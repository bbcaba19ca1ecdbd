"""docs/verify.md has every field and every option, and its examples for a CI can be used."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any, get_args

import pytest

from mock_dintero.cli.verify import command
from mock_dintero.verify.merchant import (
    Checkout,
    Discount,
    Limits,
    Merchant,
    OrderPart,
    ShopPart,
    State,
    UpdatePart,
)
from mock_dintero.verify.promise import SEVERITIES, Need

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "verify.md").read_text(encoding="utf-8")
EXAMPLES = {name: (DOCS / "examples" / "verify" / name).read_text(encoding="utf-8")
            for name in ("github.yml", "gitlab.yml")}  # fmt: skip


@pytest.mark.parametrize(
    "model", [ShopPart, Checkout, OrderPart, UpdatePart, Discount, Limits], ids=lambda m: m.__name__
)
def test_every_field_of_merchant_toml_is_explained(model: Any):
    for name, field in model.model_fields.items():
        assert f"`{field.alias or name}`" in PAGE, name


def test_every_part_of_merchant_toml_is_named():
    for name in Merchant.model_fields:
        assert f"[{name}]" in PAGE, name


@pytest.mark.parametrize("word", [*get_args(State), *get_args(Need), *SEVERITIES])
def test_every_word_that_a_reader_may_write_is_there(word: str):
    assert f"`{word}`" in PAGE


def test_every_option_is_there_and_no_other():
    known = {name for one in command.params for name in one.opts if name.startswith("--")}
    found = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) - {"--help", "--port"}
    assert found == known


def commands(text: str, before: str = "") -> list[list[str]]:
    joined = re.sub(r"\\\n\s*|\n\s+(?=--)", " ", text)
    found = re.findall(rf"^{before} *mock-dintero verify\b([^\n|#]*)", joined, re.MULTILINE)
    return [shlex.split(words.replace("2>/dev/null", "")) for words in found]


def read(words: list[str]) -> dict[str, Any]:
    """As a shell would hand them over; the names of help are those of the whole command line."""
    return command.make_context("verify", list(words), help_option_names=["-h", "--help"]).params


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_asks_for_what_there_is(name: str):
    [words] = commands(EXAMPLES[name])
    found = read(words)
    assert str(found["file"]) == "merchant.toml"
    assert found["junit"] == "verify-report/junit.xml"
    assert {str(Path(found[form]).parent) for form in ("junit", "html", "json_file")} == {
        "verify-report"
    }
    assert EXAMPLES[name].index("mkdir -p verify-report") < EXAMPLES[name].index("--junit")


@pytest.mark.parametrize("words", commands(PAGE, r"\$"), ids=" ".join)
def test_a_command_on_the_page_is_understood(words: list[str]):
    assert read(words)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_no_tabs_and_ends_with_a_line(name: str):
    assert "\t" not in EXAMPLES[name]
    assert EXAMPLES[name].endswith("\n")


def test_the_workflow_for_github_is_one():
    yaml = pytest.importorskip("yaml")
    found = yaml.safe_load(EXAMPLES["github.yml"])
    assert {"name", True, "permissions", "jobs"} == set(found)  # `on` is true in YAML 1.1
    [job] = found["jobs"].values()
    steps = job["steps"]
    assert all(("run" in step) != ("uses" in step) for step in steps)
    [kept] = [step for step in steps if "upload-artifact" in step.get("uses", "")]
    assert kept["with"]["path"] == "verify-report/"
    assert "cancelled()" in kept["if"]


def test_the_job_for_gitlab_is_one():
    yaml = pytest.importorskip("yaml")
    [job] = yaml.safe_load(EXAMPLES["gitlab.yml"]).values()
    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"]["junit"] == "verify-report/junit.xml"
    assert [line.split()[0] for line in job["script"]] == ["mkdir", "mock-dintero"]


def test_links_and_pictures_of_the_page_are_there():
    for target in re.findall(r'\]\(([\w./-]+)(?:#[\w-]+)?\)|src="([^"]+)"', PAGE):
        path = next(filter(None, target))
        assert (DOCS / path).exists(), path
    anchors = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")
               for head in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)}  # fmt: skip
    for anchor in re.findall(r"\]\(#([\w-]+)\)", PAGE):
        assert anchor in anchors, anchor

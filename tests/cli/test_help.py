"""docs/cli.md shows every verb with its real help."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def tool():
    spec = importlib.util.spec_from_file_location("cli_help", ROOT / "tools" / "cli_help.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_verb_and_step_has_its_help_in_the_page():
    found = list(tool().verbs())
    assert len(found) > 25
    for verb in found:
        assert f"<!-- help of {verb} -->" in PAGE, f"{verb}: add its section to docs/cli.md"


def test_the_help_in_the_pages_is_the_real_one():
    for path in tool().PAGES:
        page = path.read_text(encoding="utf-8")
        assert tool().renewed(page) == page, f"{path.name}; run: python tools/cli_help.py"

"""docs/promises.md has every promise as it is in its file."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_promises_is_up_to_date():
    spec = importlib.util.spec_from_file_location("tool_promises", ROOT / "tools" / "promises.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    page = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    assert page == tool.page(), "run: python tools/promises.py"

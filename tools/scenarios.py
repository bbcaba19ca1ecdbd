"""Write docs/scenarios.md and docs/scenario.schema.json from the files of scenarios/ and their schema.

python tools/scenarios.py [--check]
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from mock_dintero.core.scenario import Scenario  # noqa: E402
from mock_dintero.scenario_files import scenarios  # noqa: E402

PAGE = ROOT / "docs" / "scenarios.md"
SCHEMA = ROOT / "docs" / "scenario.schema.json"
HEADER = """# Scenarios

Made by `python tools/scenarios.py` from the files of [scenarios/](../scenarios). Do not edit it by hand.

A scenario is a story of one purchase: what happens, what goes wrong, and what must be true at the end.
Play one at the sample shop, on a session of your own shop, or on a session that the sandbox makes itself:

```console
$ curl http://127.0.0.1:8426/_mock/api/v1/scenarios/callback_lost/run \\
    -H 'content-type: application/json' -d '{"shop": "http://127.0.0.1:8427"}'
```

`{"session_id": "T12345678...."}` plays on a session that your shop has made; so does the panel at the
foot of the checkout page. `{}` plays on a session without a shop. What could not be looked at then is not
judged: its `passed` is `null`. `POST scenarios/{name}/stage` only puts the faults in place, for a buyer of
your own.

The faults of a scenario meet its own session and no other, and end with it. The clock is the account's:
scenarios that let time pass should not share an account with tests that mind.

## A file

One story a file, no loops, no conditions; a field that does not exist is an error that names file and
field. The steps and their options: `mock_dintero/core/scenario.py`, or for editors
[scenario.schema.json](scenario.schema.json).

```toml
"""
TABLE = "| name | what happens | what is expected |\n|---|---|---|"


def page() -> str:
    """The page, whole."""
    example = (ROOT / "scenarios" / "callback_lost.toml").read_text(encoding="utf-8")
    parts = [f"{HEADER}{example}```\n"]
    for group, members in groupby(scenarios().values(), lambda one: one.group):
        rows = [
            f"| `{one.name}` | **{one.title}.** {one.story} | {_expected(one)} |" for one in members
        ]
        parts.append("\n".join([f"\n## {group}\n", TABLE, *rows, ""]))
    return "".join(parts)


def _expected(scenario: Scenario) -> str:
    wanted = scenario.expect.model_dump(mode="json", exclude_none=True)
    return ", ".join(f"{name.replace('_', ' ')} {_short(value)}" for name, value in wanted.items())


def _short(value: Any) -> str:
    if not isinstance(value, list):
        return f"`{value}`"
    runs = [(word, len(list(same))) for word, same in groupby(value)]
    words = [
        f"{word} × {number}" if number > 2 else ", ".join([str(word)] * number)
        for word, number in runs
    ]
    return f"`{', '.join(words) or 'none'}`"


def schema() -> str:
    """What editors check a file with."""
    found = Scenario.model_json_schema()
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **found}, indent=2)
        + "\n"
    )


def main() -> int:
    """Write both, or say which is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 1 if a file would change"
    )
    check = parser.parse_args().check
    old = []
    for path, text in ((PAGE, page()), (SCHEMA, schema())):
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            old.append(path.name)
        if not check:
            path.write_text(text, encoding="utf-8")
    print(f"out of date: {', '.join(old)}" if old else "nothing has changed")
    return int(check and bool(old))


if __name__ == "__main__":
    raise SystemExit(main())

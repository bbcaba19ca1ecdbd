"""Judge the sample shop with each of its bugs; write what each breaks to docs/kill-matrix.md and its picture.

python tools/kill_matrix.py [BUG ...]    all bugs, or those named: their rows replace those in the docs
python tools/kill_matrix.py --draw       only write page and picture, from what was said before
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "contract_tests"), str(ROOT / "tests" / "contract_tests")]

import buggy_shop  # noqa: E402
from shop.bugs import Bug, bugs  # noqa: E402

from mock_dintero.verify import Promise  # noqa: E402
from mock_dintero.verify.library import promises  # noqa: E402

PAGE = ROOT / "docs" / "kill-matrix.md"
RESULTS = ROOT / "docs" / "kill-matrix.json"
PICTURE = ROOT / "docs" / "pictures" / "kill-matrix.svg"
AT_ONCE = 2 * (os.cpu_count() or 1)
"""Bugs judged at the same time; much of a broken promise is waiting."""
CORRECT = buggy_shop.CORRECT
HEADER = """# The kill matrix

Made by `python tools/kill_matrix.py`. Do not edit it by hand.

A promise that no bug can break proves nothing. The sample shop can be started with one bug at a time
([contract_tests/shop/bugs](../contract_tests/shop/bugs)), each a mistake that shops have made; here is what
`mock-dintero verify` said of each. Without a bug the shop keeps all promises.
"""


def told(bug: str) -> dict[str, Any]:
    """What each promise says of the shop with this bug. It runs in a process of its own."""
    began = time.monotonic()
    said: dict[str, dict[str, str]] = {"broken": {}, "unclear": {}, "kept": {}}
    with buggy_shop.sandbox() as sandbox:
        for promise in promises():
            result, observed = buggy_shop.judged(sandbox, promise, bug)
            said[result][promise.id] = observed
    took = time.monotonic() - began
    ids = " ".join(said["broken"])
    print(f"{bug:32} {took:5.1f} s  breaks {len(said['broken']):3}: {ids[:60]}", flush=True)
    return {**said, "kept": len(said["kept"])}


def page(results: dict[str, Any], known: dict[str, Bug], all_of_them: tuple[Promise, ...]) -> str:
    killers = killers_of(results, all_of_them)
    weak = [id for id, names in killers.items() if not names]
    survivors = [name for name in known if not results.get(name, {}).get("broken")]
    parts = [
        HEADER,
        f"{len(known)} bugs, {len(all_of_them)} promises. Promises that no bug breaks: {_listed(weak)}. "
        f"Bugs that break nothing: {_listed(survivors)}.\n",
        "![Bugs in rows, promises in columns](pictures/kill-matrix.svg)\n",
        "## What each bug breaks\n",
        "| bug | what is wrong | the promise that is named for it, and what the report says | breaks also |",
        "|---|---|---|---|",
        *(_row(bug, results.get(name, {"broken": {}})) for name, bug in known.items()),
        "\n## Who kills each promise\n",
        "| promise | bugs |",
        "|---|---|",
        *(
            f"| `{id}` | {', '.join(f'`{name}`' for name in names)} |"
            for id, names in killers.items()
        ),
    ]
    return "\n".join(parts) + "\n"


def killers_of(results: dict[str, Any], all_of_them: tuple[Promise, ...]) -> dict[str, list[str]]:
    return {
        one.id: [
            name for name, row in results.items() if name != CORRECT and one.id in row["broken"]
        ]
        for one in all_of_them
    }


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _row(bug: Bug, row: dict[str, Any]) -> str:
    named = "<br>".join(f"`{id}`: {_cell(row['broken'].get(id, 'kept!'))}" for id in bug.breaks)
    also = ", ".join(f"`{id}`" for id in row["broken"] if id not in bug.breaks)
    return f"| `{bug.name}` ([seen]({bug.seen})) | {_cell(bug.says)} | {named} | {also} |"


def _cell(text: str) -> str:
    return escape(" ".join(text.split())[:400], quote=False).replace("|", "\\|")


def picture(
    results: dict[str, Any], known: dict[str, Bug], all_of_them: tuple[Promise, ...]
) -> str:
    """A grid: a dark square where the promise is the bug's own, a light one where it breaks as well."""
    size, left, top = 12, 260, 230
    width, height = left + size * len(all_of_them) + 10, top + size * len(known) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="9" role="img" aria-label="The kill matrix">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
    ]
    for x, one in enumerate(all_of_them):
        at = left + size * x + 9
        parts.append(
            f'<text transform="translate({at} {top - 6}) rotate(-60)">{escape(one.id)}</text>'
        )
        if x % 5 == 0:
            parts.append(f'<path d="M{left + size * x} {top}v{height - top - 10}" stroke="#ddd"/>')
    for y, (name, bug) in enumerate(known.items()):
        at = top + size * y
        parts.append(f'<text x="{left - 6}" y="{at + 9}" text-anchor="end">{escape(name)}</text>')
        if y % 5 == 0:
            parts.append(f'<path d="M{left} {at}h{width - left - 10}" stroke="#ddd"/>')
        for x, one in enumerate(all_of_them):
            if one.id in results.get(name, {}).get("broken", {}):
                fill = "#7a1f3d" if one.id in bug.breaks else "#e3a5b9"
                parts.append(
                    f'<rect x="{left + size * x + 1}" y="{at + 1}" width="{size - 2}" height="{size - 2}" '
                    f'fill="{fill}"><title>{escape(f"{name} breaks {one.id}")}</title></rect>'
                )
    return "".join([*parts, "</svg>\n"])


def in_order(known: dict[str, Bug], all_of_them: tuple[Promise, ...]) -> dict[str, Bug]:
    """The bugs as the promises come that they are named for: the picture has a diagonal."""
    at = {one.id: number for number, one in enumerate(all_of_them)}
    return dict(sorted(known.items(), key=lambda item: min(at[id] for id in item[1].breaks)))


def main() -> None:
    all_of_them = promises()
    known = in_order(bugs(), all_of_them)
    wanted = [] if sys.argv[1:] == ["--draw"] else sys.argv[1:] or [CORRECT, *known]
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    with ProcessPoolExecutor(AT_ONCE, max_tasks_per_child=1) as pool:
        new = dict(zip(wanted, pool.map(told, wanted), strict=True))
    results = {
        name: row for name, row in {**kept, **new}.items() if name in known or name == CORRECT
    }
    results = {name: results[name] for name in [CORRECT, *known] if name in results}
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(results, known, all_of_them), encoding="utf-8")
    PICTURE.write_text(picture(results, known, all_of_them), encoding="utf-8")
    weak = [id for id, names in killers_of(results, all_of_them).items() if not names]
    missed = [
        f"{name}: {id}" for name, bug in known.items() for id in bug.breaks
        if id not in results.get(name, {"broken": ()})["broken"]
    ]  # fmt: skip
    wrong = results.get(CORRECT, {"broken": {}, "unclear": {}})
    print(f"promises without a killer: {weak or 'none'}")
    print(f"bugs that do not break what they are named for: {missed or 'none'}")
    print(f"the correct shop breaks: {list(wrong['broken']) or 'nothing'}")
    unclear = {name: list(row["unclear"]) for name, row in results.items() if row["unclear"]}
    print(f"unclear: {unclear or 'nothing'}")


if __name__ == "__main__":
    main()

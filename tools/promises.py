"""Write docs/promises.md and docs/verify-report.schema.json from the promises and the models of a report.

python tools/promises.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from mock_dintero.verify.library import promises  # noqa: E402
from mock_dintero.verify.promise import SEVERITIES, Promise  # noqa: E402
from mock_dintero.verify.reports.json_file import schema  # noqa: E402

PAGE = ROOT / "docs" / "promises.md"
SCHEMA = ROOT / "docs" / "verify-report.schema.json"
HEADER = """# The promises of a shop

Made by `python tools/promises.py` from the files of [contract_tests/promises](../contract_tests/promises).
Do not edit it by hand.

`mock-dintero verify` judges a shop by these: [verify.md](verify.md). *must*: money or goods are lost, or
Dintero refuses. *should*: trouble on a bad day. *advice*: care. A promise that needs a part of merchant.toml
which is not there is skipped.
"""


def page() -> str:
    """The page, whole."""
    known = promises()
    counts = ", ".join(f"{sum(p.severity == one for p in known)} {one}" for one in SEVERITIES)
    parts = [f"{HEADER}\nThere are {len(known)}: {counts}.\n"]
    for family, members in groupby(known, lambda one: one.family):
        parts.append(f"\n## {family}\n")
        parts += [_told(one) for one in members]
    return "".join(parts)


def _told(promise: Promise) -> str:
    needs = f" Needs: {', '.join(f'`{need}`' for need in promise.needs)}." if promise.needs else ""
    return (
        f"\n### {promise.id}\n\n**{promise.says}** *{promise.severity}*\n\n"
        f"- Why: {promise.why}\n- Mend: {promise.mend}\n- Source: <{promise.source}>.{needs}\n"
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

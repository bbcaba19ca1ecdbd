"""Write docs/coverage.md: what of Dintero's published contract the sandbox plays, and what proves it.

python tools/coverage.py --contract openapi.json [--check]
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from contract import Contract, ContractOperation, Json  # noqa: E402
from mock_dintero.core.payment_method import METHODS  # noqa: E402
from mock_dintero.openapi import Endpoint, description  # noqa: E402

State = Literal["works", "echoed", "not yet"]
STATES: tuple[State, ...] = ("works", "echoed", "not yet")
TARGET = ROOT / "docs" / "coverage.md"
KEEPING = ("/sessions-profile", "/sessions/payment-token", "/sessions/{session_id}", "/sessions/pay",
           "/accounts/{aid}/management/settings/approvals/payout-destinations")  # fmt: skip
"""What is sent here is kept and given back, known or not."""
COMMON = frozenset(
    ["id", "name", "type", "status", "amount", "title", "url", "enabled", "description", "code", "items",
     "metadata", "reference", "reason", "date", "email", "version"]
)  # fmt: skip
"""Words that stand in the code for many things; one of them proves nothing about another."""
ANYTHING: Json = {"additionalProperties": True}
HEADER = """# What of Dintero's contract is here

Made by `python tools/coverage.py --contract openapi.json` from Dintero's published contract, from our own
description (`/_mock/openapi.json`) and from the tests. Do not edit it by hand; make it again.

- **works**: one of our records names the field, or a rule reads or writes it by its name.
- **echoed**: taken, kept and given back, and nothing else happens.
- **not yet**: not read, not answered.

That a field works does not say that it does everything that Dintero does with it; where we know of a
difference, it is in [differences.md](differences.md).
"""

AFTER_OPERATIONS = """
Tests are files below `tests/`, with the number of tests in them that use the operation. Every operation is
also called with generated requests (contract/test_schemathesis.py).

## Fields
"""


def resolved(schema: Any) -> Json:
    """One of our schemas without `$ref`, null and array around it; what says nothing takes anything."""
    if not isinstance(schema, dict) or not schema:
        return ANYTHING
    while "$ref" in schema:
        schema = description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if options:
        return resolved(options[0])
    if "items" in schema:
        return resolved(schema["items"])
    return schema if schema.get("properties") or schema.get("type") != "array" else ANYTHING


@lru_cache
def words() -> frozenset[str]:
    """Every text that the code names."""
    found: set[str] = set()
    for folder in ("mock_dintero", "fake_checkout_ui"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and len(node.value) < 80
                ):
                    found.add(node.value)
    return frozenset(found)


def state_of(path: tuple[str, ...], ours: Json, *, is_kept: bool) -> State:
    """The state of one field; `ours` is our schema of the object that it stands in."""
    name = path[-1]
    if name in ours.get("properties", {}):
        return "works"
    if is_method(path):
        return "works"
    is_record = bool(ours.get("properties"))
    is_free = bool(ours.get("additionalProperties")) or ours == ANYTHING
    is_telling = "_" in name if is_record else name not in COMMON
    if is_free and is_telling and name in words():
        return "works"
    return "echoed" if is_kept else "not yet"


def is_method(path: tuple[str, ...]) -> bool:
    """`configuration.dintero_psp.vipps.enabled` and the gateways and methods above it."""
    known = {".".join(path[-n:]) for n in (1, 2)}
    inner = ".".join(path[-3:-1]) if path[-1] == "enabled" else ""
    types = set(METHODS)
    return bool(known & types) or bool(
        {inner, path[-2] if len(path) > 1 else ""} & types and path[-1] == "enabled"
    )


class Walk:
    """Goes through the contract's schemas and ours, side by side."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.found: defaultdict[str, dict[str, State]] = defaultdict(dict)
        self._seen: set[Any] = set()

    def note(
        self, schema: Json, ours: Json, owner: str, at: tuple[str, ...] = (),
        path: tuple[str, ...] = (), *, is_kept: bool, is_here: bool,
    ) -> None:  # fmt: skip
        """Every field of the schema; `owner` is the contract's schema that it belongs to."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            owner, at = (
                (name, ()) if schema["$ref"].startswith("#/components/schemas") else (owner, at)
            )
            key = (
                name,
                path[-3:],
                id(ours) if ours.get("properties") else str(sorted(ours)),
                is_kept,
                is_here,
            )
            if key in self._seen or len(path) > 12:
                return
            self._seen.add(key)
            schema = self.contract.look_up(schema)
        more = {"is_kept": is_kept, "is_here": is_here}
        for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
            self.note(part, ours, owner, at, path, **more)
        if "items" in schema:
            self.note(schema["items"], ours, owner, at, path, **more)
        for name, inner in schema.get("properties", {}).items():
            here, there = (*at, name), (*path, name)
            state: State = state_of(there, ours, is_kept=is_kept) if is_here else "not yet"
            self._keep(owner, ".".join(here), state)
            deeper = (
                resolved(ours.get("properties", {}).get(name)) if state == "works" else ANYTHING
            )
            self.note(inner, deeper, owner, here, there, **more)

    def _keep(self, owner: str, name: str, state: State) -> None:
        best = self.found[owner].get(name, "not yet")
        self.found[owner][name] = min(best, state, key=STATES.index)


def walked(contract: Contract) -> Walk:
    """All operations, requests and answers; for what we send, the other way round."""
    walk = Walk(contract)
    schemas = description()["components"]["schemas"]
    sent = {"shipping_address": schemas["Session"], "discount_code": schemas["Session"],
            "session_url": schemas["Transaction"]}  # fmt: skip
    for operation in contract.operations:
        ours = our_operation(operation.endpoint) if operation.endpoint else {}
        is_here = bool(ours) or operation.is_ours_to_send
        body, owner = contract.body(operation), operation.label
        if body:
            told = (
                ours.get("requestBody", {})
                .get("content", {})
                .get("application/json", {})
                .get("schema")
            )
            if operation.is_ours_to_send:
                told = next(one for name, one in sent.items() if f"/{name}" in operation.path)
            is_kept = operation.path in KEEPING or operation.is_ours_to_send
            walk.note(
                body, resolved(told) if is_here else {}, owner, is_kept=is_kept, is_here=is_here
            )
        for status in operation.statuses:
            answer = contract.answer(operation, status)
            if not answer or status >= 300:
                continue
            told = ours.get("responses", {}).get(str(status), {}).get("content", {})
            told = told.get("application/json", {}).get("schema")
            walk.note(answer, resolved(told), f"{owner}, {status}", is_kept=False,
                      is_here=is_here and (told is not None or operation.is_ours_to_send))  # fmt: skip
    return walk


def our_operation(endpoint: Endpoint) -> Json:
    """Its entry in our own description."""
    found: Json = description()["paths"][endpoint.path][endpoint.method.lower()]
    return found


# Tests -------------------------------------------------------------------------------------------

HELPERS = {
    "POST /accounts/{oid}/auth/token": r"log_in\(",
    "POST /sessions-profile": r"\.create\(|sessions-profile|create_session\(",
    "GET /sessions/{session_id}": r"\.session\(|\.events\(",
    "GET /transactions/{id}": r"\.transaction\(",
    "POST /examples/shipping_address_callback_url": r"address_callback|shipping_address_callback_url",
    "POST /examples/discount_code_callback_url": r"discount_callback|express_discount_codes",
    "GET /examples/session_url_callback": r"\.told\(|payment_callback",
    "POST /examples/session_url_callback": r"method=POST",
}


@lru_cache
def tests() -> tuple[tuple[str, str, str], ...]:
    """(file, function, source) of every test, and every step of the replayed clients."""
    found = []
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        source = file.read_text(encoding="utf-8")
        lines, name = source.splitlines(), file.relative_to(ROOT).as_posix()
        consts = dict(re.findall(r'^([A-Z_]+) = f?"([^"]*/[^"]*)"', source, re.MULTILINE))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith(
                "test_"
            ):
                text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                for const, value in consts.items():
                    text = re.sub(rf"\b{const}\b(?=[,)])", f'"{value}"', text)
                    text = text.replace(f"{{{const}}}", value)
                found.append((name, node.name, text))
    for file in sorted((ROOT / "tests").rglob("*.toml")):
        steps = file.read_text(encoding="utf-8").split("[[step]]")[1:]
        name = file.relative_to(ROOT).as_posix()
        found += [
            (name, str(n), re.sub(r'method = "(\w+)"\npath = ', r'"\1", ', step))
            for n, step in enumerate(steps)
        ]
    return tuple(found)


def proofs(operation: ContractOperation) -> Iterator[tuple[str, int]]:
    """Test files that call the operation, and with how many tests."""
    path = (
        re.escape(operation.url.removeprefix("/v1").removeprefix("/v2"))
        .replace(r"\{", "{")
        .replace(r"\}", "}")
    )
    if operation.path.startswith(("/accounts", "/v2/accounts")) and "auth" not in path:
        path = re.sub(r"^/accounts/{[^}]*}", "", path)
    pattern = re.sub(r"{[^}]*}", r"[^/\\s\"?]+", path)
    verb = operation.method
    start = rf'(["\']{verb}["\'],\s*(?:f?["\'])+|\.{verb.lower()}\(\s*f?")'
    called = rf'{start}[^"\'\s]*{pattern}/?["\'?]'
    counted: defaultdict[str, int] = defaultdict(int)
    helper = HELPERS.get(operation.label)
    for file, _, text in tests():
        if re.search(called, text) or (helper and re.search(helper, text)):
            counted[file] += 1
    own = f"test_{operation.endpoint.name.rpartition('.')[0]}.py" if operation.endpoint else ""
    for file, _, _ in tests() if not counted else ():
        if file.endswith(f"/{own}"):  # its tests build their paths in ways that are not seen here
            counted[file] += 1
    yield from sorted(counted.items())


# The page ----------------------------------------------------------------------------------------


def rendered(contract: Contract) -> str:
    """The whole file."""
    walk = walked(contract)
    counts = {
        state: sum(list(f.values()).count(state) for f in walk.found.values()) for state in STATES
    }
    here = [one for one in contract.operations if one.endpoint or one.is_ours_to_send]
    lines = [
        HEADER,
        f"{len(here)} of {len(contract.operations)} operations are here. Of {sum(counts.values())} fields, "
        + ", ".join(f"{number} {state}" for state, number in counts.items())
        + ".\n\n## Operations\n\n| operation | state | answers | tests |\n|---|---|---|---|",
    ]
    for operation in contract.operations:
        is_here = operation.endpoint or operation.is_ours_to_send
        statuses = (
            sorted({*operation.endpoint.operation.answers, *operation.endpoint.errors})
            if operation.endpoint
            else []
        )
        shown = ", ".join(str(one) for one in statuses if one in operation.statuses)
        told = "; ".join(f"{file.removeprefix('tests/')} ({n})" for file, n in proofs(operation))
        lines.append(
            f"| `{operation.label}` | {'works' if is_here else 'not yet'} | {shown} | {told} |"
        )
    lines.append(AFTER_OPERATIONS)
    for owner in sorted(walk.found, key=lambda name: (" " in name, name)):
        fields = walk.found[owner]
        lines.append(f"### {owner}\n\n| | |\n|---|---|")
        for state in STATES:
            named = sorted(name for name, its in fields.items() if its == state)
            if named:
                lines.append(
                    f"| {state} ({len(named)}) | {', '.join(f'`{name}`' for name in named)} |"
                )
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--contract", type=Path, required=True, help="Dintero's openapi.json")
    parser.add_argument(
        "--check", action="store_true", help="exit with 1 if the file is not up to date"
    )
    wanted = parser.parse_args()
    text = rendered(Contract(wanted.contract))
    if wanted.check:
        return int(TARGET.read_text(encoding="utf-8") != text)
    TARGET.write_text(text, encoding="utf-8")
    print(text.partition("## Operations")[0].splitlines()[-2])
    return 0


if __name__ == "__main__":
    sys.exit(main())

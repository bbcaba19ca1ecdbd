"""Dintero's published contract: its operations, what each takes and answers, and whether a value fits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mock_dintero.openapi import Endpoint, endpoints

Json = dict[str, Any]
DEEPEST = 8
METHODS = ("get", "put", "post", "delete", "patch")


def anonymous(path: str) -> str:
    """The path with its parameters' names left out: two tellers name them differently."""
    return re.sub(r"{[^}]*}", "{}", path)


@dataclass(frozen=True)
class ContractOperation:
    """One operation as the contract has it."""

    path: str
    method: str
    raw: Json = field(repr=False, hash=False, compare=False)

    @property
    def url(self) -> str:
        """The path on our origin."""
        return self.path if self.path.startswith("/v2/") else f"/v1{self.path}"

    @property
    def label(self) -> str:
        """`POST /sessions-profile`."""
        return f"{self.method} {self.path}"

    @property
    def statuses(self) -> list[int]:
        """What it documents."""
        return [int(status) for status in self.raw["responses"] if status.isdecimal()]

    @property
    def has_default(self) -> bool:
        """Whether any other status is documented, too."""
        return "default" in self.raw["responses"]

    @property
    def is_ours_to_send(self) -> bool:
        """The contract describes callbacks as operations of a made-up merchant."""
        return self.path.startswith("/examples/")

    @cached_property
    def endpoint(self) -> Endpoint | None:
        """Ours, if there is one."""
        wanted = self.method, anonymous(self.url)
        found = [one for one in endpoints() if (one.method, anonymous(one.path)) == wanted]
        return found[0] if found else None


class Contract:
    """The contract's file, with every `$ref` in it."""

    def __init__(self, file: Path) -> None:
        self.raw: Json = json.loads(file.read_text(encoding="utf-8"))
        resource = Resource.from_contents(self.raw, default_specification=DRAFT202012)
        self._registry = Registry().with_resource("urn:contract", resource)

    @cached_property
    def operations(self) -> list[ContractOperation]:
        """All of them, in the file's order."""
        return [
            ContractOperation(path, method.upper(), item[method])
            for path, item in self.raw["paths"].items()
            for method in item
            if method in METHODS
        ]

    def look_up(self, value: Json) -> Json:
        """What a `$ref` names; anything else is itself."""
        while "$ref" in value:
            at: Any = self.raw
            for step in value["$ref"].removeprefix("#/").split("/"):
                at = at[step.replace("~1", "/").replace("~0", "~")]
            value = at
        return value

    def answer(self, operation: ContractOperation, status: int) -> Json | None:
        """The schema of a JSON answer; None if there is none."""
        responses = operation.raw["responses"]
        found = responses.get(str(status)) or responses.get("default")
        return self._content(self.look_up(found)) if found else None

    def body(self, operation: ContractOperation) -> Json | None:
        """The schema of the request's JSON body."""
        found = operation.raw.get("requestBody")
        return self._content(self.look_up(found)) if found else None

    def _content(self, holder: Json) -> Json | None:
        for kind, content in holder.get("content", {}).items():
            if "json" in kind:
                schema: Json | None = content.get("schema")
                return schema
        return None

    def findings(self, schema: Json, value: Any) -> list[str]:
        """What is wrong with a value, in words; formats are not looked at."""
        validator: Validator = Draft202012Validator(_absolute(schema), registry=self._registry)
        return sorted({_words(error) for error in validator.iter_errors(value)})

    def properties(self, schema: Json) -> Json:
        """Name to schema of everything an object may have, through `$ref`, `allOf` and the like."""
        schema = self.look_up(schema)
        found: Json = {}
        parts = [part for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, ())]
        for named in (
            *map(self.properties, parts),
            self.properties(schema["items"]) if "items" in schema else {},
            schema.get("properties", {}),
        ):
            for name, inner in named.items():
                found[name] = {"allOf": [found[name], inner]} if name in found else inner
        return found

    def fields(self, schema: Json, prefix: str = "", above: tuple[str, ...] = ()) -> Iterator[str]:
        """Dotted names of everything in a schema; a schema inside itself is named once."""
        for name, inner in self.properties(schema).items():
            yield prefix + name
            text = json.dumps(inner, sort_keys=True)
            if text not in above and prefix.count(".") < DEEPEST:
                yield from self.fields(inner, f"{prefix}{name}.", (*above, text))


def _absolute(value: Any) -> Any:
    """`#/...` becomes `urn:contract#/...`, so that a part can stand alone."""
    if isinstance(value, list):
        return [_absolute(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: f"urn:contract{inner}" if key == "$ref" else _absolute(inner)
        for key, inner in value.items()
    }


def _words(error: ValidationError) -> str:
    where = ".".join("[]" if isinstance(step, int) else str(step) for step in error.absolute_path)
    message = error.message if len(error.message) < 160 else f"{error.message[:157]}..."
    return f"{where or 'body'}: {message}"

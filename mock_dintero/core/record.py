"""What all records have in common: frozen, unknown fields kept, and a version for the store."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    PrivateAttr,
    WithJsonSchema,
)
from pydantic_core.core_schema import no_info_plain_validator_function


class Part(BaseModel):
    """A piece of merchant JSON. Known fields are checked, unknown ones are kept and given back."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)

    def with_(self, **changes: Any) -> Self:
        """A copy with these fields set; nothing is validated again, rules hand in finished values."""
        return self.model_copy(update=changes)

    def without(self, *names: str) -> Self:
        """A copy in which these fields were never sent."""
        copy = self.model_copy()
        for name in names:
            copy.__pydantic_fields_set__.discard(name)
            if name in type(self).model_fields:
                copy.__dict__[name] = (
                    type(self)
                    .model_fields[name]
                    .get_default(call_default_factory=True, validated_data={})
                )
            elif copy.__pydantic_extra__:
                copy.__pydantic_extra__.pop(name, None)
        return copy

    def sent(self) -> dict[str, Any]:
        """The fields that were sent, by name. An unknown one may be called anything, `copy` too."""
        known = {n: v for n, v in self.__dict__.items() if n in self.__pydantic_fields_set__}
        return known | (self.__pydantic_extra__ or {})

    def sent_to(self, other: type[Part]) -> dict[str, Any]:
        """The sent fields that may become one of `other`: what only `other` would check is left out."""
        known = type(self).model_fields
        unchecked = set(other.model_fields) - set(known)
        return {name: value for name, value in self.sent().items() if name not in unchecked}

    def shown(self) -> dict[str, Any]:
        """As JSON values; what was never set is left out."""
        return self.model_dump(mode="json", exclude_unset=True)


class Record(Part):
    """A part with a life of its own in the store, under `kind`, `account_id` and `id`."""

    kind: ClassVar[str]
    PRIVATE: ClassVar[frozenset[str]] = frozenset()
    """Fields of the sandbox's own; no merchant sees them."""

    id: str
    _version: int = PrivateAttr(default=0)
    """How often it was saved; the store refuses a record that somebody else saved meanwhile."""

    @property
    def account_id(self) -> str:
        """The namespace: what stands before the dot of the id."""
        return self.id.partition(".")[0]

    @property
    def version(self) -> int:
        """0 for a record that was never saved."""
        private = self.__pydantic_private__ or {}  # `self._version` takes ten times as long
        return int(private.get("_version", 0))

    @property
    def reference(self) -> str:
        """What lists look it up by; '' if nothing."""
        return ""

    @property
    def link(self) -> str:
        """The id of the session it hangs on; '' if none."""
        return ""

    @property
    def due_at(self) -> str | None:
        """When somebody has to act on it; None if nobody has."""
        return None


def _whole(value: Any) -> Any:
    """Take `29990.0` for 29990: some plugins compute amounts in floats. A fraction or a text is refused."""
    if type(value) is int:
        return value
    if isinstance(value, float) and math.isfinite(value):
        if value.is_integer():
            return int(value)
        raise ValueError(
            f"amounts are whole minor units, {value!r} has a fraction; round it (to {round(value)}?)"
        )
    raise ValueError(f"expected type integer but found type {json_type(value)}")


def _number(value: Any) -> Any:
    """A JSON number as it was written: 1 stays 1. Infinity and NaN are not JSON."""
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return value
    raise ValueError(f"expected type number but found type {json_type(value)}")


def json_type(value: object) -> str:
    """The JSON name of a value's type, for error messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, (list, tuple)) else "object"


Number = Annotated[
    int | float,
    # Not PlainValidator, with which every number would be written by a call from Rust to Python.
    GetPydanticSchema(lambda source, handler: no_info_plain_validator_function(_number)),
    WithJsonSchema({"type": "number"}),
]
"""A JSON number: no text, no NaN."""

Flag = Annotated[bool, Field(strict=True)]
"""A JSON boolean: no "true", no 1."""

LARGEST_AMOUNT = 2**31 - 1

Amount = Annotated[
    int,
    Field(ge=-LARGEST_AMOUNT - 1, le=LARGEST_AMOUNT),
    BeforeValidator(_whole),  # last, so that the limits are checked in Rust
    WithJsonSchema({"type": "integer", "minimum": -LARGEST_AMOUNT - 1, "maximum": LARGEST_AMOUNT}),
]
"""Money in minor units (øre), a signed 32-bit integer. JSON floats without a fraction are taken."""

"""Faults that a tester asks for: what goes wrong, where, and how often.

A fault is counted, never rolled with dice, so that a red test is red again tomorrow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import ConfigDict, Field, model_validator

from mock_dintero.core.errors import DinteroError
from mock_dintero.core.ids import CHECKOUT_ID
from mock_dintero.core.record import Flag, Number, Part, Record

Where = Literal[
    "api", "payment_callback", "address_callback", "discount_callback", "webhook",
    "buyer", "race", "payment",
]  # fmt: skip
Race = Literal["return_first", "callback_first", "together", "callback_during_return"]
Operation = Literal["authorization", "capture", "refund", "void"]

_CALLBACK = {
    "drop": (), "delay": ("seconds",), "duplicate": ("count", "at_once"), "reorder": ("seconds",),
    "bad_signature": (), "stale_signature": ("seconds",), "malformed": (),
    "slow_body": ("seconds",), "wrong_transaction": ("transaction_id",), "lose_answer": (),
}  # fmt: skip
ACTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "api": {
        "status": ("status", "code", "message"), "delay": ("seconds",), "malformed": (),
        "half_body": (), "reset_connection": (), "forget": (),
    },
    "payment_callback": _CALLBACK,
    "address_callback": _CALLBACK,
    "discount_callback": _CALLBACK,
    # Its signature has no time that could be stale.
    "webhook": {do: known for do, known in _CALLBACK.items() if do != "stale_signature"},
    "buyer": {"close_tab": (), "double_click": (), "back_button": (), "slow": ("seconds",)},
    "race": dict.fromkeys(get_args(Race), ("seconds",)),
    "payment": {"refuse": ("message",), "time_out": (), "pending": ("seconds",)},
}  # fmt: skip
"""What can be done where, and which options each takes."""

SECONDS = {
    "delay": 60.0, "reorder": 60.0, "stale_signature": 3600.0, "slow_body": 2.0, "slow": 60.0,
    "pending": 60.0,
}  # fmt: skip
"""How long, unless the fault says. In a race: how long a held callback waits for its cue."""
CUE_COMES_WITHIN = 10.0

DEFAULT_CODES = {400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND",
                 409: "CONFLICT", 429: "TOO_MANY_REQUESTS", 500: "INTERNAL_ERROR",
                 503: "SERVICE_UNAVAILABLE"}  # fmt: skip


class Match(Part):
    """What it meets. In `path` and `merchant_reference` a `*` stands for anything; all must fit."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    method: Literal["GET", "POST", "PUT", "DELETE"] | None = None
    path: str | None = None
    session_id: str | None = None
    transaction_id: str | None = None
    merchant_reference: str | None = None
    event: str | None = None
    operation: Operation | None = None


Seconds = Annotated[Number, Field(ge=0, le=366 * 86400)]


class NewFault(Part):
    """A fault as the tester writes it: `at` and `do` (interfaces: README), counted by `times`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: Where
    do: str
    times: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1
    match: Match = Match()
    status: Annotated[int, Field(ge=400, le=599, strict=True)] | None = None
    code: str | None = None
    message: str | None = None
    seconds: Seconds | None = None
    count: Annotated[int, Field(ge=2, le=100, strict=True)] | None = None
    at_once: Flag | None = None
    transaction_id: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        actions = ACTIONS[self.at]
        if self.do not in actions:
            raise ValueError(
                f"do: {self.do!r} cannot be done at {self.at}; {', '.join(actions)} can"
            )
        options = ("status", "code", "message", "seconds", "count", "at_once", "transaction_id")
        for option in options:
            if getattr(self, option) is not None and option not in actions[self.do]:
                takes = ", ".join(actions[self.do]) or "nothing"
                raise ValueError(f"{option}: {self.do} at {self.at} takes {takes}")
        if self.do == "pending" and self.match.operation in (None, "authorization"):
            raise ValueError(
                "match.operation: pending is for capture, refund or void; "
                "an authorization that waits is the outcome hold"
            )
        return self


class FaultsBody(Part):
    """Body of `PUT /_mock/api/v1/faults`: the whole list; what stood there before is gone."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    faults: tuple[NewFault, ...]
    account: str | None = None


class AddedFaults(Part):
    """Body of `POST /_mock/api/v1/faults`: one fault, or `faults` with several."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    faults: tuple[NewFault, ...] = ()
    account: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "faults" in value:
            return value
        one = {name: part for name, part in value.items() if name != "account"}
        return {"faults": [one], "account": value.get("account")}


class Fault(Record):
    """A fault of an account, and how often it still strikes."""

    kind: ClassVar[str] = "fault"

    at: Where
    do: str
    times: int
    left: int
    match: Match
    status: int | None = None
    code: str | None = None
    message: str | None = None
    seconds: float = 0
    count: int = 2
    at_once: bool = False
    transaction_id: str | None = None

    @property
    def link(self) -> str:
        """Under what the faults that still strike are found."""
        return faults_of(self.account_id) if self.left else ""


def faults_of(account_id: str) -> str:
    """The link of an account's faults that still strike."""
    return f"{account_id}/faults"


@dataclass(frozen=True)
class Facts:
    """What is known of the moment that a fault might strike; '' where nothing is."""

    method: str = ""
    path: str = ""
    session_id: str = ""
    transaction_id: str = ""
    merchant_reference: str = ""
    event: str = ""
    operation: str = ""


class Provoked(DinteroError):
    """The answer that a fault asks for, in Dintero's shape."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message or "")
        self.status = fault.status or 503  # type: ignore[misc]
        self.code = fault.code or "ERROR"  # type: ignore[misc]


def new_fault(id: str, asked: NewFault) -> Fault:
    """A fault that has not struck yet."""
    made = Fault(
        id=id, at=asked.at, do=asked.do, times=asked.times, left=asked.times, match=asked.match
    )
    if asked.do == "status":
        status = asked.status or 503
        return made.with_(
            status=status,
            code=asked.code or DEFAULT_CODES.get(status, "ERROR"),
            message=asked.message or f"a fault asked for {status}",
        )
    seconds = CUE_COMES_WITHIN if asked.at == "race" else SECONDS.get(asked.do, 0.0)
    if asked.at == "api" and asked.do == "delay":
        seconds = 1.0
    return made.with_(
        message=asked.message, seconds=seconds if asked.seconds is None else float(asked.seconds),
        count=asked.count or 2, at_once=bool(asked.at_once), transaction_id=asked.transaction_id,
    )  # fmt: skip


def meets(fault: Fault, at: Where, facts: Facts) -> bool:
    """Whether it strikes here."""
    wanted = fault.match
    return (
        fault.left > 0
        and fault.at == at
        and wanted.method in (None, facts.method)
        and wanted.session_id in (None, facts.session_id)
        and wanted.transaction_id in (None, facts.transaction_id)
        and wanted.event in (None, facts.event)
        and wanted.operation in (None, facts.operation)
        and (wanted.path is None or fnmatchcase(facts.path, wanted.path))
        and (
            wanted.merchant_reference is None
            or fnmatchcase(facts.merchant_reference, wanted.merchant_reference)
        )
    )


def struck(fault: Fault) -> Fault:
    """Once less."""
    return fault.with_(left=fault.left - 1)


def ids_in(path: str) -> list[str]:
    """The session and transaction ids that a path names."""
    return CHECKOUT_ID.findall(path)

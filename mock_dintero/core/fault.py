"""Faults that a tester asks for: what a merchant's call is answered with instead of the truth.

A fault is counted, never rolled with dice, so that a red test is red again tomorrow.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from mock_dintero.core.errors import DinteroError
from mock_dintero.core.record import Part, Record

DEFAULT_CODES = {400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND",
                 409: "CONFLICT", 429: "TOO_MANY_REQUESTS", 500: "INTERNAL_ERROR",
                 503: "SERVICE_UNAVAILABLE"}  # fmt: skip


class Match(Part):
    """Which calls it meets: the method, and the path, in which `*` stands for anything."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    method: Literal["GET", "POST", "PUT", "DELETE"] | None = None
    path: str | None = None


class NewFault(Part):
    """A fault as the tester writes it. Only answers of the API can be provoked so far."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: Literal["api"]
    do: Literal["status"]
    status: Annotated[int, Field(ge=400, le=599, strict=True)] = 503
    code: str | None = None
    message: str | None = None
    times: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1
    match: Match = Match()


class FaultsBody(Part):
    """Body of `PUT /_mock/api/v1/faults`: the whole list; what stood there before is gone."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    faults: tuple[NewFault, ...]


class Fault(Record):
    """A fault of an account, and how often it still strikes."""

    kind: ClassVar[str] = "fault"

    at: str
    do: str
    status: int
    code: str
    message: str
    left: int
    match: Match


class Provoked(DinteroError):
    """The answer that a fault asks for, in Dintero's shape."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.status = fault.status  # type: ignore[misc]
        self.code = fault.code  # type: ignore[misc]


def new_fault(id: str, asked: NewFault) -> Fault:
    """A fault that has not struck yet."""
    return Fault(
        id=id, at=asked.at, do=asked.do, status=asked.status,
        code=asked.code or DEFAULT_CODES.get(asked.status, "ERROR"),
        message=asked.message or f"a fault asked for {asked.status}",
        left=asked.times, match=asked.match,
    )  # fmt: skip


def meets(fault: Fault, method: str, path: str) -> bool:
    """Whether it strikes this call."""
    wanted = fault.match
    return (
        fault.left > 0
        and wanted.method in (None, method)
        and (wanted.path is None or fnmatchcase(path, wanted.path))
    )


def struck(fault: Fault) -> Fault:
    """Once less."""
    return fault.with_(left=fault.left - 1)

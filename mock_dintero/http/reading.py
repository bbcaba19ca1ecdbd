"""Reading requests: JSON bodies into records, query parameters into values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from mock_dintero.core.errors import InvalidRequest
from mock_dintero.core.timestamps import moment
from mock_dintero.http.validation import invalid_request

M = TypeVar("M", bound=BaseModel)

LARGEST_BODY = 1024 * 1024
"""Bytes. Ours: a session with a hundred items and all addresses is a tenth of it."""
LARGEST_DISCARDED = 64 * 1024 * 1024

SYSTEM_HEADERS = (
    "dintero-system-name",
    "dintero-system-version",
    "dintero-system-plugin-name",
    "dintero-system-plugin-version",
    "user-agent",
)


async def raw_body(request: Request, largest: int = LARGEST_BODY) -> bytes:
    """The body. Raises InvalidRequest if it is too large, after taking it off the wire."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= largest:
            chunks.append(chunk)
        elif size > LARGEST_DISCARDED:
            raise ClientDisconnect
    if size > largest:
        raise InvalidRequest(f"the body has {size} bytes; {largest} are the limit")
    return b"".join(chunks)


async def read(request: Request, model: type[M], *, may_be_empty: bool = False) -> M:
    """A JSON body as a record. Raises InvalidRequest with every finding."""
    body = await raw_body(request)
    if may_be_empty and not body.strip():
        return parsed(b"{}", model)  # of whatever type: some clients name one for no body at all
    kind = request.headers.get("content-type", "")
    if kind and "json" not in kind.lower():
        raise InvalidRequest(
            f"Invalid Content-Type ({kind}). These are supported: application/json",
            [{"code": "INVALID_CONTENT_TYPE", "path": [], "message": f"Invalid Content-Type ({kind})"}],
        )  # fmt: skip
    if not body.strip():
        raise InvalidRequest(
            "The body is empty; send a JSON object with Content-Type application/json"
        )
    return parsed(body, model)


def parsed(body: bytes, model: type[M]) -> M:
    """JSON as a record. Raises InvalidRequest with every finding."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise invalid_request(error) from None


def flag(request: Request, name: str) -> bool:
    """A boolean query parameter; `name`, `name=true` and `name=1` are true."""
    value = request.query_params.get(name)
    return value is not None and value.lower() in ("", "true", "1")


def whole_number(request: Request, name: str) -> int | None:
    """An integer query parameter. Raises InvalidRequest."""
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        return int(value)
    except ValueError:
        raise _invalid(name, f"expected an integer but found {value!r}") from None


def limit(request: Request, default: int = 10, most: int = 100) -> int:
    """`limit`: 1 to 100, default 10."""
    wanted = whole_number(request, "limit")
    if wanted is not None and not 1 <= wanted <= most:
        raise _invalid("limit", f"{wanted} is not between 1 and {most}")
    return default if wanted is None else wanted


def times(request: Request, *names: str) -> tuple[tuple[str, str, datetime], ...]:
    """`{name}.gte` and `{name}.lte` as (name, bound, moment).

    No zone means UTC; a date alone as upper bound means the whole day (changelog of 2021-02).
    """
    found = []
    for name in names:
        for bound in ("gte", "lte"):
            text = request.query_params.get(f"{name}.{bound}")
            if text is None:
                continue
            try:
                at = moment(text)
                whole_day = bound == "lte" and len(text.strip()) == len("2026-01-31")
                at = at + timedelta(days=1) if whole_day else at
            except (ValueError, OverflowError):
                raise _invalid(
                    f"{name}.{bound}", f"{text!r} is not an ISO 8601 date-time"
                ) from None
            found.append((name, bound, at))
    return tuple(found)


def _invalid(name: str, why: str) -> InvalidRequest:
    finding = {
        "code": "INVALID_TYPE",
        "path": [name],
        "message": why,
        "description": f"{name}: {why}",
    }
    return InvalidRequest(f"{name}: {why}", [finding])


def toggles(request: Request) -> frozenset[str]:
    """`Dintero-Feature-Toggles`, a comma separated list."""
    listed = request.headers.get("dintero-feature-toggles", "")
    return frozenset(part.strip() for part in listed.split(",") if part.strip())


def system_headers(request: Request) -> dict[str, str]:
    """Who is calling, as it says of itself."""
    headers = request.headers
    return {name: headers[name] for name in SYSTEM_HEADERS if name in headers}

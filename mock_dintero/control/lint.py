"""What merchants will regret: the findings on their requests and on their answers to callbacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.control.scope import accounts_of
from mock_dintero.http.answers import as_json
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.use_cases import tester

SHOWN = ("direction", "at", "method", "path", "account", "status")


async def list_all(request: Request) -> Response:
    """Oldest first, each with the request it was found in; `?account=` and `?code=` narrow it."""
    found = [*_on_requests(request), *_on_answers(request)]
    wanted = request.query_params.get("code", "").upper()
    found.sort(key=lambda finding: str(finding["request"]["at"]))
    return as_json([one for one in found if not wanted or one["code"] == wanted])


def _on_requests(request: Request) -> Iterator[dict[str, Any]]:
    for exchange in journal_of(request).read(request.query_params.get("account", "")):
        if exchange.lint:
            shown = exchange.shown()
            about = {name: shown[name] for name in SHOWN}
            yield from ({**finding.shown(), "request": about} for finding in exchange.lint)


def _on_answers(request: Request) -> Iterator[dict[str, Any]]:
    for account_id in accounts_of(request):
        for callback in tester.deliveries(sandbox_of(request), account_id):
            for attempt in callback.attempts:
                about = {
                    "direction": "outbound", "at": attempt.sent_at or attempt.at, "method": callback.method,
                    "path": callback.url, "account": account_id, "status": attempt.status,
                }  # fmt: skip
                yield from ({**finding.shown(), "request": about} for finding in attempt.lint)

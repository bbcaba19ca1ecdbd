"""Payment lint on its way: from a handler to the answer's header and the journal."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.types import Scope

from mock_dintero.core.lint import Lint, require_none
from mock_dintero.http.context import sandbox_of

_KEY = "mock_dintero.lint"


def note(request: Request, findings: Sequence[Lint]) -> None:
    """Attach what was found to this exchange. Raises InvalidRequest in strict mode."""
    if not findings:
        return
    request.scope[_KEY] = tuple(findings)
    if sandbox_of(request).settings.strict:
        require_none(findings)


def noted(scope: Scope) -> tuple[Lint, ...]:
    """What was found in this exchange."""
    findings: tuple[Lint, ...] = scope.get(_KEY, ())
    return findings

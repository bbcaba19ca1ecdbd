"""Answers that a tester's fault asks for."""

from __future__ import annotations

from starlette.requests import Request

from mock_dintero.core.fault import Provoked
from mock_dintero.http.context import journal_of, sandbox_of
from mock_dintero.use_cases import faults


def require_no_fault(request: Request, account_id: str) -> None:
    """Raise Provoked if a fault of this account meets the call."""
    path = request.scope["path"]
    fault = faults.strike(sandbox_of(request), account_id, request.method, path)
    if fault:
        struck = f"struck {request.method} {path}: {fault.status} {fault.code}"
        journal_of(request).note_happening(account_id, "fault", struck)
        raise Provoked(fault)

"""The one way from a request to the sandbox."""

from __future__ import annotations

from starlette.requests import Request

from mock_dintero.http.journal import Journal
from mock_dintero.ports import Sandbox

REQUEST_ID = "mock_dintero.request_id"
"""Where the envelope keeps what it will answer as `request-id`."""


FORGETFUL = "mock_dintero.sandbox"
"""Where a fault puts a sandbox that this request shall have instead."""

PROVOKED = "mock_dintero.provoked"
"""Where a fault puts the error that this request shall be answered with."""


def require_not_provoked(request: Request) -> None:
    """Raise the error that a fault asks for."""
    error: Exception | None = request.scope.get(PROVOKED)
    if error:
        raise error


def sandbox_of(request: Request) -> Sandbox:
    """The sandbox this app was made with."""
    sandbox: Sandbox = request.scope.get(FORGETFUL) or request.app.state.sandbox
    return sandbox


def journal_of(request: Request) -> Journal:
    """The journal of this app."""
    journal: Journal = request.app.state.journal
    return journal

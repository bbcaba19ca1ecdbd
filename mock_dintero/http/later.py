"""Modules that are imported when they are first asked for: a start pays only for what it uses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from importlib import import_module

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router
from starlette.types import Receive, Scope, Send

Handler = Callable[[Request], Awaitable[Response]]


class Later:
    """An ASGI app made of the `ROUTES` of a module."""

    def __init__(self, module: str) -> None:
        self._module = module

    @cached_property
    def _router(self) -> Router:
        return Router(routes=import_module(self._module).ROUTES, redirect_slashes=False)

    @property
    def routes(self) -> list[BaseRoute]:
        """What it answers."""
        return self._router.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Import if need be, then answer."""
        await self._router(scope, receive, send)


def later(handler: str) -> Handler:
    """A handler (`package.module.function`) whose module is imported on its first call.

    `resolve` on it gives the handler itself.
    """

    def resolve() -> Handler:
        module, _, name = handler.rpartition(".")
        found: Handler = getattr(import_module(module), name)
        return found

    async def endpoint(request: Request) -> Response:
        return await resolve()(request)

    endpoint.resolve = resolve  # type: ignore[attr-defined]
    return endpoint

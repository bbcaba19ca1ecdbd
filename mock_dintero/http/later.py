"""Routes whose module is imported when one of them is first asked for: a start pays only for what it uses."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module

from starlette.routing import BaseRoute, Router
from starlette.types import Receive, Scope, Send


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

"""The yardstick: the least a Starlette app does for a JSON POST and a JSON GET. Keeps nothing."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def shown(size: int) -> dict[str, object]:
    """A JSON object of `size` bytes, in pieces like those of a session."""
    line = {"line_id": "1", "description": "A warm jumper of wool", "quantity": 1, "amount": 29900}
    made: dict[str, object] = {"id": "T12345678.1", "items": [line] * (size // 100), "note": ""}
    return {**made, "note": "x" * (size - len(JSONResponse(made).body))}


def create_app(size: int) -> Starlette:
    """`POST /sessions` parses its body, `GET /sessions/{id}` answers with `size` bytes."""
    constant = shown(size)

    async def create(request: Request) -> JSONResponse:
        body = await request.json()
        return JSONResponse({"id": "T12345678.1", "url": body["url"]["return_url"]})

    async def read(request: Request) -> JSONResponse:
        return JSONResponse(constant)

    async def ready(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[
        Route("/sessions", create, methods=["POST"]),
        Route("/sessions/{id}", read, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
    ])  # fmt: skip


def main(port_file: str, size: str = "2000") -> None:
    """Serve on a free port until a signal comes, with the settings of the sandbox."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Path(port_file).write_text(f"{listening.getsockname()[1]}\n", encoding="utf-8")
        config = uvicorn.Config(
            create_app(int(size)), access_log=False, log_level="warning", server_header=False,
            loop="uvloop", http="httptools",
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(*sys.argv[1:])

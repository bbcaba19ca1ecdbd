"""Run the sample shop. It learns from the environment (`DINTERO_*`) where Dintero is."""

import argparse
import logging
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from shop.bugs import switch_on
from shop.dintero import Dintero
from shop.orders import Shop
from shop.pages import on_error
from shop.routes import ROUTES
from shop.settings import Settings
from starlette.applications import Starlette
from starlette.exceptions import HTTPException


def make_app(
    settings: Settings,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The shop as an ASGI application; a test gives the transport and the clock."""
    http = httpx.AsyncClient(transport=transport, timeout=settings.timeout)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with http:
            yield

    app = Starlette(routes=ROUTES, lifespan=lifespan, exception_handlers={HTTPException: on_error})
    app.state.shop = Shop(settings, Dintero(settings, http), clock)
    return app


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8427, help="0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="write the port here once it listens")
    parser.add_argument(
        "--public-url",
        default=os.environ.get("SHOP_URL"),
        help="where Dintero and the buyer reach this shop (default: $SHOP_URL, or the port)",
    )
    parser.add_argument(
        "--bug",
        default=os.environ.get("SHOP_BUG"),
        help="make one mistake (shop/bugs); for testing the tests (default: $SHOP_BUG, or none)",
    )
    return parser.parse_args(argv)


def write_port(path: Path, port: int) -> None:
    """Write the port in one step, so that whoever waits for the file never reads half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(f"{port}\n")
    draft.replace(path)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the shop until it is stopped."""
    args = arguments(argv)
    logging.basicConfig(stream=sys.stderr, format="shop: %(message)s")
    logging.getLogger("shop").setLevel(logging.INFO)
    if args.bug:
        switch_on(args.bug)
    # It listens from here on: whoever connects early waits until the shop is open.
    listener = socket.create_server((args.host, args.port))
    port: int = listener.getsockname()[1]
    here = f"http://{args.host}:{port}"
    app = make_app(Settings.from_environment(os.environ, args.public_url or here))
    print(f"Sample shop at {here}", flush=True)
    if args.port_file:
        write_port(args.port_file, port)
    config = uvicorn.Config(app, log_level="warning", access_log=False, ws="none")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()

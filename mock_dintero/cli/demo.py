"""`mock-dintero demo`: one express purchase, played by itself."""

from __future__ import annotations

import signal
import threading

import click


@click.command("demo", short_help="Play one express purchase by itself.")
@click.option("--once", is_flag=True, help="Exit after the purchase: 0 if it went through, else 1.")
@click.option("-p", "--port", type=int, default=8426, show_default=True, help="The sandbox's port.")
@click.option("--shop-port", type=int, default=8427, show_default=True, help="The shop's port.")
def command(once: bool, port: int, shop_port: int) -> None:
    """Start the sandbox and a sample shop, buy something, and show what happened.

    With --once both take free ports, so that it runs beside anything.
    """
    from httpx import TransportError

    from mock_dintero.config import Config
    from mock_dintero.demo import DemoFailed, purchase, sample_shop, timeline
    from mock_dintero.server import Server
    from mock_dintero.testing import MockDintero, SandboxSaidNo

    signal.signal(signal.SIGTERM, _stop)  # the shop must not outlive us
    click.echo("Starting the sandbox and the sample shop ...")
    try:
        server = Server(Config(port=0 if once else port))
    except OSError:
        raise click.ClickException(f"port {port} is taken; choose another with --port") from None
    try:
        with server, sample_shop(server.url, 0 if once else shop_port) as shop_url:
            dintero = MockDintero(server.url)
            sid, order = purchase(dintero, shop_url)
            click.echo(f"\nOne express purchase ({sid}):\n")
            click.echo("\n".join(timeline(dintero, sid)))
            click.echo(
                f"\nThe shop says: {order['reference']} is {order['status']}, "
                f"{order['captured'] / 100:.2f} {order['currency']} captured."
            )
            if not once:
                _keep_running(server.url, shop_url)
    except (DemoFailed, SandboxSaidNo, TransportError) as failure:
        click.echo(f"The demo failed: {failure}", err=True)
        raise SystemExit(1) from None


def _stop(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def _keep_running(url: str, shop_url: str) -> None:
    click.echo(
        f"\nNow it is your turn. Buy something in a browser:  {shop_url}\n"
        f"Look inside the sandbox:                         {url}/_mock/\n"
        "Ctrl+C stops both."
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("\nStopped.")

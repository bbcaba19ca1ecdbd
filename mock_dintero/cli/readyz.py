"""`mock-dintero readyz`: is the sandbox ready? For Docker's HEALTHCHECK and for CI."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request

import click

from mock_dintero.cli.door import must_verify


@click.command("readyz", short_help="Exit with 0 when the sandbox is ready.")
@click.option(
    "--url", default="http://127.0.0.1:8426", show_default=True, envvar="MOCK_DINTERO_URL",
    help="Where the sandbox is.",
)  # fmt: skip
@click.option("--wait", type=float, default=0, help="Seconds to wait until it is ready.")
def command(url: str, wait: float) -> None:
    """Exit with 0 when the sandbox is ready, with 1 when it is not."""
    deadline = time.monotonic() + wait
    while (trouble := _trouble(url)) and time.monotonic() < deadline:
        time.sleep(0.05)
    if trouble:
        click.echo(f"not ready: {url}: {trouble}", err=True)
        raise SystemExit(1)
    click.echo(f"ready: {url}")


def _trouble(url: str) -> str:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2, context=_trust(url)) as response:  # noqa: S310
            if "X-Mock-Dintero" not in response.headers:
                return "something else answers there"
            return ""
    except (urllib.error.URLError, OSError, ValueError) as error:
        return str(getattr(error, "reason", error))


def _trust(url: str) -> ssl.SSLContext | None:
    """On this machine `start --tls` makes its certificate by itself."""
    if not url.startswith("https:") or must_verify(url):
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context

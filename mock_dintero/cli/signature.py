"""`mock-dintero sign` and `check-signature`: the header `Dintero-Signature`, made and explained."""

from __future__ import annotations

import time as real_time
from typing import TYPE_CHECKING

import click

from mock_dintero.cli import door
from mock_dintero.cli.columns import table, word
from mock_dintero.cli.times import moment_of

if TYPE_CHECKING:
    from mock_dintero.core.signature_check import Explanation

SECRET = click.option(
    "--secret", default="mock-signature-secret", show_default=True, envvar="DINTERO_SIGNATURE_SECRET",
    help="The account's signature secret.",
)  # fmt: skip
ACCOUNT = click.option(
    "--account", default="T12345678", show_default=True, envvar="DINTERO_ACCOUNT_ID", help="The account id."
)  # fmt: skip


@click.command("sign", short_help="Make a Dintero-Signature.")
@click.argument("method")
@click.argument("url")
@SECRET
@ACCOUNT
@click.option("--time", default="", help="Unix seconds, or 2026-10-06T09:14:03Z.  [now]")
@click.option("-v", "--verbose", is_flag=True, help="Show the signed text on stderr.")
def sign(method: str, url: str, secret: str, account: str, time: str, verbose: bool) -> None:
    """Print the value of the header Dintero-Signature for a callback.

    \b
      curl -H "Dintero-Signature: $(mock-dintero sign GET http://localhost/cb)" http://localhost/cb
    """
    from mock_dintero.core import signature

    at = _unix(time)
    if verbose:
        click.echo(_quoted(signature.payload(at, account, method, _url(url))), err=True)
    click.echo(signature.sign(secret, at, account, method, _url(url)))


@click.command("check-signature", short_help="Explain a Dintero-Signature.")
@click.argument("header")
@click.argument("method")
@click.argument("url")
@SECRET
@ACCOUNT
@click.option("--time", default="", help="When it is checked: unix seconds, or ISO.  [now]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, nothing else.")
def check_signature(
    header: str, method: str, url: str, secret: str, account: str, time: str, as_json: bool
) -> None:
    """Say whether a Dintero-Signature is good, and if not, what differs; exit with 1 then.

    HEADER is the value, with or without the header's name. URL is the one that your shop has given.
    """
    from mock_dintero.core.signature_check import explain

    found = explain(secret, header, account, method, _url(url), _unix(time))
    if as_json:
        door.print_json({
            "is_good": found.is_good,
            "steps": [vars(step) for step in found.steps],
            "signed": found.signed,
            "expected": found.expected,
            "mistakes": list(found.mistakes),
        })  # fmt: skip
    else:
        click.echo("\n".join(_told(found)))
    if not found.is_good:
        raise SystemExit(1)


def _told(found: Explanation) -> list[str]:
    rows = [(word("good" if step.is_good else "bad"), step.name, step.says) for step in found.steps]
    _, *lines = table(("", "", ""), rows, "").split("\n")
    if found.is_good:
        return [*lines, "", "The signature is good."]
    if found.signed and not found.steps[-1].is_good:
        lines += ["", "This is what should be signed, a line each:", "", _quoted(found.signed)]
        lines += ["", f"Its digest is {found.expected}."]
    if found.mistakes:
        lines += ["", f"The signature was made with {' and '.join(found.mistakes)}."]
    return lines


def _quoted(text: str) -> str:
    return "\n".join(f"  {line}" if line else "  (empty)" for line in text.split("\n"))


def _unix(time: str) -> int:
    if not time:
        return int(real_time.time())
    return int(time) if time.isdecimal() else int(moment_of(time).timestamp())


def _url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter(f"{url!r} does not begin with http:// or https://")
    return url

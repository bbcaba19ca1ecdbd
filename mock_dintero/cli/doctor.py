"""`mock-dintero doctor`: which leg between shop, sandbox and browser is broken, and how to mend it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import click

from mock_dintero import __version__
from mock_dintero.cli import door
from mock_dintero.cli.columns import word
from mock_dintero.cli.door import Door, Refused, Unreachable, send
from mock_dintero.cli.times import length

LEG_TAKES = 5.0
PING_COMES_WITHIN = 15.0
"""Seconds."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
MOVED_BY = 2.0
"""Seconds that a clock may differ before it counts as moved."""


@dataclass(frozen=True)
class Check:
    """One leg: whether it is good, what was found, and how to mend it."""

    leg: str
    is_good: bool
    says: str
    mend: str = ""


@click.command("doctor", short_help="Say what is unreachable, and how to mend it.")
@click.option("--merchant", default="", metavar="URL",
              help="Your shop, where the sandbox shall reach it; it gets a ping.")  # fmt: skip
@click.option("--client-id", default="mock-client-id", show_default=True, envvar="DINTERO_CLIENT_ID",
              help="What your shop logs in with.")  # fmt: skip
@click.option("--client-secret", default="mock-client-secret", show_default=True,
              envvar="DINTERO_CLIENT_SECRET", help="What your shop logs in with.")  # fmt: skip
@door.URL
@click.option("--account", default="T12345678", show_default=True, envvar="DINTERO_ACCOUNT_ID",
              help="The account of your shop.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON, nothing else.")
def command(
    merchant: str, client_id: str, client_secret: str, url: str, account: str, as_json: bool
) -> None:
    """Try every leg: shell to sandbox, browser to page, shop's login, sandbox to shop, the clock.

    Exits with 1 when something is to be mended.
    """
    checks = []
    for check in examine(url, account, (client_id, client_secret), merchant):
        checks.append(check)
        if not as_json:
            click.echo("\n".join(_lines(check)))
    if as_json:
        door.print_json([asdict(check) for check in checks])
    if not all(check.is_good for check in checks):
        raise SystemExit(1)


def _lines(check: Check) -> Iterator[str]:
    found = word("ok") + " " if check.is_good else word("bad")
    yield f"{found}  {check.leg}: {check.says}"
    if check.mend:
        yield f"     {check.mend}"


def examine(url: str, account: str, credentials: tuple[str, str], merchant: str) -> Iterator[Check]:
    """The legs in the order in which a purchase needs them; without a sandbox there is one only."""
    at = Door(url, account)
    try:
        info = Door(url).get("info")
    except (Unreachable, Refused) as error:
        yield Check("sandbox", False, error.message)
        return
    yield _version(url, info)
    yield _public(url, info["url"])
    token, check = _login(url, account, credentials)
    yield check
    if merchant:
        yield _shop(at, token, merchant)
    try:
        yield _clock(at)
    except Refused as refused:
        yield Check("clock", False, refused.message)


def _version(url: str, info: dict[str, Any]) -> Check:
    running = info["version"]
    if running == __version__:
        return Check("sandbox", True, f"version {running} answers at {url}")
    return Check(
        "sandbox", False, f"version {running} answers at {url}, this command is {__version__}",
        "Start the sandbox anew, or use the command of its installation.",
    )  # fmt: skip


def _public(url: str, public: str) -> Check:
    """Whether the address that browsers are sent to is this sandbox, too."""
    if public == url.rstrip("/"):
        return Check("page", True, f"browsers and shops are sent to {public}")
    mend = (
        "Start it with --public-url and the address that browsers and shops reach it by, "
        f"for example --public-url {url.rstrip('/')}."
    )
    mark = f"doctor-{secrets.token_hex(8)}"
    try:
        answer = send("GET", f"{public}/v1/{mark}", LEG_TAKES)
    except Unreachable:
        return Check(
            "page", False, f"browsers and shops are sent to {public}, where nothing answers", mend
        )
    if "X-Mock-Dintero" in answer.headers and Door(url).get("requests", path=mark):
        return Check(
            "page", True, f"browsers and shops are sent to {public}, which is this sandbox"
        )
    return Check(
        "page",
        False,
        f"browsers and shops are sent to {public}, where something else answers",
        mend,
    )


def _login(url: str, account: str, credentials: tuple[str, str]) -> tuple[str, Check]:
    base = f"{url.rstrip('/')}/v1/accounts/{account}"
    body = {"grant_type": "client_credentials", "audience": base}
    answer = send("POST", f"{base}/auth/token", LEG_TAKES, auth=credentials, json=body)
    if answer.status_code == 200:
        return answer.json()["access_token"], Check("login", True, f"{account} gets a token")
    return "", Check(
        "login", False, f"{account} with client {credentials[0]}: {door.refused(answer).message}",
        "Give your shop the variables that `mock-dintero start` prints, and this command the same.",
    )  # fmt: skip


def _shop(at: Door, token: str, merchant: str) -> Check:
    """Whether the sandbox reaches the shop: it is asked to ping it. Without a token, from here."""
    is_here = _answers_here(merchant)
    if not token:
        found = "answers here" if is_here else "does not answer here"
        says = f"{merchant} {found}; the sandbox was not asked, as there is no token"
        return Check("shop", is_here, says, "" if is_here else "Start your shop.")
    trouble = _ping(at, token, merchant)
    if not trouble:
        return Check("shop", True, f"the sandbox reaches {merchant}")
    says = f"the sandbox does not reach {merchant}: {trouble}"
    return Check("shop", False, says, _mend_shop(merchant, is_here))


def _answers_here(merchant: str) -> bool:
    try:
        send("GET", merchant, LEG_TAKES)
    except Unreachable:
        return False
    return True


def _ping(at: Door, token: str, merchant: str) -> str:
    """What hinders the sandbox; nothing if it reaches the shop. The ping is that of an account webhook."""
    hooks = f"{at.url.rstrip('/')}/v1/accounts/{at.account}/hooks/subscriptions"
    headers = {"authorization": f"Bearer {token}"}
    asked = {"config": {"url": merchant}, "events": ["checkout_transaction"]}
    made = send("POST", hooks, LEG_TAKES, headers=headers, json=asked)
    if made.is_error:
        return door.refused(made).message
    id = made.json()["id"]
    try:
        return _answer_to(at, id)
    finally:
        send("DELETE", f"{hooks}/{id}", LEG_TAKES, headers=headers)


def _answer_to(at: Door, hook_id: str) -> str:
    deadline = time.monotonic() + PING_COMES_WITHIN
    while time.monotonic() < deadline:
        for delivery in at.get("deliveries"):
            attempts = delivery.get("attempts")
            if attempts and str(delivery.get("hook_id", "")).endswith(hook_id):
                return attempts[-1].get("error") or ""
        time.sleep(0.05)
    return f"no answer within {PING_COMES_WITHIN:g} seconds"


def _mend_shop(merchant: str, is_here: bool) -> str:
    parts = urlsplit(merchant)
    origin = f"{parts.scheme}://{parts.netloc}"
    if not is_here:
        return (
            "It does not answer here either. Start your shop; "
            "in a container it must listen on 0.0.0.0 and publish its port."
        )
    if parts.hostname in LOOPBACK:
        inside = origin.replace(parts.hostname or "", "host.docker.internal")
        return (
            f"Within a container, {parts.hostname} is the container itself. Start the sandbox with "
            f"--callback-rewrite {origin}={inside} "
            "(Docker on Linux: and with --add-host host.docker.internal:host-gateway)."
        )
    return (
        "It answers here, so the name or the way differs where the sandbox runs. "
        f"Give it a name that both know, or start the sandbox with --callback-rewrite {origin}=http://NAME-THERE."
    )


def _clock(at: Door) -> Check:
    clock = at.get("clock")[at.account]
    back = "`mock-dintero clock run` lets it go on, `mock-dintero reset` sets it back."
    if not clock["running"]:
        return Check("clock", False, f"time stands still at {clock['now']}", back)
    if abs(clock["offset"]) > MOVED_BY:
        way = "ahead of" if clock["offset"] > 0 else "behind"
        return Check("clock", False, f"it is {length(clock['offset'])} {way} real time", back)
    return Check("clock", True, "real time")

"""`mock-dintero scenario`: the named stories, told with a shop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from mock_dintero.cli import door
from mock_dintero.cli.columns import short, table, word
from mock_dintero.cli.door import Door, Refused, Unreachable, segment
from mock_dintero.cli.family import Family


@click.group("scenario", cls=Family, default="list")
def command() -> None:
    """List and run the named scenarios."""


@command.command("list")
@door.URL
@door.JSON
def list_all(url: str, as_json: bool) -> None:
    """Every scenario with what it is about."""
    at = Door(url, as_json=as_json)
    at.show(at.get("scenarios"), _told)


def _told(found: list[dict[str, Any]]) -> str:
    rows = [(one["name"], one["title"]) for one in found]
    return table(("NAME", "WHAT HAPPENS"), rows, "There are no scenarios.")


@command.command("run")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--all", "run_all", is_flag=True, help="Run all of them.")
@click.option(
    "--shop", default="", metavar="URL", help="Play it with this shop.  [the sample shop]"
)
@click.option("--session", default="", metavar="ID", help="Play it with this session of your shop.")
@door.URL
@door.ACCOUNT
@click.option("--json", "as_json", is_flag=True, help="Print an array of the API's results.")
def run(
    names: tuple[str, ...], run_all: bool, shop: str, session: str, url: str, account: str, as_json: bool
) -> None:  # fmt: skip
    """Run scenarios; exit with 1 when one fails.

    Without --shop or --session it starts the sample shop, and a sandbox too if none runs at --url.
    """
    if bool(names) == run_all:
        raise click.UsageError("name the scenarios to run, or say --all")
    if shop and session:
        raise click.UsageError("a session has its shop: take --shop or --session, not both")
    with _stage(Door(url, account, as_json), shop, session) as (at, body):
        wanted = names or tuple(one["name"] for one in at.get("scenarios"))
        results = []
        for name in wanted:
            results.append(_result(at, name, body))
            if not as_json:
                click.echo("\n".join(_lines(results[-1])))
    if as_json:
        door.print_json(results)
    if not all(result["passed"] for result in results):
        raise SystemExit(1)


@contextmanager
def _stage(at: Door, shop: str, session: str) -> Iterator[tuple[Door, dict[str, str]]]:
    """The sandbox to run in, and the body that names shop or session; starts what is missing."""
    if shop or session:
        yield at, {"shop": shop.rstrip("/")} if shop else {"session_id": session}
        return
    import signal

    from mock_dintero.core.account import DEFAULT_ID
    from mock_dintero.demo import DemoFailed, sample_shop

    signal.signal(signal.SIGTERM, _stop)  # the shop must not outlive us
    try:
        with (
            _running(at) as running,
            sample_shop(running.url, account_id=at.account or DEFAULT_ID) as url,
        ):
            yield running, {"shop": url}
    except DemoFailed as failure:
        raise click.ClickException(str(failure)) from None


def _stop(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _running(at: Door) -> Iterator[Door]:
    """The sandbox at --url, or one that is started now."""
    try:
        at.get("info")
    except Unreachable:
        from mock_dintero.config import Config
        from mock_dintero.server import Server

        with Server(Config(port=0)) as server:
            click.echo(f"No sandbox runs at {at.url}; one was started for this.", err=True)
            yield Door(server.url, at.account, at.as_json)
    else:
        yield at


def _result(at: Door, name: str, body: dict[str, str]) -> dict[str, Any]:
    """The API's result; a refusal is one that did not pass, so that the others are still run."""
    quiet = Door(at.url, at.account)
    try:
        found: dict[str, Any] = quiet.call(
            "POST", f"scenarios/{segment(name)}/run", body, door.LONG_PATIENCE
        )
    except Refused as refused:
        return {
            "name": name,
            "passed": False,
            "expectations": [],
            "timeline": [],
            **(refused.body or {"error": {"message": refused.message}}),
        }
    return found


def _lines(result: dict[str, Any]) -> Iterator[str]:
    yield f"{word('PASS' if result['passed'] else 'FAIL')}  {result['name']}"
    if result["passed"]:
        return
    if "error" in result:
        yield f"      {result['error']['message']}"
    for expectation in result["expectations"]:
        if expectation["passed"] is False:
            found = (
                f"expected {_value(expectation['expected'])}, found {_value(expectation['found'])}"
            )
            yield f"      {expectation['what']}: {found}"
    if result["timeline"]:
        from mock_dintero.telling import as_lines

        yield from (f"      {line}" for line in as_lines(result["timeline"]))


def _value(value: Any) -> str:
    import json

    return short(json.dumps(value, ensure_ascii=False), 200)

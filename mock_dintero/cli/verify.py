"""`mock-dintero verify`: does a shop keep its promises?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_dintero.cli.reports import CannotBegin, places, spoken, with_forms, write

if TYPE_CHECKING:
    from mock_dintero.verify.promise import Promise, Severity
    from mock_dintero.verify.shop_process import ShopDidNotStart


@click.command("verify", short_help="Judge a shop by Dintero's integration checklist.")
@click.argument("file", type=click.Path(path_type=Path), default="merchant.toml")
@click.option(
    "--only", multiple=True, help="A promise (* allowed), a family or a severity; may be repeated."
)
@click.option("--list", "lists", is_flag=True, help="Name all promises and exit.")
@click.option(
    "--init", "begins", is_flag=True, help="Write a commented FILE to begin with, and exit."
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of merchant.toml and exit.")
@click.option("--browser", is_flag=True, help="Buy with a real browser (Playwright), not by HTTP.")
@click.option(
    "-n", "--workers", type=click.IntRange(1, 64), help="Promises judged at the same time."
)
@click.option(
    "--fail-on",
    type=click.Choice(["must", "should", "advice"]),
    default="must",
    show_default=True,
    help="The mildest severity that makes the exit code 1.",
)
@with_forms
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what is broken or unclear.")
def command(
    file: Path, only: tuple[str, ...], lists: bool, begins: bool, schema: bool, browser: bool,
    workers: int | None, fail_on: Severity, quiet: bool, **forms: str | None,
) -> None:  # fmt: skip
    """Start a shop as FILE (merchant.toml) says, buy from it, and judge which promises it keeps.

    A report's FILE may be - for stdout; everything else is said on stderr then.

    Exit code: 0 all is well, 1 a promise is broken, 2 something could not be judged.
    """
    from mock_dintero.cli.verdicts import Terminal
    from mock_dintero.verify.buyers import NoBrowser
    from mock_dintero.verify.library import UnknownPromise, chosen
    from mock_dintero.verify.merchant_file import MerchantFileWrong, read_merchant
    from mock_dintero.verify.run import WORKERS, Run
    from mock_dintero.verify.shop_process import ShopDidNotStart
    from mock_dintero.verify.verdict import exit_code

    if begins:
        return _begin(file)
    if schema:
        import json

        from mock_dintero.verify.merchant import schema_of_merchant

        return click.echo(json.dumps(schema_of_merchant(), indent=2))
    wanted = places(forms)
    try:
        promises = chosen(only)
        if lists:
            return _name(promises)
        merchant = read_merchant(file)
    except (UnknownPromise, MerchantFileWrong) as mistake:
        raise CannotBegin(str(mistake)) from None
    told = Terminal(promises, spoken(wanted), quiet)
    run = Run(merchant, file.resolve().parent, browser, workers or WORKERS, told.say, told.begin)
    try:
        report = run.judge(promises)
    except ConnectionError as failure:
        raise CannotBegin(f"[shop] sandbox: {failure}") from None
    except NoBrowser as failure:
        raise CannotBegin(str(failure)) from None
    except ShopDidNotStart as failure:
        told.stop()
        raise CannotBegin(_not_started(file, failure)) from None
    told.end(report)
    write(wanted, report, fail_on)
    raise SystemExit(exit_code(report.verdicts, fail_on))


def _begin(file: Path) -> None:
    """Write the example; what is there already stays."""
    from mock_dintero.verify.merchant_file import example

    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(example())
    except OSError as error:
        hint = "; it is left as it is" if file.exists() else ""
        raise click.ClickException(f"{file}: {error.strerror}{hint}") from None
    click.echo(
        f"{file} is written. Say in it how your shop starts, how a customer begins and where to read an "
        "order. Then try one promise, another, all:\n"
        f"  mock-dintero verify {file} --only session-costs\n"
        f"  mock-dintero verify {file} --only callback-alone\n"
        f"  mock-dintero verify {file}"
    )


def _not_started(file: Path, failure: ShopDidNotStart) -> str:
    from mock_dintero.verify.merchant_file import line_of

    line = line_of(file.read_text(encoding="utf-8-sig"), ("shop", failure.setting))
    where = f"{file}:{line}: shop.{failure.setting}"
    return f"{where}: the shop did not start, so nothing was judged\n  {failure}"


def _name(promises: list[Promise]) -> None:
    for one in promises:
        click.echo(f"{one.id:34} {one.severity:7} {one.says}")

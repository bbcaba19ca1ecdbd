"""`mock-dintero verify`: does a shop keep its promises?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mock_dintero.verify.verdict import Verdict


@click.command("verify", short_help="Judge a shop by Dintero's integration checklist.")
@click.argument("file", type=click.Path(path_type=Path), default="merchant.toml")
@click.option(
    "--only", multiple=True, help="A promise (* allowed), a family or a severity; may be repeated."
)
@click.option("--list", "lists", is_flag=True, help="Name all promises and exit.")
@click.option(
    "--browser", is_flag=True, help="Buy with a real browser (Playwright) instead of by HTTP."
)
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
def command(
    file: Path, only: tuple[str, ...], lists: bool, browser: bool, workers: int | None, fail_on: str,
) -> None:  # fmt: skip
    """Start a shop as FILE (merchant.toml) says, buy from it, and judge which promises it keeps.

    Exit code: 0 all is well, 1 a promise is broken, 2 something could not be judged.
    """
    from mock_dintero.verify.library import UnknownPromise, chosen
    from mock_dintero.verify.merchant import MerchantFileWrong, read_merchant
    from mock_dintero.verify.run import WORKERS, Run
    from mock_dintero.verify.verdict import exit_code

    try:
        promises = chosen(only)
        if lists:
            for one in promises:
                click.echo(f"{one.id:34} {one.severity:7} {one.says}")
            return
        merchant = read_merchant(file)
    except (UnknownPromise, MerchantFileWrong) as mistake:
        raise click.ClickException(str(mistake)) from None
    run = Run(merchant, file.resolve().parent, browser, workers or WORKERS, _say)
    report = run.judge(promises)
    click.echo(f"\n{report.sentence}")
    raise SystemExit(exit_code(report.verdicts, fail_on))  # type: ignore[arg-type]


def _say(verdict: Verdict) -> None:
    click.echo(f"{verdict.result:8} {verdict.promise.says}  ({verdict.seconds:.1f} s)")
    if verdict.observed:
        click.echo(f"         {verdict.observed}")

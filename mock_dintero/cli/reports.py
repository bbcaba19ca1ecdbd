"""Where the reports of `verify` are written: an option for each form, `-` for stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mock_dintero.verify.promise import Severity
    from mock_dintero.verify.verdict import Report

FORMS = {
    "junit": ("--junit", "Write JUnit XML, for a CI."),
    "json_file": ("--json", "Write everything as JSON, for a program."),
    "markdown": ("--markdown", "Write Markdown, for a pull request."),
    "html": ("--html", "Write a page in one file, with a drawing of each payment."),
    "badge": ("--badge", "Write a small SVG, for a README."),
}
"""Each form with its option; what writes it is in mock_dintero.verify.reports."""
STDOUT = "-"


class CannotBegin(click.ClickException):
    """Something has to be put right first; the message says what."""

    exit_code = 2


def with_forms(command: Callable[..., None]) -> Callable[..., None]:
    """An option for each form of report."""
    for name, (option, about) in reversed(FORMS.items()):
        command = click.option(option, name, metavar="FILE", help=about)(command)
    return command


def places(asked: Mapping[str, str | None]) -> dict[str, str]:
    """The forms that are wanted, each with its file. Raises CannotBegin where none could be written."""
    wanted: dict[str, str] = {}
    taken: dict[Any, str] = {}
    for name, (option, _) in FORMS.items():
        target = asked[name]
        if not target:
            continue
        wanted[name] = target
        path = Path(target)
        place = STDOUT if target == STDOUT else path.resolve()
        if place in taken:
            raise CannotBegin(f"{option} {target}: {taken[place]} is written there, too")
        taken[place] = option
        if target == STDOUT:
            continue
        if path.is_dir():
            raise CannotBegin(f"{option} {target}: this is a folder; name a file in it")
        if not path.parent.is_dir():
            raise CannotBegin(f"{option} {target}: there is no folder {path.parent}")
    return wanted


def write(wanted: Mapping[str, str], report: Report, fail_on: Severity) -> None:
    """Write them. Raises CannotBegin for a file that cannot be written after all."""
    from mock_dintero.verify.reports import form

    for name, target in wanted.items():
        text = form(name)(report, fail_on)
        if target == STDOUT:
            click.echo(text, nl=False)
            continue
        try:
            Path(target).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CannotBegin(f"{FORMS[name][0]} {target}: {error.strerror}") from None


def spoken(wanted: Mapping[str, str]) -> Any:
    """Where everything else is said: not where a report is to stand alone."""
    return sys.stderr if STDOUT in wanted.values() else sys.stdout

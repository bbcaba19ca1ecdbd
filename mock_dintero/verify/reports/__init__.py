"""The forms in which a run is kept: for a CI, a program, a pull request, a reader, a README."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from mock_dintero.verify.promise import Severity
from mock_dintero.verify.verdict import Report

Form = Callable[[Report, Severity], str]
"""A report as text. A broken promise of this severity or a graver one makes the run fail."""
FORMS = ("junit", "json_file", "markdown", "html", "badge")


def form(name: str) -> Form:
    """One of FORMS; imported when it is asked for."""
    written: Form = import_module(f"{__name__}.{name}").written
    return written

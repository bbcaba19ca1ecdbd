"""`mock-dintero verify` on a terminal and in a pipe: what is said, where reports go, and the exit code."""

from __future__ import annotations

import io
import json
import socket
import sys
import threading
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import click
import pytest
from click.testing import CliRunner, Result

from mock_dintero.cli import main
from mock_dintero.cli.verdicts import FRESH, Terminal
from mock_dintero.verify.promise import Promise
from mock_dintero.verify.shop import CannotJudge, Shop
from mock_dintero.verify.verdict import Report

sys.path.insert(0, str(Path(__file__).parents[1] / "verify"))

from made_up_report import HOSTILE, LONG, broken, kept, made_report, one_of_each, skipped, unclear


class Screen(io.StringIO):
    """A terminal that keeps what it was sent."""

    def isatty(self) -> bool:
        return True


def told(report: Report, out: io.StringIO, quiet: bool = False) -> str:
    """A run as it is told from its beginning to its end."""
    terminal = Terminal([one.promise for one in report.verdicts], out, quiet)
    for verdict in report.verdicts:
        terminal.begin(verdict.promise)
        terminal.say(verdict)
    terminal.end(report)
    return out.getvalue()


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "101")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_pipe_gets_plain_lines_by_family():
    text = told(one_of_each(), io.StringIO())
    assert "\x1b" not in text
    assert "\r" not in text
    assert text.startswith("\nThe session it creates  2 of 3\n")
    assert "\n  kept      The items add up to the order's amount.  1.2 s\n" in text
    assert (
        "\n  skipped   A discount is taken off once.\n            merchant.toml has no [discount]\n"
        in text
    )


def test_a_family_is_told_when_all_of_it_is_judged():
    first, second = kept("a", family="Discount codes"), kept("b", family="Resilience")
    out = io.StringIO()
    terminal = Terminal([first.promise, second.promise], out)
    terminal.say(second)
    assert out.getvalue() == ""
    terminal.say(first)
    text = out.getvalue()
    assert text.index("Discount codes") < text.index("Resilience")


def test_what_is_broken_is_explained_at_the_end():
    text = told(made_report(broken(), kept()), io.StringIO())
    _, explained = text.split("\nbroken, must: callback-twice\n")
    lines = explained.splitlines()
    assert lines[2] == "  observed  the shop confirmed the order 2 times"
    assert "  mend      Make the step to `paid` conditional." in lines
    assert "  source    https://docs.dintero.com/docs/checkout/integration-checklist" in lines
    assert "  payment order-1001, AUTHORIZED" in lines
    assert any(
        "sandbox → shop: payment callback, POST /dintero/callback  500" in one for one in lines
    )
    assert "    shop: order-1001 is paid" in lines
    assert lines[-1] == "Fjordvik: 1 of 2 promises kept, 1 broken (must), in 12.3 s"


def test_a_terminal_has_a_line_of_progress_that_is_rewritten():
    first, second = kept("one"), kept("two")
    out = Screen()
    terminal = Terminal([first.promise, second.promise], out)
    terminal.begin(first.promise)
    terminal.begin(second.promise)
    terminal.say(second)
    parts = out.getvalue().split(FRESH)
    assert parts[1:] == ["0 of 2, judging one", "0 of 2, judging one, two", "1 of 2, judging one"]
    terminal.say(first)
    terminal.end(made_report(first, second))
    assert (
        out.getvalue().split(FRESH)[-1].strip().endswith("2 of 2 promises kept, in 12.3 s\x1b[0m")
    )


def test_a_terminal_without_colours_gets_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in told(one_of_each(), Screen()).replace(FRESH, "")


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = click.unstyle(told(one_of_each(), io.StringIO())).splitlines()
    too_wide = [one for one in lines if len(one) > columns and "https://" not in one]
    assert too_wide == []


def test_it_is_no_wall_of_text():
    text = told(made_report(broken(observed=LONG, last_words=(HOSTILE,) * 30)), io.StringIO())
    assert text.count("<script>") == 12
    assert len(text.splitlines()) < 50


def test_a_shop_that_keeps_nothing_is_told_briefly():
    many = [broken(f"promise-{number}") for number in range(100)]
    text = told(made_report(*many), io.StringIO())
    assert text.count("the shop's last words") == 5
    assert text.count("  mend      ") == 20
    assert "\nand 80 others, told in full by --html\n  promise-20\n    the shop confirmed" in text
    assert text.count("the shop confirmed the order 2 times") == 100


def test_the_gravest_is_explained_first_and_what_is_unclear_last():
    advice, should, must = (broken(one, severity=one) for one in ("advice", "should", "must"))
    text = told(made_report(unclear(), advice, should, must), io.StringIO())
    heads = [line for line in text.splitlines() if line.startswith(("broken, ", "unclear: "))]
    assert heads == [
        "broken, must: must", "broken, should: should", "broken, advice: advice",
        "unclear: never-started",
    ]  # fmt: skip


def test_quiet_says_what_is_broken_only():
    assert told(made_report(kept(), skipped()), io.StringIO(), quiet=True) == ""
    text = told(made_report(kept(), broken()), Screen(), quiet=True)
    assert FRESH not in text
    assert "kept      " not in text
    assert "broken, must: callback-twice" in click.unstyle(text)


def test_what_is_unclear_is_explained_too():
    text = told(made_report(unclear()), io.StringIO())
    assert "\nunclear: never-started\n" in text
    assert "look at merchant.toml first" in text
    assert "  why " not in text
    assert "  source " not in text


# The options


MERCHANT = """
[shop]
command = ["{python}", "-m", "http.server", "--bind", "127.0.0.1", "{port}"]
[checkout]
call = "POST /"
[order]
call = "GET /"
status = "s"
statuses = { pending = "a", paid = "b" }
"""


@pytest.fixture
def promises(monkeypatch: pytest.MonkeyPatch) -> list[Promise]:
    """One promise, which is unclear: the shop starts, and its answer does not fit."""

    def cannot_judge(shop: Shop) -> None:
        raise CannotJudge("no word for this")

    found = [replace(kept().promise, check=cannot_judge)]
    monkeypatch.setattr("mock_dintero.verify.library.chosen", lambda only: found)
    return found


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "merchant.toml").write_text(MERCHANT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["verify", *words])

    return run


@pytest.fixture
def not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(self: object, promises: object) -> None:
        raise AssertionError("something was run")

    monkeypatch.setattr("mock_dintero.verify.run.Run.judge", judge)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--html", "no/such/report.html"],
            "--html no/such/report.html: there is no folder no/such",
        ),
        (["--json", "."], "--json .: this is a folder; name a file in it"),
        (["--json", "-", "--junit", "-"], "--json -: --junit is written there, too"),
        (["--badge", "a", "--html", "./a"], "--badge a: --html is written there, too"),
        (["--only", "no-such"], "no promise, family or severity is called 'no-such'"),
        (["other.toml"], "other.toml: No such file or directory"),
    ],
)
def test_a_mistake_is_said_before_anything_is_run(verify, not_run, words: list[str], message: str):
    result = verify(*words)
    assert result.exit_code == 2
    assert message in result.stderr


def test_all_reports_are_written(verify, promises, tmp_path: Path):
    files = {
        "--junit": "a.xml",
        "--json": "a.json",
        "--markdown": "a.md",
        "--html": "a.html",
        "--badge": "a.svg",
    }
    result = verify(*[word for pair in files.items() for word in pair])
    assert result.exit_code == 2, result.output
    assert "0 of 1 promises kept, 1 unclear" in result.stdout
    assert fromstring((tmp_path / "a.xml").read_bytes()).attrib["errors"] == "1"
    assert json.loads((tmp_path / "a.json").read_bytes())["exit_code"] == 2
    assert "Not everything could be judged" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert "Not everything could be judged" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "0 of 1" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_a_report_on_stdout_is_alone_there(verify, promises):
    result = verify("--json", "-")
    found = json.loads(result.stdout)
    assert [one["result"] for one in found["verdicts"]] == ["unclear"]
    assert "0 of 1 promises kept" in result.stderr
    assert found["verdicts"][0]["observed"] == "no word for this"


def test_a_shop_that_does_not_start_is_told_once_with_the_line_to_look_at(verify, promises):
    Path("merchant.toml").write_text(
        MERCHANT.replace('"{python}"', '"no-such-command-anywhere"'), encoding="utf-8"
    )
    result = verify("--json", "report.json")
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "Error: merchant.toml:3: shop.command: the shop did not start, so nothing was judged\n"
        "  no-such-command-anywhere: No such file or directory (in "
    )
    assert result.stdout == ""
    assert not Path("report.json").exists()


def test_the_port_of_a_running_shop_s_sandbox_is_taken_by_somebody_else(verify, promises):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        here = f'url = "http://127.0.0.1:1"\nsandbox = "http://127.0.0.1:{port}"\n'
        command = next(line for line in MERCHANT.splitlines() if line.startswith("command"))
        Path("merchant.toml").write_text(MERCHANT.replace(command, here), encoding="utf-8")

        def hang_up() -> None:
            taken.accept()[0].close()

        closer = threading.Thread(target=hang_up)
        closer.start()
        result = verify()
        closer.join()
    assert result.exit_code == 2
    assert f"[shop] sandbox: no mock-dintero at http://127.0.0.1:{port}: " in result.stderr


def test_a_browser_without_playwright_is_told_with_the_command_that_installs_it(
    verify, promises, monkeypatch
):
    monkeypatch.setitem(sys.modules, "playwright", None)
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    result = verify("--browser")
    assert result.exit_code == 2
    assert "--browser needs Playwright: pip install playwright" in result.stderr


def test_a_chromium_that_cannot_be_started_is_told_with_the_command_that_installs_one(
    verify, promises, monkeypatch
):
    monkeypatch.setenv("CHROMIUM", "/no/such/chromium")
    result = verify("--browser")
    assert result.exit_code == 2
    assert "playwright install chromium" in result.stderr
    assert "CHROMIUM=/path" in result.stderr


def test_a_shop_whose_sandbox_cannot_be_had_is_said_in_a_sentence(verify, promises, monkeypatch):
    def judge(self: object, promises: object) -> None:
        raise ConnectionError("something else listens there")

    monkeypatch.setattr("mock_dintero.verify.run.Run.judge", judge)
    result = verify()
    assert result.exit_code == 2
    assert "something else listens there" in result.stderr

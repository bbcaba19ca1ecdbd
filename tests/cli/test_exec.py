"""`exec`: a command with a sandbox of its own, through a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import urllib.request

import pytest

from mock_dintero.config import environment

EXEC = [sys.executable, "-m", "mock_dintero", "exec"]


def python(code):
    return [sys.executable, "-c", textwrap.dedent(code)]


def run(*words, **variables):
    return subprocess.run(
        [*EXEC, *words], env={**os.environ, **variables}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


ASKS = """
    import os, urllib.request
    for name in sorted(os.environ):
        if "DINTERO_" in name:
            print(f"{name}={os.environ[name]}")
    with urllib.request.urlopen(os.environ["MOCK_DINTERO_URL"] + "/readyz") as answer:
        assert answer.status == 200
"""


def test_the_command_finds_a_sandbox_in_its_environment():
    result = run("--", *python(ASKS))

    found = dict(line.split("=", 1) for line in result.stdout.splitlines())
    url = found["MOCK_DINTERO_URL"]
    assert found == environment(url)
    assert result.stderr == f"mock-dintero is at {url}, look inside: {url}/_mock/\n"
    assert result.returncode == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"{url}/readyz")


def test_the_account_is_the_one_that_was_asked_for_and_nothing_is_said_with_q():
    result = run("-q", "--account", "T11111111", "--", *python(ASKS))

    assert "DINTERO_ACCOUNT_ID=T11111111" in result.stdout
    assert result.stderr == ""


def test_options_behind_the_command_are_its_own():
    result = run(*python("import sys; print(sys.argv)"), "-q", "--strict")

    assert result.stdout.strip().endswith("'-q', '--strict']")


@pytest.mark.parametrize(
    ("cmd", "code"),
    [
        (python("raise SystemExit(3)"), 3),
        (python("import os; os.kill(os.getpid(), 9)"), 128 + 9),
        (["there-is-no-such-command"], 127),
        ([os.path.dirname(__file__)], 126),
    ],
    ids=["its code", "a signal", "not found", "not executable"],
)
def test_the_exit_code_is_that_of_the_command(cmd, code):
    result = run("-q", "--", *cmd)

    assert result.returncode == code
    if code in (126, 127):
        assert result.stderr.startswith(f"mock-dintero exec: {cmd[0]}: ")


WAITS = """
    import signal, sys, threading
    told = threading.Event()
    def tell(number, frame):
        print("told", number, flush=True)
        told.set()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    print("ready", flush=True)
    told.wait(30)
    raise SystemExit(7)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_are_passed_on_and_the_command_ends_as_it_likes(number):
    process = subprocess.Popen(
        [*EXEC, "-q", "--", *python(WAITS)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.read() == f"told {number.value}\n"
        assert process.wait(30) == 7


def test_the_settings_are_those_of_start(tmp_path):
    (tmp_path / "settings.toml").write_text('public_url = "ftp://x"\n')

    assert "public_url" in run("--config", str(tmp_path / "settings.toml"), "--", "true").stderr
    assert "not FROM=TO" in run("--callback-rewrite", "x", "--", "true").stderr
    assert run("--", "true", MOCK_DINTERO_STORE="nonsense://").returncode == 2
    assert (
        run(
            "-q", "--store", f"sqlite:///{tmp_path}/s.db", "--seed", "1", "--strict", "--", "true"
        ).returncode
        == 0
    )
    assert (tmp_path / "s.db").exists()


def test_without_a_command_there_is_nothing_to_run():
    assert run().returncode == 2

"""`start`: its newer flags, through a real process."""

from __future__ import annotations

import importlib.util
import json
import signal
import ssl
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_dintero.cli import main

START = [sys.executable, "-m", "mock_dintero", "start", "--port", "0"]
HAS_CRYPTOGRAPHY = importlib.util.find_spec("cryptography") is not None


@contextmanager
def started(*flags):
    """A sandbox process and its address."""
    process = subprocess.Popen(
        [*START, *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout
            first = process.stdout.readline()
            assert first.startswith("mock-dintero is ready at "), first + process.communicate()[1]
            yield process, first.split()[-1]
        finally:
            process.send_signal(signal.SIGTERM)


def test_traffic_is_a_json_object_a_line():
    with started("-v", "--log-format", "json") as (process, url):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{url}/v1/nothing")
        process.send_signal(signal.SIGTERM)
        [line] = process.communicate(timeout=30)[1].splitlines()

    said = json.loads(line)
    assert said.pop("at").endswith("Z")
    assert said.pop("message").startswith("[404] GET /v1/nothing ")
    assert said.pop("duration") > 0
    assert said == {
        "level": "info", "logger": "mock_dintero.traffic", "status": 404, "method": "GET",
        "path": "/v1/nothing",
    }  # fmt: skip


def test_a_scenario_that_is_not_there_ends_the_start_with_a_sentence():
    result = subprocess.run(
        [*START, "-q", "--scenario", "there-is-no-such-scenario"], capture_output=True, text=True, timeout=30,
        check=False,
    )  # fmt: skip

    assert result.returncode == 1
    assert result.stderr.startswith("Error: --scenario: ")
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(HAS_CRYPTOGRAPHY, reason="needs an installation without cryptography")
def test_tls_without_its_package_says_what_to_install():
    result = CliRunner().invoke(main, ["start", "--tls", "--port", "0"])

    assert result.exit_code == 2
    assert "pip install 'mock-dintero[tls]'" in result.stderr


@pytest.mark.skipif(not HAS_CRYPTOGRAPHY, reason="needs the extra tls")
def test_tls_speaks_https_with_a_certificate_for_this_machine():
    with started("--tls") as (process, url):
        assert url.startswith("https://127.0.0.1:")
        said = [process.stdout.readline() for _ in range(14)]
        [certificate] = [line.split(": ")[1].strip() for line in said if "certificate" in line]
        trusted = ssl.create_default_context(cafile=certificate)
        for host in ("127.0.0.1", "localhost"):
            address = url.replace("127.0.0.1", host)
            with urllib.request.urlopen(f"{address}/readyz", context=trusted) as answer:
                assert answer.status == 200
        assert CliRunner().invoke(main, ["readyz", "--url", url]).exit_code == 0
        assert CliRunner().invoke(main, ["requests", "--url", url]).exit_code == 0
    assert not Path(certificate).parent.exists()

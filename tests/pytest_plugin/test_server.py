"""Which sandbox the fixtures use."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from mock_dintero.config import Config
from mock_dintero.server import Server

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]

BUYS = """
    def test_a_purchase(mock_dintero):
        session = mock_dintero.create_session()
        mock_dintero.buyer(session).pay()
        assert mock_dintero.url == {url!r}
"""


@pytest.fixture
def running() -> Iterator[Server]:
    with Server(Config(port=0)) as server:
        yield server


def test_an_option_names_one_that_runs_already(
    run: Run, pytester: pytest.Pytester, running: Server
) -> None:
    pytester.makepyfile(BUYS.format(url=running.url))
    run("--mock-dintero-url", running.url + "/").assert_outcomes(passed=1)
    run("--mock-dintero-url", running.url, "-p", "xdist", "-n", "1").assert_outcomes(passed=1)


def test_a_variable_names_one_too_and_finds_it_clean_afterwards(
    run: Run, pytester: pytest.Pytester, running: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_DINTERO_URL", running.url)
    pytester.makepyfile(BUYS.format(url=running.url))
    run().assert_outcomes(passed=1)
    assert httpx.get(f"{running.url}/_mock/api/v1/sessions").json() == []


def test_a_wrong_address_is_told(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing(mock_dintero): pass")
    result = run("--mock-dintero-url", "http://127.0.0.1:1")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no mock-dintero at http://127.0.0.1:1*"])


def test_workers_that_never_ask_pay_nothing(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing(): pass")
    pytester.makeconftest("""
        import sys

        def pytest_unconfigure(config):
            heavy = [m for m in ("uvicorn", "starlette", "httpx", "pydantic") if m in sys.modules]
            if not hasattr(config, "workerinput"):
                print("heavy in the controller:", heavy)
    """)
    result = run("-p", "xdist", "-n", "2")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["heavy in the controller: []"])


def test_a_fixture_can_choose_the_address(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.fixture(scope="session")
        def mock_dintero_listen_address():
            return "localhost", 0

        def test_it(mock_dintero_server):
            assert mock_dintero_server.url == f"http://127.0.0.1:{mock_dintero_server.port}"
    """)
    run("-p", "xdist", "-n", "1").assert_outcomes(passed=1)


def test_a_fixture_can_choose_the_mode(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.fixture(scope="session")
        def mock_dintero_mode():
            return "asgi"

        def test_it(mock_dintero):
            assert mock_dintero.url == "http://mock-dintero.test"
            assert mock_dintero.create_session()["id"]
    """)
    run("-p", "xdist", "-n", "1").assert_outcomes(passed=1)


def test_a_mode_that_is_none_is_told(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing(mock_dintero): pass")
    result = run("-o", "mock_dintero_mode=carrier-pigeon")
    result.stdout.fnmatch_lines(["*mock_dintero_mode: 'carrier-pigeon' is not http or asgi*"])


def test_an_app_cannot_be_mounted_over_http(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        def test_it(mock_dintero):
            assert mock_dintero.transport is None
            assert mock_dintero.async_transport is None
            with pytest.raises(RuntimeError, match="mock_dintero_mode = asgi"):
                mock_dintero.mount("http://shop.test", None)
    """)
    run().assert_outcomes(passed=1)

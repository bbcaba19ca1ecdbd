"""Fixtures for a merchant's tests; nothing heavy is imported until one of them is used."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mock_dintero.server import Server
    from mock_dintero.sleeping import SleepingServer
    from mock_dintero.testing import MockDintero
    from mock_dintero.testing.in_process import InProcess
    from mock_dintero.testing.running import RunningServer
    from mock_dintero.verify import Promise, Shop

    AnyServer = Server | InProcess | RunningServer

MARKER = (
    "mock_dintero(scenario=None, strict=False): play a scenario at the shop of mock_dintero_shop, or "
    "without one put its faults on stage for this test's account; fail the test for what payment "
    "lint finds in the merchant's requests"
)
MODES = ("http", "asgi")
SECTION = "mock-dintero: payments of this test"

ACCOUNTS: pytest.StashKey[list[MockDintero]] = pytest.StashKey()
"""Of a test: the accounts that it has."""
SHARED: pytest.StashKey[SleepingServer] = pytest.StashKey()
"""Of a run under pytest-xdist: the one sandbox of all workers."""


# The run


def pytest_addoption(parser: pytest.Parser) -> None:
    """One option, one setting."""
    group = parser.getgroup("mock-dintero")
    group.addoption(
        "--mock-dintero-url",
        metavar="URL",
        help="use the sandbox that runs there, instead of starting one [$MOCK_DINTERO_URL]",
    )
    parser.addini(
        "mock_dintero_merchant", "how to start and read the shop", default="merchant.toml"
    )
    parser.addini("mock_dintero_mode", "http: over a socket; asgi: in this process", default="http")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist, in the controller: tell each worker where the sandbox of all of them is."""
    config: pytest.Config = node.config
    is_here = getattr(node.gateway.spec, "popen", False)
    if _running_url(config) or config.getini("mock_dintero_mode") != "http" or not is_here:
        return
    if SHARED not in config.stash:
        from mock_dintero.sleeping import SleepingServer

        config.stash[SHARED] = SleepingServer()
    node.workerinput["mock_dintero_url"] = config.stash[SHARED].url


def pytest_unconfigure(config: pytest.Config) -> None:
    """The workers are gone: stop their sandbox."""
    if shared := config.stash.get(SHARED, None):
        shared.close()


def _running_url(config: pytest.Config) -> str:
    return str(config.getoption("--mock-dintero-url") or os.environ.get("MOCK_DINTERO_URL", ""))


def _shared_url(config: pytest.Config) -> str:
    return str(getattr(config, "workerinput", {}).get("mock_dintero_url", ""))


# The fixtures


@pytest.fixture(scope="session")
def mock_dintero_listen_address() -> tuple[str, int]:
    """Where the sandbox listens; override it for a fixed port. 0 takes a free one."""
    return "127.0.0.1", 0


@pytest.fixture(scope="session")
def mock_dintero_mode(pytestconfig: pytest.Config) -> str:
    """How the sandbox is reached: `http`, over a socket, or `asgi`, in this process."""
    return str(pytestconfig.getini("mock_dintero_mode"))


@pytest.fixture(scope="session")
def mock_dintero_server(
    pytestconfig: pytest.Config,
    mock_dintero_listen_address: tuple[str, int],
    mock_dintero_mode: str,
) -> Iterator[AnyServer]:
    """The sandbox of the whole run, also of all workers of pytest-xdist: `.url`."""
    from mock_dintero.testing.running import RunningServer

    is_anywhere = mock_dintero_listen_address == ("127.0.0.1", 0)
    if mock_dintero_mode not in MODES:
        raise pytest.UsageError(f"mock_dintero_mode: {mock_dintero_mode!r} is not http or asgi")
    if url := _running_url(pytestconfig):
        server = RunningServer(url.rstrip("/"))
        server.require_ready()
        yield server
    elif mock_dintero_mode == "asgi":
        from mock_dintero.testing.in_process import InProcess

        with InProcess() as in_process:
            yield in_process
    elif is_anywhere and (url := _shared_url(pytestconfig)):
        yield RunningServer(url)
    else:
        from mock_dintero.config import Config
        from mock_dintero.server import Server

        host, port = mock_dintero_listen_address
        with Server(Config(host=host, port=port)) as started:
            yield started


@pytest.fixture(scope="session")
def mock_dintero_shop() -> str:
    """Where the shop under test is; override it, and a marker's scenario is played there to its end.

    It must be reachable in the manner of the sample shop (docs/scenarios.md), and under pytest-xdist
    each worker's shop wants an account of its own.
    """
    return ""


@pytest.fixture
def make_mock_dintero(
    request: pytest.FixtureRequest, mock_dintero_server: AnyServer
) -> Iterator[Callable[..., MockDintero]]:
    """More accounts for one test: `make_mock_dintero(client_id=..., client_secret=...)`."""
    from mock_dintero.testing import MockDintero
    from mock_dintero.testing.in_process import InProcess

    made: list[MockDintero] = request.node.stash.setdefault(ACCOUNTS, [])
    in_process = mock_dintero_server if isinstance(mock_dintero_server, InProcess) else None

    def make(account_id: str = "", **options: Any) -> MockDintero:
        scenario = _marked(request.node)["scenario"]
        shop = request.getfixturevalue("mock_dintero_shop") if scenario else ""
        url = mock_dintero_server.url
        played = None
        if shop and not account_id:  # the account is then the shop's own
            with MockDintero(url, "", in_process=in_process) as anybody:
                played = anybody.run_scenario(scenario, shop=shop)
            account_id = played["account"]
        account_id = account_id or f"T{secrets.randbelow(90_000_000) + 10_000_000}"
        dintero = MockDintero(url, account_id, in_process=in_process, **options)
        dintero.played = played
        made.append(dintero)
        if scenario and not played:
            dintero.stage(scenario)
        return dintero

    yield make
    while made:
        dintero = made.pop()
        dintero.reset()
        dintero.close()


@pytest.fixture
def mock_dintero(make_mock_dintero: Callable[..., MockDintero]) -> MockDintero:
    """An account of its own for every test: `.env`, `.create_session()`, `.buyer(session)`, ..."""
    return make_mock_dintero()


# The promises


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `dintero_promise` runs once for each of them."""
    if "dintero_promise" in metafunc.fixturenames:
        from mock_dintero.verify.library import promises

        metafunc.parametrize(
            "dintero_promise", promises(), ids=[one.id for one in promises()], indirect=True
        )


@pytest.fixture
def merchant(pytestconfig: pytest.Config, mock_dintero: MockDintero) -> Iterator[Shop]:
    """The shop of merchant.toml beside this test's account; override it for a shop of this process."""
    from mock_dintero.verify import Shop, read_merchant
    from mock_dintero.verify.shop_process import running

    file = pytestconfig.rootpath / str(pytestconfig.getini("mock_dintero_merchant"))
    known = read_merchant(file)
    with running(known.shop, file.parent, mock_dintero.env) as process:
        shop = Shop(known, process.url, mock_dintero)
        yield shop
        shop.close()


@pytest.fixture
def dintero_promise(request: pytest.FixtureRequest, merchant: Shop) -> Promise:
    """One promise of a shop (docs/promises.md): `dintero_promise.keep(merchant)`."""
    promise: Promise = request.param
    lacking = next(filter(None, map(merchant.merchant.lacking, promise.needs)), None)
    if lacking:
        pytest.skip(lacking)
    return promise


# The marker


def _marked(item: pytest.Item) -> dict[str, Any]:
    """What the test's markers ask for; the closest one counts. Raises UsageError for a typo."""
    asked: dict[str, Any] = {"scenario": None, "strict": False}
    for marker in reversed(list(item.iter_markers("mock_dintero"))):
        if marker.args or marker.kwargs.keys() - asked.keys():
            raise pytest.UsageError(
                f"{item.nodeid}: this is not the marker {MARKER.partition(':')[0]}"
            )
        asked |= marker.kwargs
    return asked


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test that passed fails after all if it is strict and lint has found something."""
    result = yield
    accounts = item.stash.get(ACCOUNTS, [])
    if accounts and _marked(item)["strict"]:
        found = [one for dintero in accounts for one in dintero.lint if one["is_refused"]]
        if found:
            lines = "\n".join(map(_in_words, found))
            pytest.fail(
                f"payment lint found {len(found)} in a strict test:\n{lines}", pytrace=False
            )
    return result


def _in_words(finding: dict[str, Any]) -> str:
    request, where = finding["request"], ".".join(finding["path"])
    return (
        f"  {finding['code']}  {where + ': ' if where else ''}{finding['message']}\n"
        f"    in {request['method']} {request['path']} ({finding['docs']})"
    )


# The report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test tells what happened to its payments."""
    report = yield
    if report.failed and (accounts := item.stash.get(ACCOUNTS, [])):
        report.sections.append((SECTION, _told(accounts)))
    return report


def _told(accounts: list[MockDintero]) -> str:
    """The story of each account. A report that cannot be made says so, and fails nothing."""
    try:
        from mock_dintero.telling import payments

        return "\n\n".join("\n".join(payments(dintero)) for dintero in accounts)
    except Exception as error:
        return f"they could not be read: {error!r}"

"""The fixtures, as a merchant's test-suite uses them."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

QUICKLY = ("-p", "mock_dintero.pytest_plugin", "-p", "no:cacheprovider")
"""Without the other plugins of this installation; the first test finds ours by its entry point."""


@pytest.fixture
def without_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def test_two_tests_share_one_server_and_nothing_else(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        seen = []

        def test_one(mock_dintero):
            mock_dintero.create_session()
            seen.append((mock_dintero.url, mock_dintero.account_id))
            assert len(mock_dintero.call("GET", "/v1/sessions")) == 1

        def test_two(mock_dintero):
            assert mock_dintero.call("GET", "/v1/sessions") == []
            assert mock_dintero.url == seen[0][0]
            assert mock_dintero.account_id != seen[0][1]
            assert mock_dintero.env["DINTERO_ACCOUNT_ID"] == mock_dintero.account_id
    """)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


@pytest.mark.usefixtures("without_other_plugins")
def test_a_purchase_reads_like_a_story(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_a_purchase(mock_dintero):
            session = mock_dintero.create_session(express={"shipping_options": [
                {"id": "home", "line_id": "home", "amount": 4900, "title": "Home", "operator": "Posten"},
                {"id": "shop", "line_id": "shop", "amount": 0, "title": "Shop", "operator": ""},
            ]})
            buyer = mock_dintero.buyer(session)
            buyer.give_address(country="NO")
            assert buyer.choose_shipping("home")["order"]["amount"] == 29900 + 4900
            back = buyer.pay()
            transaction_id = mock_dintero.session(session["id"])["transaction_id"]
            assert transaction_id in back
            assert mock_dintero.transaction(transaction_id)["status"] == "AUTHORIZED"
            whats = [leg["what"] for leg in mock_dintero.timeline(session["id"])]
            assert whats[:2] == ["token", "create session"]
            assert whats[-3:] == ["approve", "read session", "read transaction"]
    """)
    pytester.runpytest_subprocess(*QUICKLY).assert_outcomes(passed=1)


@pytest.mark.usefixtures("without_other_plugins")
def test_a_refused_call_fails_the_test_with_dinteros_words(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_a_wrong_session(mock_dintero):
            mock_dintero.create_session(order={"amount": "1"})
    """)
    result = pytester.runpytest_subprocess(*QUICKLY)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*order.amount: Expected type integer but found type string*"])


def test_the_plugin_imports_nothing_heavy() -> None:
    code = (
        "import sys, mock_dintero.pytest_plugin;"
        "print([m for m in ('starlette', 'uvicorn', 'pydantic', 'httpx', 'aiohttp') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"

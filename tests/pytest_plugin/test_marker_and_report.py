"""What the marker asks for, and what a failed test tells."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from mock_dintero.scenario_files import scenarios

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]


def test_a_strict_test_fails_for_what_lint_finds(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        URL = {"return_url": "http://127.0.0.1/", "callback_url": "http://127.0.0.1/paid"}
        ORDER = {
            "amount": 29900, "currency": "NOK", "merchant_reference": "order-1",
            "items": [{"id": "1", "line_id": "1", "quantity": 1, "amount": 100, "vat": 25,
                       "vat_amount": 20, "description": "Mug"}],
        }

        @pytest.mark.mock_dintero(strict=True)
        def test_a_wrong_sum(mock_dintero):
            mock_dintero.create_session(url=URL, order=ORDER)

        @pytest.mark.mock_dintero(strict=True)
        def test_a_right_one(mock_dintero):
            mock_dintero.create_session(url=URL)

        def test_not_strict(mock_dintero):
            mock_dintero.create_session(url=URL, order=ORDER)
    """)
    result = run()
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines([
        "payment lint found 1 in a strict test:",
        "  SUM_MISMATCH  order.amount: *29900*",
        "    in POST /v1/sessions-profile (docs/lint.md#sum_mismatch)",
        "*mock-dintero: payments of this test*",
    ])  # fmt: skip


def test_a_scenario_is_put_on_stage_before_the_test(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from mock_dintero.testing import MockDintero

        staged = []
        MockDintero.stage = lambda self, name: staged.append((self.account_id, name))

        pytestmark = pytest.mark.mock_dintero(scenario="of-the-module")

        def test_the_modules(mock_dintero):
            assert staged == [(mock_dintero.account_id, "of-the-module")]

        @pytest.mark.mock_dintero(scenario="its-own")
        def test_its_own(mock_dintero, make_mock_dintero):
            other = make_mock_dintero()
            assert staged[1:] == [
                (mock_dintero.account_id, "its-own"), (other.account_id, "its-own")
            ]
    """)
    run().assert_outcomes(passed=2)


AT_A_SHOP = """
    import pytest
    from mock_dintero.demo import sample_shop
    from mock_dintero.scenario_files import scenarios

    @pytest.fixture(scope="session")
    def mock_dintero_shop(mock_dintero_server):
        with sample_shop(mock_dintero_server.url) as url:
            yield url

    def named(name):
        return pytest.param(name, marks=pytest.mark.mock_dintero(scenario=name), id=name)

    @pytest.mark.parametrize("name", [named(name) for name in NAMES])
    def test_it(mock_dintero, name):
        assert mock_dintero.played["name"] == name
        assert mock_dintero.played["account"] == mock_dintero.account_id
"""


def test_a_scenario_is_played_at_the_shop_before_the_test(
    run: Run, pytester: pytest.Pytester
) -> None:
    """MARKED_SCENARIOS=all plays every one of them."""
    names = sorted(scenarios())
    chosen = names if os.environ.get("MARKED_SCENARIOS") == "all" else names[::12]
    pytester.makepyfile(AT_A_SHOP.replace("NAMES", repr(chosen)))
    run().assert_outcomes(passed=len(chosen))


def test_a_scenario_that_is_not_as_expected_fails_the_test(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(AT_A_SHOP.replace("NAMES", "['vipps', 'unheard_of']"))
    result = run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*no scenario 'unheard_of'*"])


def test_a_typo_in_the_marker_is_told(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.mock_dintero(scenery="x")
        def test_it(mock_dintero):
            pass
    """)
    result = run("--strict-markers")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*this is not the marker mock_dintero(scenario=None, strict=False)*"]
    )


@pytest.mark.parametrize("mode", ["http", "asgi"])
def test_a_failed_test_tells_what_happened_to_its_payments(
    run: Run, pytester: pytest.Pytester, mode: str
) -> None:
    pytester.makepyfile("""
        def test_a_purchase(mock_dintero):
            session = mock_dintero.create_session(url={
                "return_url": "http://127.0.0.1:1/return",
                "callback_url": "http://127.0.0.1:1/callback",
            })
            mock_dintero.buyer(session).pay()
            mock_dintero.clock.advance(0)
            assert mock_dintero.transaction(session["id"])
    """)
    result = run("-o", f"mock_dintero_mode={mode}")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        "*mock-dintero: payments of this test*",
        "account T???????? at http://*",
        "session T* order-1",
        "*shop    → sandbox  create session*",
        "*buyer   → sandbox  approve*",
        "*sandbox → shop     payment callback*",
    ])  # fmt: skip


def test_a_report_that_cannot_be_made_fails_nothing(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_it(mock_dintero, monkeypatch):
            monkeypatch.setattr(mock_dintero, "timeline", None)
            mock_dintero.create_session()
            assert 1 == 2
    """)
    result = run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2*", "they could not be read: TypeError(*"])

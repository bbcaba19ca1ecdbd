"""A merchant's own pytest suite judges the promises: from merchant.toml, or a shop of its own process."""

from __future__ import annotations

import pytest

from mock_dintero.contract_files import folder

pytest_plugins = ["pytester"]
ONE_TEST = """
    def test_our_shop_keeps(dintero_promise, merchant):
        dintero_promise.keep(merchant)
"""


def merchant_file(bug: str = "") -> str:
    text = (folder() / "merchant.toml").read_text()
    return text.replace("[shop]", f"[shop]\nfolder = {str(folder())!r}").replace(
        '{port}"', f'{{port}}{" --bug " + bug if bug else ""}"'
    )


def test_every_promise_is_a_test_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ONE_TEST)
    pytester.makefile(".toml", merchant=merchant_file())
    result = pytester.runpytest_subprocess("-k", "callback-twice and not at-once", "-v")
    result.assert_outcomes(passed=1, deselected=None)
    result.stdout.fnmatch_lines(["*test_our_shop_keeps?callback-twice? PASSED*"])


def test_a_broken_promise_says_what_was_seen_and_how_to_mend_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ONE_TEST)
    pytester.makefile(".toml", merchant=merchant_file("confirms-every-time"))
    result = pytester.runpytest_subprocess("-k", "callback-twice and not at-once")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([
        "*observed: the callback came twice: the shop says 'paid' and confirmed the order 2 times*",
        "*mend:     Make the step to `paid` conditional*",
        "*mock-dintero: payments of this test*",
    ])  # fmt: skip


def test_what_the_shop_lacks_is_skipped_with_its_reason(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(ONE_TEST)
    lacks = '\n[lacks]\nconfirmations = "mails are sent elsewhere"\n'
    pytester.makefile(".toml", merchant=merchant_file() + lacks)
    result = pytester.runpytest_subprocess("-k", "callback-twice and not at-once", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*not supported: mails are sent elsewhere*"])


def test_a_promise_about_something_that_the_shop_does_not_do_is_skipped(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile("""
        from mock_dintero.verify.promise import DoesNotApply

        def test_our_shop_keeps():
            raise DoesNotApply("the session has no `express`")
    """)
    result = pytester.runpytest_subprocess("-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*the session has no `express`*"])


def test_a_python_shop_overrides_the_merchant_and_nothing_listens(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini("[pytest]\nmock_dintero_mode = asgi\n")
    pytester.makeconftest(f"""
        import sys
        import pytest
        sys.path.insert(0, {str(folder())!r})
        from pathlib import Path
        from mock_dintero.verify import Shop, read_merchant
        from sample_shop import make_app
        from shop.settings import Settings

        @pytest.fixture
        def merchant(mock_dintero):
            settings = Settings.from_environment(mock_dintero.env, "http://shop.test")
            app = make_app(settings, mock_dintero.async_transport)
            mock_dintero.mount("http://shop.test", app)
            file = Path({str(folder() / "merchant.toml")!r})
            return Shop(read_merchant(file), "http://shop.test", mock_dintero)
    """)
    pytester.makepyfile(ONE_TEST)
    result = pytester.runpytest_subprocess("-k", "callback-twice and not at-once")
    result.assert_outcomes(passed=1)

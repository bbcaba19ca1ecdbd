"""`sign` and `check-signature`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from mock_dintero.cli import main

URL = "https://example.com/callback?B=123&A=992"
VECTOR = (
    "t=1582236537,v0-hmac-sha256=6bed2ab1b919d460ef7465a20dc6c97260dca73fab6647106ca525f0908df64a"
)
OURS = ["--secret", "123", "--account", "P00000000", "--time", "1582236537"]


def run(*words, env=None):
    return CliRunner().invoke(main, words, env=env)


def test_the_published_vector_is_signed_alike():
    assert run("sign", "GET", URL, *OURS).stdout == f"{VECTOR}\n"


def test_secret_and_account_come_from_the_environment_of_the_shop():
    env = {"DINTERO_SIGNATURE_SECRET": "123", "DINTERO_ACCOUNT_ID": "P00000000"}

    assert (
        run("sign", "get", URL, "--time", "2020-02-20T22:08:57Z", env=env).stdout == f"{VECTOR}\n"
    )


def test_the_signed_text_is_shown_on_demand():
    result = run("sign", "GET", URL, *OURS, "-v")

    assert result.stdout == f"{VECTOR}\n"
    assert result.stderr == (
        "  1582236537\n  P00000000\n  GET\n  example.com\n  /callback\n  A=992&B=123\n"
    )


def test_without_a_time_it_is_signed_now_and_good():
    header = run("sign", "GET", "http://localhost/cb").stdout.strip()

    result = run("check-signature", header, "GET", "http://localhost:8000/cb")

    assert result.exit_code == 0
    assert result.stdout.endswith("\n\nThe signature is good.\n")


def test_the_headers_name_may_stand_before_it():
    assert run("check-signature", f"Dintero-Signature: {VECTOR}", "GET", URL, *OURS).exit_code == 0


def test_a_signature_of_something_else_shows_what_should_be_signed_and_the_mistake():
    result = run("check-signature", VECTOR, "POST", URL, *OURS)

    assert result.exit_code == 1
    assert result.stdout == (
        "good  header     t=1582236537 and a digest of v0-hmac-sha256\n"
        "good  time       2020-02-20T22:08:57.000Z, 0 s ago\n"
        "bad   signature  it was made of something else\n"
        "\n"
        "This is what should be signed, a line each:\n"
        "\n"
        "  1582236537\n  P00000000\n  POST\n  example.com\n  /callback\n  A=992&B=123\n"
        "\n"
        "Its digest is c0bf7b1b6b8c3d5a.\n"
        "\n"
        "The signature was made with the method GET.\n"
    ).replace("c0bf7b1b6b8c3d5a", result.stdout.partition("digest is ")[2].partition(".")[0])


def test_a_malformed_header_ends_at_the_first_step():
    result = run("check-signature", "t=1", "GET", URL, *OURS)

    assert result.exit_code == 1
    assert result.stdout == (
        "bad  header  it must look like t=<unix seconds>,v0-hmac-sha256=<64 hex digits>; "
        "the algorithm is none\n"
    )


def test_the_explanation_is_json_on_demand():
    found = json.loads(run("check-signature", VECTOR, "GET", f"{URL}&C=1", *OURS, "--json").stdout)

    assert found["is_good"] is False
    assert [step["is_good"] for step in found["steps"]] == [True, True, False]
    assert found["mistakes"] == ["the query without C"]
    assert found["signed"].endswith("A=992&B=123&C=1")


@pytest.mark.parametrize("url", ["example.com/cb", "/cb", ""])
def test_what_is_no_url_is_named(url):
    assert "does not begin with http://" in run("sign", "GET", url).stderr

"""Why a signature does not fit."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from mock_dintero.core.signature import payload, sign
from mock_dintero.core.signature_check import explain

T = 1582236537
ACCOUNT = "T11111111"
SECRET = "c2VjcmV0"
URL = "https://Shop.example:8443/api/pay/callback%20x?b=1&a=%20two&a=~&e="
HEX = "ab" * 32


def check(header, now=T, secret=SECRET, account=ACCOUNT, method="GET", url=URL):
    return explain(secret, header, account, method, url, now)


def header_of(text, key=b"c2VjcmV0"):
    return f"t={T},v0-hmac-sha256={hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}"


def right(**changes):
    names = ("time", "account", "method", "host", "path", "query")
    parts = dict(zip(names, payload(T, ACCOUNT, "GET", URL).split("\n"), strict=True))
    return list((parts | changes).values())


def test_a_good_signature_is_good_in_every_step():
    found = check(sign(SECRET, T, ACCOUNT, "GET", URL))

    assert found.is_good
    assert [step.name for step in found.steps] == ["header", "time", "signature"]
    assert not found.mistakes


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("", "there is no t"),
        (f"v0-hmac-sha256={HEX}", "there is no t"),
        (f"t=,v0-hmac-sha256={HEX}", "there is no t"),
        (f"t=soon,v0-hmac-sha256={HEX}", "t is 'soon'"),
        (f"t={T}000,v0-hmac-sha256={HEX}", "is in milliseconds"),
        (f"t={T}", "the algorithm is none"),
        (f"t={T},v0-hmac-sha1={HEX}", "the algorithm is v0-hmac-sha1"),
        (f"t={T}, v0-hmac-sha256={HEX}", "without spaces or line breaks"),
        (f"v0-hmac-sha256={HEX},t={T}", "in this order and with nothing else"),
        (f"t={T},v0-hmac-sha256={HEX},v1=x", "in this order and with nothing else"),
        (f"t={T},v0-hmac-sha256={HEX.upper()}", "the digits are in upper case"),
        (
            f"t={T},v0-hmac-sha256={base64.b64encode(bytes(32)).decode()}",
            "this digest is in base64",
        ),
        (f"t={T},v0-hmac-sha256=abcd", "the digest has 4 characters"),
        ("ab" * 20, "the event-signature of an account webhook"),
    ],
)
def test_a_malformed_header_is_explained(header, says):
    found = check(header)

    assert not found.is_good
    [step] = found.steps
    assert says in step.says


@pytest.mark.parametrize(
    ("late", "is_good", "says"),
    [
        (0, True, "0 s ago"), (300, True, "300 s ago"), (-300, True, "300 s ahead"),
        (301, False, "301 s old; 300 are the limit"), (-301, False, "301 s in the future"),
    ],
)  # fmt: skip
def test_the_time_is_judged_by_itself(late, is_good, says):
    found = check(sign(SECRET, T, ACCOUNT, "GET", URL), now=T + late)

    _, time, signature = found.steps
    assert (time.is_good, signature.is_good) == (is_good, True)
    assert says in time.says


def test_a_time_outside_the_calendar_is_no_crash():
    assert "outside the calendar" in check(f"t=999999999999,v0-hmac-sha256={HEX}").steps[1].says


MISTAKES = {
    "the method POST": right(method="POST"),
    "the method in lower case": right(method="get"),
    "the account P11111111": right(account="P11111111"),
    "the account T12345678": right(account="T12345678"),
    "an empty account id": right(account=""),
    "the time in milliseconds": right(time=f"{T}000"),
    "the host with its port": right(host="Shop.example:8443"),
    "the host as it is written, not in lower case": right(host="Shop.example"),
    "the host with https://": right(host="https://shop.example"),
    "the host with http://": right(host="http://shop.example"),
    "the host localhost": right(host="localhost"),
    "the host host.docker.internal": right(host="host.docker.internal"),
    "the host with or without www.": right(host="www.shop.example"),
    "the path with a trailing slash": right(path="/api/pay/callback%20x/"),
    "the path percent-decoded": right(path="/api/pay/callback x"),
    "the path percent-encoded once more": right(path="/api/pay/callback%2520x"),
    "the path without /api/pay": right(path="/callback%20x"),
    "no query": right(query=""),
    "the query as it was sent, not sorted": right(query="b=1&a=%20two&a=~&e="),
    "the query with a ? before it": right(query="?a=+two&a=%7E&b=1&e="),
    "the query sorted, its values decoded": right(query="a= two&a=~&b=1&e="),
    "the query sorted as it was sent, not encoded anew": right(query="a=%20two&a=~&b=1&e="),
    "the query with spaces as %20": right(query="a=%20two&a=~&b=1&e="),
    "the query encoded as Python's quote_plus does": right(query="a=+two&a=~&b=1&e="),
    "the query encoded, but not sorted": right(query="b=1&a=+two&a=%7E&e="),
    "the query without empty values": right(query="a=+two&a=%7E&b=1"),
    "the query without b": right(query="a=+two&a=%7E&e="),
}


@pytest.mark.parametrize(("mistake", "parts"), MISTAKES.items(), ids=MISTAKES)
def test_the_usual_mistake_is_named(mistake, parts):
    [found] = check(header_of("\n".join(parts))).mistakes

    same = {"the query with spaces as %20": "the query sorted as it was sent, not encoded anew"}
    assert found == same.get(mistake, mistake)


TEXTS = {
    "a line break at the end": "\n".join(right()) + "\n",
    "lines that end with CR LF": "\r\n".join(right()),
    "nothing between the parts": "".join(right()),
    "no line for the account id": "\n".join([right()[0], *right()[2:]]),
    "time and account id in the wrong order": "\n".join([ACCOUNT, str(T), *right()[2:]]),
    "the whole URL in place of host, path and query": "\n".join([str(T), ACCOUNT, "GET", URL]),
}


@pytest.mark.parametrize(("mistake", "text"), TEXTS.items(), ids=TEXTS)
def test_parts_put_together_wrongly_are_recognised(mistake, text):
    assert check(header_of(text)).mistakes == (mistake,)


@pytest.mark.parametrize(
    ("secret", "key", "mistake"),
    [
        (SECRET, base64.b64decode(SECRET), "the secret read as base64"),
        ("abcd12", bytes.fromhex("abcd12"), "the secret read as hex"),
        (SECRET, b"", "an empty secret"),
        (" a ", b"a", "the secret without the blanks around it"),
        ("a", b"a\n", "the secret with a line break at its end"),
        (SECRET, b"mock-signature-secret", "the sandbox's secret mock-signature-secret"),
        (SECRET, base64.b64encode(SECRET.encode()), "the secret in base64"),
    ],
)
def test_a_secret_that_is_read_wrongly_is_recognised(secret, key, mistake):
    assert check(header_of("\n".join(right()), key), secret=secret).mistakes == (mistake,)


def test_two_mistakes_at_once_are_found():
    text = "\n".join(right(method="POST", host="localhost"))

    assert check(header_of(text)).mistakes == ("the method POST", "the host localhost")
    assert check(header_of(text + "\n", base64.b64decode(SECRET))).mistakes == ()  # these are four


def test_what_no_mistake_explains_belongs_to_another_secret_or_url():
    found = check(f"t={T},v0-hmac-sha256={HEX}")

    assert not found.mistakes
    assert "another secret" in found.steps[-1].says
    assert found.signed == payload(T, ACCOUNT, "GET", URL)


@pytest.mark.parametrize(
    "url", ["http://a", "http://a/", "http://[::1]:1/ø?q=ø&&=", "http://a/?" + "x=1&" * 500]
)
def test_any_url_can_be_explained(url):
    assert not check(f"t={T},v0-hmac-sha256={HEX}", url=url).is_good

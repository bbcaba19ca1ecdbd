"""`Dintero-Signature`, byte for byte."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mock_dintero.core.signature import check, form_encoded, payload, sign, sorted_query

T = 1582236537
ACCOUNT = "P00000000"
URL = "https://example.com/callback?B=123&A=992"
VECTOR = (
    "t=1582236537,v0-hmac-sha256=6bed2ab1b919d460ef7465a20dc6c97260dca73fab6647106ca525f0908df64a"
)
WORDS = st.text("abcXYZ019", min_size=1, max_size=8)


def verdict(header, url=URL, now=T, secret="123", account=ACCOUNT, method="GET"):
    return check(secret, header, account, method, url, now)


def test_the_published_vector_is_met_byte_for_byte():
    text = payload(T, ACCOUNT, "GET", URL)

    assert text.encode() == b"1582236537\nP00000000\nGET\nexample.com\n/callback\nA=992&B=123"
    assert sign("123", T, ACCOUNT, "GET", URL) == VECTOR
    assert hmac.new(b"123", text.encode(), hashlib.sha256).hexdigest() == VECTOR[-64:]


def test_without_query_the_payload_ends_with_the_line_feed_after_the_path():
    assert payload(1, ACCOUNT, "post", "https://Example.COM:8443/cb") == (
        "1\nP00000000\nPOST\nexample.com\n/cb\n"
    )


def test_scheme_port_user_and_fragment_are_not_signed():
    same = "http://me:pw@EXAMPLE.com:8000/callback?B=123&A=992#top"

    assert sign("123", T, ACCOUNT, "get", same) == VECTOR


def test_no_path_is_the_root():
    assert payload(1, ACCOUNT, "GET", "https://a.example").split("\n")[3:] == ["a.example", "/", ""]


def test_the_host_of_an_ipv6_url_keeps_its_brackets():
    # WHATWG: new URL("http://[::1]:8000/cb").hostname == "[::1]"
    assert payload(1, ACCOUNT, "GET", "http://[::1]:8000/cb").split("\n")[3] == "[::1]"


def test_the_path_is_signed_as_it_travels():
    # WHATWG: new URL("https://a.example/kjøp").pathname == "/kj%C3%B8p"
    assert payload(1, ACCOUNT, "GET", "https://a.example/kjøp").split("\n")[4] == "/kj%C3%B8p"
    escaped = "/a%20b/%7E~*:@!$&'()+,;=."
    assert payload(1, ACCOUNT, "GET", f"https://a.example{escaped}").split("\n")[4] == escaped


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", ""),
        ("b=1&a=2", "a=2&b=1"),
        ("b=2&a=1&b=1&a=0", "a=1&a=0&b=2&b=1"),
        ("report_event=VOID&event=X&report_event=CAPTURE",
         "event=X&report_event=VOID&report_event=CAPTURE"),
        ("a=~", "a=%7E"),
        ("a=%7e", "a=%7E"),
        ("a=*", "a=*"),
        ("a=%2A", "a=*"),
        ("a=-._", "a=-._"),
        ("a=b c", "a=b+c"),
        ("a=b%20c", "a=b+c"),
        ("a=b+c", "a=b+c"),
        ("a=b%2Bc", "a=b%2Bc"),
        ("time=2019-05-09T09:13:40.306Z", "time=2019-05-09T09%3A13%3A40.306Z"),
        ("a=æ", "a=%C3%A6"),
        ("a=%C3%A6", "a=%C3%A6"),
        ("a=%E6", "a=%EF%BF%BD"),
        ("a=%zz&b=100%", "a=%25zz&b=100%25"),
        ("a", "a="),
        ("a=&b", "a=&b="),
        ("=x", "=x"),
        ("a=1&&b=2&", "a=1&b=2"),
        ("a=b=c", "a=b%3Dc"),
        ("a=1;b=2", "a=1%3Bb%3D2"),
        ("B=1&a=2&A=3&_=4", "A=3&B=1&_=4&a=2"),
        ("a[]=1&a=2", "a=2&a%5B%5D=1"),
        ("?a=1", "%3Fa=1"),
        ("a='(!)'", "a=%27%28%21%29%27"),
    ],
)  # fmt: skip
def test_a_query_is_sorted_and_encoded_like_url_search_params(query, text):
    assert sorted_query(query) == text


def test_names_are_sorted_by_utf_16_code_units():
    # By code points U+FF5A comes first; in UTF-16 the emoji's surrogate D83D does.
    assert sorted_query("ｚ=1&😀=2") == "%F0%9F%98%80=2&%EF%BD%9A=1"


def test_only_letters_digits_and_four_marks_stay_as_they_are():
    stay = "ABCXYZabcxyz0189*-._"

    assert form_encoded(stay) == stay
    assert form_encoded(" ~!'()/:@&=+$,?%#[]") == (
        "+%7E%21%27%28%29%2F%3A%40%26%3D%2B%24%2C%3F%25%23%5B%5D"
    )


@given(st.lists(st.tuples(WORDS, st.text(max_size=6)), max_size=5))
def test_sorting_twice_is_sorting_once(pairs):
    text = sorted_query("&".join(f"{form_encoded(n)}={form_encoded(v)}" for n, v in pairs))

    assert sorted_query(text) == text
    assert text.count("=") == len(pairs)


def test_the_order_of_different_names_does_not_matter_and_of_equal_names_it_does():
    assert verdict(VECTOR, "https://example.com/callback?A=992&B=123").is_good
    one, other = (
        sign("s", T, ACCOUNT, "GET", f"https://a.example/?{query}")
        for query in ("a=1&a=2", "a=2&a=1")
    )
    assert one != other


def test_a_good_signature_is_good():
    good = verdict(VECTOR)

    assert (good.is_good, good.why) == (True, "good")


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "124"}, {"account": "P00000001"}, {"method": "POST"},
     {"url": URL.replace("example", "exomple")}, {"url": URL.replace("callback", "Callback")},
     {"url": URL + "&C=1"}, {"url": URL.replace("992", "993")}, {"url": URL.partition("?")[0]}],
)  # fmt: skip
def test_another_secret_account_method_or_url_is_bad(wrong):
    bad = verdict(VECTOR, **wrong)

    assert not bad.is_good
    assert "another secret, account, method or URL" in bad.why


@pytest.mark.parametrize(("age", "is_good"), [(0, 1), (300, 1), (-300, 1), (301, 0), (-301, 0)])
def test_a_signature_is_good_for_five_minutes(age, is_good):
    aged = verdict(VECTOR, now=T + age)

    assert aged.is_good == bool(is_good)
    assert is_good or str(age) in aged.why


@pytest.mark.parametrize(
    "header",
    ["", "t=1582236537", "v0-hmac-sha256=ab", VECTOR.replace("t=1582236537", "t=now"),
     VECTOR.replace("v0", "v1"), "nonsense", "t=,v0-hmac-sha256=ab", "t=-1,v0-hmac-sha256=ab"],
)  # fmt: skip
def test_a_header_of_another_form_is_explained(header):
    bad = verdict(header)

    assert not bad.is_good
    assert "must look like" in bad.why


@pytest.mark.parametrize(
    "header",
    [VECTOR.upper().replace("T=", "t=").replace("V0-HMAC-SHA256", "v0-hmac-sha256"),
     VECTOR.replace(",", ", "), VECTOR + " ", VECTOR[:-1], VECTOR.replace("6537", "6538")],
)  # fmt: skip
def test_a_header_that_is_almost_right_is_bad(header):
    assert not verdict(header).is_good


@given(
    st.text(min_size=1, max_size=10), st.integers(0, 2**33), st.lists(WORDS, max_size=3),
    st.dictionaries(WORDS, WORDS, max_size=3),
)  # fmt: skip
def test_what_was_signed_is_good(secret, t, path, query):
    assume(secret.isprintable())
    url = f"https://a.example/{'/'.join(path)}?{'&'.join(f'{n}={v}' for n, v in query.items())}"

    header = sign(secret, t, ACCOUNT, "POST", url)

    assert check(secret, header, ACCOUNT, "POST", url, t).is_good
    assert not check(secret + "x", header, ACCOUNT, "POST", url, t).is_good


@given(WORDS, WORDS, WORDS, st.data())
def test_any_changed_byte_of_path_name_or_value_makes_it_bad(path, name, value, data):
    parts = [path, name, value]
    header = sign("s", T, ACCOUNT, "GET", "https://a.example/{}?{}={}".format(*parts))
    which = data.draw(st.integers(0, 2))
    at = data.draw(st.integers(0, len(parts[which]) - 1))
    other = data.draw(st.sampled_from("bcdYZW128-").filter(lambda c: c != parts[which][at]))
    parts[which] = parts[which][:at] + other + parts[which][at + 1 :]

    forged = "https://a.example/{}?{}={}".format(*parts)

    assert not check("s", header, ACCOUNT, "GET", forged, T).is_good


@given(st.integers(0, len(VECTOR) - 1), st.sampled_from("0123456789abcdef,=t-"))
def test_any_changed_byte_of_the_header_makes_it_bad(at, other):
    assume(VECTOR[at] != other)

    assert not verdict(VECTOR[:at] + other + VECTOR[at + 1 :]).is_good

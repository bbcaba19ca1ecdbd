"""Nothing gets into a report that must not be seen, or that cannot be."""

from __future__ import annotations

import json

import pytest
from made_up_report import broken, made_leg, made_payment

from mock_dintero.verify.cleaning import cleaned, printable, secrets_in

SECRET = "mock-client-secret"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a\x1b[31;1mred\x1b[0m", "ared"),
        ("\x1b]0;title\x07", "\\u001b]0;title\\u0007"),
        ("\x00 \ud800 \uffff", "\\u0000 \\ud800 \\uffff"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("one\r\ntwo\tthree\n", "one\ntwo\tthree\n"),
        ("one\rtwo", "one\\u000dtwo"),
        ("שלום مرحبا Ærlig 👩‍👩‍👧", "שלום مرحبا Ærlig 👩‍👩‍👧"),
    ],
)
def test_what_cannot_be_seen_is_written_out(said: str, shown: str):
    assert printable(said) == shown


def test_the_secrets_of_the_shop_are_left_out_wherever_they_stand():
    leg = made_leg(path=f"/x?key={SECRET}", request=SECRET, request_headers={"x-key": SECRET},
                   lint=[{"message": SECRET}])  # fmt: skip
    verdict = broken(
        observed=f"it sent {SECRET}",
        payments=(made_payment(reference=SECRET, status=SECRET, legs=(leg,)),),
        last_words=(f"secret={SECRET}", '{"access_token": "abc.def", "card_number": "4111111111111111"}'),
    )  # fmt: skip
    shown = cleaned(verdict, [SECRET])
    told = json.dumps([shown.observed, shown.last_words, [vars(one) for one in shown.payments]])
    assert SECRET not in told
    assert "abc.def" not in told
    assert "4111111111111111" not in told
    assert shown.observed == "it sent (redacted)"


def test_secrets_are_known_by_their_names():
    environment = {
        "DINTERO_CLIENT_SECRET": "a",
        "STRIPE_API_KEY": "b",
        "DB_PASSWORD": "c",
        "PORT": "d",
    }
    assert secrets_in(environment) == ["a", "b", "c"]


def test_a_short_secret_does_not_blank_the_whole_report():
    assert cleaned(broken(observed="it is a test"), ["test", ""]).observed == "it is a test"

"""Accounts: who may use them, and with what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from mock_dintero.core.account import (
    TOKEN_SECONDS,
    TokenBody,
    new_account,
    require_account_id,
    require_audience,
    trusted,
    with_signature_secret,
)
from mock_dintero.core.errors import Forbidden, InvalidRequest, Unauthorized

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_a_token_lives_four_hours():
    assert TOKEN_SECONDS == 14400


def test_the_default_account_knows_its_client_from_the_start():
    account = new_account("T12345678", NOW)

    assert trusted(account, "mock-client-id", "mock-client-secret") == account
    assert account.signature_secret == "mock-signature-secret"
    assert account.account_id == "T12345678"


@pytest.mark.parametrize(
    ("client", "secret"),
    [("mock-client-id", "wrong"), ("wrong", "mock-client-secret"), ("", ""),
     ("mock-client-id", ""), ("mock-client-id", "mock-client-secrét")],
)  # fmt: skip
def test_wrong_credentials_of_the_default_account_are_401(client, secret):
    with pytest.raises(Unauthorized) as refused:
        trusted(new_account("T12345678", NOW), client, secret)

    assert (refused.value.status, refused.value.code) == (401, "UNAUTHORIZED")


def test_another_account_trusts_the_first_credentials_that_it_sees():
    account = trusted(new_account("T00000001", NOW), "mine", "secret")

    assert trusted(account, "mine", "secret") == account
    with pytest.raises(Unauthorized, match="first credentials"):
        trusted(account, "mine", "other")
    with pytest.raises(Unauthorized):
        trusted(account, "other", "secret")


def test_a_production_account_is_refused_with_the_reason():
    with pytest.raises(Forbidden, match="production account") as refused:
        require_account_id("P12345678", allow_production=False)

    assert refused.value.status == 403
    assert "T12345678" in refused.value.message
    assert "--allow-production-ids" in refused.value.message


def test_a_production_account_is_taken_when_asked_for():
    require_account_id("P12345678", allow_production=True)
    require_account_id("T12345678", allow_production=False)


@pytest.mark.parametrize(
    "id", ["", "T1234567", "T123456789", "12345678", "X12345678", "t12345678", "T12345678\n",
           "T12345678.x", "T1234567a", "T١٢٣٤٥٦٧٨"],
)  # fmt: skip
def test_an_account_id_is_t_and_eight_digits(id):
    with pytest.raises(InvalidRequest) as refused:
        require_account_id(id, allow_production=True)

    assert refused.value.code == "INVALID_REQUEST_PARAMETER"


@pytest.mark.parametrize(
    "audience",
    ["https://api.dintero.com/v1/accounts/T12345678", "http://127.0.0.1:8426/v1/accounts/T12345678",
     "https://T12345678@test.dintero.com/v1/accounts/T12345678",
     "https://api.dintero.com/v1/accounts/T12345678/"],
)  # fmt: skip
def test_an_audience_may_name_any_host(audience):
    require_audience(audience, "T12345678")


@pytest.mark.parametrize(
    "audience",
    ["https://api.dintero.com/v1/accounts/T87654321", "https://api.dintero.com/v1",
     "https://api.dintero.com/v1/accounts/T12345678/x", "T12345678", "https://a/xaccounts/T12345678",
     "https://a/?x=/accounts/T12345678", "http://[::1/v1/accounts/T12345678"],
)  # fmt: skip
def test_an_audience_must_end_in_the_account_of_the_url(audience):
    with pytest.raises(InvalidRequest):
        require_audience(audience, "T12345678")


@pytest.mark.parametrize(
    "body", [{}, {"grant_type": "client_credentials"}, {"grant_type": "password", "audience": "x"},
             {"grant_type": "client_credentials", "audience": ""}],
)  # fmt: skip
def test_a_token_needs_grant_type_and_audience(body):
    with pytest.raises(ValidationError):
        TokenBody.model_validate(body)


def test_a_new_signature_secret_replaces_the_old_one():
    account = with_signature_secret(
        new_account("T12345678", NOW), "new", datetime(2026, 12, 1, tzinfo=UTC)
    )

    assert account.signature_secret == "new"
    assert account.signature_created_at == "2026-12-01T00:00:00.000Z"
    assert account.created_at == "2026-11-22T10:00:00.000Z"

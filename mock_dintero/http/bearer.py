"""Tokens: made at the token endpoint, checked on every call of a merchant."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request

from mock_dintero.core.api_key import ApiKey
from mock_dintero.core.call import Call
from mock_dintero.core.errors import Forbidden, Unauthorized
from mock_dintero.http.context import REQUEST_ID, require_not_provoked, sandbox_of
from mock_dintero.http.reading import system_headers
from mock_dintero.use_cases import merchant_keys
from mock_dintero.use_cases.merchant_account import Grant, ensure_account

KEY = "mock-dintero signs every token with this key, so that tokens survive a restart"
ISSUER = "mock-dintero"
SCOPE = "admin:checkout read:checkout write:checkout"


@dataclass(frozen=True)
class Caller:
    """Who makes this request."""

    account_id: str
    client_id: str


def encode(grant: Grant) -> str:
    """A JWT with the claims of a grant (the real ones are not documented)."""
    import jwt

    claims = {
        "iss": ISSUER, "sub": grant.client_id, "aud": grant.audience, "scope": SCOPE,
        "account": grant.account_id, "iat": grant.issued_at, "exp": grant.expires_at,
    }  # fmt: skip
    return jwt.encode(claims, KEY, algorithm="HS256")


def encode_key(key: ApiKey) -> str:
    """An API key as a JWT, which is what the real ones are; no time ends it."""
    import jwt

    claims = {
        "iss": ISSUER, "sub": key.id, "scope": SCOPE, "account": key.account_id, "jti": key.number
    }  # fmt: skip
    return jwt.encode(claims, KEY, algorithm="HS256")


@lru_cache(maxsize=4096)
def _claims(token: str) -> dict[str, Any] | None:
    """The claims of a token that this sandbox signed; its age is not checked here."""
    import jwt

    try:
        options: Any = {"verify_exp": False, "verify_aud": False, "verify_iat": False}
        claims: dict[str, Any] = jwt.decode(token, KEY, algorithms=["HS256"], options=options)
    except jwt.InvalidTokenError:
        return None
    return claims if claims.get("iss") == ISSUER and "account" in claims else None


def account_of_token(headers: Headers) -> str:
    """Whose token or key this is, good or not; '' if it is none of ours."""
    text = headers.get("authorization") or headers.get("x-api-key") or ""
    claims = _claims(text.rpartition(" ")[2].strip())
    return str(claims["account"]) if claims else ""


def caller(request: Request) -> Caller:
    """Who calls, by the Authorization header, or without one by `x-api-key`.

    Raises Unauthorized; Forbidden for another account's path.
    """
    has_key = "x-api-key" in request.headers and "authorization" not in request.headers
    claims = _of_key(request) if has_key else _of_token(request)
    sandbox, account_id = sandbox_of(request), claims["account"]
    if request.path_params.get("aid", account_id) != account_id:
        raise Forbidden(f"the token is for account {account_id}, the path names another")
    ensure_account(sandbox, account_id)
    require_not_provoked(request)
    request.scope["mock_dintero.account"] = account_id
    return Caller(account_id, claims["sub"])


def _of_token(request: Request) -> dict[str, Any]:
    """The claims of the bearer token. Raises Unauthorized."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized(
            "send Authorization: Bearer <access_token>; "
            "get one from POST /v1/accounts/{account}/auth/token"
        )
    claims = _claims(token.strip())
    if claims is None:
        raise Unauthorized("invalid JWT token: it was not issued by this sandbox")
    if "exp" not in claims:
        raise Unauthorized("this is an API key, not a token: send it as x-api-key")
    now = sandbox_of(request).clock.now(claims["account"]).timestamp()
    if claims["exp"] <= now:
        raise Unauthorized(
            f"invalid JWT token: it expired {int(now - claims['exp'])} s ago; get a new one"
        )
    return claims


def _of_key(request: Request) -> dict[str, Any]:
    """The claims of the API key. Raises Unauthorized, also for one that was deleted or rotated."""
    claims = _claims(request.headers["x-api-key"].strip())
    if claims is None or "jti" not in claims:
        raise Unauthorized(
            "invalid x-api-key: it was not issued by this sandbox; "
            "make one with POST /v1/admin/api-keys"
        )
    if not merchant_keys.is_good(sandbox_of(request), claims["sub"], claims["jti"]):
        raise Unauthorized("invalid x-api-key: it was deleted or rotated")
    return claims


def call_of(request: Request, who: Caller) -> Call:
    """The caller's request, as the events that it causes remember it."""
    return Call(request.scope[REQUEST_ID], who.client_id, system_headers(request))


def basic_credentials(request: Request) -> tuple[str, str]:
    """Client id and secret of the token endpoint. Raises Unauthorized."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(encoded, validate=True).decode()
        except ValueError:  # not base64, or not text
            text = ""
        client_id, colon, secret = text.partition(":")
        if colon and client_id:
            return client_id, secret
    raise Unauthorized("send Authorization: Basic base64(client_id:client_secret)")

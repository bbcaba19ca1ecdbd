"""Callbacks that are not what they should be: forged, stale, broken, about another payment."""

from __future__ import annotations

from uuid import UUID

from mock_dintero.core.callback import Callback
from mock_dintero.core.fault import Fault
from mock_dintero.core.ids import base58, derived

_TURNED = str.maketrans("0123456789abcdef", "123456789abcdef0")


def altered(callback: Callback, fault: Fault) -> Callback:
    """Another URL or body, before it is signed: the signature then fits what is sent."""
    if fault.do == "malformed":
        return _malformed(callback)
    if fault.do == "wrong_transaction":
        return _about_another(callback, fault.transaction_id)
    return callback


def _malformed(callback: Callback) -> Callback:
    """Half a body; where there is none, half a query."""
    if callback.body is not None:
        return callback.with_(body=callback.body[: len(callback.body) // 2])
    start, found, query = callback.url.partition("?")
    return callback.with_(url=start + found + query[: len(query) // 2])


def _about_another(callback: Callback, other: str | None) -> Callback:
    """The transaction (or the session, where none is known) is another one, which may not exist."""
    own = callback.transaction_id or callback.session_id
    if not own:
        return callback  # a ping is about nothing
    other = other or foreign_id(own)
    return callback.with_(
        url=callback.url.replace(own, other),
        body=callback.body.replace(own, other) if callback.body is not None else None,
    )


def foreign_id(own: str) -> str:
    """An id of the same account and form that nothing has; the same one each time."""
    account_id = own.partition(".")[0]
    uuid = derived(own, "another")
    return f"{account_id}.{base58(UUID(int=uuid.int, version=4).int)}"


def forged(header: str) -> str:
    """A signature of the right form that nobody made: every digit of its hash is turned by one.

    An `Authorization` of the merchant's own need not have such digits; then it is written backwards.
    """
    start, found, digits = header.rpartition("=")
    turned = start + found + digits.translate(_TURNED)
    return turned if turned != header else f"{header[::-1].strip()}!"

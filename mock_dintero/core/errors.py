"""Every error a caller can meet, with the HTTP status and the code that Dintero's error body carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

Finding = dict[str, Any]
"""One entry of `error.errors`: `code`, `message`, `description`, `path` (list of steps into the body)."""


class DinteroError(Exception):
    """The root: `{"error": {"message", "code", "errors"?}}` with `status` as HTTP status.

    Source of the shape: the published contract, schema `Error`. Only INVALID_REQUEST_PARAMETER,
    NOT_FOUND, FORBIDDEN and UNAUTHORIZED are known from Dintero; the other codes are ours
    (docs/differences.md).
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "BAD_REQUEST"

    def __init__(self, message: str, errors: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.errors = tuple(errors)

    def body(self) -> dict[str, Any]:
        """The JSON that Dintero would answer with."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.errors:
            error["errors"] = list(self.errors)
        return {"error": error}


class InvalidRequest(DinteroError):
    """The body or a parameter does not have the documented form; `errors` lists every finding."""

    code = "INVALID_REQUEST_PARAMETER"


class Unauthorized(DinteroError):
    """No token, a forged one, an expired one, or wrong client credentials."""

    status = 401
    code = "UNAUTHORIZED"


class Forbidden(DinteroError):
    """The token is good, but not for this account."""

    status = 403
    code = "FORBIDDEN"


class NotFound(DinteroError):
    """Nothing with this id in the account of the token."""

    status = 404
    code = "NOT_FOUND"


class MethodNotAllowed(DinteroError):
    """The path exists, the method does not."""

    status = 405
    code = "METHOD_NOT_ALLOWED"


class Conflict(DinteroError):
    """The record was changed by somebody else between load and save; load again and repeat."""

    status = 409
    code = "CONFLICT"


class PreconditionFailed(DinteroError):
    """`If-Unmodified-Since` names another version of the session."""

    status = 412
    code = "PRECONDITION_FAILED"


class WaitTimedOut(DinteroError):
    """What a tester waits for has not come; `nearest` is the item that came closest, and why it is not it."""

    status = 408
    code = "WAIT_TIMED_OUT"

    def __init__(self, message: str, nearest: dict[str, Any] | None) -> None:
        super().__init__(message)
        self.nearest = nearest

    def body(self) -> dict[str, Any]:
        """The usual error body plus `nearest`."""
        body = super().body()
        body["error"]["nearest"] = self.nearest
        return body


class Stopping(DinteroError):
    """The sandbox is stopped while somebody waits for something."""

    status = 503
    code = "SERVICE_UNAVAILABLE"


class InvalidOrderAmount(DinteroError):
    """`order.amount` is not the sum of the items and the shipping option."""

    code = "INVALID_ORDER_AMOUNT"


class InvalidShippingOption(DinteroError):
    """The chosen option is not one of those that the merchant offers, or the offer contradicts itself."""

    code = "INVALID_SHIPPING_OPTION"


class TooManyDiscountCodes(DinteroError):
    """More codes than `express.discount_codes.max_count`, or codes where none are taken."""

    code = "INVALID_DISCOUNT_CODES"


class SessionNotLocked(DinteroError):
    """A merchant update needs the page's lock, or `update_without_lock=true`."""

    code = "SESSION_NOT_LOCKED"


class SessionLocked(DinteroError):
    """The merchant has locked the session to update it; nothing may change until then."""

    code = "SESSION_LOCKED"


class NotExpress(DinteroError):
    """The step exists only in sessions that were created with `express`."""

    code = "NOT_AN_EXPRESS_SESSION"


class NotPayable(DinteroError):
    """Something is missing before this session can be paid."""

    code = "SESSION_NOT_PAYABLE"


class NotCancellable(DinteroError):
    """The payment of this session is past the point where cancelling helps."""

    code = "SESSION_NOT_CANCELLABLE"


class SessionCompleted(DinteroError):
    """The session is paid, cancelled, failed or expired and cannot be changed any more."""

    code = "SESSION_COMPLETED"


class SessionGone(NotFound):
    """A page asks for a session that has ended: 404 with the cause and a way back to the shop.

    Source: schema SessionNotFound of the page-facing API.
    """

    code = "SESSION_NOT_FOUND"

    def __init__(self, message: str, cause: str, session_details: dict[str, Any]) -> None:
        super().__init__(message)
        self.cause = cause
        self.session_details = session_details

    def body(self) -> dict[str, Any]:
        """Dintero's error body plus `cause` and `session_details`."""
        body = super().body()
        body["error"]["cause"] = self.cause
        body["error"]["session_details"] = self.session_details
        return body


class InvalidTransactionStatus(DinteroError):
    """The operation does not exist in this status."""

    code = "INVALID_TRANSACTION_STATUS"


class AmountTooHigh(DinteroError):
    """More than what is left to capture or to refund."""

    code = "AMOUNT_TOO_HIGH"


class AuthorizationNotFinal(DinteroError):
    """A pre-authorization cannot be captured before its final amount is known."""

    code = "AUTHORIZATION_NOT_FINAL"


class NotUpdatable(DinteroError):
    """The authorization of this payment method cannot be updated in this way."""

    code = "AUTHORIZATION_NOT_UPDATABLE"


class AuthorizationConflict(DinteroError):
    """The authorization could be updated once, but not in the state that it is in now."""

    status = 409
    code = "AUTHORIZATION_CONFLICT"


class UnknownToken(DinteroError):
    """No card token of this account has this value, or it belongs to another payment method."""

    code = "INVALID_PAYMENT_TOKEN"


class MerchantReferenceTaken(DinteroError):
    """A feature toggle of `sessions/pay` forbids a second session with this `merchant_reference`."""

    code = "DUPLICATE_MERCHANT_REFERENCE"


class FundTransferChanged(DinteroError):
    """A `fund_transfer_id` that was used already comes with another body."""

    code = "FUND_TRANSFER_ID_ALREADY_USED"


class MerchantReferenceSet(DinteroError):
    """`merchant_reference_2` has a value already, and it is another one."""

    code = "MERCHANT_REFERENCE_2_ALREADY_SET"


class NothingToReplay(DinteroError):
    """A replay with the original signature of a callback that was never sent."""

    code = "NOTHING_TO_REPLAY"


class InvalidScenario(DinteroError):
    """A scenario's file does not have the form that it must have; the message names file and field."""

    code = "INVALID_SCENARIO"


class ScenarioNotPlayable(DinteroError):
    """A scenario cannot begin here: the shop does not answer, or has another account or sandbox."""

    status = 409
    code = "SCENARIO_NOT_PLAYABLE"


class ShopUnreachable(Exception):
    """The merchant's server did not give a usable answer. `why` is a sentence for the tester.

    `said` are the merchant's own words for the buyer, if it has refused and told why.

    Not a DinteroError: the buyer's request succeeds, the page says what happened.
    """

    def __init__(self, why: str, said: str = "") -> None:
        super().__init__(why)
        self.why, self.said = why, said

"""The Web SDK's protocol as data: what each message must and may carry. Source: sessions.md 14.2-14.6."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Is = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and value >= 0


def is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def is_session(value: Any) -> bool:
    return isinstance(value, dict) and {"id", "order"} <= set(value)


def is_pixels(value: Any) -> bool:
    """A number as text: `top`, `left` and `right` of the button."""
    return isinstance(value, str) and value.replace(".", "", 1).isdigit()


def is_switch(value: Any) -> bool:
    return value in ("true", "false")


def is_styles(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def is_return_url(value: Any) -> bool:
    return is_text(value) and "merchant_reference=" in value


PAID = {"href": is_return_url, "transaction_id": is_text, "merchant_reference": is_text}
BUTTON = {
    "styles": is_styles, "openLabel": is_text, "focusLabel": is_text, "closeLabel": is_text,
    "descriptionLabel": is_text, "top": is_pixels, "left": is_pixels, "right": is_pixels,
    "language": is_text, "disabled": is_switch,
}  # fmt: skip


@dataclass(frozen=True)
class Message:
    """Fields besides `type`, `sid`, and `mid` (in a frame) or `context` (in a pop-out)."""

    when: str
    must: Mapping[str, Is] = field(default_factory=dict)
    may: Mapping[str, Is] = field(default_factory=dict)


TOLD = {
    "SessionLoaded": Message("first load of the session", {"session": is_session}),
    "SessionUpdated": Message(
        "every change, and answer to RefreshSession", {"session": is_session}
    ),
    "SessionNotFound": Message("404 or expired"),
    "SessionCancel": Message(
        "the customer cancels",
        {"href": is_return_url, "merchant_reference": is_text},
        {"error": is_text},
    ),
    "SessionPaymentOnHold": Message("ON_HOLD", PAID),
    "SessionPaymentAuthorized": Message("success", PAID),
    "SessionPaymentError": Message(
        "failure", {"href": is_return_url, "error": is_text, "merchant_reference": is_text}
    ),
    "SessionLocked": Message("after LockSession", {"pay_lock_id": is_text}),
    "SessionLockFailed": Message("the lock was refused"),
    "ActivePaymentProductType": Message("selection changes", {}, {"payment_product_type": is_text}),
    "ValidateSession": Message("payment is about to start", {"session": is_session}),
    "AddressCallback": Message("an address was submitted", {"session": is_session}),
    "HeightChanged": Message("layout", {"height": is_number}),
    "LanguageChanged": Message("the customer changes language", {"language": is_text}),
    "ScrollToTop": Message("step change"),
    "TopLevelNavigation": Message("the page needs the whole window", {"href": is_text}),
    "ShowPopOutButton": Message(
        "launcher, ready to pay",
        BUTTON,
        {"stylesHover": is_styles, "stylesFocusVisible": is_styles, "session": is_session},
    ),
    "HidePopOutButton": Message("launcher, not ready to pay"),
    "AppLoaded": Message("the pop-out is there"),
}
"""What the page tells the shop's page."""

ASKED = {
    "LockSession": Message("lockSession()"),
    "RefreshSession": Message("refreshSession()"),
    "SetActivePaymentProductType": Message(
        "setActivePaymentProductType()", {}, {"payment_product_type": is_text}
    ),
    "ValidationResult": Message(
        "the shop has validated", {"success": is_truth}, {"clientValidationError": is_text}
    ),
    "AddressCallbackResult": Message(
        "the shop has options", {"success": is_truth}, {"error": is_text}
    ),
    "SetLanguage": Message("the pop-out changed language", {"language": is_text}),
    "OpenedPopOut": Message("the pop-out is open"),
    "OpenPopOutFailed": Message("the pop-out was blocked"),
    "ClosedPopOut": Message("the pop-out is closed"),
    "ValidatingPopOut": Message("the shop is asked before the pop-out goes on"),
}  # fmt: skip
"""What the shop's page tells the page."""

METHODS = (
    "embed", "redirect", "destroy", "lockSession", "refreshSession", "setActivePaymentProductType",
    "submitValidationResult",
)  # fmt: skip
"""What a shop can call."""

OPTIONS = ("language", "ui", "popOut", "hideTestMessage", "endpoint")


def differences(data: Json) -> list[str]:
    """What in a message, of either side, is not as documented."""
    name = data.get("type", "")
    if name in ASKED:
        return _wrong(name, data, ASKED[name], around=set())
    if name not in TOLD:
        return [f"{name}: there is no such message"]
    if "context" not in data:
        return _wrong(name, data, TOLD[name], around={"mid"})
    wrong = _wrong(name, data, TOLD[name], around={"context"})
    return wrong if data["context"] == "popOut" else [*wrong, f"{name}.context"]


def _wrong(name: str, data: Json, expected: Message, around: set[str]) -> list[str]:
    found = [
        f"{name}.{key}: {data.get(key)!r}"
        for key, is_right in {"sid": is_text, **expected.must, **expected.may}.items()
        if (key not in expected.may or key in data) and not is_right(data.get(key))
    ]
    unknown = set(data) - {"type", "sid"} - around - set(expected.must) - set(expected.may)
    return found + [f"{name}.{key}: not documented" for key in sorted(unknown)]


def as_table(seen: Iterable[tuple[str, str, bool]]) -> str:
    """`(event or method, in which test, as documented)` as a table in Markdown."""
    by_name: dict[str, list[tuple[str, bool]]] = {}
    for name, test, is_right in seen:
        by_name.setdefault(name, []).append((test, is_right))
    lines = ["| event or method | when | seen in tests | as documented |", "|---|---|---|---|"]
    whens = {**{name: Message("called by the shop") for name in METHODS}, **ASKED, **TOLD}
    for name, message in {**TOLD, **ASKED, **whens}.items():
        rows = by_name.get(name, [])
        verdict = "not seen" if not rows else "yes" if all(right for _, right in rows) else "no"
        lines.append(f"| {name} | {message.when} | {len({test for test, _ in rows})} | {verdict} |")
    return "\n".join(lines)

"""Why a `Dintero-Signature` does not fit: each step of the check, and the mistake that would explain it."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from mock_dintero.core.signature import HEADER, TOLERANCE_SECONDS, payload
from mock_dintero.core.signature_mistakes import digest_of, mistakes_behind
from mock_dintero.core.timestamps import stamp

ALGORITHM = "v0-hmac-sha256"


@dataclass(frozen=True)
class Step:
    """One step of the check: what it is about, whether it holds, and what was found."""

    name: str
    is_good: bool
    says: str


@dataclass(frozen=True)
class Explanation:
    """The whole check. `mistakes` would have led to this signature; `signed` is what should be signed."""

    steps: tuple[Step, ...]
    signed: str = ""
    expected: str = ""
    mistakes: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether every step holds."""
        return all(step.is_good for step in self.steps)


def explain(
    secret: str, header: str, account_id: str, method: str, url: str, now: int
) -> Explanation:
    """Check a signature step by step."""
    value = re.sub(rf"^\s*{HEADER}\s*:\s*", "", header, flags=re.IGNORECASE).strip()
    read = _read(value)
    if isinstance(read, str):
        return Explanation((Step("header", False, read),))
    timestamp, digest = read
    signed = payload(timestamp, account_id, method, url)
    expected = digest_of(secret.encode(), signed)
    form = Step("header", True, f"t={timestamp} and a digest of {ALGORITHM}")
    steps = [form, _age(timestamp, now)]
    if hmac.compare_digest(digest, expected):
        steps.append(
            Step("signature", True, "it is the one of this secret, account, method and URL")
        )
        return Explanation(tuple(steps), signed, expected.hex())
    mistakes = mistakes_behind(digest, secret, timestamp, account_id, method, url)
    says = "it was made of something else" if mistakes else (
        "it belongs to another secret, or to another URL than the usual mistakes lead to"
    )  # fmt: skip
    steps.append(Step("signature", False, says))
    return Explanation(tuple(steps), signed, expected.hex(), mistakes)


def _read(value: str) -> tuple[int, bytes] | str:
    """Time and digest, or what is wrong with the header."""
    wanted = f"it must look like t=<unix seconds>,{ALGORITHM}=<64 hex digits>"
    if re.fullmatch(r"[0-9a-fA-F]{40}", value):
        return f"{wanted}; 40 hex digits are the event-signature of an account webhook, made of its body"
    if value != re.sub(r"\s", "", value):
        return f"{wanted}, without spaces or line breaks"
    fields = dict(part.partition("=")[::2] for part in value.split(","))
    time, digest = fields.get("t", ""), fields.get(ALGORITHM)
    if not time:
        return f"{wanted}; there is no t"
    if not (time.isascii() and time.isdecimal()):
        return f"{wanted}; t is {time!r}"
    if len(time) >= 13:
        return f"{wanted}; t={time} is in milliseconds"
    if digest is None:
        others = ", ".join(name for name in fields if name != "t") or "none"
        return f"{wanted}; the algorithm is {others}"
    if value != f"t={time},{ALGORITHM}={digest}":
        return f"{wanted}, in this order and with nothing else"
    return _digest(time, digest, wanted)


def _digest(time: str, digest: str, wanted: str) -> tuple[int, bytes] | str:
    if re.fullmatch(r"[0-9a-f]{64}", digest):
        return int(time), bytes.fromhex(digest)
    if re.fullmatch(r"[0-9a-fA-F]{64}", digest):
        return f"{wanted}; the digits are in upper case"
    if re.fullmatch(r"[A-Za-z0-9+/_-]{43}=?", digest):
        return f"{wanted}; this digest is in base64"
    return f"{wanted}; the digest has {len(digest)} characters"


def _age(timestamp: int, now: int) -> Step:
    age = now - timestamp
    try:
        at = stamp(datetime.fromtimestamp(timestamp, UTC))
    except (ValueError, OverflowError, OSError):
        return Step("time", False, f"t={timestamp} is outside the calendar")
    if age > TOLERANCE_SECONDS:
        return Step("time", False, f"{at} is {age} s old; {TOLERANCE_SECONDS} are the limit")
    if age < -TOLERANCE_SECONDS:
        return Step(
            "time", False, f"{at} is {-age} s in the future; {TOLERANCE_SECONDS} are the limit"
        )
    return Step("time", True, f"{at}, {abs(age)} s {'ago' if age >= 0 else 'ahead'}")

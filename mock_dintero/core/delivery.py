"""The delivery of a callback: tried, tried again, given up, held back by a fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from mock_dintero.core.callback import Answer, AttemptRecord, Callback, Cue, Sent
from mock_dintero.core.lint import Lint
from mock_dintero.core.timestamps import moment, stamp

LONGEST_KEPT = 16 * 1024
"""Characters of an answer that a delivery keeps."""
WEBHOOK_TRIES, WEBHOOK_INTERVAL = 5, 120
"""Of account webhooks: tries in total, seconds between. Source: webhooks guide."""
RETRIES = 20
"""Tries after the first failure. Source: description of callback_url."""
FIRST_INTERVAL, LONGEST_INTERVAL = 5, 3600
"""Seconds between tries: 5, 10, 20 ... 3600. Ours: Dintero does not publish its intervals."""


LATE = ("delay", "reorder")
"""Faults that hold a try back; each try is held once."""
AS_IT_IS = (None, *LATE, "duplicate", "lose_answer")
"""What leaves a request as Dintero would have sent it."""


def interval(failures: int) -> int:
    """Seconds until the next try, after this many failures."""
    return min(FIRST_INTERVAL << (failures - 1), LONGEST_INTERVAL)


def is_delivered(answer: Answer) -> bool:
    """2xx, and 3xx without following it (ours: Dintero does not say)."""
    return answer.status is not None and 200 <= answer.status < 400


def is_tried_again(answer: Answer) -> bool:
    """4xx is final; 5xx, 1xx, time-outs and connection errors are repeated. Source: callback_url."""
    return answer.status is None or answer.status >= 500 or answer.status < 200


def claimed(callback: Callback) -> Callback:
    """In flight: nobody else may carry it."""
    return callback.with_(state="in_flight", held_for=None)


def released(callback: Callback) -> Callback:
    """Back to waiting: the process died while it was in flight, nobody knows whether it arrived."""
    return callback.with_(state="waiting")


def after_attempt(
    callback: Callback,
    answer: Answer,
    sent: Sent,
    now: datetime,
    lint: tuple[Lint, ...] = (),
) -> Callback:
    """Delivered, given up, or waiting for its next try; `lint` is what the answer will be regretted for."""
    attempt = _attempt(callback, answer, sent, now, lint)
    tried = callback.with_(attempts=(*callback.attempts, attempt))
    if sent.extra:
        return _after_extra(callback, tried, answer)
    if callback.at == "webhook":
        return _after_webhook(tried, answer, now)
    if callback.at != "payment_callback":  # a question: one try, and its answer must be usable
        return tried.with_(state="delivered" if _is_usable(answer) else "failed", due=None)
    if is_delivered(answer):
        return tried.with_(state="delivered", due=None)
    if not is_tried_again(answer) or tries(tried) > RETRIES:
        return tried.with_(state="failed", due=None)
    return _again(tried, now + timedelta(seconds=interval(tries(tried))))


def _attempt(
    callback: Callback, answer: Answer, sent: Sent, now: datetime, lint: tuple[Lint, ...]
) -> AttemptRecord:
    said: dict[str, Any] = {
        "lint": lint, "request_headers": shown_headers(sent.headers), "response_headers": answer.headers,
        "fault": sent.fault or (callback.fault if is_late(callback) and not sent.extra else None),
        "extra": sent.extra,
        "url": sent.callback.url if sent.callback.url != callback.url else None,
        "request": sent.callback.body if sent.callback.body != callback.body else None,
    }  # fmt: skip
    return AttemptRecord(
        at=stamp(now), sent_at=answer.sent_at, latency=answer.latency,
        status=answer.status, error=answer.error,
        response=answer.body[:LONGEST_KEPT] or None, signature=sent.signature,
        **{name: value for name, value in said.items() if value},
    )  # fmt: skip


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Without what opens a door: a webhook's Authorization is the merchant's own secret."""
    return {
        name: "(redacted)" if name.lower() == "authorization" else value
        for name, value in headers.items()
    }


def tries(callback: Callback) -> int:
    """How often it was tried; duplicates and replays do not count."""
    return sum(not attempt.extra for attempt in callback.attempts)


def _is_usable(answer: Answer) -> bool:
    return answer.status == 200 and not answer.error


def _again(tried: Callback, due: datetime) -> Callback:
    last = tried.attempts[-1].with_(next=stamp(due))
    again = tried.with_(state="waiting", due=stamp(due), attempts=(*tried.attempts[:-1], last))
    return again.with_(fault=None) if is_late(tried) else again


def _after_extra(before: Callback, tried: Callback, answer: Answer) -> Callback:
    """A replay that arrives mends what was given up; a duplicate changes nothing."""
    if tried.attempts[-1].extra == "replay" and before.state in ("waiting", "failed"):
        good = is_delivered(answer) if before.at == "payment_callback" else _is_2xx(answer)
        if good and not answer.error:
            return tried.with_(state="delivered", due=None, held_for=None)
    return tried


def _is_2xx(answer: Answer) -> bool:
    return answer.status is not None and 200 <= answer.status < 300


def _after_webhook(tried: Callback, answer: Answer, now: datetime) -> Callback:
    """Anything but 2xx is a failure, redirects too; five tries in all."""
    if _is_2xx(answer) and not answer.error:
        return tried.with_(state="delivered", due=None)
    if tries(tried) >= WEBHOOK_TRIES:
        return tried.with_(state="failed", due=None)
    return _again(tried, now + timedelta(seconds=WEBHOOK_INTERVAL))


def held(callback: Callback, cue: Cue | None, until: datetime, fault: str) -> Callback:
    """Not yet: it goes on its cue, or else at `until`; not before it was due anyway."""
    due = max(stamp(until), callback.due or "")
    return callback.with_(state="waiting", due=due, held_for=cue, fault=fault)


def cued(callback: Callback, now: datetime) -> Callback:
    """Its cue has come."""
    return callback.with_(due=stamp(now), held_for=None)


def is_late(callback: Callback) -> bool:
    """Whether a fault has held this try back already."""
    return callback.fault in LATE


def is_due(callback: Callback, now: datetime) -> bool:
    """Whether it waits for delivery and its time has come."""
    return callback.state == "waiting" and callback.due is not None and moment(callback.due) <= now

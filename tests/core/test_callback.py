"""Callbacks: when one is due, what its URL and body say, and when it is tried again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_dintero.core.callback import (
    PAYMENT_TIMEOUT,
    QUESTION_TIMEOUT,
    Answer,
    Callback,
    Sent,
    payment_callback,
    public,
    question,
)
from mock_dintero.core.callback_url import options, return_url, with_query
from mock_dintero.core.delivery import (
    after_attempt,
    claimed,
    interval,
    is_delivered,
    is_due,
    is_tried_again,
    released,
)
from mock_dintero.core.operation import CaptureBody, capture, void
from mock_dintero.core.timestamps import stamp

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SHOP = "https://shop.example/cb"
WOO = (
    "https://shop.example/wc-api/dintero_callback/?delay_callback=120&report_error=true"
    "&sid_parameter_name=sid&report_event=CAPTURE&report_event=REFUND&report_event=VOID"
)
MAGENTO = f"{SHOP}?method=POST&delay_callback=30&report_error=true&includes=session"


def query(url):
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)


@pytest.fixture
def told(make):
    """The callback of a payment, for a shop with this callback URL."""

    def tell(url=SHOP, outcome="approve", error=None, event=None):
        urls = {"return_url": "https://shop.example/return"}
        session = make.session(url={**urls, "callback_url": url} if url else urls)
        session, transaction = make.pay(session, outcome=outcome)
        return payment_callback("T12345678.d1", session, transaction, error, event, NOW)

    return tell


@pytest.fixture
def waiting(told):
    return told()


def answered(callback, status=None, at=NOW):
    error = None if status else "connection refused"
    return after_attempt(
        callback, Answer(status=status, error=error, latency=1.5), Sent(callback, {}), at
    )


# What the merchant asks for in its own URL


def test_without_options_a_callback_is_a_get_for_successes():
    assert options(SHOP).shown() == {
        "method": "GET", "with_session": False, "report_error": False, "delay": 0,
        "report_events": [], "sid_name": "session_id",
    }  # fmt: skip


def test_the_url_of_woocommerce_is_understood():
    asked = options(WOO)

    assert (asked.method, asked.sid_name, asked.report_error) == ("GET", "sid", True)
    assert asked.report_events == {"CAPTURE", "REFUND", "VOID"}
    assert asked.delay == 60


def test_the_url_of_magento_is_understood():
    asked = options(MAGENTO)

    assert (asked.method, asked.delay) == ("POST", 30)
    assert asked.with_session
    assert asked.report_error


@pytest.mark.parametrize(
    ("sent", "delay"),
    [("0", 0), ("1", 1), ("30", 30), ("60", 60), ("61", 60), ("120", 60), ("180", 60), ("-5", 0),
     ("", 0), ("1.5", 0), ("soon", 0), ("²", 0)],
)  # fmt: skip
def test_delay_callback_is_capped_at_60_seconds(sent, delay):
    assert options(f"{SHOP}?delay_callback={sent}").delay == delay


@pytest.mark.parametrize("name", ["include", "Includes", "include[]"])
def test_a_misspelt_include_is_ignored(name):
    assert not options(f"{SHOP}?method=POST&{name}=session").with_session


@pytest.mark.parametrize("tail", ["includes=session", "includes=a&includes=session"])
def test_includes_session_may_be_repeated(tail):
    assert options(f"{SHOP}?{tail}").with_session


@pytest.mark.parametrize(
    ("tail", "method"), [("method=POST", "POST"), ("method=GET", "GET"), ("method=PUT", "GET")]
)
def test_the_method_is_post_only_when_asked(tail, method):
    assert options(f"{SHOP}?{tail}").method == method


@pytest.mark.parametrize("tail", ["report_error=false", "report_error=", "report_errors=true"])
def test_errors_are_reported_only_when_asked(tail):
    assert not options(f"{SHOP}?{tail}").report_error


@pytest.mark.parametrize(
    ("tail", "name"),
    [("sid_parameter_name=sid", "sid"), ("sid_parameter_name=session_id", "session_id"),
     ("sid_parameter_name=evil", "session_id")],
)  # fmt: skip
def test_the_session_parameter_has_one_of_two_names(tail, name):
    assert options(f"{SHOP}?{tail}").sid_name == name


# What is called


def test_the_merchants_own_query_stays_and_dinteros_is_appended(told):
    callback = told(WOO)

    assert callback.url.startswith(WOO + "&")
    assert query(callback.url)[len(query(WOO)) :] == [
        ("transaction_id", "T12345678.transaction"), ("sid", "T12345678.session"),
        ("merchant_reference", "cart-881"), ("time", "2026-11-22T10:00:00.112Z"),
    ]  # fmt: skip


def test_exactly_one_of_sid_and_session_id_is_sent(told):
    assert "session_id" in dict(query(told().url))
    assert "sid" not in dict(query(told().url))
    assert "session_id" not in dict(query(told(WOO).url))


def test_time_is_when_the_transaction_was_created(told):
    assert dict(query(told().url))["time"] == "2026-11-22T10:00:00.112Z"
    assert "time=2026-11-22T10%3A00%3A00.112Z" in told().url


def test_a_get_has_no_body_and_a_post_has_the_transaction_at_top_level(told):
    assert (told().method, told().body) == ("GET", None)
    callback = told(f"{SHOP}?method=POST")
    body = json.loads(callback.body)

    assert callback.method == "POST"
    assert (body["id"], body["session_id"]) == ("T12345678.transaction", "T12345678.session")
    assert (body["status"], body["merchant_reference"]) == ("AUTHORIZED", "cart-881")
    assert "session" not in body


def test_includes_session_puts_the_session_into_the_body_without_secrets(told):
    session = json.loads(told(MAGENTO).body)["session"]

    assert session["id"] == "T12345678.session"
    assert session["transaction_id"] == "T12345678.transaction"
    assert not {"question", "payment", "system", "pay_lock"} & set(session)


def test_no_callback_url_no_callback(told):
    assert told(None) is None


def test_a_first_callback_waits_for_its_delay(told):
    assert told().due == "2026-11-22T10:00:00.000Z"
    assert told(MAGENTO).due == "2026-11-22T10:00:30.000Z"
    assert told(WOO).due == "2026-11-22T10:01:00.000Z"


@pytest.mark.parametrize("error", ["cancelled", "authorization", "failed"])
def test_errors_are_told_only_with_report_error(told, error):
    assert told(outcome="decline", error=error) is None
    callback = told(WOO, outcome="decline", error=error)
    assert dict(query(callback.url))["error"] == error
    assert "error" not in dict(query(told(WOO).url))


def test_a_customer_who_walked_away_has_no_transaction_to_tell_of(make):
    urls = {
        "return_url": "https://a.example",
        "callback_url": f"{SHOP}?method=POST&report_error=true",
    }
    callback = payment_callback(
        "T12345678.d1", make.session(url=urls), None, "cancelled", None, NOW
    )

    told = dict(query(callback.url))
    assert told["error"] == "cancelled"
    assert told["session_id"] == "T12345678.session"
    assert "transaction_id" not in told
    assert callback.body is None
    assert callback.transaction_id is None


@pytest.mark.parametrize(
    ("named", "is_told"), [("CAPTURE", True), ("capture", True), ("VOID", False)]
)
def test_later_operations_are_told_only_when_named(make, named, is_told):
    url = f"{SHOP}?delay_callback=30&report_event={named}"
    urls = {"return_url": "https://a.example", "callback_url": url}
    session, transaction = make.pay(make.session(url=urls))
    captured = capture(transaction, CaptureBody(amount=1), "x", NOW)

    callback = payment_callback("T12345678.d2", session, captured, None, captured.events[-1], NOW)

    assert (callback is not None) is is_told
    if callback:
        told = dict(query(callback.url))
        assert (told["event"], told["event_id"]) == ("CAPTURE", "3")
        assert told["time"] == transaction.created_at
        assert callback.due == "2026-11-22T10:00:00.000Z"


def test_each_repeated_report_event_counts(make):
    urls = {"return_url": "https://a.example", "callback_url": WOO}
    session, transaction = make.pay(make.session(url=urls))
    voided = void(transaction, "x", NOW)

    callback = payment_callback("T12345678.d2", session, voided, None, voided.events[-1], NOW)

    assert dict(query(callback.url))["event"] == "VOID"


def test_a_question_is_one_post_of_the_whole_session(make):
    session = make.session(express={}).with_(system={"a": "b"})

    asked = question("T12345678.d1", "address_callback", session, "https://shop.example/?x=1", NOW)

    assert (asked.method, asked.url) == ("POST", "https://shop.example/?x=1")
    assert json.loads(asked.body) == public(session)
    assert json.loads(asked.body)["id"] == session.id
    assert not is_due(asked, NOW)


@pytest.mark.parametrize("at", ["address_callback", "discount_callback"])
@pytest.mark.parametrize("status", [None, 500, 404])
def test_a_question_is_never_repeated(make, at, status):
    asked = question("T12345678.d1", at, make.session(express={}), SHOP, NOW)

    assert answered(asked, status).state == "failed"


def test_merchants_have_10_seconds_for_payments_and_60_for_questions():
    assert (PAYMENT_TIMEOUT, QUESTION_TIMEOUT) == (10, 60)


def test_system_headers_are_shown_only_on_request(make):
    session = make.session().with_(system={"dintero-system-name": "woo"})

    assert "initiating_system_request_headers" not in public(session)
    shown = public(session, with_system=True)
    assert shown["initiating_system_request_headers"] == {"dintero-system-name": "woo"}


# Where the browser goes


@pytest.mark.parametrize(
    ("transaction", "error", "tail"),
    [("T1.x", None, "merchant_reference=cart-881&transaction_id=T1.x"),
     (None, "cancelled", "merchant_reference=cart-881&error=cancelled"),
     ("T1.x", "failed", "merchant_reference=cart-881&transaction_id=T1.x&error=failed")],
)  # fmt: skip
def test_a_return_url_names_reference_transaction_and_error(make, transaction, error, tail):
    assert return_url(make.session(), transaction, error) == f"https://shop.example/return?{tail}"


def test_a_return_url_keeps_its_query_and_never_names_the_session(make):
    urls = {"return_url": "https://shop.example/?gateway=dintero&key=a%20b#top"}

    url = return_url(make.session(url=urls, order={"merchant_reference": ""}), None, None)

    assert url == "https://shop.example/?gateway=dintero&key=a%20b&merchant_reference=#top"


@pytest.mark.parametrize(
    ("url", "after"),
    [("https://a.example", "https://a.example?x=1+2"), ("https://a.example/?", "https://a.example/?x=1+2"),
     ("https://a.example/p?b=%7E&b=*#f", "https://a.example/p?b=%7E&b=*&x=1+2#f"),
     ("myapp://return", "myapp://return?x=1+2"), ("myapp:///return", "myapp:///return?x=1+2")],
)  # fmt: skip
def test_parameters_are_appended_to_what_the_merchant_wrote(url, after):
    assert with_query(url, [("x", "1 2")]) == after


# Delivery


def test_the_intervals_double_from_5_seconds_to_an_hour():
    assert [interval(n) for n in range(1, 13)] == [
        5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600
    ]  # fmt: skip
    assert interval(20) == 3600


@given(st.integers(200, 399))
def test_2xx_and_3xx_are_delivered(status):
    assert is_delivered(Answer(status=status))


@given(st.integers(400, 499))
def test_4xx_is_final(status):
    assert not is_delivered(Answer(status=status))
    assert not is_tried_again(Answer(status=status))


@given(st.integers(500, 599) | st.integers(100, 101) | st.none())
def test_5xx_1xx_and_silence_are_tried_again(status):
    assert not is_delivered(Answer(status=status))
    assert is_tried_again(Answer(status=status))


@pytest.mark.parametrize(
    ("status", "state"),
    [(200, "delivered"), (204, "delivered"), (302, "delivered"), (400, "failed"), (404, "failed"),
     (499, "failed"), (500, "waiting"), (503, "waiting"), (100, "waiting"), (None, "waiting")],
)  # fmt: skip
def test_the_first_answer_decides_what_becomes_of_a_callback(waiting, status, state):
    after = answered(waiting, status)

    assert after.state == state
    assert (after.due is not None) == (state == "waiting")
    assert after.attempts[0].status == status


def test_there_are_20_retries_at_the_documented_times(waiting):
    callback, at, waits = waiting, NOW, []
    while callback.state == "waiting":
        assert is_due(callback, at)
        callback = answered(claimed(callback), 500, at)
        if callback.due:
            due = datetime.fromisoformat(callback.due)
            waits.append(int((due - at).total_seconds()))
            assert not is_due(callback, due - timedelta(milliseconds=1))
            at = due

    assert callback.state == "failed"
    assert len(callback.attempts) == 21
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560] + [3600] * 10


def test_a_late_success_ends_the_retries(waiting):
    callback = answered(answered(waiting, 500), 200)

    assert callback.state == "delivered"
    assert callback.due_at is None
    assert [attempt.status for attempt in callback.attempts] == [500, 200]


def test_an_attempt_is_noted_whole(waiting):
    real = "2026-11-22T12:34:56.789Z"
    answer = Answer(
        status=500, body="x" * 20_000, latency=12.5, sent_at=real, headers={"Server": "shop"}
    )
    sent = Sent(waiting, {"event-delivery": "d1"}, "t=1,v0-hmac-sha256=ab")

    attempt = after_attempt(waiting, answer, sent, NOW).attempts[0]

    assert attempt.shown() == {
        "at": "2026-11-22T10:00:00.000Z", "status": 500, "error": None, "latency": 12.5,
        "response": "x" * 16_384, "signature": "t=1,v0-hmac-sha256=ab", "sent_at": real,
        "request_headers": {"event-delivery": "d1"}, "response_headers": {"Server": "shop"},
        "next": "2026-11-22T10:00:05.000Z",
    }  # fmt: skip


def test_what_a_fault_changed_is_noted_beside_what_was_to_be_sent(waiting):
    changed = waiting.with_(url="http://shop.example/other")
    sent = Sent(changed, {}, fault="wrong_transaction")

    attempt = after_attempt(waiting, Answer(status=200), sent, NOW).attempts[0]

    assert (attempt.url, attempt.fault) == ("http://shop.example/other", "wrong_transaction")


def test_a_duplicate_counts_for_no_retry_and_changes_no_state(waiting):
    tried = answered(waiting, 500)
    copied = after_attempt(tried, Answer(status=200), Sent(tried, {}, extra="duplicate"), NOW)

    assert (copied.state, copied.due, len(copied.attempts)) == (tried.state, tried.due, 2)
    assert answered(copied, 500).attempts[-1].next == stamp(NOW + timedelta(seconds=10))


def test_a_replay_mends_what_was_given_up(waiting):
    failed = answered(waiting, 404)
    sent = Sent(failed, {}, extra="replay")

    assert after_attempt(failed, Answer(status=500), sent, NOW).state == "failed"
    assert after_attempt(failed, Answer(status=200), sent, NOW).state == "delivered"


def test_a_webhooks_own_secret_is_not_shown(waiting):
    sent = Sent(waiting, {"authorization": "Bearer of the shop", "event": "ping"})

    attempt = after_attempt(waiting, Answer(status=200), sent, NOW).attempts[0]

    assert attempt.request_headers == {"authorization": "(redacted)", "event": "ping"}


def test_a_callback_in_flight_belongs_to_nobody_else(waiting):
    flying = claimed(waiting)

    assert not is_due(flying, NOW + timedelta(days=1))
    assert flying.due_at is None
    assert is_due(released(flying), NOW)
    assert released(flying).due_at == waiting.due


def test_a_callback_is_due_at_its_moment_and_not_before(told):
    callback = told(MAGENTO)

    assert not is_due(callback, NOW + timedelta(seconds=29, milliseconds=999))
    assert is_due(callback, NOW + timedelta(seconds=30))


def test_a_callback_knows_its_delivery_session_and_transaction(waiting):
    assert waiting.delivery_id == "d1"
    assert waiting.link == "T12345678.session"
    assert waiting.reference == "T12345678.transaction"
    assert waiting.account_id == "T12345678"


def test_a_callback_survives_being_written_and_read(waiting):
    tried = answered(waiting, 500)

    assert Callback.model_validate_json(tried.model_dump_json(exclude_unset=True)) == tried


def test_an_empty_answer_has_no_response(waiting):
    assert answered(waiting, 200).attempts[0].response is None
    assert answered(waiting, None).attempts[0].error == "connection refused"

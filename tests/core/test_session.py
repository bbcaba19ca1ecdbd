"""Sessions: how they come into being, what happens to them, and how they end."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from mock_dintero.core.errors import SessionCompleted, SessionGone
from mock_dintero.core.session import (
    NewSession,
    Session,
    Urls,
    cause_of_end,
    happened,
    is_expired,
    new_session,
    require_found,
    require_open,
    visited,
)

NOW = datetime(2026, 11, 22, 10, 0, 0, 112_000, UTC)
ID = "T12345678.55Q4CC1WuVJdgCssZfrf5a"


def created(body, profile=None, system=None):
    return new_session(ID, NewSession.model_validate(body), profile or {}, system or {}, NOW)


@pytest.fixture
def body(make):
    return {"url": {"return_url": "https://shop.example/return"}, "order": make.order_json()}


def test_a_new_session_is_what_was_sent_plus_what_dintero_adds(body):
    shown = created(body).shown()

    assert {name: shown[name] for name in body} == body
    assert shown["id"] == ID
    assert shown["created_at"] == shown["updated_at"] == "2026-11-22T10:00:00.112Z"
    assert [event["name"] for event in shown["events"]] == ["INITIATED"]


def test_a_session_lives_24_hours_unless_the_merchant_says_otherwise(body):
    assert created(body).expires_at == "2026-11-23T10:00:00.112Z"
    sent = "2026-11-22T14:00:00.000Z"
    assert created({**body, "expires_at": sent}).expires_at == sent


def test_magentos_odd_expires_at_is_taken_and_given_back(body):
    odd = "2026-11-22T14:00:00.325Z"  # .325 is the day of the year
    session = created({**body, "expires_at": odd})

    assert session.shown()["expires_at"] == odd
    assert not is_expired(session, NOW + timedelta(hours=3))
    assert is_expired(session, NOW + timedelta(hours=5))


@pytest.mark.parametrize("value", ["tomorrow", "", "2026-13-01T00:00:00Z"])
def test_an_unreadable_expires_at_is_refused(body, value):
    with pytest.raises(ValidationError, match="expires_at"):
        NewSession.model_validate({**body, "expires_at": value})


def test_fields_that_are_null_count_as_not_sent(body):
    names = (
        "configuration",
        "express",
        "customer",
        "merchant",
        "expires_at",
        "checkboxes",
        "metadata",
    )
    session = created({**body, **dict.fromkeys(names)})

    assert session.shown() == created(body).shown()


def test_unknown_fields_are_kept_at_every_depth(body, make):
    body["url"]["ext_url"] = {"a": [1]}
    body["order"]["items"][0]["tax_rate"] = 25
    body["order"]["shipping_option"] = make.option(quantity=1, type="shipping")
    body["express"] = {"shipping_options": [make.option(colour="red")], "ext": None}
    body["discount_codes"] = ["A"]

    shown = created(body).shown()

    assert {name: shown[name] for name in body} == body


@pytest.mark.parametrize("name", ["copy", "json", "dict", "schema", "with_", "shown", "ext"])
def test_an_unknown_field_may_have_any_name(body, name):
    session = created({**body, name: {"a": 1}})

    assert json.loads(session.model_dump_json(exclude_unset=True))[name] == {"a": 1}


def test_a_merchant_cannot_set_what_dintero_writes(body):
    forged = {
        "id": "T99999999.x", "events": [], "created_at": "x", "updated_at": "x",
        "transaction_id": "T12345678.x", "cancelled_at": "x", "pay_lock": {"pay_lock_id": "x"},
        "question": {}, "payment": {}, "system": {"a": "b"},
    }  # fmt: skip

    assert created({**body, **forged}).shown() == created(body).shown()


def test_the_profile_is_the_ground_and_the_request_overrides_it_key_by_key(body):
    profile = {"dintero_psp": {"vipps": {"enabled": True}, "creditcard": {"enabled": True}}}
    own = {"dintero_psp": {"vipps": {"enabled": False}}, "auto_capture": True}

    session = created({**body, "profile_id": "default", "configuration": own}, profile)

    assert session.configuration.shown() == {
        "dintero_psp": {"vipps": {"enabled": False}, "creditcard": {"enabled": True}},
        "auto_capture": True,
    }
    assert profile["dintero_psp"]["vipps"]["enabled"] is True


def test_the_profile_id_moves_into_the_metadata(body):
    session = created({**body, "profile_id": "default", "metadata": {"woo_customer_id": "7"}})

    assert session.metadata == {"woo_customer_id": "7", "session:profile_id": "default"}
    assert "profile_id" not in session.shown()


@pytest.mark.parametrize("profile", ["", "x" * 256, 5])
def test_a_profile_id_has_1_to_255_characters(body, profile):
    with pytest.raises(ValidationError, match="profile_id"):
        NewSession.model_validate({**body, "profile_id": profile})


def test_system_headers_are_kept_only_when_there_are_any(body):
    assert created(body, system={"dintero-system-name": "woo"}).system == {
        "dintero-system-name": "woo"
    }
    assert "system" not in created(body).shown()


@pytest.mark.parametrize("missing", ["url", "order"])
def test_url_and_order_are_required(body, missing):
    del body[missing]

    with pytest.raises(ValidationError, match=missing):
        NewSession.model_validate(body)


@pytest.mark.parametrize(
    "url", ["https://shop.example/return", "http://localhost:3000/return", "myapp://return",
            "myapp:///return?a=b"],
)  # fmt: skip
def test_a_return_url_may_be_http_local_or_an_app(url):
    assert Urls(return_url=url).return_url == url


@pytest.mark.parametrize(
    "url", ["", "/return", "shop.example", "javascript:alert(1)", "JavaScript:alert(1)",
            "data:text/html,x", "vbscript:x", "https://shop.example/a b", "https://a\nb"],
)  # fmt: skip
def test_a_return_url_is_never_a_script_or_a_fragment_of_a_url(url):
    with pytest.raises(ValidationError):
        Urls(return_url=url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/cb", "https://shop.example/cb?method=POST"])
def test_a_callback_url_may_be_http_and_local(url):
    assert Urls(return_url="https://a.example", callback_url=url).callback_url == url


@pytest.mark.parametrize("url", ["myapp://cb", "ftp://x/y", "/cb", "", "http://[::1/cb"])
def test_a_callback_url_that_cannot_be_called_is_refused(url):
    with pytest.raises(ValidationError):
        Urls(return_url="https://a.example", callback_url=url)


def test_express_needs_shipping_options_and_may_have_none_in_them(body):
    assert created({**body, "express": {"shipping_options": []}}).express.shipping_options == ()
    with pytest.raises(ValidationError, match="shipping_options"):
        created({**body, "express": {}})


def test_a_preselected_option_with_an_empty_list_is_legal_at_creation(body, make):
    body["order"] |= {"amount": 33890, "shipping_option": make.option(amount=3900)}
    body["express"] = {
        "shipping_options": [], "shipping_address_callback_url": "https://shop.example/address"
    }  # fmt: skip

    session = created(body)

    assert session.order.amount == 33890
    assert session.order.shipping_option.amount == 3900


def test_a_wrong_sum_is_taken_at_creation(body):
    body["order"]["amount"] = 1

    assert created(body).order.amount == 1


@pytest.mark.parametrize(
    ("discounts", "takes"),
    [(None, False), ({}, False), ({"express_discount_codes": {"enabled": True}}, True),
     ({"express_discount_codes": {"enabled": False}}, False),
     ({"express_discount_codes": {"enabled": "true"}}, False),
     ({"express_discount_codes": None}, False)],
)  # fmt: skip
def test_discount_codes_are_taken_only_when_enabled(body, discounts, takes):
    session = created({**body, "configuration": {"discounts": discounts}})

    assert session.configuration.takes_discount_codes is takes


def test_an_event_has_a_time_and_details_only_when_there_are_some(make):
    later = NOW + timedelta(minutes=1)

    session = happened(make.session(), "PAY_FAILED", later, details={"error": "Rejected"})
    session = happened(session, "CANCELLED", later, details={}, cancelled_by="x")

    assert [event.shown() for event in session.events[1:]] == [
        {"name": "PAY_FAILED", "created_at": "2026-11-22T10:01:00.112Z",
         "details": {"error": "Rejected"}},
        {"name": "CANCELLED", "created_at": "2026-11-22T10:01:00.112Z"},
    ]  # fmt: skip
    assert session.updated_at == "2026-11-22T10:01:00.112Z"
    assert session.cancelled_by == "x"
    assert session.has("FAILED", "CANCELLED")
    assert not session.has("FAILED")


def test_only_the_first_visit_is_an_event(make):
    session = visited(make.session(), "10.0.0.1", "Firefox", NOW)
    session = visited(session, "10.0.0.1", "Firefox", NOW)

    assert [event.name for event in session.events] == ["INITIATED", "VISITED"]
    assert (session.customer_ip, session.user_agent) == ("10.0.0.1", "Firefox")


def test_the_customer_ip_is_that_of_the_last_visit(make):
    session = visited(make.session(), "10.0.0.1", "Firefox", NOW)
    session = visited(session, "10.0.0.2", "Safari", NOW)

    assert (session.customer_ip, session.user_agent) == ("10.0.0.2", "Safari")


def test_a_session_is_expired_at_the_very_moment(make):
    session = make.session(expires_at="2026-11-22T12:00:00.000Z")
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)

    assert not is_expired(session, noon - timedelta(milliseconds=1))
    assert is_expired(session, noon)
    assert cause_of_end(session, noon) == "EXPIRED"


def test_an_open_session_has_no_cause_of_end(make):
    assert cause_of_end(make.session(), NOW) is None
    require_open(make.session(), NOW)
    require_found(make.session(), NOW)


@pytest.mark.parametrize("cause", ["CANCELLED", "AUTHORIZED", "DECLINED", "FAILED"])
def test_final_events_end_a_session_even_after_its_expiry(make, cause):
    ended = happened(make.session(), cause, NOW)

    assert cause_of_end(ended, NOW) == cause
    assert cause_of_end(ended, NOW + timedelta(days=2)) == cause


@pytest.mark.parametrize("event", ["PAY_FAILED", "VISITED", "UPDATE_SESSION", "PAY_LOCK_START"])
def test_other_events_leave_a_session_payable(make, event):
    assert cause_of_end(happened(make.session(), event, NOW), NOW) is None


def test_a_transaction_without_a_final_event_is_on_hold(make):
    session = make.session().with_(transaction_id="T12345678.t")

    assert cause_of_end(session, NOW) == "ON_HOLD"


def test_an_ended_session_cannot_be_changed(make):
    with pytest.raises(SessionCompleted, match="CANCELLED") as refused:
        require_open(happened(make.session(), "CANCELLED", NOW), NOW)

    assert (refused.value.status, refused.value.code) == (400, "SESSION_COMPLETED")


def test_a_page_that_asks_for_an_ended_session_gets_404_with_the_way_back(make):
    session = make.session(merchant={"name": "Hus", "logo_url": "https://a.example/l.png", "x": 1})
    ended = happened(session, "AUTHORIZED", NOW, transaction_id="T12345678.t")

    with pytest.raises(SessionGone) as gone:
        require_found(ended, NOW)

    assert gone.value.status == 404
    error = gone.value.body()["error"]
    assert error["message"]
    assert error["cause"] == "AUTHORIZED"
    assert error["session_details"] == {
        "merchant_reference": "cart-881", "return_url": "https://shop.example/return",
        "transaction_id": "T12345678.t",
        "merchant": {"name": "Hus", "logo_url": "https://a.example/l.png"},
    }  # fmt: skip


def test_an_expired_session_is_gone_without_a_transaction_id(make):
    with pytest.raises(SessionGone) as gone:
        require_found(make.session(), NOW + timedelta(days=2))

    assert gone.value.cause == "EXPIRED"
    assert "transaction_id" not in gone.value.session_details


def test_a_session_survives_being_written_and_read(make):
    session = happened(
        make.session(express={"shipping_options": [make.option(colour="red")]}, ext={"a": None}),
        "VISITED", NOW, customer_ip="10.0.0.1",
    )  # fmt: skip

    text = session.model_dump_json(exclude_unset=True)

    assert Session.model_validate_json(text) == session
    assert Session.model_validate_json(text).model_dump_json(exclude_unset=True) == text

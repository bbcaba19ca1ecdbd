"""Faults around the API: whose call it is, what it is about, and that the app hears all of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sandbox import ACCOUNT, Merchant, opened, order, session_body

from mock_dintero.config import Config
from mock_dintero.http.faulty_api import HungUp
from mock_dintero.server import Server
from mock_dintero.testing import MockDintero

OTHER = "T87654321"
CREATE = "/v1/sessions-profile"


def busy(merchant: Merchant, **more: Any) -> None:
    merchant.fault("api", "status", status=503, **more)


def test_a_call_with_an_api_key_is_its_accounts(merchant: Merchant) -> None:
    secret = merchant.ok("POST", "/v1/admin/api-keys", {"name": "shop"})["api_key"]
    busy(merchant)
    answer = merchant.client.get("/v1/sessions", headers={"x-api-key": secret})
    assert answer.status_code == 503
    assert merchant.client.get("/v1/sessions", headers={"x-api-key": secret}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/v1/sessions", "/v1/sessions/", f"/v1/accounts/{ACCOUNT}/payments/sessions",
     f"/v1/accounts/{ACCOUNT}/payments/sessions/", "/v1/sessions?limit=5"],
)  # fmt: skip
def test_all_ways_to_write_a_path_meet_the_same_fault(merchant: Merchant, path: str) -> None:
    busy(merchant, match={"path": "*/sessions"})
    assert merchant.call("GET", path).status_code == 503
    assert merchant.call("GET", path).status_code == 200


def test_a_path_is_matched_as_it_was_called(merchant: Merchant) -> None:
    busy(merchant, match={"path": "/v1/sessions"})
    assert merchant.call("GET", f"/v1/accounts/{ACCOUNT}/payments/sessions").status_code == 200
    assert merchant.call("GET", "/v1/sessions").status_code == 503


@pytest.mark.parametrize("account", [OTHER, ACCOUNT])
def test_only_the_account_whose_token_it_is_notices(merchant: Merchant, account: str) -> None:
    busy(merchant, times=3)
    if account == OTHER:
        merchant.log_in(OTHER)
    status = merchant.call("GET", "/v1/sessions").status_code
    assert status == (200 if account == OTHER else 503)


def test_a_call_without_a_token_uses_up_nothing(merchant: Merchant) -> None:
    busy(merchant)
    assert merchant.client.get("/v1/sessions").status_code == 401
    assert len(merchant.control("GET", "faults")) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CREATE, session_body()),
        ("/v1/sessions", session_body(express=None, profile_id=None)),
        ("/v1/sessions/payment-token", {"session": {"order": order()}}),
    ],
)
def test_a_session_that_is_being_created_is_known_by_its_reference(
    merchant: Merchant, path: str, body: Any
) -> None:
    busy(merchant, match={"merchant_reference": "order-1"})
    assert merchant.call("POST", CREATE, json=session_body(
        order=order(merchant_reference="order-2")
    )).status_code == 200  # fmt: skip
    assert merchant.call("POST", path, json=body).status_code == 503


@pytest.mark.parametrize("what", ["sessions", "transactions"])
def test_a_payment_is_known_by_its_session_its_reference_and_itself(
    merchant: Merchant, what: str
) -> None:
    other = merchant.authorized()
    sid, tid = merchant.purchase()
    path = f"/v1/{what}/{sid if what == 'sessions' else tid}"
    matches = [{"session_id": sid}, {"merchant_reference": "order-*"}, {"path": f"*{path[-9:]}"}]
    matches += [{"transaction_id": tid}] if what == "transactions" else []
    for match in matches:
        busy(merchant, match=match)
        if "merchant_reference" not in match:
            assert merchant.call("GET", f"/v1/transactions/{other}").status_code == 200
        assert merchant.call("GET", path).status_code == 503, match
        assert merchant.call("GET", path).status_code == 200, match


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"order": 5}', b'{"order": {"merchant_reference": 5}}',
     b"\xff\xfe", b"[" * 100_000, b'{"order": ' * 50_000],
)  # fmt: skip
def test_a_body_that_is_none_reaches_the_app_as_it_is(merchant: Merchant, body: bytes) -> None:
    def refused() -> Any:
        answer = merchant.call("POST", CREATE, content=body)
        return answer.status_code, answer.json()

    without = refused()
    assert without[0] == 400
    busy(merchant, match={"merchant_reference": "nobody"})
    assert refused() == without


def test_a_body_in_many_pieces_is_handed_on_whole(merchant: Merchant) -> None:
    busy(merchant, match={"merchant_reference": "nobody"})
    items = [{"line_id": str(n), "id": "x" * 200, "quantity": 1, "amount": 1} for n in range(500)]
    body = session_body(order=order(amount=500, items=items))
    text = json.dumps(body).encode()

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(text), 1000):
            yield text[start : start + 1000]

    headers = {"content-type": "application/json"}
    sid = merchant.call("POST", CREATE, content=pieces(), headers=headers).json()["id"]
    assert len(merchant.session(sid)["order"]["items"]) == 500


def test_what_the_page_calls_is_no_call_of_the_merchant(merchant: Merchant) -> None:
    sid = merchant.create()
    busy(merchant, times=9)
    assert merchant.give_address(sid).status_code == 200
    assert merchant.choose(sid).status_code == 200
    merchant.finish(sid, merchant.pay(sid))
    assert merchant.control("GET", "faults")[0]["left"] == 9


def test_a_call_that_is_forgotten_is_answered_and_has_never_been(merchant: Merchant) -> None:
    merchant.fault("api", "forget", match={"method": "POST"}, times=2)
    sid = merchant.create()
    assert merchant.call("GET", f"/v1/sessions/{sid}").status_code == 404
    tid = merchant.ok("POST", CREATE, session_body())["id"]
    assert tid != sid
    kept = merchant.create()
    assert merchant.session(kept)["id"] == kept
    assert [one["id"] for one in merchant.control("GET", "sessions")] == [kept]


def test_a_capture_that_is_forgotten_tells_nobody(merchant: Merchant) -> None:
    url = {"return_url": "https://shop.example/",
           "callback_url": "http://shop.example/paid?report_event=CAPTURE"}  # fmt: skip
    tid = merchant.authorized(1000, url=url)
    merchant.advance()
    merchant.fault("api", "forget", match={"path": "*/capture"})
    answered = merchant.ok("POST", f"/v1/transactions/{tid}/capture", {"amount": 1000})
    assert answered["status"] == "CAPTURED"
    assert merchant.transaction(tid)["status"] == "AUTHORIZED"
    assert merchant.advance(3600) == 0


@pytest.mark.parametrize("do", ["malformed", "half_body"])
def test_half_an_answer_comes_after_all_was_done(do: str) -> None:
    with Server(Config(port=0)) as server:
        dintero = MockDintero(server.url)
        made = dintero.create_session()
        dintero.http.post("/_mock/api/v1/faults", params={"account": ACCOUNT},
                          json={"at": "api", "do": do})  # fmt: skip
        headers = {"authorization": f"Bearer {dintero.token}"}
        path = f"{server.url}/v1/sessions/{made['id']}"
        if do == "half_body":
            with pytest.raises(httpx.RemoteProtocolError):
                dintero.http.get(path, headers=headers)
        else:
            answer = dintero.http.get(path, headers=headers)
            assert answer.status_code == 200
            assert int(answer.headers["content-length"]) == len(answer.content)
            with pytest.raises(json.JSONDecodeError):
                answer.json()
        assert dintero.session(made["id"])["id"] == made["id"]
        dintero.close()


def test_a_connection_that_is_reset_has_done_nothing() -> None:
    with Server(Config(port=0)) as server:
        dintero = MockDintero(server.url)
        token = dintero.token
        dintero.http.post("/_mock/api/v1/faults", params={"account": ACCOUNT},
                          json={"at": "api", "do": "reset_connection"})  # fmt: skip
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            dintero.http.post(
                CREATE, headers={"authorization": f"Bearer {token}"},
                json=session_body(express=None, url={"return_url": "https://shop.example/"}),
            )  # fmt: skip
        assert dintero.call("GET", "/v1/sessions") == []
        dintero.close()


def test_a_caller_who_did_not_wait_for_a_late_answer_is_no_bug_of_ours(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Server(Config(port=0)) as server, MockDintero(server.url) as dintero:
        token = dintero.token
        dintero.faults.add("api", "delay", seconds=60, match={"method": "GET"})
        headers = {"authorization": f"Bearer {token}"}
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{server.url}/v1/sessions", headers=headers, timeout=0.2)
        dintero.reset()  # the late answer gives up, and hangs up on somebody who has gone
        assert dintero.call("GET", "/v1/sessions") == []
    assert [one.getMessage() for one in caplog.records if "bug" in one.getMessage()] == []


def test_in_the_same_process_a_connection_that_is_reset_is_an_error_of_its_own(
    merchant: Merchant,
) -> None:
    merchant.fault("api", "reset_connection")

    async def call() -> None:
        async with merchant.inside() as client:
            await client.get("/v1/sessions")

    assert merchant.client.portal
    with pytest.raises(HungUp):
        merchant.client.portal.call(call)


def test_a_call_that_is_late_does_not_hold_up_another() -> None:
    with opened() as merchant:
        merchant.fault("api", "delay", seconds=60, match={"method": "GET"})

        async def calls() -> int:
            async with merchant.inside() as client:
                late = asyncio.create_task(client.get("/v1/sessions"))
                while not merchant.app.state.sandbox.emptied:
                    await asyncio.sleep(0)
                answer = await client.get("/v1/transactions")
                assert not late.done()
                await client.post(f"/_mock/api/v1/reset?account={ACCOUNT}")
                with pytest.raises(HungUp):  # what came before a reset is not answered after it
                    await late
                return answer.status_code

        assert merchant.client.portal
        assert merchant.client.portal.call(calls) == 200


def test_a_short_delay_only_delays(merchant: Merchant) -> None:
    merchant.fault("api", "delay", seconds=0)
    assert merchant.call("GET", "/v1/sessions").status_code == 200
    assert merchant.control("GET", "faults") == []

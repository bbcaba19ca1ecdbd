"""A callback is sent once more: with a fresh signature or the original one, whatever became of it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sandbox import ACCOUNT, NOW, Json, Merchant, good_answer, opened

from mock_dintero.adapters.clocks import StoppedClock
from mock_dintero.core.callback import Answer, Callback

SIGNED = "Dintero-Signature"


class World(StoppedClock):
    """Accounts stand still, the world's time passes: signatures are made with it."""

    passed = timedelta()

    def wall(self) -> datetime:
        return NOW + self.passed


def replay(merchant: Merchant, id: str, body: Any = None, status: int = 200) -> Json:
    return dict(merchant.control("POST", f"deliveries/{id}/replay", body, status))


def bought(merchant: Merchant) -> str:
    """The id of the payment's delivery."""
    merchant.authorized()
    return str(merchant.deliveries()[-1]["id"])


def extras(delivery: Json) -> list[str | None]:
    return [attempt.get("extra") for attempt in delivery["attempts"]]


def test_what_was_delivered_is_sent_once_more_and_stays_delivered(merchant: Merchant) -> None:
    id = bought(merchant)
    merchant.advance()
    after = replay(merchant, id)
    assert (after["state"], extras(after)) == ("delivered", [None, "replay"])
    first, second = merchant.shop.asked
    assert (first.url, first.method, first.body) == (second.url, second.method, second.body)
    headers = merchant.shop.headers
    assert headers[0]["event-delivery"] == headers[1]["event-delivery"] == after["id"][10:]
    assert merchant.advance(24 * 3600) == 0
    assert merchant.control("GET", f"deliveries/{id}") == after


def test_a_replay_that_arrives_mends_what_was_given_up() -> None:
    with opened(lambda _: Answer(status=404 if len(merchant.shop.asked) == 1 else 200)) as merchant:
        id = bought(merchant)
        merchant.advance()
        assert merchant.deliveries()[0]["state"] == "failed"
        after = replay(merchant, id)
        assert (after["state"], extras(after)) == ("delivered", [None, "replay"])
        assert [a["status"] for a in after["attempts"]] == [404, 200]
        assert "AUTH_CALLBACK_SENT" in merchant.events(after["session_id"])


def test_a_replay_that_fails_changes_nothing() -> None:
    with opened(lambda _: Answer(status=404)) as merchant:
        id = bought(merchant)
        merchant.advance()
        after = replay(merchant, id)
        assert (after["state"], after["due"], extras(after)) == ("failed", None, [None, "replay"])


def test_what_waits_is_delivered_by_a_replay_and_not_sent_again(merchant: Merchant) -> None:
    id = bought(merchant)
    after = replay(merchant, id)
    assert (after["state"], after["due"], extras(after)) == ("delivered", None, ["replay"])
    assert merchant.advance(3600) == 0
    assert len(merchant.shop.told()) == 1


def test_a_replay_counts_for_no_retry() -> None:
    with opened(lambda _: Answer(status=500)) as merchant:
        id = bought(merchant)
        merchant.advance()
        due = merchant.deliveries()[0]["due"]
        for _ in range(30):
            after = replay(merchant, id)
        assert (after["state"], after["due"]) == ("waiting", due)
        assert merchant.advance(24 * 3600) == 20
        assert merchant.deliveries()[0]["state"] == "failed"


def test_a_replay_uses_up_no_fault(merchant: Merchant) -> None:
    id = bought(merchant)
    merchant.fault("payment_callback", "drop")
    assert replay(merchant, id)["state"] == "delivered"
    assert len(merchant.control("GET", "faults")) == 1


def test_a_fresh_signature_is_made_now_and_the_original_gets_older() -> None:
    world = World(NOW)
    with opened(clock=world) as merchant:
        id = bought(merchant)
        merchant.advance()
        before = merchant.shop.headers[0]
        world.passed = timedelta(seconds=90)
        original = replay(merchant, id, {"signature": "original"})
        fresh = replay(merchant, id, {"signature": "fresh"})
        assert merchant.shop.headers[1] == before
        assert merchant.shop.headers[2][SIGNED] != before[SIGNED]
        assert [a["signature"] for a in original["attempts"]] == [before[SIGNED]] * 2
        assert fresh["attempts"][-1]["signature"] == merchant.shop.headers[2][SIGNED]


def test_an_original_that_was_never_sent_cannot_be_repeated(merchant: Merchant) -> None:
    id = bought(merchant)
    error = replay(merchant, id, {"signature": "original"}, 400)
    assert "fresh signature" in error["message"]
    assert merchant.shop.asked == []


def test_what_only_a_fault_has_sent_is_no_original(merchant: Merchant) -> None:
    merchant.fault("payment_callback", "bad_signature")
    id = bought(merchant)
    merchant.advance()
    assert "fresh signature" in replay(merchant, id, {"signature": "original"}, 400)["message"]
    assert replay(merchant, id)["attempts"][-1]["signature"] != merchant.shop.headers[0][SIGNED]


def test_what_is_in_flight_is_sent_beside_it_and_both_are_noted() -> None:
    """The replay arrives first; the try that was under way tells its own end."""

    async def shop(callback: Callback) -> Answer:
        turn = len(merchant.shop.asked)
        if turn == 1:
            await asyncio.wait_for(second.wait(), 5)
            return Answer(status=500)
        second.set()
        return good_answer(callback)

    with opened(shop) as merchant:
        id = bought(merchant)
        second = asyncio.Event()

        async def both() -> Json:
            async with merchant.inside() as client:
                path = f"/_mock/api/v1/clock/advance?account={ACCOUNT}"
                advancing = asyncio.create_task(client.post(path, json={"seconds": 1}))
                while not merchant.shop.asked:
                    await asyncio.sleep(0)
                answer = await client.post(f"/_mock/api/v1/deliveries/{id}/replay")
                await advancing
                return dict(answer.json())

        assert merchant.client.portal
        at_once = merchant.client.portal.call(both)
        assert (at_once["state"], extras(at_once)) == ("in_flight", ["replay"])
        [after] = merchant.deliveries()
        assert extras(after) == ["replay", None]
        assert after["state"] == "waiting"  # its own try has failed and is made again
        assert merchant.advance(5) == 1
        assert merchant.deliveries()[0]["state"] == "delivered"


def test_a_question_can_be_repeated_and_changes_nothing(merchant: Merchant) -> None:
    sid = merchant.create()
    merchant.give_address(sid)
    before = merchant.session(sid)
    [question] = merchant.deliveries(sid)
    after = replay(merchant, question["id"])
    assert extras(after) == [None, "replay"]
    assert merchant.shop.asked[0].body == merchant.shop.asked[1].body
    assert merchant.session(sid) == before


SECRETS = [
    ({"type": "HMAC-SHA1", "value": "s3cret"}, "event-signature"),
    ({"type": "Authorization", "value": "Bearer s3cret"}, "authorization"),
    (None, ""),
]


@pytest.mark.parametrize(("secret", "header"), SECRETS)
def test_a_webhook_is_repeated_with_its_secret(
    merchant: Merchant, secret: Json | None, header: str
) -> None:
    config = {"url": "http://shop.example/hook", **({"secret": secret} if secret else {})}
    path = f"/v1/accounts/{ACCOUNT}/hooks/subscriptions"
    merchant.ok("POST", path, {"config": config, "events": ["checkout_transaction"]})
    merchant.advance()
    [ping] = merchant.deliveries()
    after = replay(merchant, ping["id"])
    assert extras(after) == [None, "replay"]
    first, second = merchant.shop.headers
    assert first == second
    assert (header in first) == bool(header)
    assert "s3cret" not in str(after)
    if header == "authorization":  # a secret that no delivery keeps
        assert "fresh" in replay(merchant, ping["id"], {"signature": "original"}, 400)["message"]
    else:
        replay(merchant, ping["id"], {"signature": "original"})
        assert merchant.shop.headers[-1] == first


def test_an_unknown_delivery_is_404_and_a_typo_is_named(merchant: Merchant) -> None:
    assert f"{ACCOUNT}.nothing" in replay(merchant, f"{ACCOUNT}.nothing", status=404)["message"]
    id = bought(merchant)
    assert "signature" in replay(merchant, id, {"signature": "old"}, 400)["message"]
    assert "sgnature" in replay(merchant, id, {"sgnature": "fresh"}, 400)["message"]


def test_a_delivery_that_a_reset_has_emptied_is_gone() -> None:
    async def shop(callback: Callback) -> Answer:
        flying.set()
        for _ in range(20):
            await asyncio.sleep(0)
        return good_answer(callback)

    with opened(shop) as merchant:
        id = bought(merchant)
        flying = asyncio.Event()

        async def both() -> tuple[int, Json]:
            async with merchant.inside() as client:
                path = f"/_mock/api/v1/deliveries/{id}/replay"
                replaying = asyncio.create_task(client.post(path))
                await flying.wait()
                counts = await client.post(f"/_mock/api/v1/reset?account={ACCOUNT}")
                assert replaying.done()  # the reset has waited for it
                assert counts.json()["callback"] == 1
                answer = await replaying
                return answer.status_code, answer.json()

        assert merchant.client.portal
        status, said = merchant.client.portal.call(both)
        assert status == 404
        assert "reset" in said["error"]["message"]

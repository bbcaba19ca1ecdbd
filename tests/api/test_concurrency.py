"""Many at once, over a real socket: money is counted once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
from sandbox import VIPPS, order, session_body

from mock_dintero.config import Config
from mock_dintero.server import Server

TOKEN = {
    "grant_type": "client_credentials",
    "audience": "https://api.dintero.com/v1/accounts/T12345678",
}


async def log_in(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/v1/accounts/T12345678/auth/token",
        json=TOKEN,
        auth=("mock-client-id", "mock-client-secret"),
    )
    client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"


async def started(client: httpx.AsyncClient) -> tuple[str, str]:
    """A session of 1000 whose payment waits in the wallet."""
    body = session_body(
        express=None,
        order=order(amount=1000, items=None),
        url={"return_url": "https://shop.example/"},
    )
    sid = (await client.post("/v1/sessions-profile", json=body)).json()["id"]
    paid = await client.post(f"/v1/sessions/{sid}/pay", json={"payment_product_type": VIPPS})
    return sid, paid.json()["redirect_url"].rpartition("/")[2]


def outcomes(answers: list[httpx.Response]) -> Counter[Any]:
    return Counter(
        (a.status_code, a.json().get("error", {}).get("code")) if a.status_code != 303
        else (303, a.headers["location"])
        for a in answers
    )  # fmt: skip


def test_three_hundred_captures_of_ten_take_exactly_a_thousand() -> None:
    async def run(url: str) -> tuple[Counter[Any], Any]:
        limits = httpx.Limits(max_connections=50)
        async with httpx.AsyncClient(
            base_url=url, limits=limits, timeout=30, trust_env=False
        ) as client:
            await log_in(client)
            sid, tid = await started(client)
            await client.post(f"/wallet/{sid}/{tid}/approve")
            path = f"/v1/transactions/{tid}/capture"
            calls = [client.post(path, json={"amount": 10}) for _ in range(300)]
            answers = await asyncio.gather(*calls)
            return outcomes(answers), (await client.get(f"/v1/transactions/{tid}")).json()

    with Server(Config(port=0)) as server:
        counted, transaction = asyncio.run(run(server.url))
    assert counted.pop((200, None)) == 100
    assert set(counted) <= {(400, "AMOUNT_TOO_HIGH"), (400, "INVALID_TRANSACTION_STATUS")}
    assert sum(counted.values()) == 200
    assert transaction["status"] == "CAPTURED"
    captures = [event for event in transaction["events"] if event["event"] == "CAPTURE"]
    assert [event["amount"] for event in captures] == [10] * 100
    assert [event["id"] for event in transaction["events"]] == [str(n) for n in range(1, 103)]


def test_fifty_approvals_at_once_are_one_payment_with_one_callback() -> None:
    async def run(url: str) -> tuple[Counter[Any], Any, Any]:
        async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
            await log_in(client)
            sid, tid = await started(client)
            calls = [client.post(f"/wallet/{sid}/{tid}/approve") for _ in range(50)]
            answers = await asyncio.gather(*calls)
            transaction = (await client.get(f"/v1/transactions/{tid}")).json()
            return outcomes(answers), transaction, (await client.get(f"/v1/sessions/{sid}")).json()

    with Server(Config(port=0)) as server:
        counted, transaction, session = asyncio.run(run(server.url))
    assert list(counted.values()) == [50]
    assert [event["event"] for event in transaction["events"]] == ["INITIALIZE", "AUTHORIZE"]
    assert [event["name"] for event in session["events"]].count("AUTHORIZED") == 1

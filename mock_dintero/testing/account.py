"""One account of a running sandbox, as a test holds it."""

from __future__ import annotations

import asyncio
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

import httpx

from mock_dintero.config import environment
from mock_dintero.core.account import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_ID
from mock_dintero.testing import scenario
from mock_dintero.testing.buyer import Buyer
from mock_dintero.testing.door import OUR_TIME, Door, Json, dotted, must_verify, understood
from mock_dintero.testing.examples import SESSION
from mock_dintero.testing.stage import Clock, Faults, Snapshots

if TYPE_CHECKING:
    from mock_dintero.adapters.asgi import AsgiApp
    from mock_dintero.testing.in_process import InProcess

What = Literal["request", "delivery", "transaction", "session"]


class MockDintero:
    """One account of a running sandbox. Nothing of it is shared with another account."""

    def __init__(
        self,
        url: str,
        account_id: str = DEFAULT_ID,
        *,
        client_id: str = DEFAULT_CLIENT_ID,
        client_secret: str = DEFAULT_CLIENT_SECRET,
        transport: httpx.BaseTransport | None = None,
        in_process: InProcess | None = None,
    ) -> None:
        self.url = url
        self.account_id = account_id
        self.client_id = client_id
        self.client_secret = client_secret
        self._in_process = in_process
        self.transport = in_process.transport(account_id) if in_process else transport
        """For a sync httpx client of the merchant; None over HTTP, which is httpx's own."""
        self.async_transport = in_process.async_transport(account_id) if in_process else None
        """For an async httpx client of the merchant; None over HTTP, which is httpx's own."""
        self.http = httpx.Client(
            base_url=url, trust_env=False, timeout=OUR_TIME, verify=must_verify(url),
            transport=self.transport,
        )  # fmt: skip
        door = self._door = Door(self.http, account_id)
        self.clock, self.faults = Clock(door, account_id), Faults(door)
        self.snapshots = Snapshots(door)
        self.played: Json | None = None
        """What came of the scenario that a test's marker has played at the shop."""

    # The merchant

    @property
    def env(self) -> dict[str, str]:
        """What to put into the environment of the application under test."""
        own = {"DINTERO_CLIENT_ID": self.client_id, "DINTERO_CLIENT_SECRET": self.client_secret}
        return environment(self.url, self.account_id) | own

    @cached_property
    def token(self) -> str:
        """A bearer token of this account."""
        answer = self.http.post(
            f"/v1/accounts/{self.account_id}/auth/token",
            auth=(self.client_id, self.client_secret),
            json={
                "grant_type": "client_credentials",
                "audience": f"https://api.dintero.com/v1/accounts/{self.account_id}",
            },
        )
        return str(understood(answer)["access_token"])

    def call(self, method: str, path: str, json: Any = None, **params: Any) -> Any:
        """A merchant's call with the account's token. Raises SandboxSaidNo unless it answers 200."""
        answer = self._send(method, path, json, params)
        if answer.status_code == 401 and self.__dict__.pop("token", None):
            answer = self._send(method, path, json, params)  # the clock was moved past its end
        return understood(answer)

    def _send(self, method: str, path: str, json: Any, params: Json) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"}
        return self.http.request(method, path, json=json, params=params, headers=headers)

    def create_session(self, **changes: Any) -> Json:
        """A session in the making, as the merchant would: `order`, `url`, `express`, ... override."""
        made = self.call("POST", "/v1/sessions-profile", {**SESSION, **changes})
        return self.session(made["id"]) | {"page_url": made["url"]}

    def session(self, id: str) -> Json:
        """`GET /v1/sessions/{id}`."""
        found: Json = self.call("GET", f"/v1/sessions/{id}")
        return found

    def transaction(self, id: str) -> Json:
        """`GET /v1/transactions/{id}`."""
        found: Json = self.call("GET", f"/v1/transactions/{id}")
        return found

    # The buyer

    def buyer(self, session: Json | str) -> Buyer:
        """A buyer without a browser, at the page of this session."""
        return Buyer(self.http, self._door, _id(session))

    # The tester

    def wait_for(
        self, what: What, /, timeout: float = 5, count: int = 1, **match: Any
    ) -> list[Json]:
        """Wait until there are `count` that match, and answer with them; a failing test otherwise.

        A double underscore in a keyword is a dot: `order__merchant_reference="order-1"`.
        Raises WaitedInVain with the sentence of the sandbox about the nearest miss.
        """
        return self._door.wait(what, timeout, count, dotted(match))

    @property
    def sessions(self) -> list[Json]:
        """The sessions of this account, newest first, whatever their state."""
        found: list[Json] = self._door.ask("GET", "sessions", limit=100)
        return found

    def peek(self, id: str) -> Json:
        """The session through the tester's door: no token, whatever its state."""
        found: Json = self._door.ask("GET", f"sessions/{id}")
        return found

    def peek_transaction(self, id: str) -> Json:
        """The transaction through the tester's door: it leaves no trace among the merchant's calls."""
        found: Json = self._door.ask("GET", f"transactions/{id}")
        return found

    def timeline(self, id: str) -> list[Json]:
        """What happened to a session, leg by leg, oldest first."""
        found: list[Json] = self._door.ask("GET", f"sessions/{id}/timeline")
        return found

    @property
    def deliveries(self) -> list[Json]:
        """Every callback of this account with every attempt, oldest first."""
        found: list[Json] = self._door.ask("GET", "deliveries")
        return found

    def deliveries_of(self, session: Json | str) -> list[Json]:
        """Every callback of one session with every attempt, oldest first."""
        found: list[Json] = self._door.ask("GET", "deliveries", session_id=_id(session))
        return found

    def replay(
        self, delivery: Json | str, signature: Literal["fresh", "original"] = "fresh"
    ) -> Json:
        """Carry a callback once more; answers with the delivery when it was carried."""
        body = {"signature": signature}
        found: Json = self._door.ask("POST", f"deliveries/{_id(delivery)}/replay", body)
        return found

    @property
    def requests(self) -> list[Json]:
        """The journal: what was called and what was answered, oldest first."""
        found: list[Json] = self._door.ask("GET", "requests")
        return found

    @property
    def lint(self) -> list[Json]:
        """What payment lint found in this account, each finding with its request."""
        found: list[Json] = self._door.ask("GET", "lint")
        return found

    def decide(self, transaction_id: str, outcome: Literal["approve", "reject"]) -> Json:
        """Play the provider that decides about a payment ON_HOLD; the shop is called back once more."""
        body = {"outcome": outcome}
        found: Json = self._door.ask("POST", f"transactions/{transaction_id}/decide", body)
        return found

    def advance(self, seconds: float) -> int:
        """`clock.advance`: all that falls due has run when it answers. How many callbacks ran."""
        return self.clock.advance(seconds)

    def stage(self, name: str) -> Json:
        """Put a scenario's faults and clock in place; the test plays the purchase itself."""
        found: Json = self._door.ask("POST", f"scenarios/{name}/stage")
        return found

    def run_scenario(self, name: str, shop: str = "", session_id: str = "") -> Json:
        """Play a scenario whole, against a shop. Raises ScenarioFailed unless all is as expected."""
        return scenario.run(self._door, name, shop, session_id)

    def mount(
        self, origin: str, app: AsgiApp, loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        """Let callbacks to this origin, and calls through our transports, reach an app of this process.

        It runs in the sandbox's loop, its lifespan included, unless it has a `loop` of its own.
        """
        if self._in_process is None:
            raise RuntimeError(
                f"mount({origin!r}) needs mock_dintero_mode = asgi; over HTTP, give sessions the URL "
                "that your application listens on"
            )
        self._in_process.mount(self.account_id, origin, app, loop)

    def reset(self) -> Json:
        """Forget all that happened in this account."""
        counts: Json = self._door.ask("POST", "reset")
        return counts

    def close(self) -> None:
        """Let go of connections, and of what was mounted."""
        self.http.close()
        if self._in_process is not None:
            self._in_process.unmount(self.account_id)

    def __enter__(self) -> Self:
        """For one `with` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


def _id(of: Json | str) -> str:
    return of if isinstance(of, str) else str(of["id"])

"""The app in this process: a merchant, its fake shop, a stopped clock, and a browser without JavaScript."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mock_dintero.adapters.clocks import StoppedClock
from mock_dintero.app import create_app
from mock_dintero.core.account import Account
from mock_dintero.core.callback import Answer, Callback
from mock_dintero.core.session import Session
from mock_dintero.core.transaction import Transaction

Json = dict[str, Any]
NOW = datetime(2026, 10, 6, 9, 14, 3, 112000, tzinfo=UTC)
ACCOUNT = "T12345678"
VIPPS = "dintero_psp.vipps"
ADDRESS: Json = {
    "first_name": "Kari", "last_name": "Nordmann", "address_line": "Storgata 1",
    "postal_code": "0155", "postal_place": "Oslo", "country": "NO",
    "email": "kari@example.no", "phone_number": "+4791234567",
}  # fmt: skip
POSTEN: Json = {
    "id": "posten", "line_id": "posten", "amount": 4900, "title": "Home delivery", "operator": "Posten"
}  # fmt: skip
PICKUP: Json = {
    "id": "pickup", "line_id": "pickup", "amount": 0, "title": "Fetch it", "operator": ""
}  # fmt: skip
ITEMS: list[Json] = [
    {"id": "shirt", "line_id": "1", "description": "Shirt", "quantity": 1, "amount": 24900},
    {"id": "mug", "line_id": "2", "description": "Mug", "quantity": 2, "amount": 5000},
]


def said(value: Any, status: int = 200) -> Answer:
    """A shop's JSON answer."""
    return Answer(status=status, body=json.dumps(value))


def good_answer(callback: Callback) -> Answer:
    """What a shop that works answers: options for an address, yes to every code, 200 to the rest."""
    if callback.at == "payment_callback":
        return Answer(status=200, body="ok")
    return said({"shipping_options": [POSTEN, PICKUP]})


@dataclass
class Shop:
    """A courier that carries to a function; the function may be async."""

    answer: Callable[[Callback], Any] = good_answer
    asked: list[Callback] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)

    visited: list[str] = field(default_factory=list)
    called: list[tuple[str, str]] = field(default_factory=list)

    async def visit(self, url: str, timeout: float) -> Answer:
        self.visited.append(url)
        return Answer(status=200, body="thanks")

    async def call(
        self, method: str, url: str, timeout: float, form: Mapping[str, str] | None = None
    ) -> Answer:
        self.called.append((method, url))
        return Answer(status=404, body="no such page")

    async def carry(
        self, callback: Callback, headers: Mapping[str, str], timeout: float, pace: float = 0.0
    ) -> Answer:
        self.asked.append(callback)
        self.headers.append(dict(headers))
        self.timeouts.append(timeout)
        answer = self.answer(callback)
        return await answer if inspect.isawaitable(answer) else answer

    def prepare(self) -> None:
        """Nothing to do beforehand."""

    async def close(self) -> None:
        """Nothing to let go of."""

    def told(self) -> list[Json]:
        """The query parameters of every payment callback so far."""
        payments = [one for one in self.asked if one.at == "payment_callback"]
        return [dict(parse_qsl(urlsplit(one.url).query)) for one in payments]


def order(**changes: Any) -> Json:
    return {
        "amount": 29900, "currency": "NOK", "merchant_reference": "order-1", "items": ITEMS, **changes
    }  # fmt: skip


def session_body(**changes: Any) -> Json:
    """An express session with an address callback; a change to None leaves the field out."""
    body: Json = {
        "url": {"return_url": "https://shop.example/return", "callback_url": "http://shop.example/paid"},
        "order": order(),
        "express": {
            "shipping_options": [],
            "shipping_address_callback_url": "http://shop.example/options",
        },
        "profile_id": "default",
        **changes,
    }  # fmt: skip
    return {name: value for name, value in body.items() if value is not None}


@dataclass
class Merchant:
    """Calls the API with a token, and plays the buyer through the page-facing API."""

    client: TestClient
    app: Starlette
    shop: Shop
    clock: StoppedClock
    account: str = ACCOUNT
    token: str = ""

    def log_in(
        self, account: str = ACCOUNT, client: str = "mock-client-id", secret: str = "mock-client-secret"
    ) -> str:  # fmt: skip
        """Get a token and use it from now on."""
        answer = self.client.post(
            f"/v1/accounts/{account}/auth/token",
            auth=(client, secret),
            json={
                "grant_type": "client_credentials",
                "audience": f"https://api.dintero.com/v1/accounts/{account}",
            },
        )
        assert answer.status_code == 200, answer.text
        self.account, self.token = account, answer.json()["access_token"]
        return self.token

    def call(self, method: str, path: str, /, **options: Any) -> Any:
        """A call with the token; the response, whatever it says."""
        headers = {"authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **options)

    def ok(self, method: str, path: str, json: Any = None, **options: Any) -> Any:
        """The JSON of a call that must be answered with 200."""
        sent = {"json": json} if json is not None else {}
        answer = self.call(method, path, **sent, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create(self, **changes: Any) -> str:
        """The id of a new session."""
        return str(self.ok("POST", "/v1/sessions-profile", session_body(**changes))["id"])

    def create_without_profile(self, configuration: Json, **changes: Any) -> str:
        """The id of a session without express that offers what the configuration says, nothing else."""
        body = session_body(express=None, profile_id=None, configuration=configuration, **changes)
        return str(self.ok("POST", "/v1/sessions", body)["id"])

    def session(self, sid: str) -> Json:
        return dict(self.ok("GET", f"/v1/sessions/{sid}"))

    def transaction(self, tid: str) -> Json:
        return dict(self.ok("GET", f"/v1/transactions/{tid}"))

    def events(self, sid: str) -> list[str]:
        return [event["name"] for event in self.session(sid)["events"]]

    def view(self, method: str, sid: str, what: str = "", json: Any = None, **options: Any) -> Any:
        """A call of the page; no token."""
        sent = {"json": json} if json is not None else {}
        return self.client.request(method, f"/v1/view/{sid}/session{what}", **sent, **options)

    def give_address(self, sid: str, **changes: Any) -> Any:
        return self.view("PUT", sid, "/order/shipping_address", {**ADDRESS, **changes})

    def choose(self, sid: str, option: Json = POSTEN) -> Any:
        return self.view("PUT", sid, "/order/shipping_option", option)

    def ready(self, **changes: Any) -> str:
        """An express session that only has to be paid."""
        sid = self.create(**changes)
        assert self.give_address(sid).status_code == 200
        assert self.choose(sid).status_code == 200
        return sid

    def pay(self, sid: str, method: str = VIPPS) -> str:
        """Press pay; answers with the id of the transaction."""
        answer = self.client.post(f"/v1/sessions/{sid}/pay", json={"payment_product_type": method})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["redirect_url"].rpartition("/")[2])

    def finish(self, sid: str, tid: str, outcome: str = "approve") -> str:
        """Answer in the wallet; answers with where the browser goes."""
        answer = self.client.post(f"/wallet/{sid}/{tid}/{outcome}")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def purchase(self, method: str = VIPPS, **changes: Any) -> tuple[str, str]:
        """A whole express purchase; session id and transaction id."""
        sid = self.ready(**changes)
        tid = self.pay(sid, method)
        self.finish(sid, tid)
        return sid, tid

    def authorized(self, amount: int = 1000, method: str = VIPPS, **changes: Any) -> str:
        """The id of an authorized transaction, without the express steps."""
        changes.setdefault("order", order(amount=amount, items=None))
        sid = self.create(express=None, **changes)
        tid = self.pay(sid, method)
        self.finish(sid, tid)
        return tid

    def advance(self, seconds: float = 0) -> int:
        """Move the account's clock; answers with how many callbacks were carried."""
        answer = self.client.post(
            f"/_mock/api/v1/clock/advance?account={self.account}", json={"seconds": seconds}
        )
        assert answer.status_code == 200, answer.text
        return int(answer.json()[self.account]["callbacks"])

    def move(self, seconds: float) -> None:
        """Move the clock and nothing else."""
        now = self.clock.now(self.account)
        self.clock.move_to(self.account, now + timedelta(seconds=seconds))

    def deliveries(self, sid: str = "") -> list[Json]:
        answer = self.client.get("/_mock/api/v1/deliveries", params={"session_id": sid})
        return list(answer.json())

    def control(
        self, method: str, path: str, json: Any = None, status: int = 200, **query: Any
    ) -> Any:
        """A call of the tester's API for this account; its JSON, or the error of a refusal."""
        params = {"account": self.account, **query}
        sent = {"json": json} if json is not None else {}
        answer = self.client.request(method, f"/_mock/api/v1/{path}", params=params, **sent)
        assert answer.status_code == status, answer.text
        return answer.json() if status == 200 else answer.json()["error"]

    def fault(self, at: str, do: str, **more: Any) -> None:
        """One fault more."""
        self.control("POST", "faults", {"at": at, "do": do, **more})

    def state(self) -> list[str]:
        """All that is stored, to compare."""
        store = self.app.state.sandbox.store
        return [
            record.model_dump_json()
            for account in store.accounts()
            for kind in (Account, Session, Transaction, Callback)
            for record in store.oldest(kind, account)
        ]

    def inside(self) -> httpx.AsyncClient:
        """A client for use inside the event loop, in the middle of another request."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://testserver",
            headers={"authorization": f"Bearer {self.token}"},
        )  # fmt: skip


@contextmanager
def opened(
    answer: Callable[[Callback], Any] = good_answer, **app_options: Any
) -> Iterator[Merchant]:
    """A fresh sandbox with a merchant that is logged in. An error of the sandbox is a 500, not raised."""
    shop, clock = Shop(answer), StoppedClock(NOW)
    options: dict[str, Any] = {"courier": shop, "clock": clock, "delivers": False, **app_options}
    app = create_app(**options)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        merchant = Merchant(client, app, shop, clock)
        merchant.log_in()
        yield merchant


VOID = frozenset({"input", "img", "meta", "link", "br", "hr"})


@dataclass
class Element:
    """An element of a page, with the form it stands in."""

    tag: str
    attrs: dict[str, str]
    form: Form | None = None
    text: str = ""


@dataclass
class Form:
    """A form and what it would send if nobody touched it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    is_disabled: bool = False


class Page(HTMLParser):
    """A page as a browser without JavaScript sees it, looked into by `data-testid`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.elements, self._open = html, list[Element](), list[Element]()
        self._form: Form | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(named["action"])
        element = Element(tag, named, self._form)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)
        self._note_field(tag, named)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A drawing's line."""

    def _note_field(self, tag: str, named: dict[str, str]) -> None:
        if self._form is None:
            return
        if tag == "select":
            self._select = named["name"]
        elif tag == "option" and "selected" in named:
            self._form.fields[self._select] = named["value"]
        elif tag == "input" and "name" in named:
            ticked = named.get("type") not in ("radio", "checkbox") or "checked" in named
            if ticked:
                self._form.fields[named["name"]] = named.get("value", "on")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def find(self, testid: str) -> Element | None:
        found = [one for one in self.elements if one.attrs.get("data-testid") == testid]
        return found[0] if found else None

    def get(self, testid: str) -> Element:
        found = self.find(testid)
        assert found, f"no {testid} on the page"
        return found

    @property
    def messages(self) -> list[str]:
        """What the page says to the buyer."""
        return [
            " ".join(one.text.split())
            for one in self.elements
            if one.attrs.get("data-testid") == "message"
        ]

    def error_of(self, name: str) -> str:
        """The error below a field."""
        found = [one for one in self.elements if one.attrs.get("id") == f"{name}-error"]
        return " ".join(found[0].text.split()) if found else ""


class Browser:
    """Opens pages and submits their forms."""

    def __init__(self, merchant: Merchant) -> None:
        self._client = merchant.client
        self.status = 0
        self.location = ""
        self.page = Page("")

    def open(self, url: str) -> Page:
        """GET, following the sandbox's own redirects; another host's URL stays in `location`."""
        return self._arrive(self._client.get(url))

    def submit(self, testid: str, **fields: str) -> Page:
        """Press the button with this id; `fields` are typed first."""
        button = self.page.get(testid)
        assert button.form, f"{testid} stands in no form"
        assert "disabled" not in button.attrs, f"{testid} is disabled"
        data = {**button.form.fields, **fields}
        action = button.attrs.get("formaction", button.form.action)
        return self._arrive(self._client.post(action.partition("#")[0], data=data))

    def _arrive(self, answer: Any) -> Page:
        self.status, self.location = answer.status_code, answer.headers.get("location", "")
        if self.location.startswith("/"):
            return self.open(self.location)
        if not self.location:
            self.page = Page(answer.text)
        return self.page

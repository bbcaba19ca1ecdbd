"""Judge promises side by side: each has a shop of its own beside an account of its own."""

from __future__ import annotations

import itertools
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Self

from mock_dintero import __version__
from mock_dintero.config import Config, environment
from mock_dintero.server import Server
from mock_dintero.testing import MockDintero
from mock_dintero.testing.door import SandboxSaidNo
from mock_dintero.testing.running import RunningServer
from mock_dintero.verify.buyers import Buyers, HttpBuyers
from mock_dintero.verify.cleaning import cleaned, cleaned_text, secrets_in
from mock_dintero.verify.merchant import Merchant
from mock_dintero.verify.promise import Broken, DoesNotApply, Promise
from mock_dintero.verify.shop import CannotJudge, Shop
from mock_dintero.verify.shop_process import RunningShop, ShopDidNotStart, running
from mock_dintero.verify.verdict import Payment, Report, Result, Verdict

WORKERS = 4
"""Promises that are judged at the same time; most of the time each waits for the shop."""


@dataclass(frozen=True)
class Run:
    """How promises are judged. `base` is the folder of merchant.toml, where the shop is started."""

    merchant: Merchant
    base: Path
    browser: bool = False
    workers: int = WORKERS
    say: Callable[[Verdict], None] = field(default=lambda verdict: None)
    """Called with each verdict as it is there."""
    begin: Callable[[Promise], None] = field(default=lambda promise: None)
    """Called with each promise whose turn it is. Neither is called by two threads at a time."""

    def judge(self, promises: Sequence[Promise]) -> Report:
        """Judge them all.

        Raises ConnectionError if a running shop's sandbox cannot be had, NoBrowser, and ShopDidNotStart
        if not even the first start comes to anything: then none would, and each would wait for it.
        """
        began, clock = datetime.now(UTC), time.monotonic()
        with _sandbox(self.merchant) as url:
            verdicts = self._side_by_side(url, promises)
        return Report(
            shop=self.merchant.shop.name, version=__version__,
            began=began.isoformat(timespec="seconds"), seconds=time.monotonic() - clock,
            buyer="browser" if self.browser else "http", verdicts=tuple(verdicts),
        )  # fmt: skip

    def _side_by_side(self, url: str, promises: Sequence[Promise]) -> list[Verdict]:
        # A shop that runs already knows one account, so its promises are judged one after the other.
        workers = min(self.workers, len(promises)) if self.merchant.shop.command else 1
        waiting = iter(enumerate(promises))
        accounts = (f"T{number:08}" for number in itertools.count(60000001))
        verdicts: dict[int, Verdict] = {}
        one_at_a_time = Lock()
        starts = _Starts()

        def work() -> None:
            with _Place(self, url, accounts, one_at_a_time, starts) as place:
                while True:
                    with one_at_a_time:
                        number, promise = next(waiting, (-1, None))
                        if promise is None or starts.are_hopeless:
                            return
                        self.begin(promise)
                    verdict = verdicts[number] = place.judge(promise)
                    with one_at_a_time:
                        self.say(verdict)

        with ThreadPoolExecutor(max(1, workers)) as pool:
            for done in [pool.submit(work) for _ in range(workers)]:
                done.result()
        return [verdicts[number] for number in sorted(verdicts)]


@dataclass
class _Starts:
    """How starting the shop has gone so far, in all threads."""

    any_good: bool = False
    are_hopeless: bool = False


class _Place:
    """Where one thread judges: its buyer (Playwright stays where it was started), a shared shop if any."""

    def __init__(
        self, run: Run, url: str, accounts: Iterator[str], lock: Lock, starts: _Starts
    ) -> None:
        self._merchant = run.merchant
        self._secrets = secrets_in({**environment(url), **run.merchant.shop.env})
        self._base = run.base
        self._browser = run.browser
        self._url = url
        self._accounts = accounts
        self._lock = lock
        self._starts = starts
        self._open = ExitStack()
        self._shared: tuple[Shop, RunningShop] | None = None

    def __enter__(self) -> Self:
        self._buyers: Buyers = HttpBuyers()
        if self._browser:
            from mock_dintero.verify.browser_buyers import BrowserBuyers

            self._buyers = BrowserBuyers()
        self._open.callback(self._buyers.close)
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def judge(self, promise: Promise) -> Verdict:
        """One promise, from the start of the shop to its end; what was seen is fit to be shown."""
        try:
            return cleaned(self._judged(promise), self._secrets)
        except ShopDidNotStart as failure:
            words = cleaned_text(str(failure), self._secrets)
            raise ShopDidNotStart(words, failure.setting) from None

    def _judged(self, promise: Promise) -> Verdict:
        lacking = next(filter(None, map(self._merchant.lacking, promise.needs)), None)
        if lacking:
            return Verdict(promise, "skipped", lacking)
        clock = time.monotonic()
        try:
            with self._shop() as (shop, process):
                result, observed = _checked(promise, shop)
                if result == "skipped":
                    return Verdict(promise, result, observed)
                payments = tuple(_payment(shop.dintero, sid) for sid in shop.payments)
                words = tuple(process.last_words()) if result in ("broken", "unclear") else ()
        except ShopDidNotStart as failure:
            if not self._starts.any_good:
                self._starts.are_hopeless = True
                raise
            found = f"the shop did not start: {failure}"
            return Verdict(promise, "unclear", found, time.monotonic() - clock)
        except SandboxSaidNo as failure:
            return Verdict(promise, "unclear", str(failure), time.monotonic() - clock)
        return Verdict(promise, result, observed, time.monotonic() - clock, payments, words)

    @contextmanager
    def _shop(self) -> Iterator[tuple[Shop, RunningShop]]:
        """A fresh shop, or the thread's own whose account is emptied first."""
        if self._merchant.shop.command is not None and not self._merchant.shop.share:
            with self._started() as fresh:
                yield fresh
            return
        if self._shared is None:
            self._shared = self._open.enter_context(self._started())
        shop, process = self._shared
        shop.dintero.reset()
        shop.payments.clear()
        yield shop, process

    @contextmanager
    def _started(self) -> Iterator[tuple[Shop, RunningShop]]:
        part = self._merchant.shop
        account = part.account_id
        if part.command is not None:
            with self._lock:
                account = next(self._accounts)
        with (
            running(part, self._base, environment(self._url, account)) as process,
            MockDintero(self._url, account) as dintero,
        ):
            self._starts.any_good = True
            shop = Shop(self._merchant, process.url, dintero, self._buyers)
            try:
                yield shop, process
            finally:
                shop.close()


def _checked(promise: Promise, shop: Shop) -> tuple[Result, str]:
    try:
        promise.check(shop)
    except Broken as broken:
        return "broken", str(broken)
    except DoesNotApply as reason:
        return "skipped", str(reason)
    except (CannotJudge, SandboxSaidNo) as trouble:
        return "unclear", str(trouble)
    except Exception as slip:
        # The shop may have said something that nobody thought of; the other promises are still judged.
        where = traceback.extract_tb(slip.__traceback__)[-1]
        said = f"{type(slip).__name__}: {slip} ({Path(where.filename).name}, line {where.lineno})"
        return "unclear", f"the promise itself stumbled: {said}"
    return "kept", ""


def _payment(dintero: MockDintero, sid: str) -> Payment:
    session = dintero.peek(sid)
    id = session.get("transaction_id")
    status = dintero.peek_transaction(id)["status"] if id else "not paid"
    reference = str(session["order"].get("merchant_reference"))
    return Payment(sid, reference, status, tuple(dintero.timeline(sid)))


@contextmanager
def _sandbox(merchant: Merchant) -> Iterator[str]:
    """A sandbox for this run; for a shop that runs already, the one that it knows."""
    if merchant.shop.command is not None:
        with Server(Config(port=0)) as server:
            yield server.url
        return
    known = RunningServer(merchant.shop.sandbox.rstrip("/"))
    try:
        known.require_ready()
    except ConnectionError as nobody:
        try:
            server = Server(Config(port=known.port))
        except OSError:
            raise ConnectionError(str(nobody)) from None
        with server:
            yield server.url
    else:
        yield known.url

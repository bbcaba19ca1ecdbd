"""What a buyer does on the checkout page, whatever the page is made of: HTML forms or JSON calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from mock_dintero.core import callback_url, cancelling, card_token, express, payment
from mock_dintero.core import in_wallet as in_wallet_rules
from mock_dintero.core.address import Address
from mock_dintero.core.buyer_return import Return
from mock_dintero.core.call import Call, noted
from mock_dintero.core.errors import NotFound, PreconditionFailed
from mock_dintero.core.ids import account_of, checkout_id
from mock_dintero.core.outcome import REFUSALS, Outcome
from mock_dintero.core.payment import PayBody
from mock_dintero.core.provider_failure import Failure
from mock_dintero.core.session import Session, require_found, visited
from mock_dintero.core.timestamps import moment
from mock_dintero.core.transaction import Transaction
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases import faults, jobs, outbox, returns, shop_questions


def load(sandbox: Sandbox, id: str, unmodified_since: str | None = None) -> Session:
    """The session, whatever its state. Raises NotFound, or PreconditionFailed if it has moved on."""
    session = sandbox.store.load(Session, id) if account_of(id) else None
    if session is None:
        raise NotFound(
            f"no session {id!r}; is it from another sandbox, or was the sandbox restarted?"
        )
    if unmodified_since and not _is_unmodified(session, unmodified_since):
        raise PreconditionFailed(
            f"If-Unmodified-Since: the session changed at {session.updated_at}; load it again"
        )
    return session


def _is_unmodified(session: Session, since: str) -> bool:
    """Compared with `updated_at`, as Dintero documents; an HTTP date has seconds only."""
    try:
        return moment(session.updated_at) <= moment(since)
    except ValueError:
        pass
    try:
        given = parsedate_to_datetime(since)
    except ValueError:
        return False
    given = given if given.tzinfo else given.replace(tzinfo=UTC)
    return moment(session.updated_at).replace(microsecond=0) <= given


def look(sandbox: Sandbox, id: str, ip: str, user_agent: str) -> Session:
    """Open the page. Raises SessionGone if the session has ended."""
    session = load(sandbox, id)
    now = sandbox.clock.now(session.account_id)
    require_found(session, now)
    seen = visited(session, ip, user_agent, now)
    if seen is not session:
        sandbox.store.save(seen)
    return seen


async def give_address(
    sandbox: Sandbox,
    session: Session,
    address: Address,
    billing: Address | None = None,
    *,
    asks: bool = True,
) -> Session:
    """Give or change the address; the merchant is asked for shipping options, unless its script has been."""
    now = sandbox.clock.now(session.account_id)
    given = express.give_address(session, address, billing, now)
    if asks:
        return await _ask_or_keep(sandbox, given)
    kept = express.keep_offer(given.without("question"), now)  # what was asked before is answered
    sandbox.store.save(kept)
    return kept


async def retry_shipping(sandbox: Sandbox, session: Session) -> Session:
    """Ask the merchant once more for the address that is already there."""
    express.require_editable(session, sandbox.clock.now(session.account_id))
    return await _ask_or_keep(sandbox, session)


async def _ask_or_keep(sandbox: Sandbox, session: Session) -> Session:
    settings = session.express
    if settings and settings.shipping_address_callback_url and session.order.shipping_address:
        return await shop_questions.ask_for_shipping(sandbox, session)
    kept = express.keep_offer(session, sandbox.clock.now(session.account_id))
    sandbox.store.save(kept)
    return kept


def choose_shipping(sandbox: Sandbox, session: Session, line_ids: Sequence[str]) -> Session:
    """Tick a shipping option, or one for each shipment."""
    chosen = express.choose_shipping(session, line_ids, sandbox.clock.now(session.account_id))
    if chosen is not session:
        sandbox.store.save(chosen)
    return chosen


async def submit_codes(sandbox: Sandbox, session: Session, codes: tuple[str, ...]) -> Session:
    """Submit the whole list of discount codes; removing one is submitting a shorter list."""
    url = express.require_discounts(session, codes, sandbox.clock.now(session.account_id))
    return await shop_questions.ask_about_codes(sandbox, session, codes, url)


def lock(sandbox: Sandbox, session: Session) -> Session:
    """Hold the page still for the merchant."""
    now = sandbox.clock.now(session.account_id)
    locked = express.lock(session, str(sandbox.new_uuid()), now)
    if locked is not session:
        sandbox.store.save(locked)
    return locked


def unlock(sandbox: Sandbox, session: Session) -> Session:
    """Let the page move again."""
    free = express.unlock(session, sandbox.clock.now(session.account_id))
    if free is not session:
        sandbox.store.save(free)
    return free


@dataclass(frozen=True)
class Ending:
    """How a checkout ended, and where the browser goes now."""

    session: Session
    transaction: Transaction | None
    return_url: str
    way: Return | None = None
    """How a fault leads the browser back, if not straight (use_cases/returns.py)."""

    @property
    def goes_to(self) -> str:
        """Where the browser is sent: to the shop, or to the page that plays the way back."""
        return f"/return/{self.session.id}" if self.way else self.return_url

    @property
    def leads_shop_to(self) -> str:
        """Where a shop that has embedded the page is told to go: the same, with the query of `return_url`."""
        query = urlsplit(self.return_url).query
        return f"{self.goes_to}?{query}" if self.way else self.return_url


def abandon(sandbox: Sandbox, session: Session) -> Ending:
    """Walk away: the session is cancelled, the merchant is told if it wants to hear of errors."""
    closed = cancelling.abandon(session, sandbox.clock.now(session.account_id))
    url = callback_url.return_url(closed, None, "cancelled")
    if closed is session:
        return Ending(closed, None, url, returns.way_back(sandbox, session.id))
    told = outbox.new_callback(sandbox, closed, None, error="cancelled")
    way, told = returns.stage(sandbox, closed, None, told, url)
    sandbox.store.save(closed, *told, *way)
    sandbox.ring(told)
    return Ending(closed, None, url, *way)


def start_payment(
    sandbox: Sandbox,
    session: Session,
    body: PayBody,
    ticked: set[str] | None = None,
    request_id: str = "",
    *,
    in_wallet: bool = False,
) -> tuple[Session, Transaction]:
    """Press pay, with these checkboxes ticked. An attempt that was under way is given up.

    `in_wallet`: the wallet comes first and asks for address and shipping itself.
    """
    now = sandbox.clock.now(session.account_id)
    session = session if ticked is None else payment.with_ticks(session, ticked)
    given_up: tuple[Transaction, ...] = ()
    if session.payment:
        older = sandbox.store.load(Transaction, session.payment.transaction_id)
        if older:
            session, failed = payment.give_up(session, older, now)
            given_up = (noted(failed, _call(sandbox, request_id), older),)
    id = checkout_id(session.account_id, sandbox.new_uuid(), now)
    start = in_wallet_rules.start if in_wallet else payment.start
    started, transaction = start(session, body, id, now)
    transaction = noted(transaction, _call(sandbox, request_id))
    started = card_token.remembering(started, remember_me=body.remember_me)
    sandbox.store.save(started, transaction, *given_up)
    return started, transaction


def _call(sandbox: Sandbox, request_id: str = "") -> Call:
    """A page's request; events that it causes have an id, also if nobody knows the request's own."""
    return Call(request_id or str(sandbox.new_uuid()))


def read_payment(sandbox: Sandbox, session: Session, transaction_id: str) -> Transaction:
    """A payment of this session, under way or ended. Raises NotFound."""
    transaction = (
        sandbox.store.load(Transaction, transaction_id) if account_of(transaction_id) else None
    )
    if transaction is None or transaction.session_id != session.id:
        raise NotFound(f"no payment {transaction_id!r} in session {session.id}")
    return transaction


def give_phone(
    sandbox: Sandbox, session: Session, transaction: Transaction, phone_number: str
) -> Transaction:
    """Type the phone number into the wallet. Raises NotPayable if this attempt was given up."""
    payment.require_attempt(session, transaction.id)
    named = payment.with_phone(transaction, phone_number)
    sandbox.store.save(named)
    return named


def give_card(
    sandbox: Sandbox,
    session: Session,
    transaction: Transaction,
    number: str,
    expiry: str,
    *,
    remember_me: bool | None = None,
) -> tuple[Session, Transaction]:
    """Type a card; only its masked number is kept. Raises NotPayable if this attempt was given up.

    `remember_me` is the form's box; None if it has none.
    """
    named = payment.with_card(session, transaction, number, expiry)
    if remember_me is not None:
        session = card_token.remembering(session, remember_me=remember_me)
    sandbox.store.save(session, named)
    return session, named


async def dawdle(sandbox: Sandbox, session_id: str) -> None:
    """A slow buyer takes some of the account's time before the next step. Load afterwards: things happen."""
    account_id = account_of(session_id)
    if "buyer" not in sandbox.faulty_accounts.get(account_id, ()):
        return
    session = load(sandbox, session_id)
    slow = faults.strike(sandbox, account_id, "buyer", returns.facts_of(session), "slow")
    if slow:
        from mock_dintero.use_cases import clock

        await clock.advance(sandbox, account_id, timedelta(seconds=slow.seconds))


def finish_payment(
    sandbox: Sandbox, session: Session, transaction: Transaction, outcome: Outcome
) -> Ending:
    """Approve, decline, let expire ... Session, transaction and callback are saved as one.

    A second click on the same payment leads to the same place as the first.
    """
    if session.transaction_id == transaction.id:
        return ending(sandbox, session, transaction)
    now = sandbox.clock.now(session.account_id)
    if outcome not in REFUSALS:
        session, transaction = in_wallet_rules.complete(session, transaction, now)
    outcome, failure = _provider_says(sandbox, session, transaction, outcome)
    after, paid = payment.finish(session, transaction, outcome, now, failure)
    paid = noted(paid, _call(sandbox), transaction)
    paid, tokens = card_token.saved(session, paid, sandbox.new_uuid, now)
    told = outbox.new_callback(sandbox, after, paid, error=_error(outcome))
    url = callback_url.return_url(after, paid.id, payment.return_error(paid))
    way, told = returns.stage(sandbox, after, paid, told, url)
    again = jobs.after_auto_capture(sandbox, after, paid)
    sandbox.store.save(after, paid, *tokens, *told, *way, *again)
    sandbox.ring(told)
    if again:
        sandbox.wake()
    return Ending(after, paid, url, *way)


def _provider_says(
    sandbox: Sandbox, session: Session, transaction: Transaction, outcome: Outcome
) -> tuple[Outcome, Failure | None]:
    """What a tester wants the provider to do about an approval and an automatic capture."""
    if outcome != "approve" or session.account_id not in sandbox.faulty_accounts:
        return outcome, None
    refusal = jobs.provider_failure(sandbox, transaction, "authorization")
    if refusal:
        return ("time_out" if refusal.do == "time_out" else "reject"), refusal
    return outcome, jobs.auto_capture_failure(sandbox, session, transaction)


def _error(outcome: Outcome) -> str | None:
    refusal = REFUSALS.get(outcome)
    return refusal.error if refusal else None


def ending(sandbox: Sandbox, session: Session, transaction: Transaction) -> Ending:
    """Where a finished payment leads."""
    url = callback_url.return_url(session, transaction.id, payment.return_error(transaction))
    return Ending(session, transaction, url, returns.way_back(sandbox, session.id))


def give_up_payment(sandbox: Sandbox, session: Session, transaction: Transaction) -> Session:
    """Come back from the wallet to choose another method."""
    now = sandbox.clock.now(session.account_id)
    free, failed = payment.give_up(session, transaction, now)
    failed = noted(failed, _call(sandbox), transaction)
    sandbox.store.save(free, failed)
    return free

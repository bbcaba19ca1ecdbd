"""What a tester wants to go wrong, and when it does."""

from __future__ import annotations

from collections.abc import Iterable

from mock_dintero.core import fault as rules
from mock_dintero.core.fault import Facts, Fault, NewFault, Where
from mock_dintero.ports import Sandbox
from mock_dintero.use_cases.merchant_account import open_account


def waiting(sandbox: Sandbox, account_id: str) -> list[Fault]:
    """The faults that still strike, in the order in which they were asked for."""
    return list(sandbox.store.oldest(Fault, account_id, link=rules.faults_of(account_id)))


def add(sandbox: Sandbox, account_id: str, asked: tuple[NewFault, ...]) -> list[Fault]:
    """More faults, after those that are there; answers with all."""
    put(sandbox, account_id, asked)
    return waiting(sandbox, account_id)


def put(sandbox: Sandbox, account_id: str, asked: tuple[NewFault, ...]) -> list[Fault]:
    """More faults, after those that are there; answers with these."""
    open_account(sandbox, account_id)
    made = _made(sandbox, account_id, asked)
    sandbox.store.save(*made)
    _note_asked(sandbox, account_id, asked)
    remember(sandbox, account_id)
    return made


def end(sandbox: Sandbox, account_id: str, ids: Iterable[str]) -> dict[str, int]:
    """These strike no more; answers with how often each has struck."""
    found = [fault for id in ids if (fault := sandbox.store.load(Fault, id))]
    sandbox.store.save(*(fault.with_(left=0) for fault in found if fault.left))
    remember(sandbox, account_id)
    return {fault.id: fault.times - fault.left for fault in found}


def replace(sandbox: Sandbox, account_id: str, asked: tuple[NewFault, ...]) -> list[Fault]:
    """The whole list anew; an empty one ends all faults."""
    open_account(sandbox, account_id)
    ended = [fault.with_(left=0) for fault in waiting(sandbox, account_id)]
    made = _made(sandbox, account_id, asked)
    sandbox.store.save(*ended, *made)
    if ended:
        sandbox.note_happening(account_id, "fault", "all were ended")
    _note_asked(sandbox, account_id, asked)
    remember(sandbox, account_id)
    return made


def _made(sandbox: Sandbox, account_id: str, asked: tuple[NewFault, ...]) -> list[Fault]:
    return [rules.new_fault(f"{account_id}.{sandbox.new_uuid()}", one) for one in asked]


def _note_asked(sandbox: Sandbox, account_id: str, asked: tuple[NewFault, ...]) -> None:
    for one in asked:
        times = "once" if one.times == 1 else f"{one.times} times"
        sandbox.note_happening(account_id, "fault", f"asked for, {times}: {one.at} {one.do}")


def remember(sandbox: Sandbox, account_id: str) -> None:
    """Note where the account has faults, so that a moment without any asks no store."""
    places = frozenset(fault.at for fault in waiting(sandbox, account_id))
    if places:
        sandbox.faulty_accounts[account_id] = places
    else:
        sandbox.faulty_accounts.pop(account_id, None)


def strike(sandbox: Sandbox, account_id: str, at: Where, facts: Facts, *do: str) -> Fault | None:
    """The first fault that meets this moment (one of `do`, if any are named); it counts as used."""
    if at not in sandbox.faulty_accounts.get(account_id, ()):
        return None
    for fault in waiting(sandbox, account_id):
        if rules.meets(fault, at, facts) and (not do or fault.do in do):
            sandbox.store.save(rules.struck(fault))
            remember(sandbox, account_id)
            what = " ".join(filter(None, ("struck:", at, fault.do, facts.method, facts.path)))
            sandbox.note_happening(account_id, "fault", what, facts.session_id)
            return fault
    return None

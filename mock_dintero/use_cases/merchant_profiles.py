"""What a merchant does with profiles: read, list, create, change; and what a session takes from one."""

from __future__ import annotations

from itertools import islice

from mock_dintero.core import profile as rules
from mock_dintero.core.account import Account
from mock_dintero.core.errors import InvalidRequest, NotFound
from mock_dintero.core.ids import checkout_id
from mock_dintero.core.profile import DEFAULT, NewProfile, Profile
from mock_dintero.core.timestamps import stamp
from mock_dintero.ports import Sandbox


def find(sandbox: Sandbox, account_id: str, name: str) -> Profile | None:
    """A profile by its name or id: the account's own, else the built-in one of the name `default`."""
    own = _own(sandbox, account_id, name)
    if own or name not in (DEFAULT, f"{account_id}.{DEFAULT}"):
        return own
    account = sandbox.store.load(Account, account_id)
    opened = account.created_at if account else stamp(sandbox.clock.now(account_id))
    return rules.built_in(account_id, opened)


def _own(sandbox: Sandbox, account_id: str, name: str) -> Profile | None:
    own = next(sandbox.store.newest(Profile, account_id, reference=name), None)
    if own is None and name.startswith(f"{account_id}."):
        own = sandbox.store.load(Profile, name)
    return own


def of_session(sandbox: Sandbox, account_id: str, name: str | None) -> Profile | None:
    """The account's own profile for a session that names one; None leaves it to the built-in one.

    A name that nobody knows works like `default` (ours).
    """
    if name is None:
        return None
    own = _own(sandbox, account_id, name)
    return own if own or name == DEFAULT else _own(sandbox, account_id, DEFAULT)


def read(sandbox: Sandbox, account_id: str, name: str) -> Profile:
    """The profile. Raises NotFound."""
    found = find(sandbox, account_id, name)
    if found is None:
        raise NotFound(
            f"no profile {name!r} in account {account_id}; sessions that name it take "
            f"{DEFAULT!r}. Create it with POST /v1/admin/session/profiles"
        )
    return found


def search(
    sandbox: Sandbox, account_id: str, limit: int, starting_after: str | None
) -> list[Profile]:
    """The account's own, newest first, then the built-in one. Raises NotFound for an unknown cursor."""
    after = read(sandbox, account_id, starting_after).id if starting_after is not None else ""
    if after == f"{account_id}.{DEFAULT}":
        return []
    found = list(islice(sandbox.store.newest(Profile, account_id, after=after), limit))
    built_in = find(sandbox, account_id, DEFAULT)
    if built_in and built_in.version == 0 and len(found) < limit:
        found.append(built_in)
    return found


def create(sandbox: Sandbox, account_id: str, body: NewProfile, by: str) -> Profile:
    """A new profile. Raises InvalidRequest if the name is taken."""
    if body.profile_id and find(sandbox, account_id, body.profile_id):
        raise InvalidRequest(
            f"profile_id: {body.profile_id!r} is taken; "
            f"change it with PUT /v1/admin/session/profiles/{body.profile_id}"
        )
    now = sandbox.clock.now(account_id)
    made = rules.new_profile(checkout_id(account_id, sandbox.new_uuid(), now), body, by, now)
    sandbox.store.save(made)
    return made


def change(sandbox: Sandbox, account_id: str, name: str, body: NewProfile, by: str) -> Profile:
    """Other content under the same name; `default` becomes the account's own. Raises NotFound."""
    now = sandbox.clock.now(account_id)
    known = read(sandbox, account_id, name)
    changed = rules.changed(known, body, now)
    if known.version == 0:
        own = body.with_(profile_id=known.name)
        changed = rules.new_profile(checkout_id(account_id, sandbox.new_uuid(), now), own, by, now)
    sandbox.store.save(changed)
    return changed

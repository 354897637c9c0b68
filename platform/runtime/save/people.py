"""What a saved user must keep: names that exist, and rights that nobody takes for himself; and
who may go."""

from __future__ import annotations

from sqlalchemy import select

from fieldstone.kernel import clock
from fieldstone.kernel.system_tables import state
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.runtime.access import rights_of
from fieldstone.runtime.save.batch import Action, Batch, Change
from fieldstone.runtime.save.leaving import refuse_needed, sign_out_leavers

RIGHTS = ("profile", "permission_sets")
PROTECTED = ("is_active", "account", "kind", "is_queue", *RIGHTS)
"""What only the owner may change of himself."""


async def people(batch: Batch) -> None:
    """Applies to the user object only; the platform's own saves are trusted with rights, and to
    know who may go: it takes records and the people they refer to away together."""
    if batch.shape.name != USER_OBJECT or batch.action is Action.RESTORE:
        return
    for change in batch.changes:
        _names_exist(batch, change)
    if not batch.transaction.session.is_system:
        owner = await _owner(batch)
        for change in batch.changes:
            _owner_stays(batch, change, owner)
            _no_more_than_own(batch, change)
        if batch.action is Action.DELETE:
            await refuse_needed(batch)
    await sign_out_leavers(batch)


async def _owner(batch: Batch) -> str:
    settings = await batch.transaction.connection.value(select(state.c.settings)) or {}
    return str(settings.get("owner_user") or "")


def _names_exist(batch: Batch, change: Change) -> None:
    snapshot = batch.transaction.snapshot
    zone = change.values.get("timezone")
    if zone is not None and zone not in clock.time_zones():
        change.problem("user.unknown_timezone", "timezone", value=str(zone)[:60])
    profile = change.values.get("profile")
    if profile is not None and snapshot.get("permission_set", str(profile)) is None:
        change.problem("user.unknown_set", "profile", value=str(profile)[:60])
    sets = change.values.get("permission_sets")
    for name in sets if isinstance(sets, list) else [] if sets is None else [sets]:
        if not isinstance(name, str) or snapshot.get("permission_set", name) is None:
            change.problem("user.unknown_set", "permission_sets", value=str(name)[:60])


def _owner_stays(batch: Batch, change: Change, owner: str) -> None:
    session = batch.transaction.session
    if str(change.id) != owner:
        return
    if batch.action is Action.DELETE:
        change.problem("user.owner_protected")
    for name in PROTECTED:
        moved = name in change.values and change.values[name] != (change.before or {}).get(name)
        if moved and (not session.is_owner or name == "is_active"):
            change.problem("user.owner_protected", name)


def _no_more_than_own(batch: Batch, change: Change) -> None:
    """Nobody gives what he lacks, and only the owner changes his own."""
    session, snapshot = batch.transaction.session, batch.transaction.snapshot
    before = change.before or {}
    moved = [n for n in RIGHTS if n in change.values and change.values[n] != before.get(n)]
    if not moved or session.is_owner or change.problems:
        return
    if change.id == session.user_id:
        change.problem("user.own_rights", moved[0])
        return
    profile = change.values.get("profile", before.get("profile"))
    sets = change.values.get("permission_sets", before.get("permission_sets")) or []
    given = rights_of(snapshot, (str(profile or ""), *(str(each) for each in sets)))
    held = batch.transaction.grant_rights()
    if given.system - held.system:
        change.problem("user.more_than_own", moved[0])

"""Who may give rights: only holders of `manage_permissions`, and nobody more than they hold
themselves. Asked wherever metadata is published by a person, whatever way the change came."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.kernel.session import Session
from fieldstone.metadata.computed import sources
from fieldstone.metadata.diff import Change
from fieldstone.metadata.plan import Plan
from fieldstone.metadata.publish import Guard
from fieldstone.runtime.access import CLOSED, ObjectRights, Rights, rights, rights_of

MANAGES = "manage_permissions"


def guard_of(session: Session) -> Guard:
    """For `publish`: the problems of what the session may not give."""

    def guard(plan: Plan) -> list[Problem]:
        held = rights(session, plan.before)
        if held.everything:
            return []
        return [problem for each in plan.changes for problem in _problems(each, plan, held)]

    return guard


def refuse_grants(session: Session, plan: Plan) -> None:
    """Raises Invalid with every problem; for what is published later, by a job."""
    problems = guard_of(session)(plan)
    if problems:
        raise Invalid("changeset_invalid", problems=problems)


def _problems(change: Change, plan: Plan, held: Rights) -> Iterator[Problem]:
    path = f"{change.kind}.{change.name}"
    if change.kind == "permission_set":
        if MANAGES not in held.system:
            yield Problem(code="rights.not_manager", path=path)
        elif not change.after.deleted and _exceeds(change, plan, held):
            yield Problem(code="rights.not_held", path=path)
    elif _publishes(change) and not (MANAGES in held.system and _knows(change, plan, held)):
        yield Problem(code="rights.result_not_known", path=f"{path}.publish_result")


def _exceeds(change: Change, plan: Plan, held: Rights) -> bool:
    """More than the giver holds, of what there was before."""
    name = change.after.name
    given, former = rights_of(plan.after, (name,)), rights_of(plan.before, (name,))
    if given.system - former.system - held.system:
        return True
    return any(
        _more(
            rights_,
            former.of(owner),
            held.of(owner),
            frozenset(plan.before.objects[owner].fields),
        )
        for owner, rights_ in given.objects.items()
        if owner in plan.before.objects
    )


def _more(
    given: ObjectRights, former: ObjectRights, held: ObjectRights, known: frozenset[str]
) -> bool:
    return bool(
        given.actions - former.actions - held.actions
        or (given.readable - former.readable - held.readable) & known
        or (given.editable - former.editable - held.editable) & known
    )


def _publishes(change: Change) -> bool:
    """Shows a computed result to people who may not read what it is made of."""
    if change.kind != "field" or change.after.deleted:
        return False
    body, before = change.after.body, change.before.body if change.before else {}
    meaning = ("publish_result", "formula", "child", "via", "field", "function", "filter")
    return bool(body.get("publish_result")) and any(
        body.get(key) != before.get(key) for key in meaning
    )


def _knows(change: Change, plan: Plan, held: Rights) -> bool:
    field = plan.after.objects[change.after.parent].fields[change.after.local_name]
    return all(
        name in held.objects.get(owner, CLOSED).readable
        for owner, name in sources(plan.after, field)
        if owner in plan.before.objects and name in plan.before.objects[owner].fields
    )

"""What was looked at before publishing, and what was found."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.metadata.changesets import Review
from fieldstone.metadata.plan import Risk
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.runtime import metadata_jobs
from fieldstone_builder.desk import PERMISSION, Desk
from fieldstone_builder.fields.access import level_of
from fieldstone_builder.publish.contexts import CheckView

_REFERENCES = ("metadata.mentions_", "metadata.unknown")


async def proofs_of(desk: Desk, found: Review) -> tuple[CheckView, ...]:
    return (
        _references(desk, found),
        _formulas(desk, found),
        _rules(desk, found),
        _permissions(desk, found),
        _data(desk, found),
        await _speed(desk, found),
        _packs(desk, found),
    )


def _faulty(found: Review, *starts: str) -> int:
    return sum(problem.code.startswith(starts) for problem in found.problems)


def _references(desk: Desk, found: Review) -> CheckView:
    faults = _faulty(found, *_REFERENCES)
    label = desk.say("What is named exists")
    if faults:
        text = desk.words.count(
            "%(count)s mention leads nowhere", "%(count)s mentions lead nowhere", faults
        )
        return CheckView(label=label, text=text, look="bad")
    return CheckView(
        label=label, text=desk.say("Layouts, lists and rights name only what is there")
    )


def _formulas(desk: Desk, found: Review) -> CheckView:
    faults = _faulty(found, "formula.")
    label = desk.say("Formulas and conditions")
    if faults:
        text = desk.words.count("%(count)s does not hold", "%(count)s do not hold", faults)
        return CheckView(label=label, text=text, look="bad")
    return CheckView(label=label, text=desk.say("All can be computed"))


def _rules(desk: Desk, found: Review) -> CheckView:
    others = len(found.problems) - _faulty(found, "formula.", *_REFERENCES)
    label = desk.say("Documents")
    if others:
        text = desk.words.count("%(count)s mistake", "%(count)s mistakes", others)
        return CheckView(label=label, text=text, look="bad")
    return CheckView(label=label, text=desk.say("Complete and in order"))


def _permissions(desk: Desk, found: Review) -> CheckView:
    label = desk.say("Permissions")
    if _locks_out(desk, found.plan.after):
        text = desk.say("You would lose the right to change the setup")
        return CheckView(label=label, text=text, look="bad")
    texts = list(_shifts(desk, found))
    if not texts:
        return CheckView(label=label, text=desk.say("Nobody gains or loses access"))
    return CheckView(label=label, text=desk.words.joined(texts[:4]), look="warn")


def _locks_out(desk: Desk, after: Snapshot) -> bool:
    session = desk.transaction.session
    if session.is_owner:
        return False
    sets = (
        after.get("permission_set", name) for name in (session.profile, *session.permission_sets)
    )
    return not any(PERMISSION in each.body.get("system", ()) for each in sets if each)


def _shifts(desk: Desk, found: Review) -> Iterator[str]:
    """For each set, how many fields open or close."""
    for step in found.plan.steps:
        change = step.change
        if change.kind != "permission_set" or change.before is None:
            continue
        opened = closed = 0
        for name, shape in found.plan.after.objects.items():
            for field in shape.own_fields:
                old = level_of(change.before, name, field.name) != "none"
                new = level_of(change.after, name, field.name) != "none"
                opened += new and not old
                closed += old and not new
        label = desk.words.label(change.after)
        if closed:
            yield desk.say("%(name)s loses %(count)s fields", {"name": label, "count": closed})
        if opened:
            yield desk.say("%(name)s gains %(count)s fields", {"name": label, "count": opened})


def _data(desk: Desk, found: Review) -> CheckView:
    heavy = [each for each in found.impact if each.severity != "info"]
    label = desk.say("Existing data")
    if not heavy:
        return CheckView(label=label, text=desk.say("Untouched"))
    text = desk.words.count(
        "%(count)s effect to look at", "%(count)s effects to look at", len(heavy)
    )
    return CheckView(label=label, text=text, look="warn")


async def _speed(desk: Desk, found: Review) -> CheckView:
    label = desk.say("Time it takes")
    if await metadata_jobs.is_large(desk.transaction.connection, found.plan):
        text = desk.say("Many values are converted in the background; everybody works on meanwhile")
        return CheckView(label=label, text=text, look="warn")
    if found.plan.risk is Risk.REWRITE:
        return CheckView(label=label, text=desk.say("Values are converted at once"))
    return CheckView(label=label, text=desk.say("At once; nobody has to stop working"))


def _packs(desk: Desk, found: Review) -> CheckView:
    label = desk.say("Packs")
    touched = {step.change.after.pack for step in found.plan.steps if step.change.after.pack}
    if not touched:
        return CheckView(label=label, text=desk.say("No part of a pack is changed"))
    names = desk.words.joined(sorted(touched))
    text = desk.say("Your changes to %(names)s stay when it is upgraded", {"names": names})
    return CheckView(label=label, text=text)

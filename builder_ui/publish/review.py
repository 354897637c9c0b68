"""A review in words: what needs a look first, with its effect on live data, then the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fieldstone.kernel.errors import Problem
from fieldstone.metadata.changesets import Review
from fieldstone.metadata.components import Key
from fieldstone.metadata.diff import Change
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.impact import Impact
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.plan import Risk, Step
from fieldstone_builder import links
from fieldstone_builder.changes import property_changes
from fieldstone_builder.checks import key_of, located_at, place_of, text_of
from fieldstone_builder.desk import Desk
from fieldstone_builder.marks import action_tag
from fieldstone_builder.publish.contexts import (
    BlockerView,
    ChangeRow,
    ImpactView,
    ReviewView,
    WeightyView,
)
from fieldstone_builder.publish.impacts import impact_view
from fieldstone_builder.publish.proofs import proofs_of

_ORDER = {"object": 0, "field": 1, "value_set": 2}

_COUNTED = frozenset({"impact.required_missing", "impact.duplicates", "impact.too_long"})
"""Of no record there is nothing to tell."""


async def review_view(
    desk: Desk, found: Review, operations: Sequence[Operation] = ()
) -> ReviewView:
    """`operations` are a draft's own; with them each change can be taken out of it."""
    by_subject = await _impacts(desk, found)
    undoable = {(each.kind, each.name) for each in operations}
    weighty, plain = [], []
    for step in sorted(found.plan.steps, key=lambda step: _place(desk, step)):
        key = step.change.after.key
        impacts = by_subject.get(key, [])
        row = _row(desk, step, impacts, undoable)
        heavy = [each for each in impacts if each.look != "info"]
        if heavy or step.risk is not Risk.SAFE:
            weighty.append(WeightyView(change=row, impacts=tuple(impacts)))
        else:
            plain.append(row)
    blockers = tuple(_blockers(desk, found.problems, operations))
    return ReviewView(
        title=_title(desk, len(weighty) + len(plain), len(weighty)),
        text=desk.say("All of it takes effect at once, or none of it. It can be taken back."),
        blockers=blockers,
        weighty=tuple(weighty),
        plain=tuple(plain),
        checks=await proofs_of(desk, found),
        notices=tuple(text_of(desk, each) for each in found.notices),
    )


def _title(desk: Desk, count: int, weighty: int) -> str:
    first = desk.words.count("%(count)s change", "%(count)s changes", count)
    if not weighty:
        return first
    second = desk.words.count(
        "%(count)s needs a look first", "%(count)s need a look first", weighty
    )
    return f"{first}，{second}" if desk.words.code == "zh_CN" else f"{first}, {second}"


def _place(desk: Desk, step: Step) -> tuple[str, int, str]:
    """What belongs to one object stands together."""
    component = step.change.after
    owner = component.parent or (component.name if component.kind == "object" else "")
    return (
        desk.words.noun(owner) if owner else "\uffff",
        _ORDER.get(component.kind, 9),
        component.name,
    )


async def _impacts(desk: Desk, found: Review) -> Mapping[Key, list[ImpactView]]:
    made: dict[Key, list[ImpactView]] = {}
    steps = {step.change.after.key for step in found.plan.steps}
    for each in found.impact:
        if each.code in _COUNTED and not each.count:
            continue
        view = await impact_view(desk, each)
        made.setdefault(_subject(found, each, steps), []).append(view)
    return made


def _subject(found: Review, impact: Impact, steps: set[Key]) -> Key:
    """The change that an impact belongs to: a field's value set, where that is what changes."""
    if impact.subject in steps:
        return impact.subject
    owner, _, local = impact.subject[1].partition(".")
    shape = found.plan.before.objects.get(owner)
    field = shape.fields.get(local) if shape else None
    return ("value_set", str(field.config.get("value_set") or "")) if field else impact.subject


def _row(desk: Desk, step: Step, impacts: Sequence[ImpactView], undoable: set[Key]) -> ChangeRow:
    change = step.change
    component = change.after
    gone = change.action in ("delete",)
    return ChangeRow(
        tag=action_tag(desk, change.action),
        label=desk.words.label(component),
        kind=desk.words.kind(change.kind),
        owner=desk.words.noun(component.parent) if component.parent else "",
        text="" if any(each.look != "info" for each in impacts) else _text(desk, change, impacts),
        details=() if gone else property_changes(desk, change.before, component),
        url="" if gone else links.component_url(component.key),
        undo=f"{component.kind}:{component.name}" if component.key in undoable else "",
        pack=component.pack,
    )


def _text(desk: Desk, change: Change, impacts: Sequence[ImpactView]) -> str:
    """The change in a few words: what it mostly is about, and what it does to data."""
    parts = list(_gist(desk, change))
    parts.extend(each.text for each in impacts)
    return desk.words.joined(parts)


def _gist(desk: Desk, change: Change) -> Iterator[str]:
    after = change.after.body
    if change.action == "create" and change.kind == "field":
        yield desk.words.text(FIELD_TYPES[after["type"]].label)
        if after.get("required"):
            yield desk.say("Required")
        return
    if change.action != "update":
        return
    for each in property_changes(desk, change.before, change.after)[:3]:
        yield each.label


def _blockers(
    desk: Desk, problems: Sequence[Problem], operations: Sequence[Operation]
) -> Iterator[BlockerView]:
    undoable = {(each.kind, each.name) for each in operations}
    for problem in problems:
        if problem.path.startswith("operations."):
            problem, key = located_at(problem, operations)  # the same, located
        else:
            key = key_of(desk, problem) or ("", "")
        yield BlockerView(
            text=text_of(desk, problem),
            place=place_of(desk, problem).rstrip("：: ") or key[1],
            url=links.component_url(key) if key in desk.after.components else "",
            undo=f"{key[0]}:{key[1]}" if key in undoable else "",
        )

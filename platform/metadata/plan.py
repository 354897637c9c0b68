"""A changeset's plan: what will be done, in order, with the risk of each step. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fieldstone.kernel.i18n import pick, translate
from fieldstone.metadata import terms
from fieldstone.metadata.diff import Action, Change
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.snapshot import Snapshot


class Risk(StrEnum):
    SAFE = "safe"
    REWRITE = "rewrite"
    """Values are converted; the old ones are kept."""
    DESTRUCTIVE = "destructive"
    """Something people see goes away; it is kept and can be restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    change: Change
    risk: Risk
    details: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """What exactly changes: message ids with their params."""

    def describe(self, snapshot: Snapshot, locale: str) -> str:
        """One sentence in the reader's language and the tenant's words."""
        change = self.change
        params = {
            "kind": pick(KINDS[change.kind].label, locale),
            "name": label_of(change, snapshot, locale),
            "api_name": change.name,
        }
        sentence = translate(locale, f"plan.{change.action}", params)
        details = [translate(locale, code, dict(extra)) for code, extra in self.details]
        return (
            sentence
            + (f" ({'; '.join(details)})" if details and locale == "en" else "")
            + (f"（{'；'.join(details)}）" if details and locale != "en" else "")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    steps: tuple[Step, ...]
    before: Snapshot
    after: Snapshot
    changes: tuple[Change, ...] = field(default=())

    @property
    def risk(self) -> Risk:
        risks = {step.risk for step in self.steps}
        for risk in (Risk.DESTRUCTIVE, Risk.REWRITE):
            if risk in risks:
                return risk
        return Risk.SAFE


def make_plan(changes: tuple[Change, ...], before: Snapshot, after: Snapshot) -> Plan:
    steps = tuple(
        Step(change=change, risk=_risk(change), details=tuple(_details(change)))
        for change in changes
        if not _part_of_bigger(change, changes)
    )
    return Plan(steps=steps, before=before, after=after, changes=changes)


def label_of(change: Change, snapshot: Snapshot, locale: str) -> str:
    """ "Account / Region" for a field, the label for what stands alone."""
    body = change.after.body
    own = terms.render(body.get("label"), snapshot, locale) or change.after.local_name
    if change.kind == "object":
        return terms.noun(snapshot, change.name, locale) or own
    if change.after.parent:
        return f"{terms.noun(snapshot, change.after.parent, locale)} / {own}"
    return own


def _part_of_bigger(change: Change, changes: tuple[Change, ...]) -> bool:
    """The fields of an object that is deleted or restored as a whole need no line of their own."""
    if change.action not in (Action.DELETE, Action.RESTORE) or not change.after.parent:
        return False
    return any(
        other.kind == "object"
        and other.name == change.after.parent
        and other.action is change.action
        for other in changes
    )


def _risk(change: Change) -> Risk:
    if change.converts:
        return Risk.REWRITE
    if change.action is Action.DELETE:
        return Risk.DESTRUCTIVE
    if removed_values(change):
        return Risk.DESTRUCTIVE
    return Risk.SAFE


def removed_values(change: Change) -> list[str]:
    """Codes of picklist values that this change takes away."""
    if change.action is not Action.UPDATE or change.before is None:
        return []
    before, after = change.before.body.get("values") or {}, change.after.body.get("values") or {}
    return [
        code
        for code, value in before.items()
        if not value.get("deleted") and after.get(code, {"deleted": True}).get("deleted")
    ]


def _other_name_or_type(
    change: Change, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if change.was != change.after.local_name:
        yield "plan.detail.renamed", {"old": change.was, "new": change.after.local_name}
    if before.get("type") != after.get("type") and change.kind == "field":
        yield "plan.detail.type", {"old": before["type"], "new": after["type"]}


def _details(change: Change) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if change.action is not Action.UPDATE or change.before is None:
        return
    before, after = change.before.body, change.after.body
    yield from _other_name_or_type(change, before, after)
    for key in ("required", "unique", "read_only", "indexed"):
        if bool(before.get(key)) != bool(after.get(key)):
            state = "on" if after.get(key) else "off"
            yield f"plan.detail.{key}_{state}", {}
    removed = removed_values(change)
    if removed:
        yield "plan.detail.values_removed", {"names": ", ".join(removed)}
    added = [code for code in after.get("values") or {} if code not in (before.get("values") or {})]
    if added:
        yield "plan.detail.values_added", {"names": ", ".join(added)}
    named = {"type", "required", "unique", "read_only", "indexed", "values"}
    others = sorted(key for key in {*before, *after} - named if before.get(key) != after.get(key))
    if others:
        yield "plan.detail.keys", {"keys": ", ".join(others)}

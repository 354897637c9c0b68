"""From what the editor's form says to the draft's operations, tried before they are kept."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.kernel.errors import Problem
from fieldstone.metadata.components import Key
from fieldstone_builder import edits
from fieldstone_builder.checks import Checked, check
from fieldstone_builder.desk import Desk
from fieldstone_builder.edits import Operations
from fieldstone_builder.fields.access import with_access
from fieldstone_builder.fields.entry import Entry
from fieldstone_builder.fields.placement import with_placement
from fieldstone_builder.names import name_problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    operations: Operations
    checked: Checked
    problems: tuple[Problem, ...]


def field_operations(desk: Desk, entry: Entry) -> Operations:
    """The field alone."""
    return edits.put(desk.before, desk.draft.operations, entry.key, entry.body)


def tried(desk: Desk, entry: Entry) -> Tried:
    """The field with its rights and its places, and everything that is wrong with them."""
    operations = field_operations(desk, entry)
    operations = with_access(desk, operations, entry.object.name, entry.name, entry.levels)
    operations = with_placement(
        desk, operations, entry.object, (entry.name, entry.kind.name), entry.place
    )
    checked = check(desk.before, operations, changed_keys(desk, operations))
    return Tried(
        operations=operations,
        checked=checked,
        problems=(*own_problems(desk, entry), *checked.problems),
    )


def changed_keys(desk: Desk, operations: Operations) -> list[Key]:
    """The components whose operations are not those of the draft."""
    before = {(each.kind, each.name): each for each in desk.draft.operations}
    return [
        (each.kind, each.name) for each in operations if before.get((each.kind, each.name)) != each
    ]


def own_problems(desk: Desk, entry: Entry) -> list[Problem]:
    """What only the form can know."""
    found: list[Problem | None] = []
    if entry.known is None:
        found.append(name_problem(desk, entry.key, entry.name, entry.body["label"]))
    path = f"field.{entry.object.name}.{entry.name}"
    if not entry.body.get("label"):
        found.append(Problem(code="setup.label_missing", path=f"{path}.label"))
    for code, item in (entry.body.get("values") or {}).items():
        if not item.get("label"):
            found.append(Problem(code="setup.label_missing", path=f"{path}.values.{code}.label"))
    codes = [each.code for each in entry.values if not (each.removed or each.blank)]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        params = {"names": ", ".join(twice)}
        found.append(Problem(code="setup.same_codes", path=f"{path}.values", params=params))
    return [each for each in found if each is not None]

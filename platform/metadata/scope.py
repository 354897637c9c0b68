"""The names that formulas of an object may use: its fields, and those of records it points at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from fieldstone.formula.check import MAX_HOPS, check
from fieldstone.formula.context import PERMISSION
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Named, Path
from fieldstone.formula.typed import Checked, Typed, moved
from fieldstone.formula.types import BOOLEAN, DATE, DATETIME, TEXT, Kind, Type
from fieldstone.formula.usage import Usage
from fieldstone.metadata.field_types.formula import blanks_of
from fieldstone.metadata.snapshot import Field, Object, Snapshot

Readable = Callable[[str, str], bool]
"""(object, field) → may the asker read it?"""

PARAMETERS: Mapping[tuple[str, Path], Type] = {
    ("user", ("id",)): Type(kind=Kind.REFERENCE, target="user"),
    ("user", ("name",)): TEXT,
    ("user", ("account",)): TEXT,
    ("user", ("email",)): TEXT,
    ("user", ("department",)): Type(kind=Kind.REFERENCE, target="department"),
    ("user", ("role",)): Type(kind=Kind.REFERENCE, target="role"),
    ("org", ("currency",)): TEXT,
    ("org", ("name",)): TEXT,
    ("today", ()): DATE,
    ("now", ()): DATETIME,
}


def everything(_object: str, _field: str) -> bool:
    return True


@dataclass(frozen=True)
class ObjectScope:
    """Implements fieldstone.formula.scope.Scope for one object of a snapshot."""

    snapshot: Snapshot
    object: str
    readable: Readable = everything
    record_object: str = ""
    """The object of the form that asks, whose fields are `$record.…`; none but in a lookup's
    filter."""

    def resolve(self, path: Path) -> Named | None:
        trail = self.trail(path)
        if not trail:
            return None
        last = trail[-1]
        return Named(
            name=last.name,
            label=_label(last),
            type=type_of(last),
            formula=formula_at(self.snapshot, trail) if last.formula else None,
        )

    def trail(self, path: Path) -> tuple[Field, ...]:
        """The fields along the path; empty when a step does not exist or may not be read, or when
        there are more steps than a formula may take."""
        if len(path) > MAX_HOPS + 1:
            return ()
        shape = self.snapshot.objects.get(self.object)
        found: list[Field] = []
        for step in path:
            field = self._step(shape, step)
            if field is None:
                return ()
            found.append(field)
            shape = self.snapshot.objects.get(field.target) if field.is_reference else None
        return tuple(found)

    def names(self, path: Path) -> Iterable[Named]:
        trail = self.trail(path) if path else ()
        if path and (not trail or not trail[-1].is_reference):
            return ()
        shape = self.snapshot.objects.get(trail[-1].target if trail else self.object)
        return [
            Named(name=field.name, label=_label(field), type=type_of(field))
            for field in (shape.fields.values() if shape else ())
            if self.readable(field.object, field.name)
        ]

    def parameter(self, root: str, path: Path) -> Type | None:
        if root == "record" and self.record_object:
            named = replace(self, object=self.record_object, record_object="").resolve(path)
            return named.type if named else None
        if root == PERMISSION:
            known = self.snapshot.get("permission_set", ".".join(path))
            return BOOLEAN if known is not None else None
        return PARAMETERS.get((root, path))

    def _step(self, shape: Object | None, step: str) -> Field | None:
        if shape is None:
            return None
        field = shape.fields.get(step) or shape.fields.get(step.lower())
        if field is None:
            labelled = [each for each in shape.fields.values() if step in each.label.values()]
            field = labelled[0] if len(labelled) == 1 else None
        if field is None or not self.readable(field.object, field.name):
            return None
        return field


def formula_of(snapshot: Snapshot, field: Field) -> Checked | None:
    """The formula field's formula, over everything its object has; None for one that cannot be
    computed (any more), which reads as blank. Readers of the field need no right to its sources
    here: access.py decides beforehand."""
    kept, key = snapshot.remembered.setdefault(formula_of, {}), (field.object, field.name)
    if key not in kept:
        kept[key] = None  # one that names itself finds nothing
        try:
            kept[key] = check(
                parse(field.formula),
                ObjectScope(snapshot, field.object),
                expected=type_of(field),
                blanks=blanks_of(field.config),
                usage=Usage.FIELD,
            )
        except FormulaError:
            return None
    found: Checked | None = kept[key]
    return found


def formula_at(snapshot: Snapshot, trail: tuple[Field, ...]) -> Typed | None:
    """The formula at the end of a trail, its paths from where the trail begins."""
    checked = formula_of(snapshot, trail[-1])
    prefix = tuple(field.name for field in trail[:-1])
    return moved(checked.root, prefix) if checked is not None else None


def decimals_of(field: Field) -> int:
    """The decimals that a field of numbers shows: 1 for 12.5 %, which formulas see as 0.125."""
    type_ = type_of(field)
    return (type_.scale or 0) - (2 if type_.percent else 0)


def type_of(field: Field) -> Type:
    if field.name == "id" and field.system:
        return Type(kind=Kind.REFERENCE, target=field.object)
    return field.type.formula_type(field.config)


def _label(field: Field) -> str:
    return field.label.get("en") or field.name

"""The names that formulas of an object may use: its fields, and those of records it points at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from fieldstone.formula.check import MAX_HOPS, check
from fieldstone.formula.context import PERMISSION
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Named, Path, Relation
from fieldstone.formula.typed import Checked, Typed, moved
from fieldstone.formula.types import BOOLEAN, DATE, DATETIME, TEXT, Kind, Type
from fieldstone.formula.usage import Usage
from fieldstone.kernel.i18n import LOCALES, Text
from fieldstone.metadata import terms
from fieldstone.metadata.field_types.formula import blanks_of
from fieldstone.metadata.remember import per_snapshot
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


RECORD = "record"
"""Root of what a lookup's filter asks of the record that has the lookup."""


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
        if root == RECORD and self.record_object:
            named = replace(self, object=self.record_object, record_object="").resolve(path)
            return named.type if named else None
        if root == PERMISSION:
            known = self.snapshot.get("permission_set", ".".join(path))
            return BOOLEAN if known is not None else None
        return PARAMETERS.get((root, path))

    def relation(self, name: str) -> Relation | None:
        """A list of this name, unless a field has it."""
        shape = self.snapshot.objects.get(self.object)
        if shape is None or self._step(shape, name) is not None:
            return None
        for link in self.links():
            if name.lower() in (link.name, link.long_name) or name in link.labels:
                return self._relation(link)
        return None

    def relations(self) -> Iterable[Relation]:
        return [self._relation(link) for link in self.links()]

    def links(self) -> list[Link]:
        """The lists that the asker may know of."""
        known = links_to(self.snapshot, self.object)
        return [link for link in known if self.readable(link.child, link.via)]

    def of_list(self, name: str) -> ObjectScope | None:
        """What may be named of the records of a list."""
        relation = self.relation(name)
        return replace(self, object=relation.key.partition(".")[0]) if relation else None

    def named(self, path: Path) -> tuple[Field, ...]:
        """The fields that a path in a formula's text stands for: those of the trail, or after
        the name of a list the field that points here and those of its records."""
        trail = self.trail(path)
        relation = None if trail or not path else self.relation(path[0])
        if relation is None:
            return trail
        child, via = relation.key.split(".")
        inner = replace(self, object=child).trail(path[1:]) if path[1:] else ()
        return (self.snapshot.objects[child].fields[via], *inner)

    def called(self, link: Link) -> str:
        """The name of a list that no field has."""
        shape = self.snapshot.objects.get(self.object)
        return link.name if self._step(shape, link.name) is None else link.long_name

    def _relation(self, link: Link) -> Relation:
        inner = replace(self, object=link.child)
        return Relation(key=link.key, name=self.called(link), label=link.labels[0], scope=inner)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A related list: the records of `child` that point at an object by their field `via`.
    `name` is the short name, `long_name` the one that always is its own; the same when several
    fields of the child point here."""

    child: str
    via: str
    name: str
    long_name: str
    labels: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.child}.{self.via}"


def list_names(child: str, via: str, *, alone: bool) -> tuple[str, str]:
    """How formulas call the records of `child` that point at an object by `via`: `line_by_task`,
    and `lines` where that is the only field of the child that does."""
    long_name = f"{child}_by_{via}"
    return (f"{child}s" if alone else long_name), long_name


@per_snapshot()
def links_to(snapshot: Snapshot, object_name: str) -> tuple[Link, ...]:
    """Every related list of the object."""
    found = []
    for child in snapshot.objects.values():
        links = [each for each in child.own_fields if _is_link(each, object_name)]
        for via in links:
            name, long_name = list_names(child.name, via.name, alone=len(links) == 1)
            labels = tuple(dict.fromkeys(_words(snapshot, child.plural)))
            if len(links) > 1:
                labels = (long_name,)
            found.append(
                Link(child=child.name, via=via.name, name=name, long_name=long_name, labels=labels)
            )
    return tuple(found)


def _is_link(field: Field, target: str) -> bool:
    return field.type.name in LINKS and field.is_reference and field.target == target


LINKS = ("lookup", "master_detail")
"""The fields whose records are a related list of what they point at."""


def _words(snapshot: Snapshot, text: Text) -> list[str]:
    return [terms.render(text, snapshot, locale) for locale in LOCALES]


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

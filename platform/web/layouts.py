"""How an object's pages are laid out: its published layout for a record type, or one made from
its fields when nobody has designed any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any, Literal

from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.typed import Checked
from fieldstone.kernel.i18n import Text
from fieldstone.metadata.codec import ordered
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Object, Snapshot
from fieldstone.web.views import FILES

Body = Mapping[str, Any]
BASICS: Text = {"en": "Basics", "zh_CN": "基本信息"}
SYSTEM: Text = {"en": "System", "zh_CN": "系统信息"}
SYSTEM_FIELDS = ("created_by", "created_at", "modified_by", "modified_at")
COMPACT_FIELDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`fields`: (name, what the layout says of it)."""

    name: str
    label: Text
    fields: tuple[tuple[str, Body], ...]
    columns: Literal[1, 2] = 2
    collapsed: bool = False
    visible_when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """Records of `object` whose `field` points at the page's record."""

    name: str
    object: str
    field: str
    columns: tuple[str, ...]
    label: Text = attribute(default_factory=dict)
    sort: tuple[str, ...] = ()
    limit: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`record_types` empty: for all of them."""

    sections: tuple[Section, ...]
    sub_tables: tuple[Children, ...] = ()
    related_lists: tuple[Children, ...] = ()
    record_types: tuple[str, ...] = ()


@per_snapshot()
def layout_of(snapshot: Snapshot, object_name: str, record_type: str = "") -> Layout:
    """The first layout made for the record type, else the first made for all of them."""
    layouts = layouts_of(snapshot, object_name)
    exact = [each for each in layouts if record_type in each.record_types]
    general = [each for each in layouts if not each.record_types]
    return next(iter((*exact, *general, *layouts)))


@per_snapshot()
def layouts_of(snapshot: Snapshot, object_name: str) -> tuple[Layout, ...]:
    """All of an object's layouts; the one made from its fields when there is no other."""
    designed = tuple(_designed(each.body) for each in snapshot.of_object("layout", object_name))
    return designed or (_made(snapshot, snapshot.objects[object_name]),)


def _designed(body: Body) -> Layout:
    return Layout(
        sections=tuple(_section(name, each) for name, each in ordered(body.get("sections"))),
        sub_tables=tuple(_children(name, each) for name, each in ordered(body.get("sub_tables"))),
        related_lists=tuple(
            _children(name, each) for name, each in ordered(body.get("related_lists"))
        ),
        record_types=tuple(body.get("record_types") or ()),
    )


def _section(name: str, body: Body) -> Section:
    return Section(
        name=name,
        label=body.get("label") or {},
        fields=tuple(ordered(body.get("fields"))),
        columns=1 if body.get("columns") == 1 else 2,
        collapsed=bool(body.get("collapsed")),
        visible_when=str(body.get("visible_when") or ""),
    )


def _children(name: str, body: Body) -> Children:
    return Children(
        name=name,
        object=body["object"],
        field=body["field"],
        columns=tuple(key for key, _ in ordered(body.get("columns"))),
        label=body.get("label") or {},
        sort=tuple(body.get("sort") or ()),
        limit=int(body.get("limit") or 5),
    )


def _made(snapshot: Snapshot, shape: Object) -> Layout:
    """Every field, and everything that points here."""
    names = [each.name for each in shape.own_fields]
    if shape.master is None:
        names.insert(1, "owner")
    if shape.record_types:
        names.append("record_type")
    related = [
        Children(
            name=f"{each.object}_{each.name}",
            object=each.object,
            field=each.name,
            columns=("name", *compact_fields(snapshot, each.object)[:4]),
        )
        for each in snapshot.children.get(shape.name, ())
        if each.is_reference
    ]
    return Layout(
        sections=(
            Section(name="basic", label=BASICS, fields=tuple((name, {}) for name in names)),
            Section(
                name="system",
                label=SYSTEM,
                fields=tuple((name, {}) for name in SYSTEM_FIELDS),
                collapsed=True,
            ),
        ),
        related_lists=tuple(related),
    )


@per_snapshot()
def compact_fields(snapshot: Snapshot, object_name: str) -> tuple[str, ...]:
    """The few fields of cards and record heads, the name left out."""
    component = snapshot.get("compact_layout", f"{object_name}.default")
    shape = snapshot.objects[object_name]
    if component is not None:
        names = [name for name, _ in ordered(component.body.get("fields"))]
    else:
        names = [each.name for each in shape.own_fields if _is_compact(each.type.name)]
        names = names[:COMPACT_FIELDS]
    return tuple(name for name in names if name != "name")


def _is_compact(type_name: str) -> bool:
    return type_name not in FILES | {"long_text", "rich_text", "json", "secret", "address"}


def is_visible(
    snapshot: Snapshot,
    object_name: str,
    condition: str,
    row: Mapping[str, Any],
    context: Context,
) -> bool:
    """Whether the condition of a section holds; one that cannot be computed hides nothing."""
    if not condition:
        return True
    try:
        checked = checked_formula(snapshot, object_name, condition)
        values = {tuple(name.split(".")): value for name, value in row.items()}
        return evaluate(checked, values, context) is True
    except (FormulaError, EvaluationError):
        return True


@per_snapshot()
def checked_formula(snapshot: Snapshot, object_name: str, text: str) -> Checked:
    """Raises FormulaError."""
    return check(parse(text), ObjectScope(snapshot, object_name))

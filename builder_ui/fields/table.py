"""/setup/objects/{object}/fields: the table of fields, and how far records fill them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from fieldstone.metadata.field_types import displayed
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.snapshot import Field, Object
from fieldstone.metadata.validate import MAX_FIELDS
from fieldstone.runtime import field_stats
from fieldstone_builder import links
from fieldstone_builder.contexts import TabView
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.contexts import EditorView, FieldsPage
from fieldstone_builder.fields.types import look_of
from fieldstone_builder.formula.words import returns_words
from fieldstone_builder.marks import origin, state_tag
from fieldstone_builder.objects.contexts import FieldRow, FieldsView, FillView
from fieldstone_builder.objects.head import crumbs_of, head_of
from fieldstone_builder.screen import show, show_fragment

ALL, OWN, CHANGED, SYSTEM = "", "own", "changed", "system"


async def show_fields(desk: Desk) -> Response:
    shape = desk.shape()
    page = FieldsPage(head=head_of(desk, shape, "fields"), fields=fields_view(desk, shape))
    crumbs = crumbs_of(desk, shape, desk.say("Fields"))
    return show(desk, "fields.html", page, crumbs=crumbs)


def with_editor(desk: Desk, shape: Object, editor: EditorView, status: int = 200) -> Response:
    """The editor beside the table; only the editor when htmx asks."""
    page = FieldsPage(
        head=head_of(desk, shape, "fields"),
        fields=fields_view(desk, shape, editor.api_name),
        editor=editor,
    )
    crumbs = crumbs_of(desk, shape, desk.say("Fields"))
    return show(desk, "fields.html", page, crumbs=crumbs, block="panel", status=status)


def fields_view(desk: Desk, shape: Object, current: str = "") -> FieldsView:
    wanted = desk.asked("show")
    base = links.object_url(shape.name, "fields")
    every = _every(desk, shape)
    rows = [each for each in every if _KEPT.get(wanted, _KEPT[ALL])(desk, each)]
    published = shape.name in desk.before.objects
    own = len(shape.own_fields)
    return FieldsView(
        rows=tuple(_row(desk, each, current) for each in rows),
        chips=_chips(desk, every, base, wanted),
        new_url=links.new_field_url(shape.name),
        fill_url=f"{base}/{links.FILL_RATES}" if published else "",
        limit=desk.say(
            "%(count)s of at most %(limit)s fields", {"count": own, "limit": MAX_FIELDS}
        ),
    )


def _every(desk: Desk, shape: Object) -> list[Field]:
    """The object's own fields, those to be deleted, then the system's."""
    before = desk.before.objects.get(shape.name)
    going = [
        each for each in (before.own_fields if before else ()) if each.name not in shape.fields
    ]
    system = [each for each in shape.fields.values() if each.system]
    return [*shape.own_fields, *going, *system]


def state_of(desk: Desk, field: Field) -> str:
    if field.system:
        return ""
    if field.name == "name":
        return desk.draft.state("object", field.object)
    return desk.draft.state("field", f"{field.object}.{field.name}")


_KEPT: dict[str, Callable[[Desk, Field], bool]] = {
    ALL: lambda _desk, field: not field.system,
    OWN: lambda _desk, field: not field.system and not field.pack,
    CHANGED: lambda desk, field: field.name != "name" and bool(state_of(desk, field)),
    SYSTEM: lambda _desk, field: field.system,
}


def _chips(desk: Desk, every: list[Field], base: str, wanted: str) -> tuple[TabView, ...]:
    words = {
        ALL: desk.say("All"),
        OWN: desk.say("Own"),
        CHANGED: desk.say("Changed"),
        SYSTEM: desk.say("System field"),
    }
    chips = []
    for name, label in words.items():
        count = sum(_KEPT[name](desk, each) for each in every)
        if count or name in (ALL, wanted):
            url = f"{base}?show={name}" if name else base
            chips.append(TabView(label=label, url=url, current=name == wanted, count=str(count)))
    return tuple(chips)


def _row(desk: Desk, field: Field, current: str) -> FieldRow:
    state = desk.draft.state("field", f"{field.object}.{field.name}")
    return FieldRow(
        label=desk.words.text(field.label),
        api_name=field.name,
        icon=look_of(field.computed or field.type.name).icon,
        type=_type(desk, field),
        origin=_origin(desk, field),
        pack=field.pack,
        url=_url(field, going=state == "deleted"),
        fill=fill_id(field.name),
        marks=tuple(_marks(desk, field)),
        tag=state_tag(desk, state),
        current=field.name == current,
        required=field.required and not field.system,
    )


def _type(desk: Desk, field: Field) -> str:
    """A computed field says so, and what it comes to."""
    label = desk.words.text(field.type.label)
    if not field.computed:
        return label
    gives = "" if field.type.name in displayed.NAMES else str(field.config.get("returns") or "")
    result = returns_words(desk).get(gives, label)
    return f"{desk.words.text(FIELD_TYPES[field.computed].label)} · {result}"


def _origin(desk: Desk, field: Field) -> str:
    if field.pack and not field.system:
        return desk.say("Pack")
    return origin(desk, "", system=field.system)


def _url(field: Field, *, going: bool) -> str:
    if going:
        return links.BIN
    if field.name == "name":
        return f"{links.object_url(field.object)}#numbering"
    return "" if field.system else links.field_url(field.object, field.name)


def _marks(desk: Desk, field: Field) -> list[str]:
    config = field.config
    marks = [
        (field.unique, desk.say("unique")),
        (bool(config.get("audited")), desk.say("audited")),
        (field.read_only and not field.system, desk.say("read-only")),
    ]
    return [text for holds, text in marks if holds]


def fill_id(name: str) -> str:
    return f"fill-{name.replace('_', '-')}"


async def show_fill(desk: Desk) -> Response:
    """The cells of the column, each put into its place."""
    shape = desk.before.objects.get(desk.path("object"))
    if shape is None or "read" not in desk.rights.of(shape.name).actions:
        return show_fragment(desk, "field_fill.html", ())
    found = await field_stats.fill(desk.transaction, shape.name)
    cells = tuple(_cell(desk, name, count, found.rows) for name, count in found.filled.items())
    return show_fragment(desk, "field_fill.html", cells)


def _cell(desk: Desk, name: str, count: int, rows: int) -> FillView:
    percent = percent_of(count, rows)
    return FillView(
        id=fill_id(name),
        percent=percent,
        text=f"{percent}%" if rows else "",
        label=desk.say("Filled in %(percent)s%% of records", {"percent": percent}),
    )


def percent_of(count: int, rows: int) -> int:
    """Never 100 while one is missing, never 0 while one is there."""
    if not rows or not count:
        return 0
    return 100 if count == rows else min(99, max(1, round(100 * count / rows)))

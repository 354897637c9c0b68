"""The context of a list: tabs, chips, columns, rows and pages from what was asked and found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fieldstone.runtime.compile import sortable
from fieldstone.runtime.cursor import encode
from fieldstone.runtime.query import COUNT_CAP, parse_sort
from fieldstone.web.condition_words import Names, words_of
from fieldstone.web.conditions import joined
from fieldstone.web.contexts import ActionView, LinkView, NoteView
from fieldstone.web.page_contexts import (
    BulkAction,
    ChipView,
    ColumnView,
    CountView,
    ListPage,
    RowView,
    Slot,
)
from fieldstone.web.pages.list_asked import Asked, Found
from fieldstone.web.pages.list_cells import fixed_column, may_assign
from fieldstone.web.pages.list_filter import filter_view
from fieldstone.web.pages.list_head import keep_of, switcher_of, tabs_of
from fieldstone.web.pages.list_kinds import kinds_of
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.pages.rendering import with_query
from fieldstone.web.reader import Reader
from fieldstone.web.selection import Column, shown
from fieldstone.web.value_views import Linked, record_url, shortened
from fieldstone.web.views import NUMERIC, field_view, head_unit

_ON_THE_RIGHT: Mapping[Slot, frozenset[str]] = {
    "tag": frozenset({"picklist"}),
    "b": NUMERIC - {"rating"},
    "d": frozenset({"date", "datetime", "time"}),
}
_THE_REST: tuple[Slot, ...] = ("a", "c", "b", "d")
_WIDTHS: Mapping[str, int] = {
    "currency": 132, "integer": 104, "decimal": 112, "percent": 92, "boolean": 88, "date": 116,
    "datetime": 160, "time": 92, "picklist": 148, "user": 148, "rating": 116, "duration": 120,
    "autonumber": 148, "phone": 148, "email": 200, "image": 120, "color": 112,
}  # fmt: skip
EXPORT = "export"
_NAME_WIDTH = 236
_WIDTH = 176


def list_page(reader: Reader, asked: Asked, found: Found, note: NoteView | None = None) -> ListPage:
    state, shape = asked.state, reader.shape(asked.state.object)
    may_create = reader.may("create", shape.name) and not state.bin
    return ListPage(
        object=shape.name,
        label=reader.noun(shape.name),
        plural=reader.noun(shape.name, "plural"),
        url=state.place,
        columns=column_views(reader, asked, found),
        rows=_rows(reader, asked, found),
        icon=shape.icon,
        color=shape.color,
        views=tabs_of(reader, asked),
        switcher=switcher_of(reader, asked),
        keep=keep_of(reader, asked),
        notice=_notice(reader, asked),
        chips=_chips(reader, asked, found.names),
        count=CountView(value=min(found.count, COUNT_CAP), capped=found.count > COUNT_CAP),
        range_text=_range(asked, found),
        previous_url=state.previous_page().url() if state.cursor else "",
        next_url=_next_url(asked, found),
        new_url=f"{state.path}/new" if may_create else "",
        clear_url=_cleared(state).url() if asked.filtered and not found.page.records else "",
        filter=None if state.bin else filter_view(reader, state, joined(asked.conditions)),
        bulk=bulk_actions(reader, asked),
        all_query=state.query or "all=1",
        actions=_actions(reader, asked),
        search=state.search,
        search_hidden=_search_hidden(asked),
        exports=_exports(reader, asked) if found.page.records else (),
        kinds=kinds_of(reader, state, asked.view),
        note=note,
    )


def _notice(reader: Reader, asked: Asked) -> NoteView | None:
    if not asked.opened.missing:
        return None
    return NoteView(
        title=reader.say("This view is not there any more, or it is not shared with you."),
        text=reader.say("%(name)s is shown instead.", {"name": asked.name(reader)}),
        icon="eye-off",
    )


def _cleared(state: ListState) -> ListState:
    return replace(state.at_start(), filter="", search="")


def _chips(reader: Reader, asked: Asked, names: Names) -> tuple[ChipView, ...]:
    state, chips = asked.state.at_start(), []
    for index, node in enumerate(asked.conditions):
        words = words_of(reader, state.object, node, names)
        rest = [each for at, each in enumerate(asked.conditions) if at != index]
        without = replace(state, filter=joined(rest))
        chips.append(ChipView(label=words.label, text=words.text, remove_url=without.url()))
    return tuple(chips)


def column_views(reader: Reader, asked: Asked, found: Found) -> tuple[ColumnView, ...]:
    slots = _slots(asked.columns)
    columns = tuple(
        _column(reader, asked, column, slots[index], found.sums.get(column.key, ""))
        for index, column in enumerate(asked.columns)
    )
    if not asked.opened.setting.widths:
        return columns
    return (*columns[:-1], replace(columns[-1], width=0))  # takes what the others leave


def _slots(columns: Sequence[Column]) -> list[Slot]:
    """Where each column stands on a phone's card: what it is called at the left with two texts
    below it, and at the right a choice, an amount and a day. Links tell more than texts."""
    slots: list[Slot] = ["title" if index == 0 else "" for index, _ in enumerate(columns)]
    for slot, types in _ON_THE_RIGHT.items():
        fitting = [at for at, each in enumerate(columns) if at and each.field.type.name in types]
        for at in fitting[:1]:
            slots[at] = slot
    left = [at for at, slot in enumerate(slots) if not slot]
    left.sort(key=lambda at: columns[at].field.type.name not in ("lookup", "master_detail"))
    free = [slot for slot in _THE_REST if slot not in slots]
    for at, slot in zip(left, free, strict=False):
        slots[at] = slot
    return slots


def _column(reader: Reader, asked: Asked, column: Column, slot: Slot, summary: str) -> ColumnView:
    field = column.field
    label = " ".join(reader.label(each) for each in column.trail)
    unit = head_unit(reader, field)
    is_name = column.key == "name"
    return ColumnView(
        field=field_view(reader, field),
        key=column.key,
        label=reader.say("%(label)s (%(unit)s)", {"label": label, "unit": unit}) if unit else label,
        is_name=is_name,
        numeric=field.type.name in NUMERIC and field.type.name != "rating",
        width=asked.opened.setting.widths.get(column.key, 0)
        or (_NAME_WIDTH if is_name else _WIDTHS.get(field.type.name, _WIDTH)),
        slot=slot,
        sort_url=_sort_url(asked, column),
        sorted=_sorted(asked, column.key),
        summary=summary,
        fixed=fixed_column(reader, asked.state.object, column, in_bin=asked.state.bin),
    )


def _sorted(asked: Asked, key: str) -> Any:
    order = parse_sort(asked.state.sort or asked.view.sort)
    if order and order[0].path == key:
        return "desc" if order[0].descending else "asc"
    return ""


def _sort_url(asked: Asked, column: Column) -> str:
    if not column.field.single or not sortable(column.field):
        return ""
    sort = column.key if _sorted(asked, column.key) != "asc" else f"-{column.key}"
    return replace(asked.state.at_start(), sort=sort).url()


def _rows(reader: Reader, asked: Asked, found: Found) -> tuple[RowView, ...]:
    return tuple(
        row_view(reader, asked.columns, row, found.linked, asked.state.object)
        for row in found.page.records
    )


def row_view(
    reader: Reader,
    columns: Sequence[Column],
    row: Mapping[str, Any],
    linked: Linked,
    object_name: str,
    *,
    amounts: bool = True,
) -> RowView:
    """`amounts`: the heads of the columns name the currency."""
    title = str(row.get("name") or "") or reader.say("(no name)")
    return RowView(
        id=str(row["id"]),
        url=record_url(object_name, row["id"]),
        title=title,
        cells=tuple(
            shortened(shown(reader, column, row, linked, amounts=amounts)) for column in columns
        ),
    )


def _range(asked: Asked, found: Found) -> str:
    shown_rows = len(found.page.records)
    if not shown_rows or (not asked.state.at and found.page.next is None):
        return ""
    return f"{asked.state.at + 1:,}–{asked.state.at + shown_rows:,}"


def _next_url(asked: Asked, found: Found) -> str:
    if found.page.next is None:
        return ""
    return asked.state.next_page(encode(found.page.next), len(found.page.records)).url()


def bulk_actions(reader: Reader, asked: Asked) -> tuple[BulkAction, ...]:
    """What may be done to many records at once; deleting stands last."""
    state = asked.state

    def action(label: str, name: str, icon: str, *, danger: bool = False) -> BulkAction:
        url = f"{state.path}/bulk/{name}"
        return BulkAction(label=reader.say(label), url=url, icon=icon, danger=danger)

    found = []
    if state.bin:
        if reader.may("delete", state.object):
            found.append(action("Restore", "restore", "arrow-back-up"))
        return tuple(found)
    if reader.may("edit", state.object):
        found.append(action("Edit a field", "edit", "pencil"))
        if may_assign(reader, state.object):
            found.append(action("Assign", "assign", "user-share"))
    if reader.may("delete", state.object):
        found.append(action("Delete", "delete", "trash", danger=True))
    return tuple(found)


def _actions(reader: Reader, asked: Asked) -> tuple[ActionView, ...]:
    state = asked.state
    if state.bin:
        return (
            ActionView(label=reader.say("Back to the list"), url=state.path, icon="arrow-left"),
        )
    if not reader.may("delete", state.object):
        return ()
    url = with_query(state.path, {"bin": "1"})
    return (ActionView(label=reader.say("Recycle bin"), url=url, icon="trash"),)


def _exports(reader: Reader, asked: Asked) -> tuple[LinkView, ...]:
    if EXPORT not in reader.rights.system:
        return ()
    url = asked.state.at_start().url()
    path, _, query = url.partition("?")

    def link(label: str, kind: str) -> LinkView:
        more = f"&{query}" if query else ""
        return LinkView(label=reader.say(label), url=f"{path}/export?format={kind}{more}")

    return (
        link("Excel workbook (XLSX)", "xlsx"),
        link("CSV, UTF-8", "csv"),
        link("CSV, GB18030", "csv-gb18030"),
    )


def _search_hidden(asked: Asked) -> tuple[tuple[str, str], ...]:
    """What a search keeps of the list it is made in."""
    kept = replace(asked.state, search="").params()
    if asked.state.filter is not None:
        kept["filter"] = asked.state.filter
    return tuple(kept.items())

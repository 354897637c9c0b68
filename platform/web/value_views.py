"""A value as a page shows it: one small function for each way of showing, by widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from markupsafe import Markup

from fieldstone.formula.display import Link, Picture
from fieldstone.metadata.field_types import regions
from fieldstone.metadata.field_types.numerals import grouped
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.values import to_json
from fieldstone.runtime.formula_outputs import Failed
from fieldstone.web.contexts import BLANK, ValueView
from fieldstone.web.reader import Reader
from fieldstone.web.templating import initials

LONGEST_CELL = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """What is shown of a stored file."""

    name: str
    size: int = 0
    picture: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What lies behind the ids of a page's values, read in one go: see selection.py."""

    names: Mapping[tuple[str, UUID], str] = attribute(default_factory=dict)
    files: Mapping[UUID, FileInfo] = attribute(default_factory=dict)


NOTHING_LINKED = Linked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value in its place. `key` is the dotted name under which its row has it; `amounts` says
    that the column's head names the organisation's currency already."""

    field: Field
    value: Any
    key: str = ""
    row: Mapping[str, Any] = attribute(default_factory=dict)
    linked: Linked = NOTHING_LINKED
    amounts: bool = False

    def beside(self, name: str) -> Any:
        """Another field of the record this value belongs to."""
        head, dot, _ = self.key.rpartition(".")
        return self.row.get(f"{head}{dot}{name}")


def value_view(reader: Reader, cell: Cell) -> ValueView:
    if cell.value is None or cell.value in ([], {}):
        return BLANK
    if isinstance(cell.value, Failed):
        return ValueView(text=f"#{cell.value.code}!")
    return _BY_WIDGET.get(cell.field.type.widget, _plain)(reader, cell)


def shortened(view: ValueView) -> ValueView:
    """For a cell of a list: nobody reads a page of text there."""
    text = str(view.text)
    return replace(view, text=text[:LONGEST_CELL] + "…") if len(text) > LONGEST_CELL else view


def _text(reader: Reader, cell: Cell) -> str:
    return cell.field.type.format(cell.value, reader.locale, cell.field.config)


def _plain(reader: Reader, cell: Cell) -> ValueView:
    return ValueView(raw=str(cell.value), text=_text(reader, cell))


def _iso(reader: Reader, cell: Cell) -> ValueView:
    return ValueView(raw=str(to_json(cell.value)), text=_text(reader, cell))


def _number(reader: Reader, cell: Cell) -> ValueView:
    return ValueView(raw=_shortest(cell.value), text=_text(reader, cell))


def _shortest(value: Any) -> str:
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _currency(reader: Reader, cell: Cell) -> ValueView:
    code = str(cell.beside("currency_code") or reader.locale.currency)
    raw = format(cell.value, "f") if isinstance(cell.value, Decimal) else str(cell.value)
    if cell.amounts and code == reader.locale.currency:
        return ValueView(raw=raw, text=grouped(cell.value, cell.field.config.get("scale", 2)))
    config = {**cell.field.config, "currency_code": code}
    return ValueView(raw=raw, text=cell.field.type.format(cell.value, reader.locale, config))


def _boolean(reader: Reader, cell: Cell) -> ValueView:
    return ValueView(raw="true" if cell.value else "false", text=_text(reader, cell))


def _datetime(reader: Reader, cell: Cell) -> ValueView:
    moment: datetime = cell.value
    local = moment.astimezone(ZoneInfo(reader.locale.timezone))
    return ValueView(raw=local.strftime("%Y-%m-%dT%H:%M"), text=_text(reader, cell))


def _time(reader: Reader, cell: Cell) -> ValueView:
    return ValueView(raw=cell.value.strftime("%H:%M"), text=_text(reader, cell))


def _duration(reader: Reader, cell: Cell) -> ValueView:
    text = _text(reader, cell)
    return ValueView(raw=text, text=text)


def _picklist(reader: Reader, cell: Cell) -> ValueView:
    return _option(reader, cell.field, str(cell.value))


def _option(reader: Reader, shape: Field, code: str) -> ValueView:
    value = shape.values.get(code)
    if value is None:
        return ValueView(raw=code, text=code, color="gray")
    return ValueView(
        raw=code,
        text=reader.text(value.get("label")) or code,
        color=str(value.get("color") or "gray"),
    )


def _multi_picklist(reader: Reader, cell: Cell) -> ValueView:
    items = tuple(_option(reader, cell.field, str(code)) for code in cell.value)
    return ValueView(items=items, text=_joined(reader, items))


def _joined(reader: Reader, items: tuple[ValueView, ...]) -> str:
    return ("、" if reader.locale.code == "zh_CN" else ", ").join(str(item.text) for item in items)


def _lookup(reader: Reader, cell: Cell) -> ValueView:
    return reference(reader, cell.field.target, cell.value, _name(cell, cell.field.target))


def _name(cell: Cell, target: str) -> str | None:
    own = cell.row.get(f"{cell.key}.name") if cell.key else None
    return own if own is not None else cell.linked.names.get((target, cell.value))


def reference(reader: Reader, target: str, record_id: UUID, name: str | None) -> ValueView:
    """A record by its name, linked where it may be opened; without its name when it may not be
    read or lies in the recycle bin."""
    if name is None:
        return ValueView(raw=str(record_id), text=reader.say("(not visible to you)"))
    person = target == USER_OBJECT
    return ValueView(
        raw=str(record_id),
        text=name or str(record_id),
        href=record_url(target, record_id) if reader.may("read", target) else "",
        initials=initials(name) if person else "",
    )


def record_url(object_name: str, record_id: UUID | str) -> str:
    return f"/o/{object_name}/{record_id}"


def _many_to_many(reader: Reader, cell: Cell) -> ValueView:
    target = cell.field.target
    names = cell.linked.names
    items = tuple(
        reference(reader, target, each, names.get((target, each)))
        for each in cell.value
        if (target, each) in names
    )
    return ValueView(items=items, text=_joined(reader, items), blank=not items)


def _polymorphic(reader: Reader, cell: Cell) -> ValueView:
    target, record_id = cell.value["object"], cell.value["id"]
    shape = reader.snapshot.objects.get(target)
    view = reference(reader, target, record_id, cell.linked.names.get((target, record_id)))
    icon = shape.icon if shape is not None else ""
    return replace(view, parts={"object": target}, icon=icon)


def _files(reader: Reader, cell: Cell) -> ValueView:
    ids = cell.value if isinstance(cell.value, list) else [cell.value]
    items = tuple(
        _file(cell, each, cell.linked.files[each]) for each in ids if each in cell.linked.files
    )
    return ValueView(items=items, text=_joined(reader, items), blank=not items)


def _file(cell: Cell, file_id: UUID, info: FileInfo) -> ValueView:
    href = file_url(file_id, cell.field, cell.beside("id"))
    return ValueView(
        raw=str(file_id),
        text=info.name,
        href=href,
        icon="photo" if info.picture else "paperclip",
        thumb=f"{href}{'&' if '?' in href else '?'}size=thumb" if info.picture else "",
        parts={"size": file_size(info.size)},
    )


def file_url(file_id: UUID, shape: Field, record_id: UUID | None) -> str:
    """Names the record and field that hold the file: whoever may read them may read it."""
    at = f"?at={shape.object}.{shape.name}.{record_id}" if record_id else ""
    return f"/files/{file_id}{at}"


def file_size(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{round(size / 1024)} KB"
    return f"{size / 1024 / 1024:.1f} MB"


def _signature(reader: Reader, cell: Cell) -> ValueView:
    href = file_url(cell.value, cell.field, cell.beside("id"))
    return ValueView(raw=str(cell.value), text=reader.label(cell.field), href=href)


def _email(reader: Reader, cell: Cell) -> ValueView:
    return replace(_plain(reader, cell), href=f"mailto:{cell.value}")


def _phone(reader: Reader, cell: Cell) -> ValueView:
    digits = "".join(
        char for char in str(cell.value) if (char.isascii() and char.isdigit()) or char in "+,;"
    )
    return replace(_plain(reader, cell), href=f"tel:{digits}")


def _url(reader: Reader, cell: Cell) -> ValueView:
    return replace(_plain(reader, cell), href=str(cell.value))


def _shown_link(_reader: Reader, cell: Cell) -> ValueView:
    """The address was looked at when it was computed: see formula/functions/links.py."""
    found: Link = cell.value
    return ValueView(text=found.label, href=found.url, parts={"target": found.target})


def _shown_picture(reader: Reader, cell: Cell) -> ValueView:
    found: Picture = cell.value
    sides = {"height": found.height, "width": found.width}
    parts = {name: str(side) for name, side in sides.items() if side is not None}
    return ValueView(text=_text(reader, cell), raw=found.alt, thumb=found.url, parts=parts)


def _rich_text(_reader: Reader, cell: Cell) -> ValueView:
    # cleaned when it was stored: see the field type
    return ValueView(raw=cell.value, text=Markup(cell.value))  # noqa: S704


def _region(reader: Reader, cell: Cell) -> ValueView:
    steps = regions.lineage(cell.value)
    items = tuple(ValueView(raw=step.code, text=step.name) for step in steps)
    return ValueView(raw=cell.value, text=_text(reader, cell), items=items)


def _compound(reader: Reader, cell: Cell) -> ValueView:
    parts = {name: str(part) for name, part in cell.value.items()}
    return ValueView(text=_text(reader, cell), parts=parts)


def _geo_point(reader: Reader, cell: Cell) -> ValueView:
    point = cell.value
    parts = {"latitude": str(point["lat"]), "longitude": str(point["lng"])}
    return ValueView(text=_text(reader, cell), parts=parts)


def _json(_reader: Reader, cell: Cell) -> ValueView:
    text = orjson.dumps(to_json(cell.value), option=orjson.OPT_INDENT_2).decode()
    return ValueView(raw=text, text=text)


def _secret(_reader: Reader, cell: Cell) -> ValueView:
    return ValueView(text=str(cell.value))


_BY_WIDGET: Mapping[str, Callable[[Reader, Cell], ValueView]] = {
    "number": _number,
    "percent": _number,
    "currency": _currency,
    "boolean": _boolean,
    "date": _iso,
    "datetime": _datetime,
    "time": _time,
    "duration": _duration,
    "picklist": _picklist,
    "multi_picklist": _multi_picklist,
    "lookup": _lookup,
    "many_to_many": _many_to_many,
    "polymorphic": _polymorphic,
    "file": _files,
    "image": _files,
    "signature": _signature,
    "email": _email,
    "phone": _phone,
    "url": _url,
    "link": _shown_link,
    "picture": _shown_picture,
    "rich_text": _rich_text,
    "region": _region,
    "address": _compound,
    "person_name": _compound,
    "geo_point": _geo_point,
    "json": _json,
    "secret": _secret,
}

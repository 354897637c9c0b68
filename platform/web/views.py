"""A field as a page shows it: its label, widget, choices and limits for this reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel.numbers import get_currency_symbol

from fieldstone.metadata.snapshot import Field
from fieldstone.web.contexts import FieldView, OptionView
from fieldstone.web.reader import Reader

NUMERIC = frozenset({"integer", "decimal", "currency", "percent", "rating", "duration"})
COMPOUND = frozenset({"address", "person_name", "geo_point"})
MANY = frozenset({"multi_picklist", "many_to_many"})
FILES = frozenset({"file", "image", "signature"})
_LONGEST_INPUT = 4000


def field_view(
    reader: Reader,
    field: Field,
    *,
    prefix: str = "",
    problems: Sequence[str] = (),
    placed: Mapping[str, Any] | None = None,
    currency: str = "",
) -> FieldView:
    """The field for showing and editing. `prefix` stands before its input name ("lines.0.");
    `placed` is what the layout says of it."""
    place = placed or {}
    name = prefix + field.name
    return FieldView(
        name=field.name,
        label=reader.label(field),
        widget=field.type.widget,
        input_name=name,
        id=input_id(name),
        type=field.type.name,
        help=reader.text(field.config.get("help")),
        required=field.required or bool(place.get("required")),
        read_only=field.read_only or bool(place.get("read_only")),
        unit=unit_of(reader, field, currency),
        max_length=_max_length(field),
        options=options_of(reader, field),
        depends_on=prefix + controlling if (controlling := controlling_of(reader, field)) else "",
        target=field.target,
        targets=_targets(reader, field),
        target_icon=_target_icon(reader, field),
        lookup_url=f"/lookup/{field.object}/{field.name}",
        multiple=field.type.name in MANY or bool(field.config.get("multiple")),
        open=bool(field.config.get("open")),
        accept=",".join(field.config.get("accept") or ()),
        max=str(field.config.get("max", 5)) if field.type.name == "rating" else "",
        problems=tuple(problems),
        span=2 if place.get("span") == 2 else 1,
    )


def input_id(name: str) -> str:
    return "i-" + name.replace(".", "-")


def unit_of(reader: Reader, field: Field, currency: str = "") -> str:
    """What stands beside the number while it is typed."""
    if field.type.name == "percent":
        return "%"
    if field.type.name == "currency":
        return symbol(reader, currency)
    return ""


def symbol(reader: Reader, currency: str = "") -> str:
    return str(get_currency_symbol(currency or reader.locale.currency, reader.locale.code))


def options_of(reader: Reader, field: Field) -> tuple[OptionView, ...]:
    """The values of a picklist in their order; those no longer offered are not active."""
    controlled = bool(controlling_of(reader, field))
    return tuple(
        OptionView(
            code=code,
            label=reader.text(value.get("label")) or code,
            color=str(value.get("color") or ""),
            active=value.get("active") is not False and not value.get("deleted"),
            when=tuple(value.get("when") or ()) if controlled else (),
        )
        for code, value in field.values.items()
    )


def controlling_of(reader: Reader, field: Field) -> str:
    """The field whose value decides which values are offered; none that the reader may not see."""
    name = str(field.config.get("depends_on") or "")
    return name if name and reader.rights.may_read(field.object, name) else ""


def _max_length(field: Field) -> int | None:
    length = field.config.get("length")
    return int(length) if length and int(length) <= _LONGEST_INPUT else None


def _targets(reader: Reader, field: Field) -> tuple[tuple[str, str], ...]:
    names = field.config.get("targets") or ()
    return tuple((name, reader.noun(name)) for name in names if reader.may("read", name))


def _target_icon(reader: Reader, field: Field) -> str:
    shape = reader.snapshot.objects.get(field.target)
    return shape.icon if shape is not None and field.columns else ""


def head_unit(reader: Reader, field: Field) -> str:
    """The organisation's currency, said once in the head of a column of amounts."""
    if field.type.name != "currency":
        return ""
    code = reader.locale.currency
    return "元" if code == "CNY" and reader.locale.code == "zh_CN" else code

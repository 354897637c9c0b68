"""What changing a field's type means for its values: which types can follow which, and each
value's form under the new one.

A value that the new type refuses raises BadValue; a plan's dry run lists those rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any
from zoneinfo import ZoneInfo

from fieldstone.kernel.errors import unreachable
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.choices import codes_of, label_of
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.field_types.user import TARGET


def convertible(from_type: str, to_type: str) -> bool:
    """Whether values of one type can become values of the other; always those of its own type,
    whose configuration may change."""
    return (from_type, to_type) in _WAYS


def targets(type_name: str) -> tuple[str, ...]:
    """The types that a field of this type can be changed to, in the order of the registry."""
    return tuple(name for name in FIELD_TYPES if name != type_name and (type_name, name) in _WAYS)


def convert(value: Any, old: Config, new: Config, locale: Locale) -> Any:
    """The stored value of a field with body `old` as a field with body `new` stores it; the
    bodies hold their "type". Raises BadValue for a value that has no form under `new`."""
    way = _WAYS.get((old["type"], new["type"]))
    if way is None:
        unreachable(f"{old['type']} can be changed to {new['type']}")
    if value is None:
        return None
    change = _Change(value=value, old=old, new=new, locale=locale)
    return _type(new).parse(way(change), locale, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    value: Any
    old: Config
    new: Config
    locale: Locale


_Way = Callable[[_Change], Any]
"""From a change to what the new type shall parse."""


def _as_it_is(change: _Change) -> Any:
    return change.value


def _as_text(change: _Change) -> str:
    return _type(change.old).format(change.value, change.locale, change.old)


def _as_number(change: _Change) -> int:
    return int(change.value)


def _as_day(change: _Change) -> Any:
    return change.value.astimezone(ZoneInfo(change.locale.timezone)).date()


def _choices(change: _Change) -> list[str]:
    """By code where the new values have it, else by label."""
    kept = set(codes_of(change.new))
    codes = change.value if isinstance(change.value, list) else [change.value]
    return [
        code if code in kept else label_of(code, change.locale.code, change.old) for code in codes
    ]


def _choice(change: _Change) -> Any:
    return _only(_choices(change))


def _file(change: _Change) -> Any:
    several = isinstance(change.value, list) and not change.new.get("multiple")
    return _only(change.value) if several else change.value


def _record(change: _Change) -> Any:
    _same_object(_target(change.old), change)
    return change.value


def _named_record(change: _Change) -> dict[str, Any]:
    return {"object": _target(change.old), "id": change.value}


def _record_of_one(change: _Change) -> Any:
    _same_object(change.value["object"], change)
    return change.value["id"]


def _same_object(name: str, change: _Change) -> None:
    if name != _target(change.new):
        raise BadValue("convert.other_object", object=name, target=_target(change.new))


def _target(config: Config) -> str:
    name: str = config.get("target", TARGET)
    return name


def _only(values: list[Any]) -> Any:
    if len(values) > 1:
        raise BadValue("convert.several_values", count=len(values))
    return values[0]


def _type(config: Config) -> FieldType:
    return FIELD_TYPES[config["type"]]


_TEXTS = ("text", "long_text")
_LINES = (*_TEXTS, "autonumber", "email", "phone", "url")
_NUMBERS = ("integer", "decimal", "percent", "currency", "duration", "rating")
_PICKLISTS = ("picklist", "multi_picklist")
_RECORDS = ("lookup", "user", "master_detail")
_FILES = ("image", "file")
_READABLE = (
    *(*_LINES, "rich_text", *_NUMBERS, "boolean", "date", "datetime", "time", *_PICKLISTS),
    *("person_name", "address", "region", "geo_point", "color", "json"),
)
# As text they would be ids or dots, which nobody could read back
_UNREADABLE = (*_RECORDS, "polymorphic", "many_to_many", *_FILES, "signature", "secret")
_COMPUTED = ("formula", "rollup")
"""Nobody entered their values, so there are none to move; they can only be defined otherwise."""


def _ways() -> Mapping[tuple[str, str], _Way]:
    """Later entries replace earlier ones."""
    ways: dict[tuple[str, str], _Way] = {}

    def allow(way: _Way, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        ways.update(dict.fromkeys(product(old, new), way))

    ways |= {(name, name): _as_it_is for name in (*_READABLE, *_UNREADABLE, *_COMPUTED)}
    allow(_as_text, _READABLE, (*_TEXTS, "rich_text"))
    allow(_as_it_is, _TEXTS, (*_READABLE, "secret"))
    allow(_as_it_is, _LINES, (*_TEXTS, "autonumber"))
    ways |= dict.fromkeys(permutations(_NUMBERS, 2), _as_it_is)
    # 10001 may be a code, so it becomes 10001 and not 10,001
    allow(_as_it_is, ("integer", "decimal"), (*_TEXTS, "rich_text"))
    allow(_as_number, ("boolean",), ("integer", "decimal"))
    allow(_as_it_is, ("integer", "decimal"), ("boolean",))
    allow(_as_text, ("boolean",), _PICKLISTS)
    allow(_as_text, ("picklist",), ("boolean",))
    ways |= {("date", "datetime"): _as_it_is, ("datetime", "date"): _as_day}
    allow(_choices, _PICKLISTS, ("multi_picklist",))
    allow(_choice, _PICKLISTS, ("picklist",))
    allow(_record, _RECORDS, _RECORDS)
    allow(_record, ("many_to_many",), ("many_to_many",))
    allow(_named_record, _RECORDS, ("polymorphic",))
    allow(_record_of_one, ("polymorphic",), _RECORDS)
    allow(_file, ("image", "signature"), _FILES)
    allow(_file, ("file",), ("file",))
    return ways


_WAYS = _ways()

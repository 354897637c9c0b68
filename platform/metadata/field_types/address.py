"""A postal address in parts: {"province", "city", "district", "street", …}."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import OPAQUE, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types import regions
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import line, lines, quoted, within
from fieldstone.metadata.field_types.geo_point import point
from fieldstone.metadata.field_types.numerals import number
from fieldstone.metadata.field_types.operators import BLANK

LENGTHS = {
    "country": 60,
    "province": 60,
    "city": 60,
    "district": 60,
    "street": 255,
    "postcode": 12,
}
_POINT = ("lat", "lng")
_POSTCODE = re.compile(r"[\s,]([0-9]{6})$")


class Address(FieldType):
    name = "address"
    label = {"en": "Address", "zh_CN": "地址"}
    operators = BLANK
    widget = "address"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": JSONB(none_as_null=True)}

    def formula_type(self, config: Config) -> Type:
        return OPAQUE

    def parse(self, raw: Any, locale: Locale, config: Config) -> dict[str, Any] | None:
        """From the parts, blank ones left out; or from one text, whose Chinese divisions are
        told apart and whose rest is the street."""
        if isinstance(raw, Mapping):
            return dict(_parts(raw)) or None
        text = lines(raw)
        if text is None:
            return None
        return dict(_parts(_divided(" ".join(text.split())))) or None

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        """Large to small in Chinese, small to large in English."""
        if not value:
            return ""
        return _large_first(value) if locale.code == "zh_CN" else _small_first(value)


def _parts(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    strange = set(raw) - set(LENGTHS) - set(_POINT)
    if strange:
        raise BadValue("field.unknown_part", part=quoted(sorted(map(str, strange))[0]))
    for key, length in LENGTHS.items():
        text = within(line(raw.get(key)), length)
        if text is not None:
            yield key, text
    lat, lng = number(raw.get("lat")), number(raw.get("lng"))
    if lat is not None and lng is not None:
        yield from point(lat, lng).items()
    elif lat is not None or lng is not None:
        raise BadValue("field.not_a_point", value="")


def _divided(text: str) -> dict[str, str]:
    """中国 上海市浦东新区世纪大道 100 号 200120 in its parts; anything else is a street."""
    country = "中国" if text.startswith("中国") else ""
    postcode = _POSTCODE.search(text)
    body = text[len(country) : postcode.start() if postcode else len(text)].strip()
    found, street = regions.split(body)
    if found is None:
        return {"street": text}
    steps = {step.level: step.name for step in regions.lineage(found.code)}
    outer = {"country": country, "postcode": postcode[1] if postcode else ""}
    return steps | outer | {"street": street}


def _large_first(value: Mapping[str, Any]) -> str:
    names = (*_divisions(value), value.get("street", ""))
    text = (" " if all(name.isascii() for name in names) else "").join(names).strip()
    parts = (value.get("country", ""), text, value.get("postcode", ""))
    return " ".join(part for part in parts if part)


def _small_first(value: Mapping[str, Any]) -> str:
    *inner, outermost = reversed(_divisions(value)) if _divisions(value) else ("",)
    outermost = f"{outermost} {value.get('postcode', '')}".strip()
    parts = (value.get("street", ""), *inner, outermost, value.get("country", ""))
    return ", ".join(part for part in parts if part)


def _divisions(value: Mapping[str, Any]) -> list[str]:
    """Province, city and district, a municipality named once."""
    names = (value[key] for key in ("province", "city", "district") if key in value)
    return list(dict.fromkeys(names))

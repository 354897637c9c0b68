"""A point on the earth in degrees: {"lat": 31.2304, "lng": 121.4737}."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import entered, quoted
from fieldstone.metadata.field_types.numerals import number
from fieldstone.metadata.field_types.operators import BLANK

DECIMALS = 6
"""Eleven centimetres; what a receiver adds to that is noise, and is rounded off."""
_NAMES = (("lat", "latitude"), ("lng", "longitude"))
_PAIR = re.compile(
    r"(?P<lat>[-+]?\d+(?:\.\d+)?)\s*°?\s*(?P<south>[ns])?\s*[,;\s]\s*"
    r"(?P<lng>[-+]?\d+(?:\.\d+)?)\s*°?\s*(?P<west>[ew])?",
    re.ASCII | re.IGNORECASE,
)


class GeoPoint(FieldType):
    name = "geo_point"
    label = {"en": "Location", "zh_CN": "地理位置"}
    operators = BLANK
    widget = "geo_point"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": JSONB(none_as_null=True)}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.LOCATION)

    def parse(self, raw: Any, locale: Locale, config: Config) -> dict[str, float] | None:
        """From {"lat", "lng"} or the text "31.2304, 121.4737", latitude first."""
        if isinstance(raw, Mapping):
            return _from_mapping(raw)
        text = entered(raw, "field.not_a_point")
        if text is None:
            return None
        pair = _PAIR.fullmatch(text)
        if pair is None:
            raise BadValue("field.not_a_point", value=quoted(text))
        south = (pair["south"] or "").lower() == "s"
        west = (pair["west"] or "").lower() == "w"
        return point(
            -Decimal(pair["lat"]) if south else Decimal(pair["lat"]),
            -Decimal(pair["lng"]) if west else Decimal(pair["lng"]),
        )

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else f"{value['lat']:.6f}, {value['lng']:.6f}"


def point(lat: Decimal, lng: Decimal) -> dict[str, float]:
    if abs(lat) > 90 or abs(lng) > 180:
        raise BadValue("field.not_a_point", value=f"{lat:.6g}, {lng:.6g}")
    # adding zero turns -0.0 into 0.0
    return {"lat": round(float(lat), DECIMALS) + 0.0, "lng": round(float(lng), DECIMALS) + 0.0}


def _from_mapping(raw: Mapping[str, Any]) -> dict[str, float] | None:
    strange = set(raw) - {name for names in _NAMES for name in names}
    if strange:
        raise BadValue("field.unknown_part", part=quoted(sorted(map(str, strange))[0]))
    lat, lng = (
        number(next((raw[name] for name in names if name in raw), None)) for names in _NAMES
    )
    if lat is None and lng is None:
        return None
    if lat is None or lng is None:
        raise BadValue("field.not_a_point", value="")
    return point(lat, lng)

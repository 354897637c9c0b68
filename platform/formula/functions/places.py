"""Places on the earth. Only Python computes with them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fieldstone.formula.ast import Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Function,
    Signature,
    TypeCheck,
    returns,
    strict,
)
from fieldstone.formula.functions.trigonometry import KEPT, from_float
from fieldstone.formula.sql_numbers import sized
from fieldstone.formula.types import Kind, Type

Place = Mapping[str, Any]
"""As a field of this type holds it: {"lat": 31.2304, "lng": 121.4737}."""
RADIUS = {"km": 6371.009, "mi": 3958.761}
"""The earth's mean radius."""
UNIT = Type(kind=Kind.PICKLIST, values=tuple(RADIUS))
NUMBERS = frozenset({Kind.NUMBER})
LOCATIONS = frozenset({Kind.LOCATION})
MOST_LATITUDE, MOST_LONGITUDE = 90, 180


def _place(latitude: Decimal, longitude: Decimal) -> Any:
    if abs(latitude) > MOST_LATITUDE or abs(longitude) > MOST_LONGITUDE:
        raise EvaluationError("DOMAIN")
    return {"lat": float(latitude), "lng": float(longitude)}


def _distance_type(check: TypeCheck) -> Type | None:
    return sized(5, KEPT) if check.adopt(2, UNIT) else None


def _distance(start: Place, end: Place, unit: str) -> Value:
    """Along a great circle, by the haversine formula, which stays exact for near places."""
    north = math.radians(end["lat"] - start["lat"]) / 2
    east = math.radians(end["lng"] - start["lng"]) / 2
    narrowing = math.cos(math.radians(start["lat"])) * math.cos(math.radians(end["lat"]))
    half = math.sin(north) ** 2 + narrowing * math.sin(east) ** 2
    return from_float(2 * RADIUS[unit] * math.asin(math.sqrt(min(1.0, half))))


FUNCTIONS = (
    Function(
        name="GEOLOCATION",
        signature=Signature((Argument("latitude", NUMBERS), Argument("longitude", NUMBERS))),
        rule=returns(Type(kind=Kind.LOCATION)),
        evaluate=strict(_place),
        to_sql=None,
        fails=True,
        documentation={
            "en": "The place at a latitude (-90 to 90, north is positive) and a longitude (-180 "
            "to 180, east is positive), for DISTANCE.",
            "zh_CN": "由纬度（-90 到 90，北纬为正）和经度（-180 到 180，东经为正）得到的位置，"
            "供 DISTANCE 使用。",
        },
        examples=(
            ('DISTANCE(GEOLOCATION(0, 0), GEOLOCATION(0, 0), "km")', "0"),
            ('DISTANCE(place, GEOLOCATION(31.2304, 121.4737), "km") < 1', "TRUE"),
            ("ISBLANK(GEOLOCATION(parent.amount, 121))", "TRUE"),
        ),
    ),
    Function(
        name="DISTANCE",
        signature=Signature(
            (
                Argument("start", LOCATIONS),
                Argument("end", LOCATIONS),
                Argument("unit", frozenset({Kind.TEXT}), literal=True, structural=True),
            )
        ),
        rule=_distance_type,
        evaluate=strict(_distance),
        to_sql=None,
        documentation={
            "en": 'The distance of two places as the crow flies, in "km" or "mi" (miles).',
            "zh_CN": '两个位置之间的直线（大圆）距离，单位为 "km"（公里）或 "mi"（英里）。',
        },
        examples=(
            ('ROUND(DISTANCE(place, GEOLOCATION(39.9042, 116.4074), "km"), 0)', "1067"),
            ('ROUND(DISTANCE(place, GEOLOCATION(39.9042, 116.4074), "mi"), 0)', "663"),
            ('DISTANCE(place, GEOLOCATION(parent.amount, 0), "km")', "NULL"),
        ),
    ),
)

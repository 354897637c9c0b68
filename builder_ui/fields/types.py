"""How each type of field looks in the gallery: icon, family and one example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# sprite icons: text-caption align-left blockquote at phone link hash decimal percentage
# sprite icons: currency-yuan toggle-left calendar calendar-time clock hourglass select tags
# sprite icons: number-123 user arrow-up-right hierarchy arrows-split-2 affiliate paperclip
# sprite icons: photo writing-sign id map-pin map gps star palette braces key math-function sum


@dataclass(frozen=True, slots=True)
class Look:
    icon: str
    family: str
    example: str = ""
    """A message id."""


FAMILIES = ("text", "number", "choice", "time", "relation", "file", "other")

_LOOKS: Mapping[str, Look] = {
    "text": Look("text-caption", "text", "One line: a title, a code, a model"),
    "long_text": Look("align-left", "text", "Several lines: notes of a talk"),
    "rich_text": Look("blockquote", "text", "Text with headings, lists and links"),
    "email": Look("at", "text", "lin@example.com"),
    "phone": Look("phone", "text", "138 0013 8000"),
    "url": Look("link", "text", "https://example.com"),
    "integer": Look("hash", "number", "12"),
    "decimal": Look("decimal", "number", "12.50"),
    "percent": Look("percentage", "number", "40%"),
    "currency": Look("currency-yuan", "number", "¥1,280.00"),
    "boolean": Look("toggle-left", "choice", "Yes or no"),
    "date": Look("calendar", "time", "A day: 2026-04-18"),
    "datetime": Look("calendar-time", "time", "A moment: 2026-04-18 14:30"),
    "time": Look("clock", "time", "A time of day: 09:00"),
    "duration": Look("hourglass", "time", "1 h 30 min"),
    "picklist": Look("select", "choice", "One of a list: new, active, closed"),
    "multi_picklist": Look("tags", "choice", "Several of a list"),
    "autonumber": Look("number-123", "text", "Counted by itself: QT-2026-0001"),
    "user": Look("user", "relation", "A colleague"),
    "lookup": Look("arrow-up-right", "relation", "A record of another object"),
    "master_detail": Look("hierarchy", "relation", "The whole that this is a part of"),
    "polymorphic": Look("arrows-split-2", "relation", "A record of one of several objects"),
    "many_to_many": Look("affiliate", "relation", "Several records of another object"),
    "file": Look("paperclip", "file", "A contract as PDF"),
    "image": Look("photo", "file", "A photo, shown small"),
    "signature": Look("writing-sign", "file", "Drawn by finger or pen"),
    "person_name": Look("id", "other", "Family name, given name, salutation"),
    "address": Look("map-pin", "other", "Province, city, district, street"),
    "region": Look("map", "other", "Shanghai / Pudong"),
    "geo_point": Look("gps", "other", "31.2304, 121.4737"),
    "rating": Look("star", "number", "★★★★☆"),
    "color": Look("palette", "other", "#2f4fc9"),
    "json": Look("braces", "other", "Data of another system"),
    "secret": Look("key", "text", "A key: written, never shown"),
    "formula": Look("math-function", "number", "Computed from other fields"),
    "rollup": Look("sum", "number", "Sum or count of the details"),
}


def look_of(type_name: str) -> Look:
    return _LOOKS.get(type_name) or Look("forms", "other")

"""What the values of a field look like in JSON: as they are answered, and as they are accepted.

People may type more than a document promises ("1.2万", a label instead of a code); the forms
given here are those that machines should send."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.field_types import address, email, person_name, secret, text, url
from fieldstone.metadata.field_types.long_text import LENGTH as LONG_LENGTH
from fieldstone.metadata.field_types.phone import LENGTH as PHONE_LENGTH
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime.records import MASK

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """Both without the blank, which `answered` and `accepted` add."""

    output: Schema
    input: Schema


def answered(field: Field) -> dict[str, Any]:
    """The schema of the field's value in answers."""
    if field.name in ("id", "version") and field.system:
        return {"type": "integer"} if field.name == "version" else dict(ID)
    return nullable(VALUES[field.type.name](field).output)


def accepted(field: Field) -> dict[str, Any]:
    """The schema of the field's value in requests; a required field is never blank."""
    schema = VALUES[field.type.name](field).input
    return dict(schema) if field.required else nullable(schema)


def nullable(schema: Schema) -> dict[str, Any]:
    """The same, or blank."""
    result = dict(schema)
    if "type" in result:
        kinds = result["type"] if isinstance(result["type"], list) else [result["type"]]
        result["type"] = [*kinds, "null"]
    if "enum" in result:
        result["enum"] = [*result["enum"], None]
    return result


ID: Schema = {"type": "string", "format": "uuid"}
_DECIMAL: Schema = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}


def _both(schema: Schema) -> Values:
    return Values(output=schema, input=schema)


def _text(length: int, **more: Any) -> Callable[[Field], Values]:
    def values(field: Field) -> Values:
        """What is stored may be longer than what is accepted today."""
        plain = {"type": "string", **more}
        return Values(
            output=plain, input={**plain, "maxLength": field.config.get("length", length)}
        )

    return values


def _fixed(schema: Schema) -> Callable[[Field], Values]:
    return lambda _: _both(schema)


def _counted(_: Field) -> Values:
    """Whole numbers travel as numbers and may come as text."""
    return Values(output={"type": "integer"}, input={"type": ["integer", "string"]})


def _rating(field: Field) -> Values:
    most = field.config.get("max", 5)
    return _both({"type": "integer", "minimum": 1, "maximum": most})


def _decimal(_: Field) -> Values:
    return Values(output=_DECIMAL, input={"type": ["string", "number"]})


def _picklist(field: Field) -> Values:
    return Values(output={"type": "string"}, input=_choice(field))


def _several(field: Field) -> Values:
    return Values(
        output={"type": "array", "items": {"type": "string"}},
        input={"type": "array", "items": _choice(field)},
    )


def _choice(field: Field) -> Schema:
    offered = [
        code
        for code, value in field.values.items()
        if not value.get("deleted") and value.get("active") is not False
    ]
    if field.config.get("open") or not offered:
        return {"type": "string", "maxLength": text.LENGTH}
    return {"type": "string", "enum": offered}


def _link(_: Field) -> Values:
    return _both(ID)


def _links(_: Field) -> Values:
    return _both({"type": "array", "items": ID})


def _file(field: Field) -> Values:
    return _links(field) if field.config.get("multiple") else _link(field)


def _polymorphic(field: Field) -> Values:
    parts = {"object": {"type": "string"}, "id": ID}
    targets = list(field.config.get("targets") or ())
    chosen = {**parts, "object": {"type": "string", "enum": targets}} if targets else parts
    required = ["object", "id"]
    return Values(
        output={"type": "object", "properties": parts, "required": required},
        input={
            "type": "object",
            "properties": chosen,
            "required": required,
            "additionalProperties": False,
        },
    )


def _parts(lengths: Mapping[str, int], **more: Schema) -> Schema:
    parts = {name: {"type": "string", "maxLength": length} for name, length in lengths.items()}
    return {"type": "object", "properties": {**parts, **more}, "additionalProperties": False}


_LAT: Schema = {"type": "number", "minimum": -90, "maximum": 90}
_LNG: Schema = {"type": "number", "minimum": -180, "maximum": 180}
_TIME = {"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$"}


def _secret(_: Field) -> Values:
    """Only whether there is one is answered."""
    return Values(
        output={"type": "string", "examples": [MASK]},
        input={"type": "string", "maxLength": secret.LENGTH, "writeOnly": True},
    )


def _shown(**parts: Schema) -> Callable[[Field], Values]:
    """What a formula makes to be shown. Nobody writes it."""
    whole = {"type": "object", "properties": parts, "required": list(parts)}
    return _fixed({**whole, "readOnly": True})


_PLAIN: Schema = {"type": "string"}
_SIDE: Schema = {"type": ["integer", "null"]}


VALUES: Mapping[str, Callable[[Field], Values]] = {
    "text": _text(text.LENGTH),
    "long_text": _text(LONG_LENGTH),
    "rich_text": _text(LONG_LENGTH, contentMediaType="text/html"),
    "email": _text(email.LENGTH, format="email"),
    "phone": _text(PHONE_LENGTH),
    "url": _text(url.LENGTH),
    "integer": _counted,
    "decimal": _decimal,
    "percent": _decimal,
    "currency": _decimal,
    "boolean": _fixed({"type": "boolean"}),
    "date": _fixed({"type": "string", "format": "date"}),
    "datetime": _fixed({"type": "string", "format": "date-time"}),
    "time": _fixed(_TIME),
    "duration": _counted,
    "picklist": _picklist,
    "multi_picklist": _several,
    "autonumber": _fixed({"type": "string"}),
    "user": _link,
    "lookup": _link,
    "master_detail": _link,
    "polymorphic": _polymorphic,
    "many_to_many": _links,
    "file": _file,
    "image": _file,
    "signature": _link,
    "person_name": _fixed(_parts(person_name.LENGTHS)),
    "address": _fixed(_parts(address.LENGTHS, lat=_LAT, lng=_LNG)),
    "region": _fixed({"type": "string"}),
    "geo_point": _fixed({"type": "object", "properties": {"lat": _LAT, "lng": _LNG}}),
    "rating": _rating,
    "color": _fixed({"type": "string"}),
    "json": _fixed({"type": ["object", "array"]}),
    "secret": _secret,
    "link": _shown(url=_PLAIN, label=_PLAIN, target=_PLAIN),
    "picture": _shown(url=_PLAIN, alt=_PLAIN, height=_SIDE, width=_SIDE),
}

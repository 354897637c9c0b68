"""The options of a type as inputs, made from its config_schema, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData

from fieldstone.metadata.field_types.base import FieldType
from fieldstone.metadata.kinds.base import FORMULA, TEXT
from fieldstone.metadata.snapshot import Object
from fieldstone_builder.checks import Faults
from fieldstone_builder.contexts import ChoiceView, InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields import computed
from fieldstone_builder.fields.computed import COMPUTED
from fieldstone_builder.inputs import chosen, merged_text, text_inputs, ticked, typed, typed_text

Schema = Mapping[str, Any]
Body = Mapping[str, Any]
CHOICES = ("value_set", "values", "tests")
"""Keys that have an editor of their own."""
KEPT = ("tests",)
"""Those of them that the form leaves as they are."""
FIRST = ("returns", "child", "via", "function", "field", "scale", "blanks")
"""Options that others depend on stand before them."""
TEXTS = {"related_label": 80, "filter_message": 200}
"""Those that are written in each language, and their most characters."""

WIDE = 2
RENEWING = ("target", "depends_on", "multiple", "max", "returns", "child", "function")
"""Which other options there are, and what they offer, follows from these."""


def option_schemas(kind: FieldType) -> dict[str, Schema]:
    properties: Mapping[str, Schema] = kind.config_schema.get("properties", {})
    computed = kind.name in COMPUTED
    names = sorted(properties, key=lambda key: key not in FIRST) if computed else properties
    return {key: properties[key] for key in names if key not in CHOICES}


def read_options(form: FormData, kind: FieldType, current: Body) -> dict[str, Any]:
    """What was typed, in the types of JSON; blank options are left out."""
    found = {
        key: _read(form, f"o.{key}", schema, current.get(key))
        for key, schema in option_schemas(kind).items()
    }
    schemas = option_schemas(kind)
    kept = {key: current[key] for key in KEPT if key in current and current["type"] == kind.name}
    return kept | {
        key: value
        for key, value in found.items()
        if value not in (None, "", [], {})
        and (key in current or value != schemas[key].get("default"))
    }


def _read(form: FormData, name: str, schema: Schema, current: Any) -> Any:
    if schema is TEXT or schema == TEXT:
        return merged_text(current, typed_text(form, name))
    if schema.get("type") == "boolean":
        return ticked(form, name) or None
    if schema.get("type") == "array":
        return _listed(form, name)
    text = typed(form, name)
    if schema.get("type") in ("integer", "number"):
        return int(text) if text.lstrip("-").isdigit() and len(text) < 19 else text
    return text


def _listed(form: FormData, name: str) -> list[str]:
    """Ticked choices, or a text with commas."""
    found = chosen(form, name)
    if len(found) == 1:
        return [part.strip() for part in found[0].replace("，", ",").split(",") if part.strip()]
    return found


def option_inputs(
    desk: Desk, shape: Object, kind: FieldType, body: Body, faults: Faults
) -> Iterator[InputView]:
    for key in option_schemas(kind):
        if not computed.is_asked(kind.name, key, body):
            continue
        if key in TEXTS:
            yield from _texts(desk, key, body, faults)
            continue
        problems = (*faults.at(f"o.{key}"), *faults.below(f"o.{key}."))
        yield replace(_input(desk, shape, kind, key, body), problems=problems)


def _texts(desk: Desk, key: str, body: Body, faults: Faults) -> tuple[InputView, ...]:
    label = label_of(desk, key)
    words = {
        "zh_CN": desk.say("%(label)s (Chinese)", {"label": label}),
        "en": desk.say("%(label)s (English)", {"label": label}),
    }
    return text_inputs(desk, f"o.{key}", words, body.get(key), faults, max_length=TEXTS[key])


def _input(desk: Desk, shape: Object, kind: FieldType, key: str, body: Body) -> InputView:
    schema = option_schemas(kind)[key]
    value, default = body.get(key), schema.get("default")
    choices = _choices(desk, shape, (kind.name, key), schema, body)
    summed = kind.name == "rollup" and key == "filter"
    return InputView(
        name=f"o.{key}",
        label=desk.say("Only those that meet") if summed else label_of(desk, key),
        kind=_kind(key, schema, choices),
        values=(("", _shown(value)),),
        help="" if summed else help_of(desk, key),
        placeholder="" if default is None else str(default),
        required=key in kind.config_schema.get("required", ()),
        checked=bool(value if value is not None else default),
        min=str(schema.get("minimum", "")),
        max=str(schema.get("maximum", "")),
        max_length=schema.get("maxLength"),
        choices=choices,
        renews=key in RENEWING,
        span=WIDE if key in ("filter", "formula", "targets", "accept", "format") else 1,
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _kind(key: str, schema: Schema, choices: tuple[ChoiceView, ...]) -> str:
    if key == "targets":
        return "choices"
    if choices:
        return "select"
    if schema == FORMULA:
        return "formula"
    kinds = {"boolean": "switch", "integer": "number", "number": "number"}
    return kinds.get(str(schema.get("type")), "text")


def _choices(
    desk: Desk, shape: Object, option: tuple[str, str], schema: Schema, body: Body
) -> tuple[ChoiceView, ...]:
    kind, key = option
    value = body.get(key)
    if kind == "rollup" and key in ("child", "via", "field"):
        return computed.rollup_choices(desk, shape, key, body)
    if key in ("target", "targets"):
        return _objects(desk, value, several=key == "targets")
    if key == "depends_on":
        return _controlling(desk, shape, value)
    if "enum" in schema:
        return _enum(desk, key, schema, value)
    return ()


def _enum(desk: Desk, key: str, schema: Schema, value: Any) -> tuple[ChoiceView, ...]:
    current = value if value is not None else schema.get("default")
    words = enum_words(desk).get(key, {})
    return tuple(
        ChoiceView(value=str(each), label=words.get(each, str(each)), chosen=each == current)
        for each in schema["enum"]
    )


def _objects(desk: Desk, value: Any, *, several: bool) -> tuple[ChoiceView, ...]:
    held = value if isinstance(value, list) else [value]
    found = [
        ChoiceView(
            value=name,
            label=desk.words.noun(name),
            text=name,
            icon=shape.icon,
            color=shape.color,
            chosen=name in held,
        )
        for name, shape in desk.after.objects.items()
    ]
    found.sort(key=lambda each: desk.words.sort_key(each.label))
    if several:
        every = ChoiceView(
            value="*", label=desk.say("Every object that has activities"), chosen="*" in held
        )
        return (every, *found)
    return (ChoiceView(value="", label=desk.say("Choose…"), chosen=not value), *found)


def _controlling(desk: Desk, shape: Object, value: Any) -> tuple[ChoiceView, ...]:
    """Picklists that may decide which values can be chosen."""
    found = [
        ChoiceView(value=each.name, label=desk.words.text(each.label), chosen=each.name == value)
        for each in shape.own_fields
        if each.type.name == "picklist" and each.name != desk.request.path_params.get("field")
    ]
    return (ChoiceView(value="", label=desk.say("None"), chosen=not value), *found)


def label_of(desk: Desk, key: str) -> str:
    words = {
        "length": desk.say("Most characters"),
        "precision": desk.say("Digits in all"),
        "scale": desk.say("Decimal places"),
        "currency_code": desk.say("Fixed currency"),
        "country": desk.say("Country"),
        "max": desk.say("Most stars"),
        "depends_on": desk.say("Depends on"),
        "format": desk.say("Pattern of the number"),
        "gapless": desk.say("Without gaps"),
        "start": desk.say("First number"),
        "target": desk.say("Object"),
        "targets": desk.say("Objects"),
        "on_delete": desk.say("When the linked record is deleted"),
        "filter": desk.say("Only records that meet"),
        "filter_message": desk.say("What to say of other records"),
        "filter_optional": desk.say("Only narrow the choices; refuse no record"),
        "related_label": desk.say("Heading of the list over there"),
        "multiple": desk.say("Several files"),
        "accept": desk.say("Kinds of file"),
        **computed.labels(desk),
    }
    return words.get(key) or desk.say(f"field_type.key.{key}")


def help_of(desk: Desk, key: str) -> str:
    words = {
        "currency_code": desk.say("Such as CNY; blank: each record's own currency"),
        "country": desk.say("Numbers of this country need no country code: CN, US"),
        "depends_on": desk.say("Another picklist decides which values can be chosen"),
        "format": desk.say("One counter such as {0000}; {YYYY} {MM} {DD} are the day of creation"),
        "gapless": desk.say("No number is left out; creating takes a little longer"),
        "filter": desk.say("A formula over the other object; $record.x is a field of this form"),
        "accept": desk.say("Such as .pdf, .docx, image/*; blank: any"),
        **computed.helps(desk),
    }
    return words.get(key, "")


def enum_words(desk: Desk) -> Mapping[str, Mapping[str, str]]:
    return {
        "on_delete": {
            "restrict": desk.say("Refuse: it is still used"),
            "set_null": desk.say("Clear this field"),
            "cascade": desk.say("Delete this record too"),
        },
        **computed.enum_words(desk),
    }

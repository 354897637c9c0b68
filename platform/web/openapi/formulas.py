"""Paths for formulas: checking one, trying it, its functions and the names it may use."""

from __future__ import annotations

from typing import Any

from fieldstone.formula.tokens import MAX_LENGTH
from fieldstone.runtime.formula_check import BLANKS, RETURNS, Usage
from fieldstone.web.openapi.general import ANY, API
from fieldstone.web.openapi.parts import (
    FLAG,
    TEXT,
    Operation,
    in_query,
    listing,
    mapping,
    or_null,
    reference,
)
from fieldstone.web.openapi.values import ID, Schema
from fieldstone.web.reader import Reader

FAULT = "fieldstone.fault"
INTEGER: Schema = {"type": "integer"}


def operations(reader: Reader, names: list[str]) -> dict[str, dict[str, Operation]]:
    """By path and method. `names` are the objects that the caller may read."""
    return {
        f"{API}/formula/check": {"post": _check(reader, names)},
        f"{API}/formula/evaluate": {"post": _evaluate(reader, names)},
        f"{API}/formula/functions": {"get": _functions(reader)},
        f"{API}/formula/names": {"get": _names(reader, names)},
    }


def schemas() -> dict[str, Any]:
    fix = mapping({"start": INTEGER, "end": INTEGER, "text": TEXT, "label": TEXT})
    words = ("code", "message", "hint", "expected", "suggestion")
    places = ("line", "column", "start", "end")
    fault = {**dict.fromkeys(words, TEXT), **dict.fromkeys(places, INTEGER), "fix": or_null(fix)}
    return {FAULT: mapping(fault, ("code", "message", "line", "column", "start", "end"))}


def _asked(names: list[str]) -> dict[str, Schema]:
    return {
        "object": {"type": "string", "enum": names},
        "formula": {"type": "string", "examples": ["IF(ISBLANK(name), 0, LEN(name))"]},
        "usage": {"type": "string", "enum": list(Usage), "default": Usage.FORMULA},
        "returns": {"type": "string", "enum": list(RETURNS)},
        "blanks": {"type": "string", "enum": list(BLANKS)},
        "record_object": TEXT,
        "draft": FLAG,
    }


def _check(reader: Reader, names: list[str]) -> Operation:
    path = mapping(dict.fromkeys(("path", "label", "type", "field_type"), TEXT), ("path", "label"))
    found = {
        "type": or_null(TEXT),
        "type_label": TEXT,
        "faults": listing(reference(FAULT)),
        "warnings": listing(reference(FAULT)),
        "fields": listing(path),
        "computed": listing(path),
        **dict.fromkeys(("volatile", "indexable", "python_only"), FLAG),
    }
    return Operation(
        id="formula.check",
        tag=reader.say("Formulas"),
        summary=reader.say("The type of a formula, what it reads, and everything wrong with it"),
        description=reader.say(
            "Faults are part of the answer; their places count the characters of the formula. "
            "Warnings tell what may be meant otherwise, and refuse nothing. At most %(limit)s "
            "characters.",
            {"limit": MAX_LENGTH},
        ),
        body=mapping(_asked(names), ("object", "formula")),
        answers={"200": mapping(found, found)},
        refuses=("403", "404", "422"),
    )


def _evaluate(reader: Reader, names: list[str]) -> Operation:
    error = or_null(mapping(dict.fromkeys(("code", "message"), TEXT)))
    told = {"type": TEXT, "value": ANY, "display": TEXT, "error": error}
    step = {**told, **dict.fromkeys(("start", "end"), INTEGER), "text": TEXT, "label": TEXT}
    found = {
        **told,
        "type": or_null(TEXT),
        "type_label": TEXT,
        "faults": listing(reference(FAULT)),
        "unread": listing(TEXT),
        "steps": listing(mapping(step, step)),
    }
    body = {
        **_asked(names),
        "scale": {"type": "integer", "minimum": 0, "maximum": 18},
        "record_id": ID,
        "values": {"type": "object", "examples": [{"name": "Lin"}]},
        "expected": ANY,
    }
    return Operation(
        id="formula.evaluate",
        tag=reader.say("Formulas"),
        summary=reader.say("The value of a formula on a record, and of each of its parts"),
        description=reader.say(
            "Values given by dotted name stand in place of the record's own. With `expected` the "
            "answer says whether the result passed."
        ),
        body=mapping(body, ("object", "formula")),
        answers={"200": mapping({**found, "passed": FLAG}, found)},
        refuses=("403", "404", "422"),
    )


def _functions(reader: Reader) -> Operation:
    example = mapping(dict.fromkeys(("formula", "equals"), TEXT))
    function = {
        **dict.fromkeys(("name", "group", "group_label", "signature", "documentation"), TEXT),
        "examples": listing(example),
        "python_only": FLAG,
        "volatile": FLAG,
        "usages": listing(TEXT),
    }
    parameter = dict.fromkeys(("name", "type", "type_label"), TEXT)
    found = {
        "functions": listing(mapping(function, function)),
        "parameters": listing(mapping(parameter, parameter)),
    }
    return Operation(
        id="formula.functions",
        tag=reader.say("Formulas"),
        summary=reader.say("Every function with its signature, its words and its examples"),
        answers={"200": mapping(found, found)},
    )


def _names(reader: Reader, names: list[str]) -> Operation:
    value = mapping(dict.fromkeys(("value", "label"), TEXT), ("value", "label"))
    texts = (
        "name", "label", "type", "type_label", "field_type", "target", "pinyin", "initials"
    )  # fmt: skip
    name = {**dict.fromkeys(texts, TEXT), "system": FLAG, "values": listing(value)}
    related = dict.fromkeys(("name", "label", "target", "pinyin", "initials"), TEXT)
    found = {
        **dict.fromkeys(("object", "path", "label"), TEXT),
        "names": listing(mapping(name, name)),
        "lists": listing(mapping(related, related)),
    }
    return Operation(
        id="formula.names",
        tag=reader.say("Formulas"),
        summary=reader.say("The fields that may follow a path, and the related lists"),
        parameters=(
            {**in_query("object", {"type": "string", "enum": names}), "required": True},
            in_query("path", TEXT, reader.say("Links with dots between, such as owner.department")),
            in_query("draft", FLAG),
        ),
        answers={"200": mapping(found, found)},
        refuses=("403", "404", "422"),
    )

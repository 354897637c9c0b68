"""What the editor asks of fields that compute themselves: formulas and roll-ups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.metadata.field_types.formula import SCALED
from fieldstone.metadata.results import ADDABLE, ORDERED
from fieldstone.metadata.snapshot import Field, Object
from fieldstone_builder.contexts import ChoiceView
from fieldstone_builder.desk import Desk
from fieldstone_builder.formula.words import returns_words

Body = Mapping[str, Any]
COMPUTED = frozenset({"formula", "rollup"})
PRESETS: Mapping[str, Body] = {
    "formula": {"returns": "number", "formula": ""},
    "rollup": {"child": "", "via": "", "function": "count"},
}
"""What a new one begins with, and what its pages read where nothing has been said yet."""
NUMERIC = (*SCALED, "duration")


def is_asked(kind: str, key: str, body: Body) -> bool:
    """Does the option mean anything beside the others?"""
    if kind == "formula":
        returns = str(body.get("returns") or "number")
        asked = {"scale": returns in SCALED, "blanks": returns in NUMERIC}
        return asked.get(key, True)
    if kind == "rollup":
        function = body.get("function") or "count"
        asked = {"field": function != "count", "scale": function == "avg"}
        return asked.get(key, True)
    return True


def rollup_choices(desk: Desk, shape: Object, key: str, body: Body) -> tuple[ChoiceView, ...]:
    """Objects that point here, their links, and their fields that the function can sum up."""
    links = [each for each in desk.after.children.get(shape.name, ()) if each.is_reference]
    chosen = str(body.get(key) or "")
    if key == "child":
        names = sorted({each.object for each in links}, key=lambda name: _sorted(desk, name))
        options = [(name, desk.words.noun(name), name) for name in names]
    else:
        child = str(body.get("child") or "")
        fields = [each for each in links if each.object == child]
        if key == "field":
            fields = _summable(desk, child, str(body.get("function") or "count"))
        options = [(each.name, desk.words.text(each.label), each.name) for each in fields]
    if key == "via" and len(options) == 1:
        return (_choice(*options[0], chosen=True),)
    blank = ChoiceView(value="", label=desk.say("Choose…"), chosen=not chosen)
    return (blank, *(_choice(*each, chosen=each[0] == chosen) for each in options))


def _choice(value: str, label: str, name: str, *, chosen: bool) -> ChoiceView:
    return ChoiceView(value=value, label=label, text=name, chosen=chosen)


def _sorted(desk: Desk, name: str) -> bytes:
    return desk.words.sort_key(desk.words.noun(name))


def _summable(desk: Desk, child: str, function: str) -> list[Field]:
    shape = desk.after.objects.get(child)
    fields = list(shape.own_fields) if shape else []
    if function in ("sum", "avg"):
        return [each for each in fields if each.type.name in ADDABLE]
    if function in ("min", "max"):
        return [each for each in fields if each.type.name in ORDERED]
    return [each for each in fields if each.single]


def labels(desk: Desk) -> dict[str, str]:
    return {
        "returns": desk.say("Gives"),
        "formula": desk.say("Formula"),
        "blanks": desk.say("Blank numbers"),
        "publish_result": desk.say("Show the result to everybody"),
        "child": desk.say("Records of"),
        "via": desk.say("That point here by"),
        "function": desk.say("Are summed up as"),
        "field": desk.say("Of their field"),
    }


def helps(desk: Desk) -> dict[str, str]:
    return {
        "publish_result": desk.say("Also to those who may not see the fields it is made from"),
    }


def enum_words(desk: Desk) -> dict[str, dict[str, str]]:
    return {
        "returns": returns_words(desk),
        "blanks": {
            "zero": desk.say("Count as 0"),
            "blank": desk.say("Make the result blank"),
        },
        "function": {
            "count": desk.say("Number of records"),
            "sum": desk.say("Sum"),
            "min": desk.say("Smallest"),
            "max": desk.say("Largest"),
            "avg": desk.say("Average"),
            "count_distinct": desk.say("Number of different values"),
        },
    }

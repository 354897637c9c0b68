"""What formulas are called by where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.runtime.formula_check import Usage
from fieldstone_builder.desk import Desk
from fieldstone_builder.formula.spots import Spot


def place_words(desk: Desk, spot: Spot, body: Mapping[str, Any]) -> str:
    """The formula's name: the last crumb of its page."""
    if spot.place == "filter":
        return desk.say("Filter")
    if spot.place == "default_formula":
        return desk.say("Default")
    if spot.place == "when":
        return desk.say("Refused when")
    if spot.usage is Usage.VISIBILITY:
        section = body.get("sections", {}).get(spot.place.split(".")[1], {})
        label = desk.words.text(section.get("label")) or spot.place.split(".")[1]
        return desk.say("When %(section)s is shown", {"section": label})
    return desk.say("Formula")


def usage_words(desk: Desk, usage: Usage) -> str:
    """What the formula must give, in one sentence."""
    words = {
        Usage.FORMULA: desk.say("Computed whenever the record is read."),
        Usage.VALIDATION: desk.say("A condition: where it holds, saving is refused."),
        Usage.DEFAULT: desk.say("Fills the field of a new record."),
        Usage.FILTER: desk.say("A condition: only records that meet it are taken."),
        Usage.VISIBILITY: desk.say("A condition: the section is shown where it holds."),
        Usage.LOOKUP_FILTER: desk.say(
            "A condition: only records that meet it can be chosen. $record.x is a field of the "
            "form."
        ),
    }
    return words[usage]


def returns_words(desk: Desk) -> dict[str, str]:
    """The types that a computed field may have."""
    return {
        "number": desk.say("Number"),
        "currency": desk.say("Amount of money"),
        "percent": desk.say("Percentage"),
        "duration": desk.say("Duration"),
        "text": desk.say("Text"),
        "boolean": desk.say("Yes or no"),
        "date": desk.say("Date"),
        "datetime": desk.say("Date and time"),
        "time": desk.say("Time"),
    }

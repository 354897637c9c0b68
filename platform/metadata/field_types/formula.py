"""A value computed from other fields whenever it is read. Nothing is stored; how it is shown,
filtered and sorted is that of the type it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.types import TypeEngine

from fieldstone.formula.check import Blanks
from fieldstone.formula.types import TEXT, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.boolean import Boolean
from fieldstone.metadata.field_types.currency import Currency
from fieldstone.metadata.field_types.date import Date
from fieldstone.metadata.field_types.datetime import DateTime
from fieldstone.metadata.field_types.decimal import NUMBER_KEYS, Decimal
from fieldstone.metadata.field_types.displayed import displayed
from fieldstone.metadata.field_types.duration import Duration
from fieldstone.metadata.field_types.long_text import LongText
from fieldstone.metadata.field_types.percent import Percent
from fieldstone.metadata.field_types.picklist import Picklist
from fieldstone.metadata.field_types.time import Time
from fieldstone.metadata.kinds.base import VALUES

RESULTS: Mapping[str, FieldType] = {
    "number": Decimal(),
    "currency": Currency(),
    "percent": Percent(),
    "duration": Duration(),
    "text": LongText(),
    "boolean": Boolean(),
    "date": Date(),
    "datetime": DateTime(),
    "time": Time(),
}
"""What a formula may return, and the type whose behaviour its value has."""


class Coded(Picklist):
    """A text of which the formula's document says what each means: formulas see the code, people
    the label and its colour."""

    def formula_type(self, config: Config) -> Type:
        return TEXT


CODED = Coded()

SCALED = ("number", "currency", "percent")
NUMBERS = (*SCALED, "duration")
WIDEST = 24
"""Digits in all: every number that a formula can have."""


TESTS = {
    "type": "array",
    "maxItems": 100,
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 200},
            "values": {"type": "object"},
            "expected": {},
        },
        "required": ["values", "expected"],
        "additionalProperties": False,
    },
}
"""Cases kept with a formula and run when it is published: the values of the fields it reads, by
path, and what must come out."""


class Formula(FieldType):
    name = "formula"
    label = {"en": "Formula", "zh_CN": "公式"}
    config_schema = {
        "type": "object",
        "properties": {
            "returns": {"enum": list(RESULTS)},
            "formula": {"type": "string", "minLength": 1, "maxLength": 5000},
            "scale": NUMBER_KEYS["scale"],
            "blanks": {"enum": ["zero", "blank"]},
            "publish_result": {"type": "boolean", "default": False},
            "values": VALUES,
            "tests": TESTS,
        },
        "required": ["returns", "formula"],
    }
    operators = ()
    widget = "number"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {}

    def formula_type(self, config: Config) -> Type:
        return result_type(config).formula_type(result_config(config))

    def parse(self, raw: Any, locale: Locale, config: Config) -> Any:
        """Nobody writes it; what comes is only read, as when an expected value is compared."""
        return result_type(config).parse(raw, locale, result_config(config))

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return result_type(config).format(value, locale, result_config(config))


def result_type(config: Config) -> FieldType:
    """Whose behaviour the value has. What is said to be a text may be a link or a picture."""
    returns = config.get("returns", "number")
    if returns != "text":
        return RESULTS[returns]
    shown = displayed(str(config.get("formula") or ""))
    return shown or (CODED if config.get("values") else RESULTS[returns])


def result_config(config: Config) -> dict[str, Any]:
    """The formula's body with what the type of its value needs besides."""
    return {**config, "precision": WIDEST} if config.get("returns") in SCALED else dict(config)


def blanks_of(config: Config) -> Blanks:
    """What a blank number field counts as: "zero" in formulas that return numbers, unless the
    document says otherwise."""
    said = config.get("blanks") or ("zero" if config["returns"] in NUMBERS else "blank")
    return "zero" if said == "zero" else "blank"

"""The comparisons that filters offer. What formula each becomes is the formula language's
business."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fieldstone.kernel.i18n import Text
from fieldstone.kernel.registry import Registry


class Operand(StrEnum):
    """What stands at the right of the operator."""

    VALUE = "value"
    VALUES = "values"
    PERIOD = "period"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    name: str
    label: Text
    operand: Operand = Operand.VALUE


ALL = (
    Operator(name="=", label={"en": "equals", "zh_CN": "等于"}),
    Operator(name="<>", label={"en": "does not equal", "zh_CN": "不等于"}),
    Operator(name="<", label={"en": "less than", "zh_CN": "小于"}),
    Operator(name="<=", label={"en": "at most", "zh_CN": "小于等于"}),
    Operator(name=">", label={"en": "greater than", "zh_CN": "大于"}),
    Operator(name=">=", label={"en": "at least", "zh_CN": "大于等于"}),
    Operator(name="in", label={"en": "is one of", "zh_CN": "属于"}, operand=Operand.VALUES),
    Operator(name="not_in", label={"en": "is none of", "zh_CN": "不属于"}, operand=Operand.VALUES),
    Operator(name="contains", label={"en": "contains", "zh_CN": "包含"}),
    Operator(name="begins", label={"en": "begins with", "zh_CN": "开头是"}),
    Operator(name="ends", label={"en": "ends with", "zh_CN": "结尾是"}),
    Operator(
        name="includes", label={"en": "includes", "zh_CN": "包括任一"}, operand=Operand.VALUES
    ),
    Operator(name="excludes", label={"en": "excludes", "zh_CN": "不包括"}, operand=Operand.VALUES),
    Operator(
        name="in_period", label={"en": "is within", "zh_CN": "在期间内"}, operand=Operand.PERIOD
    ),
    Operator(name="is_blank", label={"en": "is blank", "zh_CN": "为空"}, operand=Operand.NOTHING),
    Operator(
        name="is_not_blank",
        label={"en": "is not blank", "zh_CN": "不为空"},
        operand=Operand.NOTHING,
    ),
)

OPERATORS: Registry[Operator] = Registry("operator")
for operator in ALL:
    OPERATORS.add(operator)

BLANK = ("is_blank", "is_not_blank")
EXACT = ("=", "<>", "in", "not_in", *BLANK)
TEXTUAL = ("contains", "=", "<>", "begins", "ends", "in", "not_in", *BLANK)
ORDERED = ("=", "<>", "<", "<=", ">", ">=", *BLANK)
DATED = ("in_period", *ORDERED)
SEVERAL = ("includes", "excludes", *BLANK)

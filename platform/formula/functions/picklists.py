"""Questions about picklists. The codes are literals, checked against the values of the field."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import Numeric, Text, cast, func
from sqlalchemy.dialects.postgresql import ARRAY

from fieldstone.formula.ast import Literal, Value
from fieldstone.formula.functions.base import (
    Argument,
    Expression,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
    plain,
    returns,
)
from fieldstone.formula.sql_numbers import sized, whole
from fieldstone.formula.sql_pair import Sql, certain, joined, negated
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import BOOLEAN, Kind, Type

CHOICE = Argument("picklist", frozenset({Kind.PICKLIST}))
CHOICES = Argument("picklist", frozenset({Kind.MULTI_PICKLIST}))
CODE = Argument("code", literal=True)
COUNTED = sized(9, 0)


def _same_type(check: TypeCheck) -> Type | None:
    """Every code is one of the picklist's values, and one value even beside several."""
    code = replace(check.operands[0].type, kind=Kind.PICKLIST)
    fits = [check.adopt(index, code) for index in range(1, len(check.operands))]
    return BOOLEAN if all(fits) else None


def _is_code(value: Value, code: Value) -> Value:
    return value == code


def _is_code_sql(call: SqlCall) -> Sql:
    pair, code = call.pairs()
    return joined((pair, code), pair.value.is_not_distinct_from(code.value), null_in_null_out=False)


def _is_code_condition(call: SqlCall) -> Sql:
    """`=` can use an index; a blank code must match blank values and so cannot."""
    if _may_be_blank(call.typed.operands[1]):
        return _is_code_sql(call)
    pair, code = call.pairs()
    return joined((pair, code), pair.value == code.value)


def _may_be_blank(code: Typed) -> bool:
    """A lifted code is never empty."""
    return isinstance(code.node, Literal) and not code.node.value


def _includes(*values: Value) -> Value:
    chosen, *codes = values
    return isinstance(chosen, frozenset) and not chosen.isdisjoint(codes)


def _excludes(*values: Value) -> Value:
    return not _includes(*values)


def _chosen(values: Value) -> Value:
    return Decimal(len(values) if isinstance(values, frozenset) else 0)


def _chosen_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    count = func.coalesce(func.cardinality(pair.value), whole(0))
    return joined((pair,), cast(count, Numeric), null_in_null_out=False)


def _overlap(call: SqlCall) -> tuple[Sql, Expression]:
    pair = call.pair(0)
    codes = call.several(1, ARRAY(Text()))
    return pair, pair.value.bool_op("&&")(codes)


def _includes_sql(call: SqlCall) -> Sql:
    pair, overlaps = _overlap(call)
    return Sql(certain(overlaps), pair.guard, pair.guard is None)


def _includes_condition(call: SqlCall) -> Sql:
    pair, overlaps = _overlap(call)
    return Sql(overlaps, pair.guard, pair.blank_on_error)


def _excludes_sql(call: SqlCall) -> Sql:
    pair, overlaps = _overlap(call)
    return Sql(negated(certain(overlaps)), pair.guard, pair.guard is None)


FUNCTIONS = (
    Function(
        name="ISPICKVAL",
        signature=Signature((CHOICE, CODE)),
        rule=_same_type,
        evaluate=plain(_is_code),
        to_sql=_is_code_sql,
        condition=_is_code_condition,
        documentation={
            "en": 'TRUE if the picklist has the value with this code. The code "" asks whether '
            "nothing is chosen.",
            "zh_CN": '下拉单选为该代码的值时为真。代码 "" 表示未选择任何值。',
        },
        examples=(
            ('ISPICKVAL(status, "open")', "TRUE"),
            ('ISPICKVAL(status, "")', "FALSE"),
            ('ISPICKVAL(parent.status, "open")', "FALSE"),
            ('ISPICKVAL(parent.status, "")', "TRUE"),
        ),
    ),
    Function(
        name="INCLUDES",
        signature=Signature((CHOICES, CODE), repeated=1),
        rule=_same_type,
        evaluate=plain(_includes),
        to_sql=_includes_sql,
        condition=_includes_condition,
        documentation={
            "en": "TRUE if at least one of the values with these codes is among those chosen. "
            "FALSE if nothing is chosen.",
            "zh_CN": "下拉多选已选的值包括其中任一代码时为真。未选择任何值时为假。",
        },
        examples=(
            ('INCLUDES(colors, "red")', "TRUE"),
            ('INCLUDES(colors, "blue", "red")', "TRUE"),
            ('INCLUDES(parent.colors, "red")', "FALSE"),
        ),
    ),
    Function(
        name="EXCLUDES",
        signature=Signature((CHOICES, CODE), repeated=1),
        rule=_same_type,
        evaluate=plain(_excludes),
        to_sql=_excludes_sql,
        documentation={
            "en": "TRUE if none of the values with these codes is among those chosen. TRUE also "
            "if nothing is chosen.",
            "zh_CN": "下拉多选已选的值不包括其中任何代码时为真。未选择任何值时也为真。",
        },
        examples=(
            ('EXCLUDES(colors, "blue")', "TRUE"),
            ('EXCLUDES(colors, "blue", "red")', "FALSE"),
            ('EXCLUDES(parent.colors, "red")', "TRUE"),
        ),
    ),
    Function(
        name="PICKLISTCOUNT",
        signature=Signature((CHOICES,)),
        rule=returns(COUNTED),
        evaluate=plain(_chosen),
        to_sql=_chosen_sql,
        documentation={
            "en": "How many values of a multi-select picklist are chosen; 0 if it is blank.",
            "zh_CN": "下拉多选中已选值的个数，为空时返回 0。",
        },
        examples=(("PICKLISTCOUNT(colors)", "2"), ("PICKLISTCOUNT(parent.colors)", "0")),
    ),
)

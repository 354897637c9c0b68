"""Questions about picklists. The codes are literals, checked against the values of the field."""

from __future__ import annotations

from sqlalchemy import Text, not_
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
)
from fieldstone.formula.sql_pair import Sql, certain, joined
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import BOOLEAN, Kind, Type

CHOICE = Argument("picklist", frozenset({Kind.PICKLIST}))
CHOICES = Argument("picklist", frozenset({Kind.MULTI_PICKLIST}))
CODE = Argument("code", literal=True)


def _same_type(check: TypeCheck) -> Type | None:
    """Every code is one of the picklist's values."""
    fits = [check.adopt(index, check.operands[0].type) for index in range(1, len(check.operands))]
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
    return Sql(not_(certain(overlaps)), pair.guard, pair.guard is None)


FUNCTIONS = (
    Function(
        name="ISPICKVAL",
        signature=Signature((CHOICE, CODE)),
        rule=_same_type,
        evaluate=plain(_is_code),
        to_sql=_is_code_sql,
        condition=_is_code_condition,
        documentation={
            "en": "TRUE if the picklist has this value.",
            "zh_CN": "下拉单选为该值时为真。",
        },
        examples=(('ISPICKVAL(status, "open")', "TRUE"), ('ISPICKVAL(status, "")', "FALSE")),
    ),
    Function(
        name="INCLUDES",
        signature=Signature((CHOICES, CODE), repeated=1),
        rule=_same_type,
        evaluate=plain(_includes),
        to_sql=_includes_sql,
        condition=_includes_condition,
        documentation={
            "en": "TRUE if one of these values is among those chosen.",
            "zh_CN": "下拉多选已选的值包括其中任一个时为真。",
        },
        examples=(('INCLUDES(colors, "red")', "TRUE"), ('INCLUDES(colors, "blue", "red")', "TRUE")),
    ),
    Function(
        name="EXCLUDES",
        signature=Signature((CHOICES, CODE), repeated=1),
        rule=_same_type,
        evaluate=lambda call: not _includes(*call.values()),
        to_sql=_excludes_sql,
        documentation={
            "en": "TRUE if none of these values is among those chosen.",
            "zh_CN": "下拉多选已选的值不包括其中任何一个时为真。",
        },
        examples=(('EXCLUDES(colors, "blue")', "TRUE"),),
    ),
)

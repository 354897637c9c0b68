"""What sums up a related list. Blank values and values that are errors are left out; of nothing
COUNT and SUM are 0, ANY is FALSE, ALL is TRUE, the others are blank."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Numeric, Text, cast, false, func, literal, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from fieldstone.formula.arithmetic import EXACT, INTERNAL_SCALE, divide, within_limits
from fieldstone.formula.ast import Value
from fieldstone.formula.comparison import comparable
from fieldstone.formula.functions.base import (
    Aggregate,
    Argument,
    Call,
    Expression,
    Function,
    ListSql,
    Signature,
    TypeCheck,
)
from fieldstone.formula.sql_numbers import digits_of, quotient, scale_of, sized, snapped
from fieldstone.formula.sql_text import ordered
from fieldstone.formula.types import BOOLEAN, TEXT, Kind, Type
from fieldstone.kernel.errors import unreachable

SUMMED = frozenset({Kind.NUMBER})
RANKED = frozenset({Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME})
SINGLE = RANKED | {Kind.BOOLEAN, Kind.PICKLIST, Kind.REFERENCE}
MORE_DIGITS = 8
"""So many digits more than one value has the sum of a hundred million of them."""

Pairs = Sequence[tuple[Any, Any]]


def _count(found: Pairs, _separator: str) -> Value:
    return Decimal(len(found))


def _count_sql(call: ListSql) -> Expression:
    over = call.typed.over
    counted = func.count() if over is None or over.value is None else func.count(call.value)
    return call.one(cast(counted, Numeric))


def _count_type(_type: Type) -> Type:
    return sized(18, 0)


def _distinct(found: Pairs, _separator: str) -> Value:
    return Decimal(len({comparable(value) for _, value in found}))


def _distinct_sql(call: ListSql) -> Expression:
    return call.one(cast(func.count(_ranked(call, snap=True).distinct()), Numeric))


def _ranked(call: ListSql, *, snap: bool = False) -> Expression:
    """The value as it is compared: texts by code points."""
    over = call.typed.over
    type_ = over.value.type if over is not None and over.value is not None else TEXT
    if type_.kind is Kind.TEXT:
        return ordered(call.value)
    return snapped(call.value, type_) if snap else call.value


def _total(found: Pairs) -> Decimal:
    total = Decimal(0)
    for _, value in found:
        total = EXACT.add(total, value)
    return total


def _sum(found: Pairs, _separator: str) -> Value:
    return within_limits(_total(found))


def _sum_sql(call: ListSql) -> Expression:
    nothing = literal(0, Numeric)
    return call.one(func.coalesce(func.sum(call.value), nothing, type_=Numeric))


def _sum_type(type_: Type) -> Type:
    return sized(digits_of(type_) + MORE_DIGITS, scale_of(type_))


def _average(found: Pairs, _separator: str) -> Value:
    return divide(_total(found), Decimal(len(found))) if found else None


def _average_sql(call: ListSql) -> Expression:
    value = call.value
    return call.one(quotient(func.sum(value, type_=Numeric), cast(func.count(value), Numeric)))


def _average_type(type_: Type) -> Type:
    return sized(digits_of(type_), INTERNAL_SCALE)


def _own_type(type_: Type) -> Type:
    """A number that was stored as a percentage is a plain one when it has been summed up."""
    if type_.kind is Kind.NUMBER:
        return sized(digits_of(type_), scale_of(type_))
    return replace(type_, percent=False)


def _extreme(choose: Callable[..., Any]) -> Callable[[Pairs, str], Value]:
    def chosen(found: Pairs, _separator: str) -> Value:
        value: Value = choose((value for _, value in found), default=None)
        return value

    return chosen


def extreme(name: str) -> Aggregate:
    """MIN and MAX, which also compare several values of one record."""
    choose, of_all = (max, func.max) if name == "MAX" else (min, func.min)
    return Aggregate(
        kinds=RANKED,
        result=_own_type,
        compute=_extreme(choose),
        to_sql=lambda call: call.one(of_all(_ranked(call), type_=call.value.type)),
    )


def _any(found: Pairs, _separator: str) -> Value:
    return any(value is True for _, value in found)


def _all(found: Pairs, _separator: str) -> Value:
    return all(value is True for _, value in found)


def _any_sql(call: ListSql) -> Expression:
    return call.one(func.coalesce(func.bool_or(call.truth), false(), type_=Boolean))


def _all_sql(call: ListSql) -> Expression:
    return call.one(func.coalesce(func.bool_and(call.truth), true(), type_=Boolean))


def _first(found: Pairs, _separator: str) -> Value:
    ranked = [pair for pair in found if pair[0] is not None]
    if not ranked:
        return found[0][1] if found else None
    value: Value = min(ranked, key=_rank)[1]
    return value


def _last(found: Pairs, _separator: str) -> Value:
    """Of equal ones the one that was made last."""
    ranked = [pair for pair in found if pair[0] is not None]
    if not ranked:
        return found[-1][1] if found else None
    value: Value = max(reversed(ranked), key=_rank)[1]
    return value


def _rank(pair: tuple[Any, Any]) -> Any:
    return comparable(pair[0])


def _first_sql(call: ListSql) -> Expression:
    return call.first(call.value, call.order.asc().nulls_last(), call.identity.asc())


def _last_sql(call: ListSql) -> Expression:
    return call.first(call.value, call.order.desc().nulls_last(), call.identity.desc())


def _join(found: Pairs, separator: str) -> Value:
    return separator.join(value for _, value in found)


def _join_sql(call: ListSql) -> Expression:
    parts = aggregate_order_by(call.separator, call.identity)
    return call.one(func.nullif(func.string_agg(call.value, parts), "", type_=Text))


def _no_rule(_check: TypeCheck) -> Type | None:
    return unreachable("a list is checked by check_lists.py")


def _no_value(_call: Call) -> Value:
    return unreachable("a list is summed up by lists.py")


LIST, VALUE = Argument("list"), Argument("list.value")
NUMBER = Argument("list.number", SUMMED)
CONDITION = Argument("condition", frozenset({Kind.BOOLEAN}))


def _function(
    name: str,
    arguments: tuple[Argument, ...],
    aggregate: Aggregate,
    words: tuple[str, str],
    examples: tuple[tuple[str, str], ...],
) -> Function:
    return Function(
        name=name,
        signature=Signature(arguments, optional=0 if aggregate.asks else 1),
        rule=_no_rule,
        evaluate=_no_value,
        to_sql=None,
        aggregate=aggregate,
        documentation={"en": words[0], "zh_CN": words[1]},
        examples=examples,
    )


FUNCTIONS = (
    _function(
        "COUNT",
        (LIST, CONDITION),
        Aggregate(
            kinds=SINGLE,
            records=True,
            result=_count_type,
            compute=_count,
            to_sql=_count_sql,
        ),
        (
            "How many records a related list has, or how many of them meet the condition. Of a "
            "field of the list: how many are not blank.",
            "返回相关列表中的记录数，或其中满足条件的记录数；给出列表的字段时，返回其中不为空的个数。",
        ),
        (
            ("COUNT(lines)", "4"),
            ('COUNT(lines, lines.status = "won")', "2"),
            ("COUNT(lines.amount)", "3"),
        ),
    ),
    _function(
        "SUM",
        (NUMBER, CONDITION),
        Aggregate(kinds=SUMMED, result=_sum_type, compute=_sum, to_sql=_sum_sql),
        (
            "The sum over the records of a related list, or over those that meet the condition. "
            "0 when there are none.",
            "对相关列表的记录求和，或只对满足条件的记录求和；没有记录时为 0。",
        ),
        (
            ("SUM(lines.amount)", "60.5"),
            ('SUM(lines.amount, lines.status = "won")', "30.5"),
            ("SUM(lines.amount * 2)", "121"),
            ("SUM(lines.amount, lines.amount > 1000)", "0"),
        ),
    ),
    _function(
        "AVG",
        (NUMBER, CONDITION),
        Aggregate(kinds=SUMMED, result=_average_type, compute=_average, to_sql=_average_sql),
        (
            "The average over the records of a related list whose value is not blank. Blank when "
            "there are none.",
            "对相关列表中值不为空的记录求平均值；没有这样的记录时为空。",
        ),
        (
            ('AVG(lines.amount, lines.status = "won")', "15.25"),
            ("AVG(lines.amount, lines.amount > 1000)", "NULL"),
        ),
    ),
    _function(
        "COUNTDISTINCT",
        (VALUE, CONDITION),
        Aggregate(kinds=SINGLE, result=_count_type, compute=_distinct, to_sql=_distinct_sql),
        (
            "How many different values the records of a related list have. Blank ones are not "
            "counted.",
            "返回相关列表的记录有多少个不同的值，空值不计。",
        ),
        (("COUNTDISTINCT(lines.status)", "2"),),
    ),
    _function(
        "ANY",
        (LIST, CONDITION),
        Aggregate(
            asks=True,
            records=True,
            result=lambda _type: BOOLEAN,
            compute=_any,
            to_sql=_any_sql,
        ),
        (
            "TRUE when at least one record of a related list meets the condition. FALSE when "
            "the list is empty.",
            "相关列表中至少有一条记录满足条件时为真；列表为空时为假。",
        ),
        (
            ("ANY(lines, lines.amount > 20)", "TRUE"),
            ("ANY(lines, lines.amount > 1000)", "FALSE"),
        ),
    ),
    _function(
        "ALL",
        (LIST, CONDITION),
        Aggregate(
            asks=True,
            records=True,
            result=lambda _type: BOOLEAN,
            compute=_all,
            to_sql=_all_sql,
        ),
        (
            "TRUE when every record of a related list meets the condition, and when the list is "
            "empty. A condition that is blank is not met.",
            "相关列表的每条记录都满足条件时为真，列表为空时也为真；条件为空视为不满足。",
        ),
        (
            ("ALL(lines, lines.amount > 20)", "FALSE"),
            ('ALL(lines, lines.status IN ("won", "open"))', "TRUE"),
        ),
    ),
    _function(
        "FIRST",
        (VALUE, Argument("list.order", RANKED), CONDITION),
        Aggregate(kinds=SINGLE, orders=True, result=_own_type, compute=_first, to_sql=_first_sql),
        (
            "The value, if it is not blank, of the record of a related list that comes first when "
            "ordered by the second value. Records without such a value come last.",
            "按第二个值排序，返回相关列表中最前面一条记录的值，空值跳过；没有排序值的记录排在最后。",
        ),
        (
            ("FIRST(lines.name, lines.done_on)", '"b"'),
            ('FIRST(lines.name, lines.done_on, lines.status = "open")', '"c"'),
        ),
    ),
    _function(
        "LAST",
        (VALUE, Argument("list.order", RANKED), CONDITION),
        Aggregate(kinds=SINGLE, orders=True, result=_own_type, compute=_last, to_sql=_last_sql),
        (
            "The value, if it is not blank, of the record of a related list that has the largest "
            "or latest second value. Records without such a value come last.",
            "返回相关列表中第二个值最大或最晚的一条记录的值，空值跳过；没有排序值的记录排在最后。",
        ),
        (("LAST(lines.name, lines.done_on)", '"a"'),),
    ),
    _function(
        "JOIN",
        (
            Argument("list.text", frozenset({Kind.TEXT})),
            Argument("separator", frozenset({Kind.TEXT})),
            CONDITION,
        ),
        Aggregate(
            kinds=frozenset({Kind.TEXT}),
            separates=True,
            result=lambda _type: TEXT,
            compute=_join,
            to_sql=_join_sql,
        ),
        (
            "The texts of the records of a related list in one, in the order in which the records "
            "were made, with the separator between them.",
            "将相关列表各记录的文本连接为一个文本，按记录的新建顺序，中间加上分隔符。",
        ),
        (
            ('JOIN(lines.name, ", ")', '"a, b, c"'),
            ('JOIN(lines.name, "/", lines.status = "won")', '"a/b"'),
        ),
    ),
)

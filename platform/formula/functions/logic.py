"""Conditions joined to one. AND and OR are lazy: no more operands are looked at than needed."""

from __future__ import annotations

from operator import not_ as opposite

from sqlalchemy import and_, not_, or_

from fieldstone.formula.ast import Value
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Expression,
    Function,
    Signature,
    SqlCall,
    expression,
    plain,
    returns,
    strict,
)
from fieldstone.formula.sql_pair import Sql, any_of, certain, joined, negated, settled
from fieldstone.formula.types import BOOLEAN, Kind

CONDITION = Argument("condition", frozenset({Kind.BOOLEAN}))
CONDITIONS = Signature((CONDITION,), repeated=1)


def _and(call: Call) -> Value:
    return all(call.value(index) is True for index in range(len(call.typed.operands)))


def _or(call: Call) -> Value:
    return any(call.value(index) is True for index in range(len(call.typed.operands)))


def all_true(pairs: list[Sql]) -> Sql:
    """AND where only TRUE matters: operand after operand, each without error."""
    return Sql(and_(*(settled(pair) for pair in pairs)), _guard_of_all(pairs))


def any_true(pairs: list[Sql]) -> Sql:
    """OR where only TRUE matters: an error on the way to the first TRUE is an error."""
    if all(pair.guard is None for pair in pairs):
        return Sql(or_(*(pair.value for pair in pairs)))
    rest = settled(pairs[-1])
    for pair in reversed(pairs[:-1]):
        rest = or_(pair.value, rest)
        if pair.guard is not None:
            rest = and_(not_(pair.guard), rest)
    return Sql(rest, _guard_of_any(pairs))


def _guard_of_all(pairs: list[Sql]) -> Expression | None:
    guard = pairs[-1].guard
    for pair in reversed(pairs[:-1]):
        later = None if guard is None else and_(certain(pair.value), guard)
        guard = any_of((pair.guard, later))
    return guard


def _guard_of_any(pairs: list[Sql]) -> Expression | None:
    guard = pairs[-1].guard
    for pair in reversed(pairs[:-1]):
        later = None if guard is None else and_(not_(certain(pair.value)), guard)
        guard = any_of((pair.guard, later))
    return guard


def exactly_all(pairs: list[Sql]) -> Sql:
    """AND that is TRUE or FALSE, never blank."""
    guard = _guard_of_all(pairs)
    return Sql(certain(and_(*(pair.value for pair in pairs))), guard, guard is None)


def exactly_any(pairs: list[Sql]) -> Sql:
    guard = _guard_of_any(pairs)
    return Sql(certain(or_(*(pair.value for pair in pairs))), guard, guard is None)


def _truths(call: SqlCall) -> list[Sql]:
    return [call.truth(index) for index in range(len(call.typed.operands))]


def _xor(*values: Value) -> Value:
    return sum(value is True for value in values) % 2 == 1


def _xor_sql(call: SqlCall) -> Sql:
    pairs = _truths(call)
    value = certain(pairs[0].value)
    for pair in pairs[1:]:
        value = value != certain(pair.value)
    return joined(pairs, value, null_in_null_out=False)


FUNCTIONS = (
    Function(
        name="AND",
        signature=CONDITIONS,
        rule=returns(BOOLEAN),
        evaluate=_and,
        to_sql=lambda call: exactly_all(_truths(call)),
        condition=lambda call: all_true(_truths(call)),
        documentation={
            "en": "TRUE if every condition is true. A blank one counts as false, and what comes "
            "after the first false one is not looked at.",
            "zh_CN": "所有条件都为真时为真。空值按假处理；遇到第一个假的条件后，其余条件不再计算。",
        },
        examples=(
            ("AND(amount > 1, amount < 2)", "FALSE"),
            ("AND(is_done, 1 / (quantity - 3) > 1)", "FALSE"),
            ("AND(TRUE, NULL)", "FALSE"),
        ),
    ),
    Function(
        name="OR",
        signature=CONDITIONS,
        rule=returns(BOOLEAN),
        evaluate=_or,
        to_sql=lambda call: exactly_any(_truths(call)),
        condition=lambda call: any_true(_truths(call)),
        documentation={
            "en": "TRUE if at least one condition is true. A blank one counts as false, and what "
            "comes after the first true one is not looked at.",
            "zh_CN": "至少一个条件为真时为真。空值按假处理；遇到第一个真的条件后，"
            "其余条件不再计算。",
        },
        examples=(
            ("OR(amount > 1, amount < 2)", "TRUE"),
            ("OR(amount > 1, 1 / (quantity - 3) > 1)", "TRUE"),
            ("OR(FALSE, NULL)", "FALSE"),
        ),
    ),
    Function(
        name="NOT",
        signature=Signature((CONDITION,)),
        rule=returns(BOOLEAN),
        evaluate=strict(opposite),
        to_sql=expression(negated),
        documentation={
            "en": "TRUE if the condition is false. Blank stays blank.",
            "zh_CN": "条件为假时为真，空值仍为空。",
        },
        examples=(
            ("NOT(amount > 1)", "FALSE"),
            ("NOT(is_done)", "TRUE"),
            ("ISBLANK(NOT(parent.is_done))", "TRUE"),
        ),
    ),
    Function(
        name="XOR",
        signature=CONDITIONS,
        rule=returns(BOOLEAN),
        evaluate=plain(_xor),
        to_sql=_xor_sql,
        documentation={
            "en": "TRUE if an odd number of the conditions is true; of two conditions, if exactly "
            "one is. A blank one counts as false.",
            "zh_CN": "为真的条件个数是奇数时为真；两个条件时，恰好一个为真即为真。空值按假处理。",
        },
        examples=(("XOR(amount > 1, amount > 2)", "FALSE"), ("XOR(TRUE, NULL)", "TRUE")),
    ),
    Function(
        name="TRUE",
        signature=Signature(()),
        rule=returns(BOOLEAN),
        evaluate=plain(lambda: True),
        to_sql=None,
        documentation={
            "en": "The value TRUE, which can also be written without parentheses.",
            "zh_CN": "真值，括号可以省略。",
        },
        examples=(("TRUE()", "TRUE"), ("IF(TRUE(), 1, 2)", "1")),
    ),
    Function(
        name="FALSE",
        signature=Signature(()),
        rule=returns(BOOLEAN),
        evaluate=plain(lambda: False),
        to_sql=None,
        documentation={
            "en": "The value FALSE, which can also be written without parentheses.",
            "zh_CN": "假值，括号可以省略。",
        },
        examples=(("FALSE()", "FALSE"), ("IF(FALSE(), 1, 2)", "2")),
    ),
)

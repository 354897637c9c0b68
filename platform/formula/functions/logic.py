"""Conditions and choices. They are lazy: no more operands are looked at than needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, case, false, func, not_, or_

from fieldstone.formula.ast import Value
from fieldstone.formula.comparison import equal
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Expression,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
    expression,
    plain,
    returns,
)
from fieldstone.formula.sql_numbers import snapped
from fieldstone.formula.sql_pair import Sql, any_of, certain, joined, settled
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import BOOLEAN, Kind, Type

CONDITION = Argument("condition", frozenset({Kind.BOOLEAN}))
CONDITIONS = Signature((CONDITION,), repeated=1)


def _if_type(check: TypeCheck) -> Type | None:
    return check.unified(range(1, 3))


def _if(call: Call) -> Value:
    return call.value(1 if call.value(0) is True else 2)


def _if_sql(call: SqlCall) -> Sql:
    condition, yes, no = call.truth(0), call.pair(1), call.pair(2)
    value = case((condition.value, yes.value), else_=no.value)
    branches = None
    if yes.guard is not None or no.guard is not None:
        branches = case((condition.value, _certainly(yes)), else_=_certainly(no))
    clean = condition.guard is None and yes.blank_on_error and no.blank_on_error
    return Sql(value, any_of((condition.guard, branches)), clean)


def _certainly(pair: Sql) -> Expression:
    return false() if pair.guard is None else pair.guard


def _case_type(check: TypeCheck) -> Type | None:
    last = len(check.operands) - 1
    matched = check.unified([0, *range(1, last, 2)])
    result = check.unified([*range(2, last, 2), last])
    if matched is not None and matched.kind is Kind.MULTI_PICKLIST:
        check.refuse(0, "NOT_A_VALUE")
        return None
    return result if matched else None


def _case(call: Call) -> Value:
    wanted, count = call.value(0), len(call.typed.operands)
    kind = call.typed.operands[0].type.kind
    for index in range(1, count - 1, 2):
        if equal(wanted, call.value(index), kind) is True:
            return call.value(index + 1)
    return call.value(count - 1)


def _case_sql(call: SqlCall) -> Sql:
    pairs, operands = call.pairs(), call.typed.operands
    compared = [_comparable(pair, typed) for pair, typed in zip(pairs, operands, strict=True)]
    subject, last = compared[0], len(pairs) - 1
    value = case(
        *((compared[index], pairs[index + 1].value) for index in range(1, last, 2)),
        value=subject,
        else_=pairs[last].value,
    )
    guard = pairs[last].guard
    for index in range(last - 2, 0, -2):
        matches = subject == compared[index]
        guard = _either(pairs[index].guard, matches, pairs[index + 1].guard, guard)
    guard = any_of((pairs[0].guard, guard))
    return Sql(value, guard, guard is None)


def _comparable(pair: Sql, typed: Typed) -> Expression:
    """A blank text is one value like any other; other blanks match nothing."""
    if typed.type.kind is Kind.TEXT:
        return func.coalesce(pair.value, "")
    return snapped(pair.value, typed.type)


def _either(own: Expression | None, matches: Expression, yes: Any, no: Any) -> Expression | None:
    """The guard of one WHEN: of its value, then of its result or of what follows."""
    if yes is None and no is None:
        return own
    later = case((matches, false() if yes is None else yes), else_=false() if no is None else no)
    return any_of((own, later))


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


def _not(call: Call) -> Value:
    value = call.value(0)
    return None if value is None else not value


def _always(*, value: bool) -> Callable[[Call], Value]:
    return lambda _call: value


FUNCTIONS = (
    Function(
        name="IF",
        signature=Signature((CONDITION, Argument("yes"), Argument("no"))),
        rule=_if_type,
        evaluate=_if,
        to_sql=_if_sql,
        documentation={
            "en": "The second value if the condition is true, else the third.",
            "zh_CN": "条件为真时返回第二个值，否则返回第三个值。",
        },
        examples=(
            ('IF(amount > 1000, "large", "small")', '"large"'),
            ('IF(NULL, "yes", "no")', '"no"'),
        ),
    ),
    Function(
        name="CASE",
        signature=Signature(
            (Argument("value"), Argument("match"), Argument("result"), Argument("otherwise")),
            repeated=2,
        ),
        rule=_case_type,
        evaluate=_case,
        to_sql=_case_sql,
        documentation={
            "en": "The result after the first match that equals the value, else the last value.",
            "zh_CN": "返回第一个与值相等的匹配项之后的结果，都不相等时返回最后一个值。",
        },
        examples=(
            ('CASE(status, "open", 1, "won", 2, 0)', "1"),
            ('CASE(name, "x", "a", "y", "b", "none")', '"none"'),
        ),
    ),
    Function(
        name="AND",
        signature=CONDITIONS,
        rule=returns(BOOLEAN),
        evaluate=_and,
        to_sql=lambda call: exactly_all(_truths(call)),
        condition=lambda call: all_true(_truths(call)),
        documentation={
            "en": "TRUE if every condition is true. A blank one counts as false.",
            "zh_CN": "所有条件都为真时为真，空值按假处理。",
        },
        examples=(("AND(amount > 1, amount < 2)", "FALSE"), ("AND(TRUE, NULL)", "FALSE")),
    ),
    Function(
        name="OR",
        signature=CONDITIONS,
        rule=returns(BOOLEAN),
        evaluate=_or,
        to_sql=lambda call: exactly_any(_truths(call)),
        condition=lambda call: any_true(_truths(call)),
        documentation={
            "en": "TRUE if one condition is true. A blank one counts as false.",
            "zh_CN": "任一条件为真时为真，空值按假处理。",
        },
        examples=(("OR(amount > 1, amount < 2)", "TRUE"), ("OR(FALSE, NULL)", "FALSE")),
    ),
    Function(
        name="NOT",
        signature=Signature((CONDITION,)),
        rule=returns(BOOLEAN),
        evaluate=_not,
        to_sql=expression(not_),
        documentation={
            "en": "TRUE if the condition is false. Blank stays blank.",
            "zh_CN": "条件为假时为真，空值仍为空。",
        },
        examples=(("NOT(amount > 1)", "FALSE"),),
    ),
    Function(
        name="XOR",
        signature=CONDITIONS,
        rule=returns(BOOLEAN),
        evaluate=plain(_xor),
        to_sql=_xor_sql,
        documentation={
            "en": "TRUE if an odd number of the conditions is true.",
            "zh_CN": "为真的条件个数是奇数时为真。",
        },
        examples=(("XOR(amount > 1, amount > 2)", "FALSE"), ("XOR(TRUE, NULL)", "TRUE")),
    ),
    Function(
        name="TRUE",
        signature=Signature(()),
        rule=returns(BOOLEAN),
        evaluate=_always(value=True),
        to_sql=None,
        documentation={"en": "The value TRUE.", "zh_CN": "真值。"},
        examples=(("TRUE()", "TRUE"),),
    ),
    Function(
        name="FALSE",
        signature=Signature(()),
        rule=returns(BOOLEAN),
        evaluate=_always(value=False),
        to_sql=None,
        documentation={"en": "The value FALSE.", "zh_CN": "假值。"},
        examples=(("FALSE()", "FALSE"),),
    ),
)

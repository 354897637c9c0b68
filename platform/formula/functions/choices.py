"""Choices between values. IF, IFS and CASE are lazy: no more operands are looked at than needed."""

from __future__ import annotations

from sqlalchemy import any_, case, false, func
from sqlalchemy.dialects.postgresql import ARRAY

from fieldstone.formula.ast import Value
from fieldstone.formula.comparison import comparable, equal
from fieldstone.formula.faults import kinds
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Expression,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
    plain,
)
from fieldstone.formula.functions.logic import CONDITION
from fieldstone.formula.operators import EQUAL_KINDS
from fieldstone.formula.sql_numbers import snapped
from fieldstone.formula.sql_pair import Sql, any_of, certain, column_type, joined
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import BOOLEAN, Kind, Type

CHOICES = Signature(
    (Argument("value"), Argument("match"), Argument("result"), Argument("otherwise")),
    repeated=2,
    closing=1,
)
COMPARABLE = EQUAL_KINDS | {Kind.BLANK}


def _if_type(check: TypeCheck) -> Type | None:
    """Every second operand is a condition, but not the last one."""
    last = len(check.operands) - 1
    fits = [check.adopt(index, BOOLEAN) for index in range(0, last, 2)]
    result = check.unified([*range(1, last, 2), last])
    return result if all(fits) else None


def _if(call: Call) -> Value:
    last = len(call.typed.operands) - 1
    for index in range(0, last, 2):
        if call.value(index) is True:
            return call.value(index + 1)
    return call.value(last)


def _if_sql(call: SqlCall) -> Sql:
    last = len(call.typed.operands) - 1
    conditions = [call.truth(index) for index in range(0, last, 2)]
    results, otherwise = [call.pair(index) for index in range(1, last, 2)], call.pair(last)
    branches = list(zip(conditions, results, strict=True))
    value = case(
        *((condition.value, result.value) for condition, result in branches),
        else_=otherwise.value,
    )
    guard = otherwise.guard
    for condition, result in reversed(branches):
        guard = _guard_of_branch(condition.guard, condition.value, result.guard, guard)
    clean = all(condition.guard is None for condition in conditions) and all(
        result.blank_on_error for result in (*results, otherwise)
    )
    return Sql(value, guard, guard is None or clean)


def _guard_of_branch(
    own: Expression | None, holds: Expression, yes: Expression | None, no: Expression | None
) -> Expression | None:
    """Of the condition, then of its result or of what follows."""
    if yes is None and no is None:
        return own
    later = case((holds, _or_never(yes)), else_=_or_never(no))
    return any_of((own, later))


def _or_never(guard: Expression | None) -> Expression:
    return false() if guard is None else guard


def _case_type(check: TypeCheck) -> Type | None:
    last = len(check.operands) - 1
    matched = check.unified([0, *range(1, last, 2)])
    result = check.unified([*range(2, last, 2), last])
    return result if matched and _has_equals(check, matched) else None


def _has_equals(check: TypeCheck, matched: Type) -> bool:
    """Whether values of this type can be compared; else the fault is told."""
    if matched.kind in COMPARABLE:
        return True
    taken, received = kinds(*sorted(EQUAL_KINDS)), kinds(matched.kind)
    check.refuse(0, "ARG_TYPE", expected=taken, received=received)
    return False


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
        guard = _guard_of_branch(pairs[index].guard, matches, pairs[index + 1].guard, guard)
    guard = any_of((pairs[0].guard, guard))
    return Sql(value, guard, guard is None)


def _comparable(pair: Sql, typed: Typed) -> Expression:
    """A blank text is one value like any other; other blanks match nothing."""
    if typed.type.kind is Kind.TEXT:
        return func.coalesce(pair.value, "")
    return snapped(pair.value, typed.type)


def _is_one_of_type(check: TypeCheck) -> Type | None:
    matched = check.unified(range(len(check.operands)))
    return BOOLEAN if matched and _has_equals(check, matched) else None


def _is_one_of(wanted: Value, *values: Value) -> Value:
    """A blank one matches nothing, not even a blank one."""
    sought = comparable(wanted)
    return wanted is not None and any(
        value is not None and comparable(value) == sought for value in values
    )


def _is_one_of_sql(call: SqlCall) -> Sql:
    test = _is_one_of_condition(call)
    return Sql(certain(test.value), test.guard, test.guard is None)


def _is_one_of_condition(call: SqlCall) -> Sql:
    """Constants are bound as one array, which an index can serve."""
    subject, *others = call.typed.operands
    pair = _snapped(call.pair(0), subject)
    if all(other.constant and not other.fails for other in others):
        values = call.several(1, ARRAY(column_type(subject.type)))
        return joined((pair,), pair.value == any_(values))
    pairs = [_snapped(call.pair(index), other) for index, other in enumerate(others, 1)]
    value = pair.value.in_([each.value for each in pairs])
    can_fail = any(each.guard is not None for each in pairs)
    return joined((pair, *pairs), value, null_in_null_out=not can_fail)


def _snapped(pair: Sql, typed: Typed) -> Sql:
    return Sql(snapped(pair.value, typed.type), pair.guard, pair.blank_on_error)


_CASES = {
    "CASE": (
        "The result after the first match that equals the value, else the last value. A blank "
        "value equals a blank text only. All results must be of one kind.",
        "返回第一个与值相等的匹配项之后的结果，都不相等时返回最后一个值。空值只与空文本相等。"
        "所有结果的类型必须相同。",
    ),
    "SWITCH": ("The same as CASE.", "与 CASE 相同。"),
}

FUNCTIONS = (
    Function(
        name="IF",
        signature=Signature((CONDITION, Argument("yes"), Argument("no"))),
        rule=_if_type,
        evaluate=_if,
        to_sql=_if_sql,
        documentation={
            "en": "The second value if the condition is true, else the third. A blank condition "
            "counts as false. Both values must be of one kind.",
            "zh_CN": "条件为真时返回第二个值，否则返回第三个值。空条件按假处理。"
            "两个值的类型必须相同。",
        },
        examples=(
            ('IF(amount > 1000, "large", "small")', '"large"'),
            ("IF(quantity = 3, 0, amount / (quantity - 3))", "0"),
            ('IF(NULL, "yes", "no")', '"no"'),
        ),
    ),
    Function(
        name="IFS",
        signature=Signature(
            (CONDITION, Argument("value"), Argument("otherwise")), repeated=2, closing=1
        ),
        rule=_if_type,
        evaluate=_if,
        to_sql=_if_sql,
        documentation={
            "en": "The value after the first condition that is true, else the last value, which "
            "must be there. A blank condition counts as false. All values must be of one kind.",
            "zh_CN": "返回第一个为真的条件之后的值，都不为真时返回最后一个值（必填）。"
            "空条件按假处理。所有值的类型必须相同。",
        },
        examples=(
            ('IFS(amount > 5000, "gold", amount > 1000, "silver", "bronze")', '"silver"'),
            ("IFS(quantity = 3, 0, quantity > 3, 1 / (quantity - 3), 2)", "0"),
            ('IFS(parent.amount > 0, "more", parent.amount <= 0, "less", "unknown")', '"unknown"'),
        ),
    ),
    *(
        Function(
            name=name,
            signature=CHOICES,
            rule=_case_type,
            evaluate=_case,
            to_sql=_case_sql,
            documentation={"en": words[0], "zh_CN": words[1]},
            examples=(
                (f'{name}(status, "open", 1, "won", 2, 0)', "1"),
                (f'{name}(name, "x", "a", "y", "b", "none")', '"none"'),
                (f"{name}(parent.quantity, 1, 10, 20)", "20"),
            ),
        )
        for name, words in _CASES.items()
    ),
    Function(
        name="IN",
        signature=Signature((Argument("value"), Argument("match")), repeated=1),
        rule=_is_one_of_type,
        evaluate=plain(_is_one_of),
        to_sql=_is_one_of_sql,
        condition=_is_one_of_condition,
        documentation={
            "en": "TRUE if the value equals one of the others; the same as: value IN (match, …). "
            "A blank value equals none.",
            "zh_CN": "值等于其中任何一个时为真，与 value IN (match, …) 相同。空值不等于任何值。",
        },
        examples=(
            ('IN(status, "open", "won")', "TRUE"),
            ("IN(quantity, 1, 2)", "FALSE"),
            ("IN(quantity / 9 * 9, 2, 3)", "TRUE"),
            ("IN(parent.name, nickname)", "FALSE"),
        ),
    ),
)

"""Finding a text in a text. With a part that is the same for every row an index can help."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal

from sqlalchemy import Boolean, Integer, Numeric, Text, and_, case, cast, func, or_, true

from fieldstone.formula import sql_numbers, sql_text
from fieldstone.formula.ast import Value
from fieldstone.formula.comparison import equal
from fieldstone.formula.functions.base import (
    Argument,
    Evaluate,
    Expression,
    Function,
    Signature,
    SqlCall,
    ToSql,
    plain,
    returns,
)
from fieldstone.formula.functions.letters import lower, lowered
from fieldstone.formula.functions.text import START, clamped, counted
from fieldstone.formula.sql_compare import compared, equal_if_present, surely_present
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.types import BOOLEAN, Kind

_TEXT = frozenset({Kind.TEXT})
_FOUND = Signature((Argument("text", _TEXT), Argument("part", _TEXT)))
_SAME = Signature((Argument("text", _TEXT), Argument("other", _TEXT)))


def _search(test: Callable[[str, str], bool]) -> Evaluate:
    """A blank part is in every text; nothing else is in a blank one."""

    def found(text: Value, part: Value) -> Value:
        if not isinstance(part, str):
            return True
        return test(text, part) if isinstance(text, str) else None

    return plain(found)


def _search_sql(
    around: tuple[str, str], compare: Callable[[Expression, Expression], Expression]
) -> ToSql:
    """LIKE with a pattern made in Python where the part is the same for every row, so that an
    index can serve it; else a comparison without patterns."""

    def to_sql(call: SqlCall) -> Sql:
        subject, part = call.pair(0), call.typed.operands[1]
        if part.constant:
            pattern = call.computed(1, Text(), lambda value: _pattern(value, around))
            found = sql_text.matches(subject.value, pattern.value)
            present = surely_present(part)
            if not present:
                found = or_(pattern.value == "%", found)
            return joined((subject, pattern), found, null_in_null_out=present)
        other = call.pair(1)
        found = compare(subject.value, other.value)
        value = case((other.value.is_(None), true()), else_=found)
        return joined((subject, other), value, null_in_null_out=False)

    return to_sql


def _pattern(value: Value, around: tuple[str, str]) -> str:
    return f"{around[0]}{sql_text.escaped(value)}{around[1]}" if isinstance(value, str) else "%"


def _contains_sql(value: Expression, part: Expression) -> Expression:
    return func.strpos(value, part) > 0


def _begins_sql(value: Expression, part: Expression) -> Expression:
    return func.starts_with(value, part, type_=Boolean)


def _ends_sql(value: Expression, part: Expression) -> Expression:
    return sql_text.ordered(func.right(value, func.char_length(part), type_=Text)) == part


def _like(text: Value, pattern: Value) -> Value:
    if not isinstance(text, str):
        return None
    return like(text, pattern if isinstance(pattern, str) else "")


def like(text: str, pattern: str) -> bool:
    """Greedy, part by part, so that no pattern can take more than text times pattern."""
    first, *parts = [re.escape(part).replace("_", ".") for part in pattern.split("%")]
    start = re.match(first, text, re.DOTALL)
    if start is None or not parts:
        return start is not None and start.end() == len(text)
    position = start.end()
    for part in parts[:-1]:
        found = re.compile(part, re.DOTALL).search(text, position)
        if found is None:
            return False
        position = found.end()
    ending = re.compile(f"(?:{parts[-1]})", re.DOTALL)
    size = len(pattern.rpartition("%")[2])
    return len(text) - size >= position and bool(ending.fullmatch(text, len(text) - size))


def _like_sql(call: SqlCall) -> Sql:
    subject = call.pair(0)
    if call.typed.operands[1].constant:
        pattern = call.computed(1, Text(), _like_pattern)
        return joined((subject, pattern), sql_text.matches(subject.value, pattern.value))
    other = call.pair(1)
    made = sql_text.unescaped_pattern(sql_text.text(other.value))
    return joined((subject, other), sql_text.matches(subject.value, made), null_in_null_out=False)


def _like_pattern(value: Value) -> str:
    return value.replace("\\", "\\\\") if isinstance(value, str) else ""


def _found_at(part: Value, text: Value, start: Value = None) -> Value:
    if not isinstance(text, str):
        return Decimal(0)
    first = clamped(start, 1) if isinstance(start, Decimal) else 1
    return Decimal(text.find(part if isinstance(part, str) else "", first - 1) + 1)


def _found_at_sql(call: SqlCall) -> Sql:
    part, text = call.pair(0), call.pair(1)
    wanted = sql_text.text(part.value)
    if len(call.typed.operands) < 3:
        return _place((part, text), func.strpos(text.value, wanted))
    start = counted(call, 2, 1)
    first = func.coalesce(start.value, 1, type_=Integer)
    place = func.strpos(func.substr(text.value, first, type_=Text), wanted, type_=Integer)
    inside = and_(place > 0, first <= func.char_length(text.value) + 1)
    return _place((part, text, start), case((inside, place + first - 1)))


def _place(pairs: Iterable[Sql], place: Expression) -> Sql:
    value = cast(func.coalesce(place, 0), Numeric)
    return joined(pairs, value, null_in_null_out=False)


def _exact(left: Value, right: Value) -> Value:
    return equal(left, right, Kind.TEXT)


def _exact_sql(call: SqlCall) -> Sql:
    return compared("=", Kind.TEXT, call.pair(0), call.pair(1))


def _exact_condition(call: SqlCall) -> Sql:
    if surely_present(call.typed.operands[1]):
        return equal_if_present(call.pair(0), call.pair(1))
    return _exact_sql(call)


def _alike(left: Value, right: Value) -> Value:
    first, second = (lower(each) if isinstance(each, str) else "" for each in (left, right))
    return first == second


def _alike_sql(call: SqlCall) -> Sql:
    return compared("=", Kind.TEXT, *_lowered(call))


def _alike_condition(call: SqlCall) -> Sql:
    if surely_present(call.typed.operands[1]):
        return equal_if_present(*_lowered(call))
    return _alike_sql(call)


def _lowered(call: SqlCall) -> tuple[Sql, Sql]:
    left, right = (_lowered_operand(call, index) for index in (0, 1))
    return left, right


def _lowered_operand(call: SqlCall, index: int) -> Sql:
    if call.typed.operands[index].constant:
        return call.computed(index, Text(), _in_lower_case)
    return lowered(call.pair(index))


def _in_lower_case(value: Value) -> Value:
    return lower(value) if isinstance(value, str) else None


FUNCTIONS = (
    Function(
        name="CONTAINS",
        signature=_FOUND,
        rule=returns(BOOLEAN),
        evaluate=_search(lambda text, part: part in text),
        to_sql=_search_sql(("%", "%"), _contains_sql),
        documentation={
            "en": "TRUE if the part is somewhere in the text. Upper and lower case differ. A "
            "blank part is in every text; nothing else is in a blank one.",
            "zh_CN": "文本中含有该片段时为真，区分大小写。空片段在任何文本中；空文本的结果为空。",
        },
        examples=(
            ('CONTAINS(name, "ton")', "TRUE"),
            ('CONTAINS(name, "TON")', "FALSE"),
            ("CONTAINS(name, nickname)", "TRUE"),
            ('CONTAINS(nickname, "x")', "NULL"),
        ),
    ),
    Function(
        name="BEGINS",
        signature=_FOUND,
        rule=returns(BOOLEAN),
        evaluate=_search(str.startswith),
        to_sql=_search_sql(("", "%"), _begins_sql),
        documentation={
            "en": "TRUE if the text begins with the part. Upper and lower case differ. Every text "
            "begins with a blank part.",
            "zh_CN": "文本以该片段开头时为真，区分大小写。任何文本都以空片段开头。",
        },
        examples=(
            ('BEGINS(name, "Field")', "TRUE"),
            ('BEGINS(name, "stone")', "FALSE"),
            ("BEGINS(name, nickname)", "TRUE"),
            ('BEGINS(nickname, "x")', "NULL"),
        ),
    ),
    Function(
        name="ENDS",
        signature=_FOUND,
        rule=returns(BOOLEAN),
        evaluate=_search(str.endswith),
        to_sql=_search_sql(("%", ""), _ends_sql),
        documentation={
            "en": "TRUE if the text ends with the part. Upper and lower case differ. Every text "
            "ends with a blank part.",
            "zh_CN": "文本以该片段结尾时为真，区分大小写。任何文本都以空片段结尾。",
        },
        examples=(
            ('ENDS(name, "stone")', "TRUE"),
            ('ENDS(name, "Field")', "FALSE"),
            ("ENDS(name, nickname)", "TRUE"),
            ('ENDS(nickname, "x")', "NULL"),
        ),
    ),
    Function(
        name="LIKE",
        signature=Signature((Argument("text", _TEXT), Argument("pattern", _TEXT))),
        rule=returns(BOOLEAN),
        evaluate=plain(_like),
        to_sql=_like_sql,
        documentation={
            "en": "TRUE if the whole text fits the pattern: % stands for any characters, _ for "
            "one. Upper and lower case differ.",
            "zh_CN": "整个文本符合模式时为真：% 代表任意多个字符，_ 代表一个字符。区分大小写。",
        },
        examples=(
            ('LIKE(name, "F%st_ne")', "TRUE"),
            ('LIKE(name, "F_ne")', "FALSE"),
            ('LIKE(nickname, "%")', "NULL"),
        ),
    ),
    Function(
        name="FIND",
        signature=Signature((Argument("part", _TEXT), Argument("text", _TEXT), START), optional=1),
        rule=returns(sql_numbers.sized(7, 0)),
        evaluate=plain(_found_at),
        to_sql=_found_at_sql,
        documentation={
            "en": "The first place of the part in the text, looking from the place `start` on; "
            "the first place is 1. 0 if it is not there or the text is blank; a blank part is "
            "found where the search begins. Upper and lower case differ.",
            "zh_CN": "片段在文本中首次出现的位置，从位置 start 起查找，第一个位置是 1。"
            "找不到或文本为空时是 0；空片段在查找的起点即可找到。区分大小写。",
        },
        examples=(
            ('FIND("e", name)', "3"),
            ('FIND("e", name, 4)', "10"),
            ('FIND("E", name)', "0"),
            ('FIND("e", nickname)', "0"),
            ("FIND(nickname, name, 4)", "4"),
        ),
    ),
    Function(
        name="EXACT",
        signature=_SAME,
        rule=returns(BOOLEAN),
        evaluate=plain(_exact),
        to_sql=_exact_sql,
        condition=_exact_condition,
        documentation={
            "en": "TRUE if both texts are the same, as = says. Upper and lower case differ; two "
            "blank texts are the same.",
            "zh_CN": "两个文本相同时为真，同 =。区分大小写；两个空文本相同。",
        },
        examples=(
            ('EXACT(name, "Fieldstone")', "TRUE"),
            ('EXACT(name, "fieldstone")', "FALSE"),
            ('EXACT(nickname, "")', "TRUE"),
        ),
    ),
    Function(
        name="IEQUALS",
        signature=_SAME,
        rule=returns(BOOLEAN),
        evaluate=plain(_alike),
        to_sql=_alike_sql,
        condition=_alike_condition,
        fails=True,
        documentation={
            "en": "TRUE if both texts are the same in lower case. Two blank texts are the same.",
            "zh_CN": "两个文本转为小写后相同时为真。两个空文本相同。",
        },
        examples=(
            ('IEQUALS(name, "FIELDSTONE")', "TRUE"),
            ('IEQUALS(name, "Field")', "FALSE"),
            ("IEQUALS(nickname, NULL)", "TRUE"),
        ),
    ),
)

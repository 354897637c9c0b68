"""Finding a text in a text. With a part that is the same for every row an index can help."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Boolean, Text, case, func, or_, true

from fieldstone.formula import sql_text
from fieldstone.formula.ast import Literal, Placeholder, Value
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
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import BOOLEAN, Kind

_TEXT = frozenset({Kind.TEXT})
_FOUND = Signature((Argument("text", _TEXT), Argument("part", _TEXT)))


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
            if not _surely_present(part):
                found = or_(pattern.value == "%", found)
            strict_sql = _surely_present(part)
            return joined((subject, pattern), found, null_in_null_out=strict_sql)
        other = call.pair(1)
        found = compare(subject.value, other.value)
        value = case((other.value.is_(None), true()), else_=found)
        return joined((subject, other), value, null_in_null_out=False)

    return to_sql


def _pattern(value: Value, around: tuple[str, str]) -> str:
    return f"{around[0]}{sql_text.escaped(value)}{around[1]}" if isinstance(value, str) else "%"


def _surely_present(part: Typed) -> bool:
    """A literal that is not empty; empty ones are never lifted."""
    return isinstance(part.node, Placeholder) or (
        isinstance(part.node, Literal) and bool(part.node.value)
    )


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


FUNCTIONS = (
    Function(
        name="CONTAINS",
        signature=_FOUND,
        rule=returns(BOOLEAN),
        evaluate=_search(lambda text, part: part in text),
        to_sql=_search_sql(("%", "%"), _contains_sql),
        documentation={
            "en": "TRUE if the part is somewhere in the text. Upper and lower case differ.",
            "zh_CN": "文本中含有该片段时为真，区分大小写。",
        },
        examples=(('CONTAINS(name, "ton")', "TRUE"), ('CONTAINS(name, "TON")', "FALSE")),
    ),
    Function(
        name="BEGINS",
        signature=_FOUND,
        rule=returns(BOOLEAN),
        evaluate=_search(str.startswith),
        to_sql=_search_sql(("", "%"), _begins_sql),
        documentation={
            "en": "TRUE if the text begins with the part.",
            "zh_CN": "文本以该片段开头时为真。",
        },
        examples=(('BEGINS(name, "Field")', "TRUE"), ('BEGINS(name, "stone")', "FALSE")),
    ),
    Function(
        name="ENDS",
        signature=_FOUND,
        rule=returns(BOOLEAN),
        evaluate=_search(str.endswith),
        to_sql=_search_sql(("%", ""), _ends_sql),
        documentation={
            "en": "TRUE if the text ends with the part.",
            "zh_CN": "文本以该片段结尾时为真。",
        },
        examples=(('ENDS(name, "stone")', "TRUE"), ('ENDS(name, "Field")', "FALSE")),
    ),
    Function(
        name="LIKE",
        signature=Signature((Argument("text", _TEXT), Argument("pattern", _TEXT))),
        rule=returns(BOOLEAN),
        evaluate=plain(_like),
        to_sql=_like_sql,
        documentation={
            "en": "TRUE if the whole text fits the pattern: % stands for any signs, _ for one.",
            "zh_CN": "整个文本符合模式时为真：% 代表任意多个字符，_ 代表一个字符。",
        },
        examples=(('LIKE(name, "F%st_ne")', "TRUE"), ('LIKE(name, "F_ne")', "FALSE")),
    ),
)

"""Texts, counted in code points. A blank text and an empty one are the same value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import Numeric, Text, cast, collate, func

from fieldstone.formula import arithmetic, sql_numbers, sql_text
from fieldstone.formula.ast import Value
from fieldstone.formula.functions.base import (
    Argument,
    Expression,
    Function,
    Signature,
    SqlCall,
    ToSql,
    expression,
    plain,
    returns,
    strict,
)
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.types import TEXT, Kind

TEXT_ARGUMENT = Argument("text", frozenset({Kind.TEXT}))
COUNT = Argument("count", frozenset({Kind.NUMBER}))
LONGEST = 100_000


def _clamped(value: Decimal, low: int) -> int:
    return max(low, min(arithmetic.truncated(value), LONGEST))


def _left(text: str, count: Decimal) -> Value:
    return text[: _clamped(count, 0)]


def _right(text: str, count: Decimal) -> Value:
    size = _clamped(count, 0)
    return text[-size:] if size else None


def _mid(text: str, start: Decimal, count: Decimal) -> Value:
    first = _clamped(start, 1) - 1
    return text[first : first + _clamped(count, 0)]


def counted(call: SqlCall, index: int, low: int) -> Sql:
    """A count as an integer; computed once per request when no field is in it."""
    if call.typed.operands[index].constant:
        kind = sql_numbers.whole(0).type
        return call.computed(index, kind, lambda value: _count(value, low))
    pair = call.pair(index)
    return replace(pair, value=sql_numbers.integer(pair.value, low, LONGEST))


def _count(value: Value, low: int) -> int | None:
    return _clamped(value, low) if isinstance(value, Decimal) else None


def _cut(build: Callable[..., Expression], *lows: int) -> ToSql:
    """LEFT, RIGHT, MID: a text and counts that are at least `lows`."""

    def to_sql(call: SqlCall) -> Sql:
        pairs = [call.pair(0), *(counted(call, index, low) for index, low in enumerate(lows, 1))]
        value = build(*(pair.value for pair in pairs), type_=Text)
        return joined(pairs, sql_text.present(value))

    return to_sql


def _trim(text: str) -> Value:
    return text.strip(sql_text.WHITE_SPACE)


def _cased(change: Callable[..., Expression]) -> ToSql:
    """Full case mapping (ß → SS), then back to the order of code points."""
    return expression(
        lambda value: collate(change(collate(value, "pg_unicode_fast"), type_=Text), "C")
    )


def _length(text: Value) -> Value:
    return Decimal(len(text)) if isinstance(text, str) else Decimal(0)


def _length_sql(value: Expression) -> Expression:
    return cast(func.coalesce(func.char_length(value), 0), Numeric)


def concatenated(*texts: Value) -> Value:
    return "".join(text for text in texts if isinstance(text, str))


FUNCTIONS = (
    Function(
        name="LOWER",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(TEXT),
        evaluate=strict(str.lower),
        to_sql=_cased(func.lower),
        documentation={"en": "The text in lower case.", "zh_CN": "文本的小写形式。"},
        examples=(("LOWER(name)", '"fieldstone"'),),
    ),
    Function(
        name="UPPER",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(TEXT),
        evaluate=strict(str.upper),
        to_sql=_cased(func.upper),
        documentation={"en": "The text in upper case.", "zh_CN": "文本的大写形式。"},
        examples=(("UPPER(name)", '"FIELDSTONE"'), ('UPPER("groß")', '"GROSS"')),
    ),
    Function(
        name="TRIM",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(TEXT),
        evaluate=strict(_trim),
        to_sql=expression(sql_text.trimmed),
        documentation={
            "en": "The text without blanks, tabs and line breaks at both ends.",
            "zh_CN": "去掉文本两端的空格、制表符和换行。",
        },
        examples=(('TRIM("  a b ")', '"a b"'), ('TRIM("  ")', "NULL")),
    ),
    Function(
        name="LEN",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(sql_numbers.sized(9, 0)),
        evaluate=plain(_length),
        to_sql=expression(_length_sql, null_in_null_out=False),
        documentation={
            "en": "How many signs the text has; 0 if it is blank.",
            "zh_CN": "文本的字符数，为空时是 0。",
        },
        examples=(("LEN(name)", "10"), ("LEN(nickname)", "0"), ('LEN("石头")', "2")),
    ),
    Function(
        name="LEFT",
        signature=Signature((TEXT_ARGUMENT, COUNT)),
        rule=returns(TEXT),
        evaluate=strict(_left),
        to_sql=_cut(func.left, 0),
        documentation={"en": "The first signs of the text.", "zh_CN": "文本开头的若干字符。"},
        examples=(("LEFT(name, 5)", '"Field"'), ("LEFT(name, -1)", "NULL")),
    ),
    Function(
        name="RIGHT",
        signature=Signature((TEXT_ARGUMENT, COUNT)),
        rule=returns(TEXT),
        evaluate=strict(_right),
        to_sql=_cut(func.right, 0),
        documentation={"en": "The last signs of the text.", "zh_CN": "文本末尾的若干字符。"},
        examples=(("RIGHT(name, 5)", '"stone"'), ("RIGHT(name, 0)", "NULL")),
    ),
    Function(
        name="MID",
        signature=Signature((TEXT_ARGUMENT, Argument("start", frozenset({Kind.NUMBER})), COUNT)),
        rule=returns(TEXT),
        evaluate=strict(_mid),
        to_sql=_cut(func.substr, 1, 0),
        documentation={
            "en": "So many signs of the text from a place on; the first place is 1.",
            "zh_CN": "从某个位置起的若干字符，第一个位置是 1。",
        },
        examples=(("MID(name, 6, 2)", '"st"'), ("MID(name, 0, 3)", '"Fie"')),
    ),
    Function(
        name="CONCATENATE",
        signature=Signature((TEXT_ARGUMENT,), repeated=1),
        rule=returns(TEXT),
        evaluate=plain(concatenated),
        to_sql=expression(sql_text.concatenated, null_in_null_out=False),
        documentation={
            "en": "The texts one after the other, as & does.",
            "zh_CN": "把文本依次连接起来，同 &。",
        },
        examples=(('CONCATENATE(name, "-", nickname)', '"Fieldstone-"'),),
    ),
)

"""Texts and their parts, counted in code points. A blank text and an empty one are the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import Numeric, Text, case, cast, func

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
from fieldstone.formula.functions.lengths import built_within, not_too_long
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.types import TEXT, Kind

TEXT_ARGUMENT = Argument("text", frozenset({Kind.TEXT}))
COUNT = Argument("count", frozenset({Kind.NUMBER}))
START = Argument("start", frozenset({Kind.NUMBER}))
FARTHEST = 1_000_000
"""Places and counts beyond the longest text are all the same."""


def clamped(value: Decimal, low: int) -> int:
    return max(low, min(arithmetic.truncated(value), FARTHEST))


def counted(call: SqlCall, index: int, low: int) -> Sql:
    """A count as an integer; computed once per request when no field is in it."""
    if call.typed.operands[index].constant:
        kind = sql_numbers.whole(0).type
        return call.computed(index, kind, lambda value: _count(value, low))
    pair = call.pair(index)
    return replace(pair, value=sql_numbers.integer(pair.value, low, FARTHEST))


def _count(value: Value, low: int) -> int | None:
    return clamped(value, low) if isinstance(value, Decimal) else None


def _left(text: str, count: Decimal) -> Value:
    return text[: clamped(count, 0)]


def _right(text: str, count: Decimal) -> Value:
    size = clamped(count, 0)
    return text[-size:] if size else None


def _mid(text: str, start: Decimal, count: Decimal) -> Value:
    first = clamped(start, 1) - 1
    return text[first : first + clamped(count, 0)]


def _cut(build: Callable[..., Expression], *lows: int) -> ToSql:
    """LEFT, RIGHT, MID: a text and counts that are at least `lows`."""

    def to_sql(call: SqlCall) -> Sql:
        pairs = [call.pair(0), *(counted(call, index, low) for index, low in enumerate(lows, 1))]
        value = build(*(pair.value for pair in pairs), type_=Text)
        return joined(pairs, sql_text.present(value))

    return to_sql


def _part(text: str, start: Decimal, count: Decimal | None = None) -> Value:
    place = clamped(start, -FARTHEST)
    first = len(text) + place if place < 0 else max(place, 1) - 1
    if first < 0:
        return None
    return text[first:] if count is None else text[first : first + clamped(count, 0)]


def _part_sql(call: SqlCall) -> Sql:
    text, start = call.pair(0), counted(call, 1, -FARTHEST)
    counts = [counted(call, 2, 0)] if len(call.typed.operands) > 2 else []
    place = start.value
    first = case(
        (place < 0, func.char_length(text.value) + place + 1),
        (place == 0, 1),
        else_=place,
    )
    cut = func.substr(text.value, first, *(pair.value for pair in counts), type_=Text)
    value = case((first >= 1, sql_text.present(cut)))
    return joined((text, start, *counts), value)


def _trim(text: str) -> Value:
    return text.strip(sql_text.WHITE_SPACE)


def _length(text: Value) -> Value:
    return Decimal(len(text)) if isinstance(text, str) else Decimal(0)


def _length_sql(value: Expression) -> Expression:
    return cast(func.coalesce(func.char_length(value), 0), Numeric)


def _reversed(text: str) -> Value:
    return text[::-1]


def concatenated(*texts: Value) -> Value:
    return not_too_long("".join(text for text in texts if isinstance(text, str)))


def _concatenated_sql(call: SqlCall) -> Sql:
    pairs = call.pairs()
    value = sql_text.concatenated(*(pair.value for pair in pairs))
    return built_within(pairs, value, null_in_null_out=False)


FUNCTIONS = (
    Function(
        name="LEN",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(sql_numbers.sized(9, 0)),
        evaluate=plain(_length),
        to_sql=expression(_length_sql, null_in_null_out=False),
        documentation={
            "en": "How many characters the text has; 0 if it is blank.",
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
        documentation={
            "en": "The first characters of the text, as many as `count` says. Blank if that is "
            "less than 1.",
            "zh_CN": "文本开头的 count 个字符；count 小于 1 时为空。",
        },
        examples=(("LEFT(name, 5)", '"Field"'), ("LEFT(name, -1)", "NULL")),
    ),
    Function(
        name="RIGHT",
        signature=Signature((TEXT_ARGUMENT, COUNT)),
        rule=returns(TEXT),
        evaluate=strict(_right),
        to_sql=_cut(func.right, 0),
        documentation={
            "en": "The last characters of the text, as many as `count` says. Blank if that is "
            "less than 1.",
            "zh_CN": "文本末尾的 count 个字符；count 小于 1 时为空。",
        },
        examples=(("RIGHT(name, 5)", '"stone"'), ("RIGHT(name, 0)", "NULL")),
    ),
    Function(
        name="MID",
        signature=Signature((TEXT_ARGUMENT, START, COUNT)),
        rule=returns(TEXT),
        evaluate=strict(_mid),
        to_sql=_cut(func.substr, 1, 0),
        documentation={
            "en": "So many characters of the text from the place `start` on. The first place is "
            "1, and a smaller start means 1.",
            "zh_CN": "从位置 start 起的 count 个字符。第一个位置是 1，更小的 start 视为 1。",
        },
        examples=(
            ("MID(name, 6, 2)", '"st"'),
            ("MID(name, 0, 3)", '"Fie"'),
            ("MID(name, 11, 3)", "NULL"),
        ),
    ),
    Function(
        name="SUBSTR",
        signature=Signature((TEXT_ARGUMENT, START, COUNT), optional=1),
        rule=returns(TEXT),
        evaluate=strict(_part),
        to_sql=_part_sql,
        documentation={
            "en": "The text from the place `start` on, or so many characters of it. A negative "
            "start counts from the end; blank if it is outside the text.",
            "zh_CN": "从位置 start 起到末尾或 count 个字符。start 为负时从末尾数起；"
            "超出文本时为空。",
        },
        examples=(
            ("SUBSTR(name, 6)", '"stone"'),
            ("SUBSTR(name, -5, 2)", '"st"'),
            ("SUBSTR(name, -11, 2)", "NULL"),
            ("SUBSTR(nickname, 1)", "NULL"),
        ),
    ),
    Function(
        name="TRIM",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(TEXT),
        evaluate=strict(_trim),
        to_sql=expression(sql_text.trimmed),
        documentation={
            "en": "The text without spaces, tabs and line breaks at both ends.",
            "zh_CN": "去掉文本两端的空格、制表符和换行。",
        },
        examples=(('TRIM("  a b ")', '"a b"'), ('TRIM("  ")', "NULL")),
    ),
    Function(
        name="REVERSE",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(TEXT),
        evaluate=strict(_reversed),
        to_sql=expression(lambda value: func.reverse(value, type_=Text)),
        documentation={
            "en": "The text from its last character to its first.",
            "zh_CN": "把文本的字符倒过来排列。",
        },
        examples=(
            ("REVERSE(name)", '"enotsdleiF"'),
            ('REVERSE("石头")', '"头石"'),
            ("REVERSE(nickname)", "NULL"),
        ),
    ),
    Function(
        name="CONCATENATE",
        signature=Signature((TEXT_ARGUMENT,), repeated=1),
        rule=returns(TEXT),
        evaluate=plain(concatenated),
        to_sql=_concatenated_sql,
        fails=True,
        documentation={
            "en": "The texts one after the other, as & does. Blank ones are left out.",
            "zh_CN": "把文本依次连接起来，同 &；空值略去。",
        },
        examples=(
            ('CONCATENATE(name, "-", nickname)', '"Fieldstone-"'),
            ("CONCATENATE(nickname, nickname)", "NULL"),
        ),
    ),
    Function(
        name="BR",
        signature=Signature(()),
        rule=returns(TEXT),
        evaluate=plain(lambda: "\n"),
        to_sql=None,
        documentation={"en": "A line break.", "zh_CN": "换行。"},
        examples=(("LEN(BR())", "1"), ('"a" & BR() & "b"', '"a\\nb"'), ("TRIM(BR())", "NULL")),
    ),
)

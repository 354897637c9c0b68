"""Other texts made of texts: parts exchanged, split off or joined."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Text, case, func, or_

from fieldstone.formula import sql_text
from fieldstone.formula.ast import Value
from fieldstone.formula.functions.base import (
    Argument,
    Function,
    Signature,
    SqlCall,
    plain,
    returns,
    strict,
)
from fieldstone.formula.functions.lengths import (
    LONGEST,
    built_within,
    checked_length,
    length,
    not_too_long,
    within,
)
from fieldstone.formula.functions.text import (
    COUNT,
    FARTHEST,
    START,
    TEXT_ARGUMENT,
    clamped,
    counted,
)
from fieldstone.formula.sql_pair import Sql, certain, joined
from fieldstone.formula.types import TEXT, Kind

_TEXT = frozenset({Kind.TEXT})
SEPARATOR = Argument("separator", _TEXT)


def _substituted(text: Value, old: Value, new: Value) -> Value:
    if not isinstance(text, str) or not isinstance(old, str):
        return None
    made = new if isinstance(new, str) else ""
    growth = len(made) - len(old)
    if growth > 0:
        checked_length(len(text) + text.count(old) * growth)
    return text.replace(old, made)


def _substituted_sql(call: SqlCall) -> Sql:
    text, old, new = call.pairs()
    made = sql_text.text(new.value)
    without = func.replace(text.value, old.value, "", type_=Text)
    removed = length(text.value) - length(without)
    growth = length(made) - length(old.value)
    fits = or_(
        growth <= 0,
        length(text.value) * length(made) <= LONGEST,
        length(text.value) * length(old.value) + removed * growth <= length(old.value) * LONGEST,
    )
    value = sql_text.present(func.replace(text.value, old.value, made, type_=Text))
    return within((text, old, new), fits, value, null_in_null_out=new.guard is None)


def _replaced(text: Value, start: Value, count: Value, new: Value) -> Value:
    if not (isinstance(text, str) and isinstance(start, Decimal) and isinstance(count, Decimal)):
        return None
    first = clamped(start, 1) - 1
    after = text[first + clamped(count, 0) :]
    return not_too_long(text[:first] + (new if isinstance(new, str) else "") + after)


def _replaced_sql(call: SqlCall) -> Sql:
    text, start, count, new = call.pair(0), counted(call, 1, 1), counted(call, 2, 0), call.pair(3)
    made = sql_text.text(new.value)
    value = func.overlay(text.value, made, start.value, count.value, type_=Text)
    return built_within(
        (text, start, count, new), sql_text.present(value), null_in_null_out=new.guard is None
    )


def _piece(text: str, separator: str, place: Decimal) -> Value:
    number = clamped(place, -FARTHEST)
    pieces = text.split(separator)
    if not number or abs(number) > len(pieces):
        return None
    return pieces[number - 1 if number > 0 else number]


def _piece_sql(call: SqlCall) -> Sql:
    text, separator, place = call.pair(0), call.pair(1), counted(call, 2, -FARTHEST)
    number = func.nullif(place.value, 0, type_=place.value.type)
    value = func.split_part(text.value, separator.value, number, type_=Text)
    return joined((text, separator, place), sql_text.present(value))


def _joined(separator: Value, skip: Value, *texts: Value) -> Value:
    kept = [text if isinstance(text, str) else "" for text in texts if text or skip is not True]
    return not_too_long((separator if isinstance(separator, str) else "").join(kept))


def _joined_sql(call: SqlCall) -> Sql:
    separator, skip, *texts = pairs = call.pairs()
    between = sql_text.text(separator.value)
    values = [pair.value for pair in texts]
    some = func.concat_ws(between, *values, type_=Text)
    every = func.concat_ws(between, *(sql_text.text(value) for value in values), type_=Text)
    chosen = case((certain(skip.value), some), else_=every)
    return built_within(pairs, sql_text.present(chosen), null_in_null_out=False)


FUNCTIONS = (
    Function(
        name="SUBSTITUTE",
        signature=Signature((TEXT_ARGUMENT, Argument("old", _TEXT), Argument("new", _TEXT))),
        rule=returns(TEXT),
        evaluate=plain(_substituted),
        to_sql=_substituted_sql,
        fails=True,
        documentation={
            "en": "The text with `new` wherever it has `old`. A blank `new` takes `old` away; "
            "blank if there is no text or no `old`.",
            "zh_CN": "把文本中所有的 old 换成 new。new 为空时去掉 old；文本或 old 为空时结果为空。",
        },
        examples=(
            ('SUBSTITUTE(name, "e", "E")', '"FiEldstonE"'),
            ('SUBSTITUTE("aaa", "aa", "b")', '"ba"'),
            ('SUBSTITUTE(name, "Field", nickname)', '"stone"'),
            ('SUBSTITUTE(name, nickname, "x")', "NULL"),
        ),
    ),
    Function(
        name="REPLACE",
        signature=Signature((TEXT_ARGUMENT, START, COUNT, Argument("new", _TEXT))),
        rule=returns(TEXT),
        evaluate=plain(_replaced),
        to_sql=_replaced_sql,
        fails=True,
        documentation={
            "en": "The text with `new` instead of so many characters from the place `start` on. "
            "The first place is 1; past the end, `new` is put after the text.",
            "zh_CN": "把从位置 start 起的 count 个字符换成 new。第一个位置是 1；"
            "超过末尾时接在文本之后。",
        },
        examples=(
            ('REPLACE(name, 1, 5, "Mile")', '"Milestone"'),
            ('REPLACE(name, 6, 0, " ")', '"Field stone"'),
            ("REPLACE(name, 6, 99, nickname)", '"Field"'),
            ('REPLACE(nickname, 1, 1, "x")', "NULL"),
        ),
    ),
    Function(
        name="SPLIT_PART",
        signature=Signature(
            (TEXT_ARGUMENT, SEPARATOR, Argument("place", frozenset({Kind.NUMBER})))
        ),
        rule=returns(TEXT),
        evaluate=strict(_piece),
        to_sql=_piece_sql,
        documentation={
            "en": "One of the pieces into which the separator splits the text: 1 is the first, -1 "
            "the last. Blank if there is no such piece.",
            "zh_CN": "用分隔符拆开文本后的一段：1 是第一段，-1 是最后一段。没有这一段时为空。",
        },
        examples=(
            ('SPLIT_PART("a/b/c", "/", 2)', '"b"'),
            ('SPLIT_PART("a/b/c", "/", -1)', '"c"'),
            ('SPLIT_PART("a/b/c", "/", 4)', "NULL"),
            ('SPLIT_PART(nickname, "/", 1)', "NULL"),
        ),
    ),
    Function(
        name="TEXTJOIN",
        signature=Signature(
            (SEPARATOR, Argument("skip_blanks", frozenset({Kind.BOOLEAN})), TEXT_ARGUMENT),
            repeated=1,
        ),
        rule=returns(TEXT),
        evaluate=plain(_joined),
        to_sql=_joined_sql,
        fails=True,
        documentation={
            "en": "The texts one after the other with the separator between them. If "
            "`skip_blanks` is TRUE, blank ones are left out.",
            "zh_CN": "用分隔符把文本依次连接起来。skip_blanks 为真时略去空值。",
        },
        examples=(
            ('TEXTJOIN(", ", TRUE, name, nickname, "x")', '"Fieldstone, x"'),
            ('TEXTJOIN(", ", FALSE, name, nickname, "x")', '"Fieldstone, , x"'),
            ('TEXTJOIN("-", TRUE, nickname)', "NULL"),
        ),
    ),
)

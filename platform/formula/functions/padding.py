"""Texts that are repeated or filled up. How long they get is known before they are built."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import Text, func, literal, or_

from fieldstone.formula import sql_text
from fieldstone.formula.ast import Value
from fieldstone.formula.functions.base import (
    Argument,
    Evaluate,
    Expression,
    Function,
    Signature,
    SqlCall,
    ToSql,
    returns,
    strict,
)
from fieldstone.formula.functions.lengths import LONGEST, checked_length, length, within
from fieldstone.formula.functions.text import COUNT, TEXT_ARGUMENT, clamped, counted
from fieldstone.formula.sql_pair import Sql
from fieldstone.formula.types import TEXT, Kind

LENGTH = Argument("length", frozenset({Kind.NUMBER}))
_PADDED = Signature((TEXT_ARGUMENT, LENGTH, Argument("pad", frozenset({Kind.TEXT}))), optional=1)


def _repeated(text: str, count: Decimal) -> Value:
    times = clamped(count, 0)
    checked_length(len(text) * times)
    return text * times


def _repeated_sql(call: SqlCall) -> Sql:
    text, count = call.pair(0), counted(call, 1, 0)
    fits = length(text.value) * count.value <= LONGEST
    value = sql_text.present(func.repeat(text.value, count.value, type_=Text))
    return within((text, count), fits, value)


def _padded(fill: Callable[[str, str], str]) -> Evaluate:
    def compute(text: str, size: Decimal, pad: str = " ") -> Value:
        wanted = clamped(size, 0)
        if wanted <= len(text):
            return text[:wanted]
        checked_length(wanted)
        missing = wanted - len(text)
        return fill(text, (pad * (missing // len(pad) + 1))[:missing])

    return strict(compute)


def _padded_sql(fill: Callable[..., Expression]) -> ToSql:
    def to_sql(call: SqlCall) -> Sql:
        text, size = call.pair(0), counted(call, 1, 0)
        pads = [call.pair(2)] if len(call.typed.operands) > 2 else []
        pad = pads[0].value if pads else literal(" ", Text)
        kept = size.value <= func.char_length(text.value)
        fits = or_(size.value <= LONGEST, kept, pad.is_(None))
        value = sql_text.present(fill(text.value, size.value, pad, type_=Text))
        return within((text, size, *pads), fits, value)

    return to_sql


FUNCTIONS = (
    Function(
        name="REPT",
        signature=Signature((TEXT_ARGUMENT, COUNT)),
        rule=returns(TEXT),
        evaluate=strict(_repeated),
        to_sql=_repeated_sql,
        fails=True,
        documentation={
            "en": "The text so many times over. Blank if that is less than once; an error if the "
            "result has more than 100,000 characters.",
            "zh_CN": "把文本重复若干次。少于一次时为空；结果超过 100,000 个字符是错误。",
        },
        examples=(
            ('REPT("★", quantity)', '"★★★"'),
            ("REPT(name, 0)", "NULL"),
            ("REPT(nickname, 2)", "NULL"),
        ),
    ),
    Function(
        name="LPAD",
        signature=_PADDED,
        rule=returns(TEXT),
        evaluate=_padded(lambda text, filling: filling + text),
        to_sql=_padded_sql(func.lpad),
        fails=True,
        documentation={
            "en": "The text filled up at its left to this length, with blanks unless `pad` says "
            "otherwise. A longer text is cut off at its end.",
            "zh_CN": "在文本左侧补足到该长度，默认补空格，可用 pad 指定。更长的文本从末尾截断。",
        },
        examples=(
            ('LPAD(TEXT(quantity), 4, "0")', '"0003"'),
            ("LPAD(name, 12)", '"  Fieldstone"'),
            ("LPAD(name, 5)", '"Field"'),
            ("LPAD(name, 0)", "NULL"),
        ),
    ),
    Function(
        name="RPAD",
        signature=_PADDED,
        rule=returns(TEXT),
        evaluate=_padded(lambda text, filling: text + filling),
        to_sql=_padded_sql(func.rpad),
        fails=True,
        documentation={
            "en": "The text filled up at its right to this length, with blanks unless `pad` says "
            "otherwise. A longer text is cut off at its end.",
            "zh_CN": "在文本右侧补足到该长度，默认补空格，可用 pad 指定。更长的文本从末尾截断。",
        },
        examples=(
            ('RPAD(name, 13, "-+")', '"Fieldstone-+-"'),
            ('RPAD(name, 5, "-")', '"Field"'),
            ('RPAD(nickname, 5, "-")', "NULL"),
        ),
    ),
)

"""Letters: upper and lower case, code points, signs that cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import (
    Integer,
    Numeric,
    Text,
    case,
    cast,
    collate,
    column,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from fieldstone.formula import arithmetic, sql_numbers, sql_text
from fieldstone.formula.ast import Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Expression,
    Function,
    Signature,
    SqlCall,
    ToSql,
    expression,
    returns,
    strict,
)
from fieldstone.formula.functions.lengths import grown, not_too_long
from fieldstone.formula.functions.text import TEXT_ARGUMENT
from fieldstone.formula.sql_dates import computed
from fieldstone.formula.sql_pair import Sql
from fieldstone.formula.types import TEXT, Kind

LAST_CODE = 0x10FFFF
SURROGATES = (0xD800, 0xDFFF)
UNSEEN = "".join(chr(code) for code in (*range(1, 32), *range(127, 160)))
_UPPER_GROWTH = 1.5
"""Of characters to bytes: ΐ has two bytes and becomes three characters."""
_CASE = "pg_unicode_fast"
LATER_CASES = (
    *zip(range(0x10D50, 0x10D66), range(0x10D70, 0x10D86), strict=True),
    *((0x1C89, 0x1C8A), (0xA7CB, 0x264), (0xA7CC, 0xA7CD), (0xA7DA, 0xA7DB), (0xA7DC, 0x19B)),
)
"""Upper and lower case of Unicode 16, which PostgreSQL knows and an older Python does not."""
_LATER_UPPER = {lower: upper for upper, lower in LATER_CASES}
_LATER_LOWER = dict(LATER_CASES)


def upper_sql(value: Expression) -> Expression:
    return _mapped(func.upper, value)


def lower_sql(value: Expression) -> Expression:
    return _mapped(func.lower, value)


def _mapped(change: Callable[..., Expression], value: Expression) -> Expression:
    """Full case mapping (ß → SS), then back to the order of code points."""
    return collate(change(collate(value, _CASE), type_=Text), "C")


def lowered(pair: Sql) -> Sql:
    return grown(pair, lower_sql(pair.value), 1)


def _cased(change: Callable[[Expression], Expression], growth: float) -> ToSql:
    def to_sql(call: SqlCall) -> Sql:
        pair = call.pair(0)
        return grown(pair, change(pair.value), growth)

    return to_sql


def _upper(text: str) -> Value:
    return not_too_long(_completed(text.upper(), _LATER_UPPER))


def lower(text: str) -> str:
    return not_too_long(_lower(text))


def _lower(text: str) -> str:
    return _completed(text.lower(), _LATER_LOWER)


def _completed(text: str, later: dict[int, int]) -> str:
    return text if text.isascii() else text.translate(later)


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], str]:
    """What finds a word and what follows it, for both engines. Only what is known to be no part of
    a word ends one, so that letters of a later Unicode are letters."""
    apart = "".join(f"\\U{first:08X}-\\U{last:08X}" for first, last in _ranges(_separates, 0x20000))
    pattern = f"([^{apart}]*)([{apart}]*)"
    return re.compile(pattern), pattern


def _separates(code: int) -> bool:
    category = unicodedata.category(chr(code))
    return category[0] in "PSZ" or category == "Cc"


def _ranges(wanted: Callable[[int], bool], end: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for code in filter(wanted, range(1, end)):
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def _titled(text: str) -> Value:
    return not_too_long(_words()[0].sub(lambda match: _title(match[1]) + match[2], text))


def _title(word: str) -> str:
    """The rest in lower case as it is in the whole word, where a final sigma has its own form."""
    first = _completed(word[:1].title(), _LATER_UPPER)
    return first + _lower(word)[len(_lower(word[:1])) :]


def _titled_sql(value: Expression) -> Expression:
    pattern, every = literal(_words()[1], Text), literal("g", Text)
    columns = (column("parts", ARRAY(Text())),)
    found = func.regexp_matches(collate(value, "C"), pattern, every).table_valued(
        *columns, with_ordinality="place"
    )
    rows = found.render_derived()
    word, rest = rows.c.parts[1], rows.c.parts[2]
    first = func.left(word, 1, type_=Text)
    start = func.char_length(lower_sql(first)) + 1
    lowered = func.substr(lower_sql(word), start, type_=Text)
    title = _mapped(func.initcap, first).concat(lowered).concat(rest)
    joined_up = func.string_agg(title, aggregate_order_by(literal("", Text), rows.c.place))
    return select(collate(joined_up, "C")).scalar_subquery()


def _cleaned(text: str) -> Value:
    return text.translate(dict.fromkeys(map(ord, UNSEEN)))


def _cleaned_sql(value: Expression) -> Expression:
    kept = func.translate(value, literal(UNSEEN, Text), literal("", Text), type_=Text)
    return sql_text.present(kept)


def _character(code: Decimal) -> Value:
    number = arithmetic.truncated(code)
    if not 0 < number <= LAST_CODE or SURROGATES[0] <= number <= SURROGATES[1]:
        raise EvaluationError("BAD_ARG")
    return chr(number)


def _character_sql(call: SqlCall) -> Sql:
    pair = call.pair(0)
    number = sql_numbers.integer_within(pair.value, 1, LAST_CODE)
    usable = or_(number < SURROGATES[0], number > SURROGATES[1])
    return computed((pair,), case((usable, func.chr(number, type_=Text))), "BAD_ARG")


def _code(text: str) -> Value:
    return Decimal(ord(text[0]))


def _code_sql(value: Expression) -> Expression:
    return cast(func.ascii(value, type_=Integer), Numeric)


FUNCTIONS = (
    Function(
        name="LOWER",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(TEXT),
        evaluate=strict(lower),
        to_sql=_cased(lower_sql, 1),
        fails=True,
        documentation={
            "en": "The text in lower case, for letters of every script.",
            "zh_CN": "文本的小写形式，适用于各种文字的字母。",
        },
        examples=(("LOWER(name)", '"fieldstone"'), ("LOWER(nickname)", "NULL")),
    ),
    Function(
        name="UPPER",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(TEXT),
        evaluate=strict(_upper),
        to_sql=_cased(upper_sql, _UPPER_GROWTH),
        fails=True,
        documentation={
            "en": "The text in upper case, for letters of every script; ß becomes SS.",
            "zh_CN": "文本的大写形式，适用于各种文字的字母；ß 变为 SS。",
        },
        examples=(("UPPER(name)", '"FIELDSTONE"'), ('UPPER("groß")', '"GROSS"')),
    ),
    *(
        Function(
            name=name,
            signature=Signature((TEXT_ARGUMENT,)),
            rule=returns(TEXT),
            evaluate=strict(_titled),
            to_sql=_cased(_titled_sql, _UPPER_GROWTH),
            fails=True,
            documentation={
                "en": "The text with every word beginning in upper case and going on in lower "
                "case. Blanks and signs, also - and ', end a word.",
                "zh_CN": "每个单词首字母大写、其余小写；空格和符号（包括 - 和 '）分隔单词。",
            },
            examples=(
                (f'{name}("o\'neil MC-DONALD 123abc")', '"O\'Neil Mc-Donald 123abc"'),
                (f"{name}(nickname)", "NULL"),
            ),
        )
        for name in ("INITCAP", "PROPER")
    ),
    Function(
        name="CLEAN",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(TEXT),
        evaluate=strict(_cleaned),
        to_sql=expression(_cleaned_sql),
        documentation={
            "en": "The text without control characters: tabs, line breaks and others that cannot "
            "be seen.",
            "zh_CN": "去掉文本中的控制字符：制表符、换行和其他不可见的字符。",
        },
        examples=(('CLEAN("a\\tb\\n")', '"ab"'), ('CLEAN("\\n")', "NULL")),
    ),
    Function(
        name="CHR",
        signature=Signature((Argument("code", frozenset({Kind.NUMBER})),)),
        rule=returns(TEXT),
        evaluate=strict(_character),
        to_sql=_character_sql,
        fails=True,
        documentation={
            "en": "The character with this Unicode code point. There is none for 0, for "
            "surrogates (55296 to 57343) and over 1114111: an error.",
            "zh_CN": "该 Unicode 码位的字符。0、代理码位（55296 至 57343）和大于 1114111 "
            "的数是错误。",
        },
        examples=(("CHR(65)", '"A"'), ("CHR(30707)", '"石"'), ("CHR(NULL)", "NULL")),
    ),
    Function(
        name="ASCII",
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(sql_numbers.sized(7, 0)),
        evaluate=strict(_code),
        to_sql=expression(_code_sql),
        documentation={
            "en": "The Unicode code point of the first character; for A to Z that of ASCII.",
            "zh_CN": "首个字符的 Unicode 码位；英文字母即其 ASCII 码。",
        },
        examples=(("ASCII(name)", "70"), ('ASCII("石头")', "30707"), ("ASCII(nickname)", "NULL")),
    ),
)

"""REGEX: whether a text fits a regular expression."""

from __future__ import annotations

from sqlalchemy import Text, and_, func, literal

from fieldstone.formula import sql_text
from fieldstone.formula.ast import Literal, Value
from fieldstone.formula.faults import EvaluationError, Phrase
from fieldstone.formula.functions.automaton import automaton
from fieldstone.formula.functions.base import (
    Argument,
    Expression,
    Function,
    Signature,
    SqlCall,
    TypeCheck,
    plain,
)
from fieldstone.formula.functions.lengths import too_long
from fieldstone.formula.functions.regex import RegexError, parsed, written
from fieldstone.formula.functions.text import TEXT_ARGUMENT
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.typed import Typed
from fieldstone.formula.types import BOOLEAN, TEXT, Kind, Type

MOST_CHARACTERS = 4_000
"""Of the text. A longer one is an error."""
PATTERN = Argument("pattern", frozenset({Kind.TEXT}), literal=True, structural=True)


def _checked(check: TypeCheck) -> Type | None:
    try:
        parsed(_pattern(check.operands[1]))
    except RegexError as error:
        check.refuse(1, "BAD_REGEX", reason=Phrase((f"formula.regex.{error.reason}",)))
        return None
    return BOOLEAN if check.adopt(1, TEXT) else None


def _pattern(typed: Typed) -> str:
    """A blank pattern fits a blank text only."""
    value = typed.node.value if isinstance(typed.node, Literal) else None
    return value if isinstance(value, str) else ""


def _fits(text: Value, pattern: Value) -> Value:
    """A blank text is an empty one."""
    subject = text if isinstance(text, str) else ""
    if len(subject) > MOST_CHARACTERS:
        raise EvaluationError("TOO_LONG_TEXT")
    return automaton(pattern if isinstance(pattern, str) else "").matches(subject)


def _fits_sql(call: SqlCall) -> Sql:
    pair, pattern = call.pair(0), _pattern(call.typed.operands[1])
    return _matched(pair, sql_text.text(pair.value), pattern, null_in_null_out=False)


def _fits_condition(call: SqlCall) -> Sql:
    """The bare column where an empty text does not fit, so that an index can serve."""
    pattern = _pattern(call.typed.operands[1])
    if automaton(pattern).nullable:
        return _fits_sql(call)
    pair = call.pair(0)
    return _matched(pair, pair.value, pattern, null_in_null_out=True)


def _matched(pair: Sql, subject: Expression, pattern: str, *, null_in_null_out: bool) -> Sql:
    fits = sql_text.plain(subject).regexp_match(literal(written(parsed(pattern)), Text))
    many = func.octet_length(pair.value) > MOST_CHARACTERS
    refused = too_long(and_(many, func.char_length(pair.value) > MOST_CHARACTERS))
    return joined((pair,), fits, refused, null_in_null_out=null_in_null_out)


FUNCTIONS = (
    Function(
        name="REGEX",
        signature=Signature((TEXT_ARGUMENT, PATTERN)),
        rule=_checked,
        evaluate=plain(_fits),
        to_sql=_fits_sql,
        condition=_fits_condition,
        fails=True,
        documentation={
            "en": "TRUE if the whole text fits the regular expression, which is written in "
            "quotes: characters, . [a-z] \\d \\w \\s (ASCII), ( | ), * + ? {2,5}, and (?i) at the "
            "beginning. A blank text counts as an empty one; one of over 4,000 characters is an "
            "error.",
            "zh_CN": "整个文本符合正则表达式时为真。表达式写在引号中，可用字符、. [a-z] \\d \\w "
            "\\s（ASCII）、( | )、* + ? {2,5}，以及开头的 (?i)。空值视为空文本；超过 4,000 "
            "个字符的文本是错误。",
        },
        examples=(
            ('REGEX(name, "[A-Z][a-z]+")', "TRUE"),
            ('REGEX(name, "Field")', "FALSE"),
            ('REGEX("310000-1234", "\\\\d{6}(-\\\\d{4})?")', "TRUE"),
            ('REGEX(nickname, ".+")', "FALSE"),
            ('REGEX(nickname, ".*")', "TRUE"),
        ),
    ),
)

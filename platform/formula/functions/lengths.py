"""How long a text may get. What makes texts longer checks this in both engines, and before it
builds them where they could get much longer."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BigInteger, and_, case, cast, func, not_

from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import Expression
from fieldstone.formula.sql_errors import failing
from fieldstone.formula.sql_pair import Sql, certain, joined

LONGEST = 100_000
"""Characters of a text that a function makes. A field may hold more."""


def checked_length(length: int) -> None:
    if length > LONGEST:
        raise EvaluationError("TOO_LONG_TEXT")


def not_too_long(text: str) -> str:
    checked_length(len(text))
    return text


def length(text: Expression) -> Expression:
    """Wide enough to be multiplied."""
    return cast(func.char_length(text), BigInteger)


def too_long(condition: Expression) -> Expression:
    return failing(certain(condition), "TOO_LONG_TEXT")


def within(
    pairs: Iterable[Sql], fits: Expression, value: Expression, *, null_in_null_out: bool = True
) -> Sql:
    """The text where it fits, which must be known before it is built; else an error."""
    refused, cut = too_long(not_(fits)), case((fits, value))
    return joined(pairs, cut, refused, blank_on_error=True, null_in_null_out=null_in_null_out)


def built_within(pairs: Iterable[Sql], value: Expression, *, null_in_null_out: bool = True) -> Sql:
    """As `within` for a text that cannot get much longer than its operands together, so that it
    may be built to be measured."""
    fits = func.char_length(value) <= LONGEST
    return within(pairs, fits, value, null_in_null_out=null_in_null_out)


def grown(pair: Sql, value: Expression, growth: float) -> Sql:
    """A text of at most `growth` characters for each byte of the operand. The value stays bare, so
    that an index on it can serve; whether it is too long is asked of long operands only."""
    long = func.octet_length(pair.value) > int(LONGEST / growth)
    return joined((pair,), value, too_long(and_(long, func.char_length(value) > LONGEST)))

"""Values put into sentences: FORMAT and FORMATCURRENCY."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import get_currency_precision

from fieldstone.formula.ast import Literal, Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Call,
    Function,
    Signature,
    TypeCheck,
    plain,
    returns,
)
from fieldstone.formula.functions.conversions import TEXT_KINDS, as_text
from fieldstone.formula.functions.formats import (
    PatternError,
    formatted,
    grouped,
    read_pattern,
)
from fieldstone.formula.functions.lengths import not_too_long
from fieldstone.formula.types import TEXT, Kind, Type

_PIECE = re.compile(
    r"''|'([^']*(?:''[^']*)*)'|\{([0-9]{1,2})(?:, *(number|date|time), *([^{}']+))?\}"
)
_CURRENCY = re.compile("[A-Z]{3}")
Piece = str | tuple[int, str]
"""Text as it is, or the number of a value and its format, if any."""


def _pieces(message: str) -> list[Piece]:
    """Raises PatternError."""
    found: list[Piece] = []
    place = 0
    while place < len(message):
        char = message[place]
        if char not in "'{}":
            found.append(char)
            place += 1
            continue
        match = _PIECE.match(message, place)
        if match is None:
            raise PatternError
        found.append(_piece(match))
        place = match.end()
    return found


def _piece(match: re.Match[str]) -> Piece:
    if match[2]:
        return int(match[2]), match[4] or ""
    return "'" if match[0] == "''" else match[1].replace("''", "'")


def _message_type(check: TypeCheck) -> Type | None:
    """The values that a written message names must be there, and their formats fit."""
    message = check.operands[0].node
    if not isinstance(message, Literal) or not isinstance(message.value, str):
        return TEXT
    try:
        for piece in _pieces(message.value):
            if isinstance(piece, tuple):
                _try(piece, [operand.type.kind for operand in check.operands[1:]])
    except PatternError:
        check.refuse(0, "BAD_PATTERN")
        return None
    return TEXT


def _try(piece: tuple[int, str], kinds: Sequence[Kind]) -> None:
    number, pattern = piece
    if number >= len(kinds):
        raise PatternError
    if pattern and kinds[number] is not Kind.BLANK:
        read_pattern(pattern, kinds[number])


def _message(call: Call) -> Value:
    message, *values = call.values()
    if not isinstance(message, str):
        return None
    kinds = [operand.type.kind for operand in call.typed.operands[1:]]
    try:
        written = [
            piece
            if isinstance(piece, str)
            else _value(values[piece[0]], kinds[piece[0]], piece[1], call.context.timezone)
            for piece in _pieces(message)
        ]
    except (PatternError, IndexError):
        raise EvaluationError("BAD_ARG") from None
    return not_too_long("".join(written))


def _value(value: Value, kind: Kind, pattern: str, timezone: str) -> str:
    if value is None or not pattern:
        return as_text(value, kind)
    return formatted(value, pattern, timezone)


def _amount(code: Value, amount: Value) -> Value:
    if not isinstance(amount, Decimal):
        return None
    if not isinstance(code, str):
        return grouped(amount, 2)
    if not _CURRENCY.fullmatch(code):
        raise EvaluationError("BAD_ARG")
    return f"{code} {grouped(amount, get_currency_precision(code))}"


FUNCTIONS = (
    Function(
        name="FORMAT",
        signature=Signature(
            (Argument("message", frozenset({Kind.TEXT})), Argument("value", TEXT_KINDS)),
            optional=1,
            repeated=1,
        ),
        rule=_message_type,
        evaluate=_message,
        to_sql=None,
        fails=True,
        documentation={
            "en": "The message with the values in place of {0}, {1} and so on, written as TEXT "
            "writes them; {0,number,#,##0.00} or {0,date,yyyy-MM-dd} gives a format. What stands "
            "between ' signs is taken as it is, and '' is one such sign.",
            "zh_CN": "把消息中的 {0}、{1} 等换成各个值，写法同 TEXT；可写 {0,number,#,##0.00} 或 "
            "{0,date,yyyy-MM-dd} 指定格式。单引号之间的内容照原样，'' 表示一个单引号。",
        },
        examples=(
            ('FORMAT("{0}: {1} of {2}", name, quantity, 5)', '"Fieldstone: 3 of 5"'),
            (
                'FORMAT("{0,number,#,##0.00} due {1,date,dd.MM.yyyy}", amount, due)',
                '"1,250.50 due 31.05.2024"',
            ),
            ('FORMAT("[{0}]", nickname)', '"[]"'),
            ("FORMAT(nickname, 1)", "NULL"),
        ),
    ),
    Function(
        name="FORMATCURRENCY",
        signature=Signature(
            (
                Argument("currency", frozenset({Kind.TEXT})),
                Argument("amount", frozenset({Kind.NUMBER})),
            )
        ),
        rule=returns(TEXT),
        evaluate=plain(_amount),
        to_sql=None,
        fails=True,
        documentation={
            "en": "The amount after its ISO code, in groups of three digits and with as many "
            "decimals as the currency has. Without a code it has two; blank if there is no amount.",
            "zh_CN": "货币的 ISO 代码及金额，每三位分组，小数位数由货币决定。没有代码时两位小数；"
            "金额为空时为空。",
        },
        examples=(
            ('FORMATCURRENCY("EUR", amount)', '"EUR 1,250.50"'),
            ('FORMATCURRENCY("JPY", -1234567.5)', '"JPY -1,234,568"'),
            ("FORMATCURRENCY(nickname, amount)", '"1,250.50"'),
            ('FORMATCURRENCY("USD", NULL)', "NULL"),
        ),
    ),
)

"""Values out of JSON: JSONVALUE and JSONPATHVALUE. Always texts, as TEXT would write them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from fieldstone.formula import arithmetic
from fieldstone.formula.ast import Literal, Value
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Function,
    Signature,
    TypeCheck,
    returns,
    strict,
)
from fieldstone.formula.functions.formats import PatternError
from fieldstone.formula.functions.lengths import not_too_long
from fieldstone.formula.types import TEXT, Kind, Type

DOCUMENT = Argument("json", frozenset({Kind.TEXT}))
KEY = Argument("key", frozenset({Kind.TEXT}))
PATH = Argument("path", frozenset({Kind.TEXT}), literal=True)
_STEP = re.compile(
    r"\.([^\W\d][\w-]*)"
    r"|\[(-?[0-9]{1,6})\]"
    r"|\['([^'\\]*)'\]"
    r'|\["([^"\\]*)"\]'
)
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
"""What no text can hold: U+0000 and halves of characters."""


def _value(document: str, key: str) -> Value:
    return _written(_step(_read(document), key))


def _value_at(document: str, path: str) -> Value:
    found = _read(document)
    try:
        for step in _steps(path):
            found = _step(found, step)
    except PatternError:
        raise EvaluationError("BAD_ARG") from None
    return _written(found)


def _read(document: str) -> Any:
    """Numbers stay as they are written, so that no digit is lost."""
    try:
        return json.loads(document, parse_float=_Number, parse_int=_Number, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise EvaluationError("BAD_ARG") from None


class _Number(str):
    __slots__ = ()


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _step(found: Any, step: str | int) -> Any:
    """What is not there is blank."""
    match found:
        case dict() if isinstance(step, str):
            return found.get(step)
        case list() if isinstance(step, int) and -len(found) <= step < len(found):
            return found[step]
        case _:
            return None


def _written(found: Any) -> Value:
    """Lists and objects have no text."""
    match found:
        case bool():
            return "true" if found else "false"
        case _Number():
            return _number(found)
        case str() if _UNUSABLE.search(found):
            raise EvaluationError("BAD_ARG")
        case str():
            return not_too_long(found)
        case _:
            return None


def _number(written: str) -> str:
    """As TEXT writes it, where it is a number of the language."""
    number = Decimal(written)
    if number and abs(number.adjusted()) >= arithmetic.DIGITS:
        return not_too_long(str(written))
    return arithmetic.written(number)


@lru_cache(maxsize=256)
def _steps(path: str) -> Sequence[str | int]:
    """`$.lines[0].name`; without `$.` the path begins with a name. Raises PatternError."""
    rest = path[1:] if path.startswith("$") else f".{path}"
    steps: list[str | int] = []
    place = 0
    while place < len(rest):
        found = _STEP.match(rest, place)
        if found is None:
            raise PatternError
        name = next((each for each in found.group(1, 3, 4) if each is not None), "")
        steps.append(name if found[2] is None else int(found[2]))
        place = found.end()
    return tuple(steps)


def _path_type(check: TypeCheck) -> Type | None:
    path = check.operands[1].node
    if isinstance(path, Literal) and isinstance(path.value, str):
        try:
            _steps(path.value)
        except PatternError:
            check.refuse(1, "BAD_PATTERN")
            return None
    return TEXT


FUNCTIONS = (
    Function(
        name="JSONVALUE",
        signature=Signature((DOCUMENT, KEY)),
        rule=returns(TEXT),
        evaluate=strict(_value),
        to_sql=None,
        fails=True,
        documentation={
            "en": "The value of a key of a JSON object, as a text. Blank if there is no such key "
            "or its value is null, a list or an object; an error if the text is no JSON.",
            "zh_CN": "JSON 对象中某个键的值，以文本表示。没有这个键，或其值为 null、"
            "数组或对象时为空；文本不是 JSON 时是错误。",
        },
        examples=(
            ("""JSONVALUE('{"size": 4.50}', "size")""", '"4.5"'),
            ("""JSONVALUE('{"size": 4.50}', "color")""", "NULL"),
            ("""JSONVALUE(nickname, "size")""", "NULL"),
        ),
    ),
    Function(
        name="JSONPATHVALUE",
        signature=Signature((DOCUMENT, PATH)),
        rule=_path_type,
        evaluate=strict(_value_at),
        to_sql=None,
        fails=True,
        documentation={
            "en": "The value at a path of a JSON text, as a text: $.lines[0].name, with [-1] for "
            "the last. Blank if nothing is there or it is null, a list or an object.",
            "zh_CN": "JSON 文本中某个路径的值，以文本表示，如 $.lines[0].name，[-1] 表示最后一个。"
            "路径上没有值，或其值为 null、数组或对象时为空。",
        },
        examples=(
            ("""JSONPATHVALUE('{"a": [{"b": true}]}', "$.a[0].b")""", '"true"'),
            ("""JSONPATHVALUE('{"a": [1, 2]}', "a[-1]")""", '"2"'),
            ("""JSONPATHVALUE('{"a": [1, 2]}', "$.a[2]")""", "NULL"),
            ("""JSONPATHVALUE(nickname, "$.a")""", "NULL"),
        ),
    ),
)

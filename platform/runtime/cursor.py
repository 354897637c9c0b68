"""Keyset cursors: where a page ended, as opaque text. Not a secret: the query is compiled with
the asker's rights whatever the cursor says."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson

from fieldstone.kernel.errors import BadRequest

_WRITE: dict[type, tuple[str, Any]] = {
    Decimal: ("n", str),
    datetime: ("z", datetime.isoformat),
    date: ("d", date.isoformat),
    time: ("t", time.isoformat),
    UUID: ("u", str),
}
_READ: dict[str, Any] = {
    "n": Decimal,
    "z": datetime.fromisoformat,
    "d": date.fromisoformat,
    "t": time.fromisoformat,
    "u": UUID,
    "p": lambda value: value,
}


def encode(values: tuple[Any, ...]) -> str:
    parts = []
    for value in values:
        tag, write = _WRITE.get(type(value), ("p", lambda plain: plain))
        parts.append([tag, write(value)])
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def decode(text: str) -> tuple[Any, ...]:
    """Raises BadRequest for anything that `encode` did not make."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return tuple(_checked(_READ[tag](value)) for tag, value in parts)
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise BadRequest("bad_cursor") from error


def _checked(value: Any) -> Any:
    if isinstance(value, dict | list):
        raise ValueError("not a sort value")
    if isinstance(value, Decimal) and not (value.is_finite() and abs(value.adjusted()) < 40):
        raise ValueError("not a number of ours")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("not a number of ours")
    too_large = isinstance(value, int) and value not in _BIGINT
    if too_large or (isinstance(value, str) and "\0" in value):
        raise ValueError("not a value of the database")
    return value


_BIGINT = range(-(2**63), 2**63)


def refuse_misfit(blanks: Sequence[bool], count: int) -> None:
    """Raises BadRequest for a cursor of another sorting: other keys, or no id at the end."""
    if len(blanks) != count or blanks[-1]:
        raise BadRequest("bad_cursor")


def refuse_foreign(values: Sequence[Any], kinds: Sequence[type]) -> None:
    """Raises BadRequest for a value of another kind than what is sorted by."""
    for value, kind in zip(values, kinds, strict=False):
        if value is not None and type(value) is not kind:
            raise BadRequest("bad_cursor")

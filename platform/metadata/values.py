"""Stored values to JSON: decimals as strings, dates and instants in ISO 8601, ids as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from fieldstone.formula.display import Link, Picture


def to_json(value: Any) -> Any:
    convert = _CONVERSIONS.get(type(value))
    return convert(value) if convert is not None else value


def instant(value: datetime) -> str:
    """2026-11-22T03:04:05.678000Z; without the fraction when there is none."""
    return value.isoformat().replace("+00:00", "Z")


def _mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: to_json(each) for key, each in value.items()}


def _list(value: list[Any]) -> list[Any]:
    return [to_json(each) for each in value]


_CONVERSIONS: Mapping[type, Any] = {
    Decimal: lambda value: format(value, "f"),
    datetime: instant,
    date: date.isoformat,
    time: lambda value: value.isoformat(timespec="milliseconds" if value.microsecond else "auto"),
    UUID: str,
    dict: _mapping,
    list: _list,
    tuple: _list,
    Link: asdict,
    Picture: asdict,
}

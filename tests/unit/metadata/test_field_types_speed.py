"""Lists format thousands of values a page. The floors are a tenth of what a quiet machine does,
so that they fail for a wrong method and not for a busy machine."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.registry import FIELD_TYPES

COUNT = 4000


@pytest.mark.parametrize("code", ["zh_CN", "en"])
@pytest.mark.parametrize(
    ("name", "value", "floor"),
    [
        ("text", "text", 200_000),
        ("integer", 1_234_567, 50_000),
        ("decimal", Decimal("1234567.50"), 50_000),
        ("currency", Decimal("-1234567.50"), 50_000),
        ("percent", Decimal("40.00"), 50_000),
        ("date", date(2026, 11, 22), 50_000),
        ("datetime", datetime(2026, 11, 22, 6, 5, tzinfo=UTC), 50_000),
        ("phone", "+8613800138000", 50_000),
    ],
)
def test_formats_a_second(name: str, value: Any, floor: int, code: str) -> None:
    locale = Locale(code=code, timezone="Asia/Shanghai")
    show = FIELD_TYPES[name].format
    show(value, locale, {})
    best = min(elapsed(show, value, locale) for _ in range(5))
    assert COUNT / best > floor


def elapsed(show: Any, value: Any, locale: Locale) -> float:
    start = time.perf_counter()
    for _ in range(COUNT):
        show(value, locale, {})
    return time.perf_counter() - start

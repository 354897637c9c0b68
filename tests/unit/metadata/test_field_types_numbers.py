"""Numbers, amounts, percentages, stars and lengths of time as people write them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldstone.formula.types import Kind
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.registry import FIELD_TYPES

ZH = Locale(code="zh_CN", timezone="Asia/Shanghai", currency="CNY")
EN = Locale(code="en", timezone="UTC", currency="USD")


def refusal(name: str, raw: Any, locale: Locale = ZH, **config: Any) -> str:
    with pytest.raises(BadValue) as refused:
        FIELD_TYPES[name].parse(raw, locale, config)
    return refused.value.code


@pytest.mark.parametrize("locale", [ZH, EN], ids=["zh_CN", "en"])
@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1234.5", "1234.50"),
        ("1,234.5", "1234.50"),
        ("1 234.50", "1234.50"),
        ("１，２３４．５", "1234.50"),
        ("－１２", "-12.00"),
        ("(1,234.50)", "-1234.50"),
        ("- 5", "-5.00"),
        ("\u22125", "-5.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("1.2万", "12000.00"),
        ("1.2 万", "12000.00"),
        ("3亿", "300000000.00"),
        ("5千万", "50000000.00"),
        ("1万亿", "1000000000000.00"),
        ("12.96 M", "12960000.00"),
        ("2k", "2000.00"),
        ("1bn", "1000000000.00"),
        ("1.5E+3", "1500.00"),
        (7, "7.00"),
        (0.1, "0.10"),
        (0.1 + 0.2, "0.30"),
        (Decimal("-0.00"), "0.00"),
        (Decimal("1E+3"), "1000.00"),
    ],
)
def test_numbers_are_read(raw: Any, value: str, locale: Locale) -> None:
    assert str(FIELD_TYPES["decimal"].parse(raw, locale, {})) == value


@pytest.mark.parametrize(
    "raw",
    [
        "abc",
        "1,23",
        "12 34",
        "1.2.3",
        "--5",
        "-(5)",
        "(-5)",
        "(5",
        "1_000",
        "0x10",
        "५",
        "10²",
        "%",
        "万",
        "NaN",
        "Infinity",
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("sNaN"),
        True,
        [],
        {},
        "9" * 500,
        "1e1000",
    ],
)
def test_what_is_no_number_is_refused(raw: Any) -> None:
    assert refusal("decimal", raw) == "field.not_a_number"


@pytest.mark.parametrize(
    "raw", ["1.005", 1.005, Decimal("1e-99999"), Decimal("1.005"), "1e-400", 1234567890123.4567]
)
def test_decimals_are_never_rounded_in_silence(raw: Any) -> None:
    assert refusal("decimal", raw) == "field.too_many_decimals"


def test_precision_bounds_the_digits_before_the_point() -> None:
    decimal = FIELD_TYPES["decimal"]
    config = {"precision": 5, "scale": 2}
    assert decimal.parse("999.99", ZH, config) == Decimal("999.99")
    with pytest.raises(BadValue) as refused:
        decimal.parse("1000", ZH, config)
    assert (refused.value.code, refused.value.params) == ("field.too_many_digits", {"digits": 3})
    assert refusal("decimal", "1e300") == "field.too_many_digits"
    assert decimal.parse("0.01", ZH, {"precision": 2, "scale": 2}) == Decimal("0.01")
    assert refusal("decimal", "1", precision=2, scale=3) == "field.too_many_digits"
    assert refusal("decimal", 9.999999999999999, precision=3) == "field.too_many_digits"


def test_integers_have_at_most_eighteen_digits_and_no_decimals() -> None:
    integer = FIELD_TYPES["integer"]
    assert integer.parse("999999999999999999", ZH, {}) == 10**18 - 1
    assert integer.parse(3.0, ZH, {}) == 3
    assert integer.parse("1.2万", ZH, {}) == 12000
    assert refusal("integer", 10**18) == "field.too_many_digits"
    assert refusal("integer", "3.5") == "field.not_whole"


@given(st.decimals(-(10**14), 10**14, places=2), st.sampled_from(("zh_CN", "en")))
@settings(max_examples=100, deadline=None)
def test_numbers_are_shown_as_babel_shows_them(value: Decimal, code: str) -> None:
    locale = Locale(code=code)
    value = FIELD_TYPES["decimal"].parse(value, locale, {})
    shown = FIELD_TYPES["decimal"].format(value, locale, {})
    assert shown == format_decimal(value, "#,##0.00", locale=code)
    whole = int(value)
    assert FIELD_TYPES["integer"].format(whole, locale, {}) == format_decimal(whole, locale=code)
    for currency in ("CNY", "USD", "EUR", "JPY", "HKD", "GBP", "CHF"):
        shown = FIELD_TYPES["currency"].format(value, locale, {"currency_code": currency})
        expected = format_currency(value, currency, "¤#,##0.00", locale=code, currency_digits=False)
        assert shown == expected


def test_an_average_with_more_decimals_is_shown_rounded_half_up() -> None:
    assert FIELD_TYPES["decimal"].format(Decimal("2.125"), ZH, {}) == "2.13"
    assert FIELD_TYPES["decimal"].format(Decimal("-2.125"), ZH, {}) == "-2.13"
    assert FIELD_TYPES["integer"].format(Decimal("2.5"), ZH, {}) == "3"
    assert FIELD_TYPES["decimal"].format(3, ZH, {}) == "3.00"


@pytest.mark.parametrize(
    "raw",
    [
        "¥1,234.50",
        "￥1234.5",
        "CN¥1,234.50",
        "1234.50元",
        "1234.5 元整",
        "人民币1234.50",
        "RMB 1234.5",
        "1,234.50 CNY",
        "cny 1234.5",
        "0.12345万元",
    ],
)
def test_amounts_bear_the_sign_of_their_currency(raw: str) -> None:
    assert FIELD_TYPES["currency"].parse(raw, ZH, {}) == Decimal("1234.50")


def test_negative_amounts() -> None:
    currency = FIELD_TYPES["currency"]
    for raw in ("-¥5", "¥-5", "(¥5)", "-5元"):
        assert currency.parse(raw, ZH, {}) == Decimal("-5.00")
    assert currency.format(Decimal("-5.00"), ZH, {}) == "-¥5.00"


def test_an_amount_of_another_currency_is_refused() -> None:
    assert refusal("currency", "$5") == "field.other_currency"
    assert refusal("currency", "5 USD") == "field.other_currency"
    assert refusal("currency", "abc") == "field.not_a_number"
    assert refusal("currency", "€5", currency_code="USD") == "field.other_currency"
    assert refusal("currency", "¥5", EN) == "field.other_currency"
    assert FIELD_TYPES["currency"].parse("$5", EN, {}) == Decimal("5.00")
    assert FIELD_TYPES["currency"].parse("US$5", ZH, {"currency_code": "USD"}) == Decimal("5.00")
    assert refusal("currency", "?5") == "field.not_a_number"


def test_forty_percent_is_forty() -> None:
    percent = FIELD_TYPES["percent"]
    for raw in ("40%", "40 %", "４０％", "40", 40, 40.0):
        assert percent.parse(raw, ZH, {}) == Decimal(40)
    assert percent.format(Decimal("40.00"), ZH, {}) == "40%"
    assert percent.format(Decimal("12.50"), EN, {}) == "12.5%"
    assert percent.format(Decimal("100"), EN, {"scale": 0}) == "100%"
    type_ = percent.formula_type({"precision": 5, "scale": 1})
    assert (type_.kind, type_.percent, type_.scale) == (Kind.NUMBER, True, 3)


def test_stars() -> None:
    rating = FIELD_TYPES["rating"]
    for raw in ("3", 3, 3.0, "★★★☆☆", "3/5"):
        assert rating.parse(raw, ZH, {}) == 3
    assert rating.parse(7, ZH, {"max": 7}) == 7
    for raw in (0, 6, "★★★★★★", -1):
        assert refusal("rating", raw) == "field.out_of_range"
    assert refusal("rating", "3/10") == "field.not_a_number"
    assert rating.format(3, EN, {}) == "3/5"


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("1h 30m", 5400),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("90 min", 5400),
        ("90分钟", 5400),
        ("1小时30分", 5400),
        ("1 个小时 30 分钟", 5400),
        ("1:30:00", 5400),
        ("1:30", 5400),
        ("１：３０", 5400),
        ("90", 90),
        (5400, 5400),
        (5400.0, 5400),
        (timedelta(hours=1, minutes=30), 5400),
        ("2天", 172800),
        ("1 week, 1 day", 691200),
        ("-1h", -3600),
        ("45秒", 45),
        ("0", 0),
    ],
)
def test_lengths_of_time(raw: Any, seconds: int) -> None:
    assert FIELD_TYPES["duration"].parse(raw, ZH, {}) == seconds


def test_lengths_of_time_that_are_none() -> None:
    for raw in ("1h x", "h", "1:75", "0.3s", "soon", "1h-5m"):
        assert refusal("duration", raw) == "field.not_a_duration"
    assert refusal("duration", timedelta(milliseconds=1)) == "field.not_whole"
    assert refusal("duration", "1.5") == "field.not_whole"
    assert refusal("duration", 10**12) == "field.out_of_range"


def test_lengths_of_time_are_shown_in_units() -> None:
    show = FIELD_TYPES["duration"].format
    assert (show(5400, ZH, {}), show(5400, EN, {})) == ("1 小时 30 分钟", "1h 30m")
    assert (show(90061, ZH, {}), show(90061, EN, {})) == ("1 天 1 小时 1 分钟 1 秒", "1d 1h 1m 1s")
    assert (show(0, ZH, {}), show(-60, EN, {})) == ("0 分钟", "-1m")

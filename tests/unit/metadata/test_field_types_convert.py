"""Changing a field's type: which types can follow which, and what becomes of the values."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from fieldstone.kernel.errors import InvariantError
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.convert import convert, convertible, targets
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.registry import FIELD_TYPES

ZH = Locale(code="zh_CN", timezone="Asia/Shanghai")
EN = Locale(code="en", timezone="UTC")
ONE = UUID("0192f0c1-2345-7abc-8def-0123456789ab")
TWO = UUID("0192f0c1-2345-7abc-8def-0123456789ac")
SIZES = {"small": {"label": {"en": "Small", "zh_CN": "小"}}, "big": {"label": {"zh_CN": "大"}}}
CODES = {"s": {"label": {"zh_CN": "小"}}, "big": {"label": {"zh_CN": "很大"}}}
EXAMPLE: dict[str, Any] = {"target": "thing", "targets": ["thing"], "values": SIZES}


def changed(value: Any, old: str, new: str, **config: Any) -> Any:
    return convert(value, {"type": old, **EXAMPLE}, {"type": new, **EXAMPLE, **config}, ZH)


def refusal(value: Any, old: str, new: str, **config: Any) -> str:
    with pytest.raises(BadValue) as refused:
        changed(value, old, new, **config)
    return refused.value.code


@pytest.mark.parametrize("name", FIELD_TYPES)
def test_each_type_can_stay_what_it_is_and_names_what_it_can_become(name: str) -> None:
    assert convertible(name, name)
    assert name not in targets(name)
    assert all(convertible(name, other) for other in targets(name))
    assert all(
        convertible(name, other) is (other in targets(name))
        for other in FIELD_TYPES
        if other != name
    )
    assert changed(None, name, name) is None


def test_names_of_other_records_cannot_become_text() -> None:
    for name in ("lookup", "user", "master_detail", "polymorphic", "many_to_many", "file"):
        assert not convertible(name, "text")
        assert not convertible("text", name)
    assert targets("secret") == ()
    with pytest.raises(InvariantError):
        changed(ONE, "lookup", "text")


def test_everything_readable_can_become_text() -> None:
    values = {
        "email": ("a@b.cn", "a@b.cn"),
        "phone": ("+8613800138000", "+8613800138000"),
        "integer": (10001, "10001"),
        "decimal": (Decimal("1234.50"), "1234.50"),
        "percent": (Decimal("40.00"), "40%"),
        "currency": (Decimal("1234.50"), "¥1,234.50"),
        "boolean": (True, "是"),
        "date": (date(2026, 11, 22), "2026-11-22"),
        "datetime": (datetime(2026, 11, 22, 6, 5, tzinfo=UTC), "2026-11-22 14:05"),
        "time": (time(14, 5), "14:05"),
        "duration": (5400, "1 小时 30 分钟"),
        "picklist": ("small", "小"),
        "multi_picklist": (["small", "big"], "小；大"),
        "region": ("310115", "上海市/浦东新区"),
        "person_name": ({"last_name": "王", "first_name": "小明"}, "王小明"),
        "rich_text": ("<p>a</p><p>b</p>", "a b"),
        "json": ({"a": 1}, '{"a":1}'),
        "rating": (3, "3/5"),
    }
    for name, (value, text) in values.items():
        assert changed(value, name, "text") == text
        assert changed(value, name, "long_text") == text


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("1.2万", "integer", 12000),
        ("¥1,234.5", "currency", Decimal("1234.50")),
        ("40%", "percent", Decimal("40.00")),
        ("是", "boolean", True),
        ("2026年11月22日", "date", date(2026, 11, 22)),
        ("2026-11-22 14:05", "datetime", datetime(2026, 11, 22, 6, 5, tzinfo=UTC)),
        ("小", "picklist", "small"),
        ("Small; 大", "multi_picklist", ["small", "big"]),
        ("浦东新区", "region", "310115"),
        ("13800138000", "phone", "+8613800138000"),
        ("王小明", "person_name", {"last_name": "王", "first_name": "小明"}),
        ("a & b", "rich_text", "<p>a &amp; b</p>"),
        ("hunter2", "secret", "hunter2"),
    ],
)
def test_text_becomes_what_it_says(text: str, name: str, value: Any) -> None:
    assert changed(text, "text", name) == value
    assert changed(text, "long_text", name) == value


def test_text_that_does_not_say_it_is_refused() -> None:
    assert refusal("soon", "text", "date") == "field.not_a_date"
    assert refusal("medium", "text", "picklist") == "field.not_a_choice"
    assert refusal("a\nb", "long_text", "text") == "field.line_break"
    assert refusal("x" * 300, "long_text", "text") == "field.too_long"


def test_numbers() -> None:
    assert changed(7, "integer", "decimal") == Decimal("7.00")
    assert changed(Decimal("7.00"), "decimal", "integer") == 7
    assert refusal(Decimal("7.50"), "decimal", "integer") == "field.not_whole"
    assert changed(Decimal("40.00"), "percent", "decimal") == Decimal("40.00")
    assert changed(Decimal("0.40"), "decimal", "percent") == Decimal("0.40")
    assert changed(5400, "duration", "integer") == 5400
    assert refusal(Decimal("1.255"), "decimal", "decimal", scale=2) == "field.too_many_decimals"
    assert refusal(9, "integer", "rating") == "field.out_of_range"


def test_yes_and_no() -> None:
    words = {"y": {"label": {"zh_CN": "是"}}, "n": {"label": {"zh_CN": "否"}}}
    assert changed(True, "boolean", "integer") == 1
    assert changed(0, "integer", "boolean") is False
    assert refusal(2, "integer", "boolean") == "field.not_a_boolean"
    assert changed(False, "boolean", "picklist", values=words) == "n"
    old = {"type": "picklist", "values": words}
    assert convert("y", old, {"type": "boolean"}, ZH) is True


def test_days_and_instants_meet_in_the_zone_of_the_person() -> None:
    assert changed(date(2026, 11, 22), "date", "datetime") == datetime(2026, 11, 21, 16, tzinfo=UTC)
    late = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    assert changed(late, "datetime", "date") == date(2026, 11, 22)
    assert convert(late, {"type": "datetime"}, {"type": "date"}, EN) == date(2026, 11, 21)


def test_choices_go_by_code_and_else_by_label() -> None:
    assert changed("small", "picklist", "multi_picklist") == ["small"]
    assert changed(["small"], "multi_picklist", "picklist") == "small"
    assert refusal(["small", "big"], "multi_picklist", "picklist") == "convert.several_values"
    assert changed("small", "picklist", "picklist", values=CODES) == "s"
    assert changed(["small", "big"], "multi_picklist", "multi_picklist", values=CODES) == [
        "s",
        "big",
    ]
    assert refusal("small", "picklist", "picklist", values={"x": {}}) == "field.not_a_choice"


def test_relations() -> None:
    assert changed(ONE, "lookup", "master_detail") == ONE
    assert refusal(ONE, "lookup", "lookup", target="other") == "convert.other_object"
    assert refusal([ONE], "many_to_many", "many_to_many", target="x") == "convert.other_object"
    assert changed(ONE, "lookup", "polymorphic") == {"object": "thing", "id": ONE}
    assert refusal(ONE, "lookup", "polymorphic", targets=["other"]) == "field.wrong_object"
    assert changed({"object": "thing", "id": ONE}, "polymorphic", "lookup") == ONE
    assert refusal({"object": "b", "id": ONE}, "polymorphic", "lookup") == "convert.other_object"
    assert convert(ONE, {"type": "user"}, {"type": "lookup", "target": "user"}, ZH) == ONE


def test_files() -> None:
    assert changed(ONE, "file", "file", multiple=True) == [ONE]
    assert changed([ONE], "image", "image") == ONE
    assert refusal([ONE, TWO], "image", "file") == "convert.several_values"
    assert changed(ONE, "signature", "image") == ONE
    assert not convertible("file", "image")

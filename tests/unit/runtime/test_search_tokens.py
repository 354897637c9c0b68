"""What a value is found by: tokens and the words that look for them, without a database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime.search_tokens import beginning_of, tokens_of, wanted_of


def a_field(kind: str, name: str = "name") -> Field:
    columns = {"": name}
    return Field(
        id=UUID(int=1), object="x", name=name, type=FIELD_TYPES[kind], config={}, columns=columns
    )


def finds(text: str, kind: str, value: Any) -> bool:
    lexemes = tokens_of(a_field(kind), value)
    wanted = wanted_of(text)
    return bool(wanted) and all(word.met_by(lexemes) for word in wanted)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("杭州", "杭州云帆科技有限公司"),
        ("云帆", "杭州云帆科技有限公司"),
        ("科技有限公司", "杭州云帆科技有限公司"),
        ("杭州云帆科技有限公司苏州第一分公司", "杭州云帆科技有限公司苏州第一分公司"),
        ("hz", "杭州云帆科技有限公司"),
        ("hzyf", "杭州云帆科技有限公司"),
        ("yfkj", "杭州云帆科技有限公司"),
        ("hangzhou", "杭州云帆科技有限公司"),
        ("HangZh", "杭州云帆科技有限公司"),
        ("yunfan", "杭州云帆科技有限公司"),
        ("keji hz", "杭州云帆科技有限公司"),
        ("cq", "重庆长安"),
        ("chongqing", "重庆长安"),
        ("gate", "Northgate Ltd"),
        ("Ｇａｔｅ", "Northgate Ltd"),
        ("o'neill", "O'Neill & Söhne"),
        ("\\", "back\\slash"),
    ],
)
def test_a_name_is_found(text: str, value: str) -> None:
    assert finds(text, "text", value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("angzhou", "杭州云帆"), ("hy", "杭州云帆"), ("帆云", "杭州云帆"), ("gates", "Northgate")],
)
def test_and_not_by_what_is_not_there(text: str, value: str) -> None:
    assert not finds(text, "text", value)


def test_numbers_phones_and_long_texts() -> None:
    for text in ("13800138000", "138-0013 8000", "+86 138 0013 8000", "8000", "0138 0013"):
        assert finds(text, "phone", "+8613800138000;ext=12")
    assert not finds("12", "phone", "+8613800138000;ext=12")
    assert finds("1,200.50", "currency", Decimal("1200.5000"))
    assert not finds("120", "currency", Decimal("1200.5"))
    long = "the beginning of words " * 6 + "结尾在此"
    assert finds("begin", "long_text", long)
    assert not finds("egin", "long_text", long)
    assert finds("在此", "long_text", long)


def test_the_beginning_of_a_name() -> None:
    for text in ("杭州云", "hzy", "hangzhouyun", "hz yf"):
        beginning = beginning_of(text)
        assert beginning is not None
        assert beginning.met_by(tokens_of(a_field("text"), "杭州云帆科技"))
        assert not beginning.met_by(tokens_of(a_field("text"), "新杭州云帆"))
        assert not beginning.met_by(tokens_of(a_field("text", "memo"), "杭州云帆科技"))


def test_blanks_leave_nothing() -> None:
    assert tokens_of(a_field("text"), None) == tokens_of(a_field("text"), "") == []
    assert wanted_of("  \0 ") == ()
    assert beginning_of("") is None

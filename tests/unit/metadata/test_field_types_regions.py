"""Administrative regions of China: by code, by name, step by step."""

from __future__ import annotations

from typing import Any

import pytest

from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types import regions
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.registry import FIELD_TYPES

ZH = Locale(code="zh_CN", timezone="Asia/Shanghai")
REGION = FIELD_TYPES["region"]


def test_the_provinces() -> None:
    provinces = regions.children()
    assert len(provinces) == 34
    assert {"110000", "310000", "710000", "810000", "820000"} <= {each.code for each in provinces}
    assert all(each.level == "province" and each.parent == "" for each in provinces)


def test_every_division_has_a_code_of_its_own_and_a_division_above_it() -> None:
    queue, seen = list(regions.children()), set()
    while queue:
        here = queue.pop()
        assert regions.CODE.fullmatch(here.code), here
        assert here.code not in seen
        assert regions.region(here.code) is here
        assert not here.parent or here.code[:2] == here.parent[:2]
        seen.add(here.code)
        queue += regions.children(here.code)
    assert len(seen) > 3000


def test_the_cascade() -> None:
    assert regions.region("330100").name == "杭州市"  # type: ignore[union-attr]  # it is there
    assert "330106" in {each.code for each in regions.children("330100")}
    assert regions.children("330106") == ()
    assert [step.name for step in regions.lineage("330106")] == ["浙江省", "杭州市", "西湖区"]
    assert [step.level for step in regions.lineage("330106")] == list(regions.LEVELS)
    assert regions.lineage("999999") == ()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("310115", "310115"),
        (310115, "310115"),
        (310115.0, "310115"),
        ("３１０１１５", "310115"),
        ("上海市/市辖区/浦东新区", "310115"),
        ("上海市/浦东新区", "310115"),
        ("上海市 浦东新区", "310115"),
        ("上海市上海市浦东新区", "310115"),
        ("上海浦东新区", "310115"),
        ("浦东新区", "310115"),
        ("上海", "310000"),
        ("上海市/市辖区", "310000"),
        ("内蒙古", "150000"),
        ("吉林", "220000"),
        ("吉林市", "220200"),
        ("杭州市西湖区", "330106"),
        ("浙江省-杭州市-西湖区", "330106"),
        ("浙江省西湖区", "330106"),
        ("北京市朝阳区", "110105"),
        ("重庆市/县/城口县", "500229"),
        ("东莞", "441900"),
        ("济源市", "419001"),
        ("台湾省", "710000"),
        ("香港", "810000"),
    ],
)
def test_names_and_codes(raw: Any, code: str) -> None:
    assert REGION.parse(raw, ZH, {}) == code


def test_every_full_name_leads_back_to_its_code() -> None:
    for province in regions.children():
        for city in regions.children(province.code):
            for here in (city, *regions.children(city.code)):
                assert regions.find(regions.full_name(here.code)) == (here.code,)


def test_names_of_several_places_are_refused_with_the_places() -> None:
    with pytest.raises(BadValue) as refused:
        REGION.parse("朝阳区", ZH, {})
    assert refused.value.code == "field.ambiguous_region"
    assert "北京市/朝阳区" in refused.value.params["choices"]


@pytest.mark.parametrize("raw", ["999999", "Atlantis", "市", "上海市/西湖区", "12", "浦东新区x"])
def test_unknown_places_are_refused(raw: str) -> None:
    with pytest.raises(BadValue) as refused:
        REGION.parse(raw, ZH, {})
    assert refused.value.code == "field.unknown_region"


def test_a_code_that_is_no_longer_a_division_is_shown_as_it_is() -> None:
    assert REGION.format("310115", ZH, {}) == "上海市/浦东新区"
    assert REGION.format("310119", ZH, {}) == "310119"

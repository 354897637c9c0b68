"""Types whose values have parts: names, addresses, places, choices, relations, files, JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from fieldstone.formula.types import Kind
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.choices import offered
from fieldstone.metadata.field_types.registry import FIELD_TYPES

ZH = Locale(code="zh_CN", timezone="Asia/Shanghai")
EN = Locale(code="en")
ONE = UUID("0192f0c1-2345-7abc-8def-0123456789ab")
TWO = UUID("0192f0c1-2345-7abc-8def-0123456789ac")
INDUSTRIES = {
    "farming": {"label": {"en": "Farming, forestry", "zh_CN": "农、林、牧、渔"}},
    "trade": {"label": {"en": "Trade", "zh_CN": "批发零售"}},
    "retail": {"label": {"en": "Trade", "zh_CN": "零售"}},
    "old": {"label": {"en": "Old trade", "zh_CN": "零售"}, "active": False},
    "bare": {},
}


def parse(name: str, raw: Any, **config: Any) -> Any:
    return FIELD_TYPES[name].parse(raw, ZH, config)


def refused(name: str, raw: Any, **config: Any) -> BadValue:
    with pytest.raises(BadValue) as caught:
        parse(name, raw, **config)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "parts", "chinese", "english"),
    [
        ("王小明", {"last_name": "王", "first_name": "小明"}, "王小明", "王小明"),
        ("欧阳小明", {"last_name": "欧阳", "first_name": "小明"}, "欧阳小明", "欧阳小明"),
        ("欧阳", {"last_name": "欧", "first_name": "阳"}, "欧阳", "欧阳"),
        ("王先生", {"salutation": "先生", "last_name": "王"}, "王先生", "王先生"),
        ("阿凡提·买买提", {"last_name": "阿凡提·买买提"}, "阿凡提·买买提", "阿凡提·买买提"),
        ("Jane Doe", {"last_name": "Doe", "first_name": "Jane"}, "Jane Doe", "Jane Doe"),
        ("Doe, Jane", {"last_name": "Doe", "first_name": "Jane"}, "Jane Doe", "Jane Doe"),
        (
            "Ms. Jane Doe",
            {"salutation": "Ms.", "last_name": "Doe", "first_name": "Jane"},
            "Ms. Jane Doe",
            "Ms. Jane Doe",
        ),
        (
            {"last_name": "Wang", "first_name": "小明", "salutation": ""},
            {"last_name": "Wang", "first_name": "小明"},
            "Wang 小明",
            "小明 Wang",
        ),
        ({"first_name": "Cher"}, {"first_name": "Cher"}, "Cher", "Cher"),
        (
            {"salutation": "Dr.", "last_name": "王", "first_name": "小明"},
            {"salutation": "Dr.", "last_name": "王", "first_name": "小明"},
            "Dr. 王小明",
            "Dr. 王小明",
        ),
    ],
)
def test_names_of_people(raw: Any, parts: dict[str, str], chinese: str, english: str) -> None:
    assert parse("person_name", raw) == parts
    assert FIELD_TYPES["person_name"].format(parts, ZH, {}) == chinese
    assert FIELD_TYPES["person_name"].format(parts, EN, {}) == english


def test_strange_parts_of_a_name_are_refused() -> None:
    assert refused("person_name", {"nick": "x"}).params == {"part": "nick"}
    assert refused("person_name", {"last_name": "x" * 61}).code == "field.too_long"
    assert refused("person_name", {"last_name": ["x"]}).code == "field.not_text"
    assert parse("person_name", {"last_name": " "}) is None


SHANGHAI = {
    "country": "中国",
    "province": "上海市",
    "city": "上海市",
    "district": "浦东新区",
    "street": "世纪大道 100 号",
    "postcode": "200120",
}


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (
            "上海市浦东新区世纪大道 100 号",
            {"province": "上海市", "district": "浦东新区", "street": "世纪大道 100 号"},
        ),
        (
            "中国 浙江省杭州市西湖区文三路1号 310012",
            {
                "country": "中国",
                "province": "浙江省",
                "city": "杭州市",
                "district": "西湖区",
                "street": "文三路1号",
                "postcode": "310012",
            },
        ),
        (
            "杭州市西湖区文三路1号",
            {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路1号"},
        ),
        ("朝阳区建国路1号", {"street": "朝阳区建国路1号"}),
        ("1 Main St,\nSpringfield 62701", {"street": "1 Main St, Springfield 62701"}),
        ("广东省东莞市", {"province": "广东省", "city": "东莞市"}),
    ],
)
def test_addresses_typed_whole(raw: str, parts: dict[str, str]) -> None:
    assert parse("address", raw) == parts


def test_addresses_in_parts() -> None:
    assert parse("address", {"lng": "121.5", "street": " x ", "lat": 31.2, "city": ""}) == {
        "street": "x",
        "lat": 31.2,
        "lng": 121.5,
    }
    assert parse("address", {"street": "  "}) is None
    assert refused("address", {"planet": "Mars"}).params == {"part": "planet"}
    assert refused("address", {"lat": 31}).code == "field.not_a_point"
    assert refused("address", {"lat": 91, "lng": 0}).code == "field.not_a_point"
    assert refused("address", {"street": "x" * 256}).code == "field.too_long"
    assert refused("address", {"street": "a\nb"}).code == "field.line_break"


def test_addresses_are_shown_large_to_small_or_small_to_large() -> None:
    show = FIELD_TYPES["address"].format
    assert show(SHANGHAI, ZH, {}) == "中国 上海市浦东新区世纪大道 100 号 200120"
    english = {
        "country": "USA",
        "province": "IL",
        "city": "Springfield",
        "street": "1 Main St",
        "postcode": "62701",
    }
    assert show(english, EN, {}) == "1 Main St, Springfield, IL 62701, USA"
    assert show({"postcode": "62701"}, EN, {}) == "62701"
    assert show({"street": "x"}, EN, {}) == "x"


@pytest.mark.parametrize(
    "raw",
    [
        "31.2304, 121.4737",
        "31.2304 121.4737",
        "31.2304，121.4737",
        "31.2304°N, 121.4737°E",
        {"lat": 31.2304, "lng": "121.4737"},
        {"latitude": 31.2304, "longitude": 121.4737},
    ],
)
def test_places(raw: Any) -> None:
    assert parse("geo_point", raw) == {"lat": 31.2304, "lng": 121.4737}


def test_places_off_the_map() -> None:
    assert parse("geo_point", "31.2304° S, 121.4737° W") == {"lat": -31.2304, "lng": -121.4737}
    assert str(parse("geo_point", {"lat": -0.0000001, "lng": 0})) == "{'lat': 0.0, 'lng': 0.0}"
    for raw in ("91, 0", "0, 181", "31.2304", "here", [31, 121], {"lat": 31}):
        assert refused("geo_point", raw).code == "field.not_a_point"
    assert refused("geo_point", {"x": 1}).code == "field.unknown_part"
    assert refused("geo_point", {"lat": True, "lng": 1}).code == "field.not_a_number"
    assert FIELD_TYPES["geo_point"].format({"lat": 31.2304, "lng": 121.0}, ZH, {}) == (
        "31.230400, 121.000000"
    )


def test_a_choice_is_its_code_or_a_label_in_any_language() -> None:
    for raw in ("farming", "Farming, forestry", "FARMING,  FORESTRY", "农、林、牧、渔"):
        assert parse("picklist", raw, values=INDUSTRIES) == "farming"
    assert parse("picklist", "bare", values=INDUSTRIES) == "bare"
    wrong = refused("picklist", "fishing", values=INDUSTRIES)
    assert wrong.code == "field.not_a_choice"
    assert wrong.params["choices"] == "农、林、牧、渔、批发零售、零售、bare"
    assert refused("picklist", "Trade", values=INDUSTRIES).code == "field.ambiguous_choice"


def test_an_active_value_takes_its_label_from_an_inactive_one() -> None:
    assert parse("picklist", "零售", values=INDUSTRIES) == "retail"
    assert parse("picklist", "Old trade", values=INDUSTRIES) == "old"
    assert parse("picklist", "old", values=INDUSTRIES) == "old"


def test_a_value_that_left_the_set_is_shown_as_its_code() -> None:
    show = FIELD_TYPES["picklist"].format
    assert show("gone", ZH, {"values": INDUSTRIES}) == "gone"
    assert show("bare", ZH, {"values": INDUSTRIES}) == "bare"
    assert show("trade", EN, {"values": INDUSTRIES}) == "Trade"
    assert show("trade", EN, {}) == "trade"


def test_offered_are_active_values_that_the_controlling_field_allows() -> None:
    values = {
        "pudong": {"when": ["shanghai"]},
        "xihu": {"when": ["hangzhou"]},
        "other": {},
        "closed": {"active": False},
        "dropped": {"deleted": True},
    }
    dependent = {"values": values, "depends_on": "city"}
    assert offered({"values": values}) == ("pudong", "xihu", "other")
    assert offered(dependent, "shanghai") == ("pudong", "other")
    assert offered(dependent) == ("other",)


def test_several_choices_keep_the_order_of_the_list() -> None:
    for raw in (
        ["trade", "farming", "trade"],
        "批发零售；农、林、牧、渔",
        "trade; Farming, forestry",
        "trade|farming",
        "trade\nfarming",
        "trade,farming",
        "trade、 farming",
    ):
        assert parse("multi_picklist", raw, values=INDUSTRIES) == ["farming", "trade"]
    assert parse("multi_picklist", [], values=INDUSTRIES) is None
    assert parse("multi_picklist", ["", None], values=INDUSTRIES) is None
    assert refused("multi_picklist", {"a": 1}, values=INDUSTRIES).code == "field.not_a_list"
    assert refused("multi_picklist", "x,trade", values=INDUSTRIES).code == "field.not_a_choice"
    assert refused("multi_picklist", ["trade"] * 1001, values=INDUSTRIES).code == (
        "field.too_many_values"
    )
    show = FIELD_TYPES["multi_picklist"].format
    assert show(["farming", "trade"], ZH, {"values": INDUSTRIES}) == "农、林、牧、渔；批发零售"


def test_true_is_the_code_true() -> None:
    values = {"true": {"label": "对"}, "false": {"label": "错"}}
    assert parse("picklist", True, values=values) == "true"  # what YAML and sheets make of it


def test_records_are_ids() -> None:
    for raw in (ONE, str(ONE), str(ONE).upper(), ONE.hex, {"id": str(ONE), "name": "x"}):
        assert parse("lookup", raw, target="thing") == ONE
    for wrong in ("x", 5, True, [ONE], {"id": {"id": str(ONE)}}, "{" + str(ONE) + "}"):
        assert refused("lookup", wrong, target="thing").code == "field.not_an_id"
    assert parse("lookup", {"id": None}, target="thing") is None


def test_relations_have_their_target_as_formula_type() -> None:
    for name in ("lookup", "master_detail"):
        type_ = FIELD_TYPES[name].formula_type({"target": "thing"})
        assert (type_.kind, type_.target) == (Kind.REFERENCE, "thing")
    assert FIELD_TYPES["user"].formula_type({}).target == "user"
    assert FIELD_TYPES["polymorphic"].formula_type({"targets": ["a"]}).target is None
    many = FIELD_TYPES["many_to_many"].formula_type({"target": "thing"})
    assert (many.kind, many.target) == (Kind.REFERENCES, "thing")


def test_a_record_of_several_objects() -> None:
    value = {"object": "thing", "id": ONE}
    for raw in (value, {"object": "thing", "id": str(ONE)}, f"thing/{ONE}"):
        assert parse("polymorphic", raw, targets=["thing"]) == value
    assert refused("polymorphic", f"other/{ONE}", targets=["thing"]).code == "field.wrong_object"
    for wrong in ({"object": "thing"}, {"id": str(ONE)}, str(ONE), "thing/", 5):
        assert refused("polymorphic", wrong, targets=["thing"]).code == "field.not_a_record"
    assert parse("polymorphic", {"object": "", "id": None}, targets=["thing"]) is None
    assert set(FIELD_TYPES["polymorphic"].columns({"targets": ["thing"]})) == {"", "_object"}


def test_many_records() -> None:
    for raw in ([ONE, str(TWO), ONE], f"{ONE}, {TWO}", f"{ONE};{TWO}", [{"id": ONE}, TWO]):
        assert parse("many_to_many", raw, target="thing") == [ONE, TWO]
    assert parse("many_to_many", ONE, target="thing") == [ONE]
    assert parse("many_to_many", [], target="thing") is None
    assert FIELD_TYPES["many_to_many"].columns({"target": "thing"}) == {}
    with pytest.raises(BadValue) as too_many:
        parse("many_to_many", [str(UUID(int=number)) for number in range(1001)], target="thing")
    assert too_many.value.code == "field.too_many_values"


def test_one_file_or_several() -> None:
    assert parse("file", [str(ONE)]) == ONE
    assert parse("file", []) is None
    assert refused("file", [ONE, TWO]).params == {"limit": 1}
    assert parse("image", [ONE, TWO], multiple=True) == [ONE, TWO]
    assert FIELD_TYPES["file"].format([ONE, TWO], ZH, {"multiple": True}) == f"{ONE}, {TWO}"


def nested(depth: int, *innermost: Any) -> list[Any]:
    value: list[Any] = list(innermost)
    for _ in range(depth - 1):
        value = [value]
    return value


def test_json_is_an_object_or_a_list() -> None:
    assert parse("json", '{"a": [1, null, "x"]}') == {"a": [1, None, "x"]}
    assert parse("json", "null") is None
    for raw in ("5", '"x"', "{", "[NaN]", "[1e999]", 5, True, [{1, 2}], {1: 2}, [float("inf")]):
        assert refused("json", raw).code == "field.not_json"
    assert refused("json", ["a\x00"]).code == "field.control_character"
    assert refused("json", {"a\ud800": 1}).code == "field.control_character"
    assert refused("json", [2**70]).code == "field.not_json"


def test_json_has_a_depth_and_a_size() -> None:
    assert parse("json", nested(50, "x"))
    assert refused("json", nested(50, "\x00")).code == "field.control_character"
    assert refused("json", nested(51)).code == "field.json_too_deep"
    assert refused("json", "[" * 900 + "]" * 900).code == "field.json_too_deep"
    assert refused("json", "[" * 100_000 + "]" * 100_000).code == "field.not_json"
    assert parse("json", ["x" * (65_536 - 4)])
    assert refused("json", ["x" * (65_536 - 3)]).code == "field.json_too_large"
    assert refused("json", '"' + "x" * 300_000 + '"').code == "field.json_too_large"


def test_autonumbers_are_taken_from_imports() -> None:
    assert parse("autonumber", " QT-2026110001 ", format="{0000}") == "QT-2026110001"
    assert refused("autonumber", "x" * 81, format="{0000}").code == "field.too_long"


@pytest.mark.parametrize("raw", ["是", "yes", "Y", "TRUE", "1", "on", "对", "√", True, 1, 1.0])
def test_yes(raw: Any) -> None:
    assert parse("boolean", raw) is True
    assert FIELD_TYPES["boolean"].format(True, ZH, {}) == "是"


@pytest.mark.parametrize("raw", ["否", "no", "N", "False", "0", "off", "×", False, 0])
def test_no(raw: Any) -> None:
    assert parse("boolean", raw) is False
    assert FIELD_TYPES["boolean"].format(False, EN, {}) == "No"


@pytest.mark.parametrize("raw", ["maybe", 2, [], float("nan")])
def test_neither_yes_nor_no(raw: Any) -> None:
    assert refused("boolean", raw).code == "field.not_a_boolean"

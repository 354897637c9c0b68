"""The contract that every type of field keeps: one parametrised test runs over all of them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import make_url
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Type
from fieldstone.kernel.i18n import LOCALES, Locale
from fieldstone.metadata.field_types import reference, regions, registry
from fieldstone.metadata.field_types.base import BadValue, FieldType
from fieldstone.metadata.field_types.operators import OPERATORS
from fieldstone.metadata.field_types.registry import FIELD_TYPES, TYPES

ZH = Locale(code="zh_CN", timezone="Asia/Shanghai", currency="CNY")
EN = Locale(code="en", timezone="America/New_York", currency="USD")
BOTH = (ZH, EN)
WIDGETS = {
    *("text", "long_text", "rich_text", "email", "phone", "url", "number", "percent", "currency"),
    *("boolean", "date", "datetime", "time", "duration", "picklist", "multi_picklist", "lookup"),
    *("polymorphic", "many_to_many", "file", "image", "address", "person_name", "region"),
    *("geo_point", "rating", "color", "json", "secret", "signature", "autonumber"),
}
VALUES = {
    "farming": {"label": {"en": "Farming, forestry", "zh_CN": "农、林、牧、渔"}, "order": 1},
    "trade": {"label": {"en": "Trade", "zh_CN": "批发零售"}, "order": 2},
    "old": {"label": {"en": "Old", "zh_CN": "旧值"}, "active": False, "order": 3},
}
PRINTABLE = st.characters(exclude_categories=("Cc", "Cs"))
PLAIN = st.text(PRINTABLE, max_size=80)
UUIDS = st.uuids()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """`raw` draws what may be sent; `lossless` says that the format can be read back."""

    raw: st.SearchStrategy[Any]
    config: Mapping[str, Any] = field(default_factory=dict)
    lossless: bool = True


def numbers(places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(-(10**15), 10**15, places=places, allow_nan=False)


SAMPLES = {
    "text": Sample(raw=PLAIN),
    "long_text": Sample(
        raw=st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.just("\n"))
    ),
    "rich_text": Sample(raw=PLAIN.map(lambda text: f"<p>{text}</p><b>x</b>"), lossless=False),
    "email": Sample(raw=st.emails(domains=st.just("Example.com"))),
    "phone": Sample(
        raw=st.integers(13_800_000_000, 13_999_999_999).map(str) | st.just("021-55550000 转 801"),
        config={"country": "CN"},
    ),
    "url": Sample(raw=st.sampled_from(("example.com/a?b=c", "http://例子.中国/路", "tel:+8610"))),
    "integer": Sample(raw=st.integers(-(10**18) + 1, 10**18 - 1)),
    "decimal": Sample(raw=numbers(4), config={"precision": 22, "scale": 4}),
    "percent": Sample(raw=numbers(2), config={"precision": 20, "scale": 2}),
    "currency": Sample(raw=numbers(2)),
    "boolean": Sample(raw=st.booleans()),
    "date": Sample(raw=st.dates()),
    "datetime": Sample(
        raw=st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
            lambda moment: moment.replace(second=0, microsecond=0)
        )
    ),
    "time": Sample(raw=st.times()),
    "duration": Sample(raw=st.integers(-(10**9), 10**9)),
    "picklist": Sample(raw=st.sampled_from(tuple(VALUES)), config={"values": VALUES}),
    "multi_picklist": Sample(
        raw=st.lists(st.sampled_from(tuple(VALUES))), config={"values": VALUES}
    ),
    "autonumber": Sample(raw=PLAIN, config={"format": "QT-{YYYYMM}{0000}"}),
    "user": Sample(raw=UUIDS),
    "lookup": Sample(raw=UUIDS, config={"target": "thing", "on_delete": "cascade"}),
    "master_detail": Sample(raw=UUIDS, config={"target": "thing"}),
    "polymorphic": Sample(
        raw=UUIDS.map(lambda key: {"object": "thing", "id": str(key)}),
        config={"targets": ["thing", "other"]},
    ),
    "many_to_many": Sample(raw=st.lists(UUIDS, max_size=5), config={"target": "thing"}),
    "file": Sample(raw=UUIDS),
    "image": Sample(raw=st.lists(UUIDS, max_size=5), config={"multiple": True}),
    "signature": Sample(raw=UUIDS),
    "person_name": Sample(
        raw=st.fixed_dictionaries({"last_name": PLAIN.map(lambda text: text[:60])}), lossless=False
    ),
    "address": Sample(
        raw=st.fixed_dictionaries({"city": PLAIN.map(lambda text: text[:60]), "street": PLAIN}),
        lossless=False,
    ),
    "region": Sample(raw=st.deferred(lambda: st.sampled_from([each.code for each in every()]))),
    "geo_point": Sample(
        raw=st.fixed_dictionaries(
            {"lat": st.floats(-90, 90), "lng": st.floats(-180, 180)},
        )
    ),
    "rating": Sample(raw=st.integers(1, 7), config={"max": 7}),
    "color": Sample(raw=st.from_regex(r"\A#?[0-9a-fA-F]{6}\Z")),
    "json": Sample(
        raw=st.dictionaries(
            st.text(PRINTABLE),
            st.none() | st.booleans() | st.integers(-(2**63), 2**63) | PLAIN | st.lists(PLAIN),
        )
    ),
    "secret": Sample(raw=PLAIN.map(lambda text: f"s{text}"), lossless=False),
    "formula": Sample(raw=numbers(2), config={"returns": "currency", "formula": "1 + 1"}),
    "rollup": Sample(
        raw=st.integers(0, 10**9), config={"child": "thing", "via": "other", "function": "count"}
    ),
}


def every() -> list[regions.Region]:
    provinces = regions.children()
    cities = [city for province in provinces for city in regions.children(province.code)]
    return [*provinces, *cities, *(each for city in cities for each in regions.children(city.code))]


each_type = pytest.mark.parametrize("kind", TYPES, ids=[kind.name for kind in TYPES])
each_locale = pytest.mark.parametrize("locale", BOTH, ids=LOCALES)
sparingly = settings(max_examples=20, deadline=None, derandomize=True)


def test_the_registry_holds_each_type_of_the_tuple_once() -> None:
    assert list(FIELD_TYPES) == [kind.name for kind in TYPES] == list(SAMPLES)


@each_type
def test_all_nine_members_are_there(kind: FieldType) -> None:
    config = SAMPLES[kind.name].config
    assert re.fullmatch("[a-z]+(_[a-z]+)*", kind.name)
    assert all(kind.label[locale] for locale in LOCALES)
    assert kind.widget in WIDGETS
    assert set(kind.operators) <= set(OPERATORS)
    assert len(set(kind.operators)) == len(kind.operators)
    assert isinstance(kind.formula_type(config), Type)
    assert all(isinstance(column, TypeEngine) for column in kind.columns(config).values())


@each_type
def test_the_type_has_a_file_of_its_own(kind: FieldType) -> None:
    assert Path(inspect.getfile(type(kind))).stem == kind.name


@each_type
def test_columns_are_types_of_postgresql(kind: FieldType) -> None:
    dialect = make_url("postgresql+psycopg://").get_dialect()()
    for ending, column in kind.columns(SAMPLES[kind.name].config).items():
        assert ending == "" or ending.startswith("_")
        assert column.compile(dialect=dialect)


@each_type
def test_the_config_schema_is_one_and_takes_the_sample(kind: FieldType) -> None:
    Draft202012Validator.check_schema(kind.config_schema)
    check = Draft202012Validator(kind.config_schema)
    assert check.is_valid(dict(SAMPLES[kind.name].config))
    for key in kind.config_schema.get("required", ()):
        lacking = {name: value for name, value in SAMPLES[kind.name].config.items() if name != key}
        assert not check.is_valid(lacking)


@each_type
def test_defaults_of_keys_fit_their_own_schema(kind: FieldType) -> None:
    for schema in kind.config_schema.get("properties", {}).values():
        if "default" in schema:
            assert Draft202012Validator(schema).is_valid(schema["default"])


@each_locale
@each_type
def test_blank_is_none(kind: FieldType, locale: Locale) -> None:
    config = SAMPLES[kind.name].config
    for blank in (None, "", "   ", "\u3000\u00a0", "\n \t", "\u200b\ufeff"):
        assert kind.parse(blank, locale, config) is None
    assert kind.format(None, locale, config) == ""


@each_locale
@each_type
def test_characters_that_the_database_cannot_hold_are_refused(
    kind: FieldType, locale: Locale
) -> None:
    for raw in ("a\x00b", "\x00", "\ud800", "x\udfff", "\x1b[0m", "\x7f"):
        with pytest.raises(BadValue):
            kind.parse(raw, locale, SAMPLES[kind.name].config)


@each_locale
@each_type
@given(data=st.data())
@sparingly
def test_parse_is_idempotent_and_reads_what_format_wrote(
    kind: FieldType, locale: Locale, data: st.DataObject
) -> None:
    sample = SAMPLES[kind.name]
    raw = data.draw(sample.raw)
    try:
        value = kind.parse(raw, locale, sample.config)
    except BadValue as refused:
        told(refused)
        return
    again = kind.parse(value, locale, sample.config)
    assert (again, type(again)) == (value, type(value))
    text = kind.format(value, locale, sample.config)
    assert (text == "") == (value is None) or kind.name in ("rich_text", "address", "person_name")
    if sample.lossless:
        assert kind.parse(text, locale, sample.config) == value


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.none() | st.just(UTC))
    | st.timedeltas()
    | UUIDS
    | st.sampled_from(
        ("2026-11-22T10:00:00+99:99", "9" * 500, "1e999", "上海市", "a@b.c/d", "x:y")
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(("id", "object", "lat", "lng", "street", "last_name"))
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)


@each_locale
@each_type
@given(raw=JSON)
@settings(sparingly, max_examples=40)
def test_any_input_is_a_value_or_a_refusal(kind: FieldType, locale: Locale, raw: Any) -> None:
    config = SAMPLES[kind.name].config
    try:
        value = kind.parse(raw, locale, config)
    except BadValue as refused:
        told(refused)
        return
    assert kind.parse(value, locale, config) == value
    assert isinstance(kind.format(value, locale, config), str)


CATALOGUES = {locale: reference.texts(locale) for locale in LOCALES}


def told(refused: BadValue) -> None:
    """The refusal can be shown to a person in both languages."""
    for catalogue in CATALOGUES.values():
        assert catalogue[f"error.{refused.code}"] % refused.params
        catalogue.get(f"error.{refused.code}.hint", "") % refused.params


@each_type
def test_type_and_keys_are_described_in_both_languages(kind: FieldType) -> None:
    for catalogue in CATALOGUES.values():
        assert catalogue[f"field_type.{kind.name}"]
        for key in kind.config_schema.get("properties", {}):
            assert catalogue[f"field_type.key.{key}"]


def test_each_code_has_a_text_and_each_text_a_code() -> None:
    folder = Path(registry.__file__).parent
    sources = [*folder.glob("*.py"), folder.parent / "convert.py"]
    used = {
        code
        for source in sources
        for code in re.findall(r'"((?:field|convert)\.[a-z_]+)"', source.read_text("utf-8"))
    }
    for catalogue in CATALOGUES.values():
        told_of = {key for key in catalogue if key.startswith("error.")}
        assert {key.removesuffix(".hint") for key in told_of} == {f"error.{code}" for code in used}


def test_both_languages_tell_the_same_with_the_same_places() -> None:
    english, chinese = CATALOGUES["en"], CATALOGUES["zh_CN"]
    assert set(english) == set(chinese)
    for key, text in english.items():
        places = re.findall(r"%\((\w+)\)s", text)
        assert sorted(places) == sorted(re.findall(r"%\((\w+)\)s", chinese[key])), key


def test_the_reference_page_is_up_to_date() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "field_types.md"
    assert page.read_text("utf-8") == reference.page(), (
        "run: python -m fieldstone.metadata.field_types.reference > docs/reference/field_types.md"
    )


def test_values_of_a_cell_are_read_like_their_text() -> None:
    assert FIELD_TYPES["date"].parse(datetime(2026, 11, 22), ZH, {}) == date(2026, 11, 22)  # noqa: DTZ001
    assert FIELD_TYPES["time"].parse(time(14, 30), ZH, {}) == time(14, 30)
    assert FIELD_TYPES["text"].parse(1001.0, ZH, {}) == "1001"
    assert FIELD_TYPES["phone"].parse(13800138000.0, ZH, {}) == "+8613800138000"
    assert FIELD_TYPES["picklist"].parse(1, ZH, {"values": {"1": {"label": "一"}}}) == "1"


def test_a_refusal_is_a_problem_at_a_place() -> None:
    with pytest.raises(BadValue) as refused:
        FIELD_TYPES["date"].parse("soon", ZH, {})
    problem = refused.value.problem("fields.due")
    assert (problem.code, problem.path) == ("field.not_a_date", "fields.due")
    assert problem.params == {"value": "soon"}

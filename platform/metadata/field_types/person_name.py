"""A person's name in parts: {"salutation", "last_name", "first_name"}."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import OPAQUE, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import line, quoted, within
from fieldstone.metadata.field_types.operators import BLANK

LENGTHS = {"salutation": 20, "last_name": 60, "first_name": 60}
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]+")
_DOUBLE_SURNAMES = re.compile(
    "欧阳|司马|上官|诸葛|司徒|东方|独孤|南宫|夏侯|皇甫|尉迟|公孙|慕容|令狐|轩辕|端木|宇文|长孙|"
    "鲜于|闾丘|司空|百里|呼延|东郭|西门|申屠|公冶|濮阳|淳于|单于|太史|钟离|澹台|万俟|闻人|赫连"
)
_TITLES_BEFORE = re.compile(r"(mr|mrs|ms|miss|dr|prof)\b\.?\s+", re.IGNORECASE)
_TITLES_AFTER = re.compile(r"\s*(先生|女士|小姐|太太|博士|教授|老师)$")


class PersonName(FieldType):
    name = "person_name"
    label = {"en": "Person's name", "zh_CN": "姓名"}
    operators = BLANK
    widget = "person_name"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": JSONB(none_as_null=True)}

    def formula_type(self, config: Config) -> Type:
        return OPAQUE

    def parse(self, raw: Any, locale: Locale, config: Config) -> dict[str, str] | None:
        """From the parts, blank ones left out, or from one text: 欧阳小明, Ms. Jane Doe,
        Doe, Jane."""
        if not isinstance(raw, Mapping):
            text = within(line(raw), sum(LENGTHS.values()))
            raw = {} if text is None else _divided(text)
        return dict(_parts(raw)) or None

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        """姓名 in Chinese, First Last in English. A name all in Han or all in Latin letters
        keeps the order of its own script."""
        if not value:
            return ""
        last, first = value.get("last_name", ""), value.get("first_name", "")
        salutation = value.get("salutation", "")
        if not _is_family_first(last + first, locale):
            return " ".join(part for part in (salutation, first, last) if part)
        name = ("" if _HAN.fullmatch(last + first) else " ").join(filter(None, (last, first)))
        if _HAN.fullmatch(salutation):
            return f"{name}{salutation}"  # 王小明先生
        return f"{salutation} {name}".lstrip()


def _is_family_first(name: str, locale: Locale) -> bool:
    if _HAN.fullmatch(name):
        return True
    return locale.code == "zh_CN" and _HAN.search(name) is not None


def _parts(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    strange = set(raw) - set(LENGTHS)
    if strange:
        raise BadValue("field.unknown_part", part=quoted(sorted(map(str, strange))[0]))
    for key, length in LENGTHS.items():
        text = within(line(raw.get(key)), length)
        if text is not None:
            yield key, text


def _divided(text: str) -> dict[str, str]:
    after = _TITLES_AFTER.search(text)
    name = text[: after.start()] if after else text
    if _HAN.fullmatch(name):
        parts = _chinese(name)
        return parts | {"salutation": after[1]} if after else parts
    before = _TITLES_BEFORE.match(text)
    parts = _western(text[before.end() :] if before else text)
    return parts | {"salutation": text[: before.end()].strip()} if before else parts


def _chinese(name: str) -> dict[str, str]:
    if "·" in name:  # a foreign or minority name in Han: 阿凡提·买买提
        return {"last_name": name}
    length = 2 if _DOUBLE_SURNAMES.match(name) and len(name) > 2 else 1
    return {"last_name": name[:length], "first_name": name[length:]}


def _western(name: str) -> dict[str, str]:
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    return {"last_name": last, "first_name": first}

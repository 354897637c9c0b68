"""Texts: templates, patterns with digits, names for accounts and addresses."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from fieldstone.kernel.ids import derive_api_name
from fieldstone.runtime.demo.dice import Dice
from fieldstone.runtime.demo.generators.base import Kind, Reader, generator, shown
from fieldstone.runtime.demo.model import Generator, Path, Row

_PLACE = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
_PADDED = re.compile(r"0\d+")
_STEP = 7_368_787  # coprime to every power of ten: n * step meets each number once
Part = tuple[str, Path, str]
"""(text before, path, format)"""


@dataclass(frozen=True, slots=True)
class Template:
    """`{surname}{$n:04}` ready to fill. Formats: 04 pads, %Y%m writes a day, `,` groups."""

    parts: tuple[Part, ...]
    tail: str

    def filled(self, row: Row) -> str:
        texts = [before + written(row.follow(path), form, row) for before, path, form in self.parts]
        return "".join((*texts, self.tail))


def read_template(raw: Any, reader: Reader) -> Template:
    if not isinstance(raw, str):
        reader.problem("demo.bad_argument", value=shown(raw), wanted="… {name} …")
        return Template((), "")
    parts: list[Part] = []
    end = 0
    for place in _PLACE.finditer(raw):
        form = place[2] or ""
        if form and not (_PADDED.fullmatch(form) or form == "," or "%" in form):
            reader.problem("demo.bad_argument", value=form, wanted="04, %Y%m")
        parts.append((raw[end : place.start()], reader.field_path(place[1]), form))
        end = place.end()
    return Template(tuple(parts), raw[end:])


def written(value: Any, form: str, row: Row) -> str:
    """A value within a text; blank is nothing, a record is its name."""
    if value is None:
        return ""
    if isinstance(value, Row):
        return written(value.get("name"), form, row)
    if isinstance(value, datetime):
        value = value.astimezone(row.moment.zone)
    if "%" in form and isinstance(value, date):
        return value.strftime(form)
    if form == "," and isinstance(value, int | Decimal):
        return f"{value:,}"
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return text.zfill(int(form)) if _PADDED.fullmatch(form) else text


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Text(Kind):
    """`text: "{city} {n}"`; of several templates, written here or in a list (`text: {of: notes}`),
    one is taken."""

    templates: tuple[Template, ...]
    by_turns: bool
    name: ClassVar[str] = "text"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        by_turns = False
        if isinstance(raw, dict):
            options = reader.options(raw, ("of", "by_turns"), needed=("of",))
            raw, by_turns = reader.items(options.get("of")), bool(options.get("by_turns"))
        several = raw if isinstance(raw, list) else [raw]
        templates = tuple(read_template(each, reader) for each in several)
        return cls(templates or (Template((), ""),), by_turns)

    def value(self, row: Row, dice: Dice) -> str:
        if self.by_turns:
            return self.templates[(row.n - 1) % len(self.templates)].filled(row)
        return dice.one_of(self.templates).filled(row)

    def outcomes(self) -> Sequence[Any]:
        return [each.tail for each in self.templates if not each.parts]


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Pattern(Kind):
    """`pattern: "1380000####"`: each # a digit and each ? a letter; no two rows of a recipe get
    the same digits as long as there are enough of them."""

    template: Template
    name: ClassVar[str] = "pattern"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        return cls(read_template(raw, reader))

    def value(self, row: Row, dice: Dice) -> str:
        text = self.template.filled(row)
        size = 10 ** text.count("#")
        start = Dice(row.world.program.seed, row.recipe.name, dice.field).number()
        digits = iter(str((row.n * _STEP + start) % size).zfill(int(math.log10(size) + 0.5)))
        return "".join(
            next(digits) if sign == "#" else chr(65 + dice.whole(0, 25)) if sign == "?" else sign
            for sign in text
        )


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Slug(Kind):
    """`slug: name`: the text in small Latin letters, Chinese by pinyin: 王磊 → wanglei. With
    `unique`, a number tells equal ones apart; `joiner` stands between the words."""

    path: Path
    joiner: str
    unique: bool
    name: ClassVar[str] = "slug"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        options = reader.options(raw, ("of", "joiner", "unique"), needed=("of",), main="of")
        return cls(
            reader.field_path(options.get("of")),
            str(options.get("joiner", "")),
            bool(options.get("unique", False)),
        )

    def value(self, row: Row, _dice: Dice) -> str | None:
        if not self.unique:
            return self._plain(row)
        return row.world.once(("slug", id(self)), lambda: self._all(row))[row.n]

    def _plain(self, row: Row) -> str | None:
        text = written(row.follow(self.path), "", row)
        return derive_api_name(text).replace("_", self.joiner) or None

    def _all(self, row: Row) -> dict[int, str | None]:
        taken: dict[str, int] = {}
        found: dict[int, str | None] = {}
        for each in row.world.rows(row.recipe.name):
            plain = self._plain(each) or ""
            taken[plain] = number = taken.get(plain, 0) + 1
            found[each.n] = plain if number == 1 else f"{plain}{number}"
        return found


@generator
@dataclass(frozen=True, slots=True, eq=False)
class Make(Kind):
    """`make: {city: …, street: …}`: a value of several parts, such as an address; blank parts
    are left out."""

    parts: dict[str, Generator]
    name: ClassVar[str] = "make"

    @classmethod
    def read(cls, raw: Any, reader: Reader) -> Generator:
        if not isinstance(raw, dict):
            reader.problem("demo.bad_argument", value=shown(raw), wanted="{part: value}")
            raw = {}
        return cls({str(key): reader.at(key).node(each) for key, each in raw.items()})

    def value(self, row: Row, dice: Dice) -> dict[str, Any]:
        made = {key: node.value(row, dice) for key, node in self.parts.items()}
        return {key: value for key, value in made.items() if value is not None}

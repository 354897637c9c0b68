"""What exactly changes in a document, property by property, in words people know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.components import Component
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.access import level_words
from fieldstone_builder.fields.options import enum_words, label_of
from fieldstone_builder.objects.form import color_words
from fieldstone_builder.property_words import property_words

LONGEST = 160
MOST = 60
ITEMS = frozenset({
    "values", "sections", "fields", "related_lists", "sub_tables", "columns", "items", "stages",
    "objects",
})  # fmt: skip
QUIET = frozenset({"order"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange:
    """`before` or `after` is blank for what was not there, or is not there any more."""

    label: str
    before: str
    after: str


def property_changes(
    desk: Desk, before: Component | None, after: Component | None
) -> tuple[PropertyChange, ...]:
    component = after or before
    if component is None:
        return ()
    teller = _Teller(desk, component)
    old = before.body if before else {}
    new = after.body if after else {}
    found = list(teller.compared(old, new, ()))
    if not found and before and after and before.body != after.body:
        return (PropertyChange(label=desk.say("Sort order"), before="", after=desk.say("changed")),)
    return tuple(found[:MOST])


class _Teller:
    """Tells the differences of one document."""

    def __init__(self, desk: Desk, component: Component) -> None:
        self._desk = desk
        self._component = component
        self._words = property_words(desk)

    def compared(self, old: Any, new: Any, path: tuple[str, ...]) -> Iterator[PropertyChange]:
        if old == new:
            return
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            for key in dict.fromkeys((*old, *new)):
                if key not in QUIET:
                    yield from self.compared(old.get(key), new.get(key), (*path, str(key)))
            return
        if self._opens(old, new, path):
            whole = new if isinstance(new, Mapping) else old
            for key in whole:
                if key not in QUIET:
                    pair = ((old or {}).get(key), (new or {}).get(key))
                    yield from self.compared(*pair, (*path, str(key)))
            return
        yield PropertyChange(
            label=self.label(path, new if new is not None else old),
            before=self.shown(old, path),
            after=self.shown(new, path),
        )

    def _opens(self, old: Any, new: Any, path: tuple[str, ...]) -> bool:
        """A mapping that is wholly new or gone is told by its parts, an item of one as a whole."""
        whole = new if isinstance(new, Mapping) else old
        if not isinstance(whole, Mapping) or not (old is None or new is None):
            return False
        is_item = len(path) > 1 and path[-2] in ITEMS
        is_text = set(whole) <= {"en", "zh_CN"}
        return not path or is_text or not is_item

    def label(self, path: Sequence[str], value: Any) -> str:
        parts = []
        for index, step in enumerate(path):
            inside = path[index - 1] if index else ""
            if inside in ITEMS:
                parts.append(
                    self._item(path[: index + 1], value if index == len(path) - 1 else None)
                )
            elif step not in ("objects", "items", "fields") or index == len(path) - 1:
                parts.append(self._word(step))
        return " / ".join(parts)

    def _word(self, step: str) -> str:
        return self._words.get(step) or _option_word(self._desk, step)

    def _item(self, path: Sequence[str], value: Any) -> str:
        """What people call an item of a collection."""
        name, collection = path[-1], path[-2]
        if isinstance(value, Mapping) and value.get("label"):
            return self._desk.words.text(value["label"])
        label = self._label_in_body(path)
        if label:
            return label
        words = self._desk.words
        if collection in ("objects", "items") and name in self._desk.after.objects:
            return words.noun(name)
        if collection in ("fields", "columns"):
            return words.field(self._owner(path), name)
        return name

    def _owner(self, path: Sequence[str]) -> str:
        """The object whose fields are meant."""
        if "objects" in path[:-2]:
            return path[path.index("objects") + 1]
        return self._component.parent

    def _label_in_body(self, path: Sequence[str]) -> str:
        node: Any = self._component.body
        for step in path:
            node = node.get(step) if isinstance(node, Mapping) else None
        return self._desk.words.text(node.get("label")) if isinstance(node, Mapping) else ""

    def shown(self, value: Any, path: Sequence[str]) -> str:
        text = self._text(value, path)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"

    def _text(self, value: Any, path: Sequence[str]) -> str:
        words = self._desk.words
        if value is None:
            return ""
        if isinstance(value, bool):
            return self._desk.say("Yes") if value else self._desk.say("No")
        if isinstance(value, list | tuple):
            return words.joined(self._text(each, path) for each in value)
        if isinstance(value, Mapping):
            return words.text(value.get("label")) or self._summary(value, path)
        return self._code(str(value), path)

    def _summary(self, value: Mapping[str, Any], path: Sequence[str]) -> str:
        parts = [
            f"{self._word(str(key))} {self._text(each, (*path, str(key)))}"
            for key, each in value.items()
            if key not in QUIET
        ]
        return self._desk.words.joined(parts) or self._desk.say("there")

    def _code(self, value: str, path: Sequence[str]) -> str:
        """Codes that have words of their own."""
        key = path[-1] if path else ""
        if key == "type" and value in FIELD_TYPES:
            return self._desk.words.text(FIELD_TYPES[value].label)
        if key == "color":
            return color_words(self._desk).get(value, value)
        if len(path) > 1 and path[-2] == "fields" and self._component.kind == "permission_set":
            return level_words(self._desk).get(value, value)
        if key == "rights":
            return self._words.get(f"right.{value}", value)
        if key in ("target", "targets", "object") and value in self._desk.after.objects:
            return self._desk.words.noun(value)
        return enum_words(self._desk).get(key, {}).get(value, value)


def _option_word(desk: Desk, step: str) -> str:
    text = label_of(desk, step)
    return step if text == f"field_type.key.{step}" else text

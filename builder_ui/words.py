"""How setup pages speak: the reader's language, and the nouns of the metadata as it will be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fieldstone.kernel.i18n import Locale, Text, pick, translate, translate_plural
from fieldstone.metadata import terms
from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.snapshot import Snapshot

OTHER = {"zh_CN": "en", "en": "zh_CN"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    snapshot: Snapshot
    locale: Locale

    @property
    def code(self) -> str:
        return self.locale.code

    def say(self, message: str, params: Mapping[str, Any] | None = None) -> str:
        return translate(self.code, message, params)

    def count(self, one: str, many: str, number: int) -> str:
        """Both texts hold %(count)s."""
        text = translate_plural(self.code, one, many, number)
        return text.replace(str(number), f"{number:,}", 1)

    def text(self, text: Text | str | None) -> str:
        return terms.render(text, self.snapshot, self.code)

    def other(self, text: Text | None) -> str:
        """The text in the other language, if it is another one."""
        code = OTHER[self.code]
        found = terms.render((text or {}).get(code, ""), self.snapshot, code)
        return "" if found == self.text(text) else found

    @staticmethod
    def sort_key(text: str) -> bytes:
        """Latin before Han, Han by pinyin: the order of GB 18030's common characters."""
        return text.casefold().encode("gb18030", "replace")

    def noun(self, name: str, form: str = "label") -> str:
        return terms.noun(self.snapshot, name, self.code, form)

    def joined(self, parts: Iterable[str]) -> str:
        return ("、" if self.code == "zh_CN" else ", ").join(parts)

    def quoted(self, text: str) -> str:
        return f"「{text}」" if self.code == "zh_CN" else f'"{text}"'

    def moment(self, value: datetime | None) -> str:
        return FIELD_TYPES["datetime"].format(value, self.locale, {})

    def kind(self, name: str) -> str:
        return pick(KINDS[name].label, self.code)

    def label(self, component: Component) -> str:
        """What people call the component: its label, of a rule the message; else its API name."""
        if component.kind == "object":
            return self.noun(component.name) or component.name
        if component.kind == "compact_layout" and not component.body.get("label"):
            return self.noun(component.parent)
        if component.kind == "path" and not component.body.get("label"):
            return self._path(component)
        message = self.text(component.body.get("message")).rstrip(".。")
        return self.text(component.body.get("label")) or message or component.local_name

    def _path(self, component: Component) -> str:
        """What its field is called, and the record types that it is for."""
        parent, body = component.parent, component.body
        kinds = [("record_type", f"{parent}.{name}") for name in body.get("record_types") or ()]
        field = self.field(parent, str(body.get("field")))
        return " / ".join((field, *(self.label_of(each) for each in kinds)))

    def label_of(self, key: Key) -> str:
        component = self.snapshot.get(*key) or self.snapshot.hidden.get(key)
        return self.label(component) if component else key[1].rpartition(".")[2]

    def field(self, object_name: str, path: str) -> str:
        """The label of a field, a system field or a dotted path from an object on."""
        labels, owner = [], object_name
        for step in path.split("."):
            shape = self.snapshot.objects.get(owner)
            found = shape.fields.get(step) if shape else None
            if found is None:
                return path
            labels.append(self.text(found.label))
            owner = found.target
        return " / ".join(labels)

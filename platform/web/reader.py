"""Who a page is made for: their language, their organisation's words, and what they may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.kernel.i18n import Locale, Text, translate
from fieldstone.kernel.session import Session
from fieldstone.metadata import terms
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Field, Object, Snapshot
from fieldstone.runtime.access import Rights, rights
from fieldstone.runtime.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    snapshot: Snapshot
    rights: Rights
    locale: Locale

    @classmethod
    def of(cls, transaction: Transaction) -> Reader:
        return cls.at(transaction.session, transaction.snapshot)

    @classmethod
    def at(cls, session: Session, snapshot: Snapshot) -> Reader:
        return cls(snapshot=snapshot, rights=rights(session, snapshot), locale=session.locale)

    def say(self, message: str, params: Mapping[str, Any] | None = None) -> str:
        """A text of the platform's own."""
        return translate(self.locale.code, message, params)

    def text(self, text: Text | str | None) -> str:
        """A text of metadata, its nouns filled in."""
        return terms.render(text, self.snapshot, self.locale.code)

    def noun(self, name: str, form: str = "label") -> str:
        return terms.noun(self.snapshot, name, self.locale.code, form)

    def label(self, field: Field) -> str:
        return self.text(field.label)

    def shape(self, name: str) -> Object:
        return self.snapshot.objects[name]

    def may(self, action: str, object_name: str) -> bool:
        return action in self.rights.of(object_name).actions

    def may_read_name(self, object_name: str) -> bool:
        return self.rights.may_read(object_name, "name")

    def trail(self, object_name: str, path: str) -> tuple[Field, ...]:
        """The fields along a dotted name; empty when one is unknown or may not be read."""
        scope = ObjectScope(self.snapshot, object_name, self.rights.may_read)
        return scope.trail(tuple(path.split(".")))

"""The nouns of an organisation: what the packs call things, what it calls them itself, and where
these words stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.kernel.i18n import LOCALES
from fieldstone.metadata import terms
from fieldstone.metadata.components import Component
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot

TERM = "term"
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)(?:\.(?:label|plural|measure))?\}")


@dataclass(frozen=True, slots=True)
class Mention:
    """A text, by language, in a document that names a noun."""

    component: Component
    text: Mapping[str, str]


def nouns(snapshot: Snapshot) -> list[str]:
    """Objects, and the words that are none."""
    others = [each.name for each in snapshot.of_kind(TERM)]
    return list(dict.fromkeys([*snapshot.objects, *others]))


def default_word(snapshot: Snapshot, noun: str, locale: str, form: str = "label") -> str:
    """What it is called without the organisation's own term."""
    for kind in ("object", TERM):
        component = snapshot.get(kind, noun)
        if component is None:
            continue
        body = component.body if kind == "object" else component.base or {}
        for each in (form, "label") if form == "plural" else (form,):
            word = (body.get(each) or {}).get(locale)
            if word:
                return terms.render(str(word), snapshot, locale)
    return ""


def own_words(snapshot: Snapshot, noun: str) -> Mapping[str, Any]:
    """The organisation's own term: {label, plural, measure}; what a pack's term says is not."""
    component = snapshot.get(TERM, noun)
    if component is None:
        return {}
    base, body = component.base or {}, component.body
    if not component.pack:
        return body
    return {key: text for key, text in body.items() if text != base.get(key)}


def word(text: Mapping[str, Any], form: str, locale: str) -> str:
    return str((text.get(form) or {}).get(locale) or "")


@per_snapshot()
def mentions(snapshot: Snapshot) -> Mapping[str, tuple[Mention, ...]]:
    """By noun, the texts of the metadata in which it stands."""
    found: dict[str, list[Mention]] = {}
    for component in snapshot.components.values():
        for text in _texts(component.body):
            names = {name for each in text.values() for name in _PLACE.findall(each)}
            for name in names:
                found.setdefault(name, []).append(Mention(component, text))
    return {name: tuple(each) for name, each in found.items()}


def _texts(node: Any) -> Iterator[Mapping[str, str]]:
    if isinstance(node, Mapping):
        if node and all(key in LOCALES and isinstance(text, str) for key, text in node.items()):
            yield node
            return
        for each in node.values():
            yield from _texts(each)
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each)


def english_plural(text: str) -> str:
    """A first guess, which people may change: company → companies, branch → branches."""
    last = text.rpartition(" ")[2].lower()
    if not last.isascii() or not last:
        return text
    if last.endswith("y") and last[-2:-1] not in "aeiou":
        return f"{text[:-1]}ies"
    if last.endswith(("s", "x", "z", "ch", "sh")):
        return f"{text}es"
    return f"{text}s"

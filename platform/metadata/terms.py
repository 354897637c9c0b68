"""Nouns in texts: `{account}`, `{account.plural}` and `{account.measure}` become what the tenant
calls the thing, in every place a text of metadata is read."""

from __future__ import annotations

import re

from fieldstone.kernel.i18n import Text, pick
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)(?:\.(label|plural|measure))?\}")
DEPTH = 4
"""Nouns made of other nouns ("{quote} line") are followed so far and no further."""


def render(text: Text | str | None, snapshot: Snapshot, locale: str) -> str:
    """The text in this language with its nouns filled in."""
    return _filled(pick(text, locale), snapshot, locale, DEPTH)


@per_snapshot()
def noun(snapshot: Snapshot, name: str, locale: str, form: str = "label") -> str:
    """What the tenant calls an object or another noun; `form` is label, plural or measure."""
    return _noun(snapshot, name, locale, form, DEPTH)


def _noun(snapshot: Snapshot, name: str, locale: str, form: str, depth: int) -> str:
    return _filled(snapshot.term(name, locale, form), snapshot, locale, depth - 1)


def _filled(text: str, snapshot: Snapshot, locale: str, depth: int) -> str:
    if depth <= 0 or "{" not in text:
        return text

    def fill(match: re.Match[str]) -> str:
        name, form = match.group(1), match.group(2) or "label"
        if ("object", name) not in snapshot.components and (
            "term",
            name,
        ) not in snapshot.components:
            return match.group(0)
        return _noun(snapshot, name, locale, form, depth)

    return _PLACE.sub(fill, text)

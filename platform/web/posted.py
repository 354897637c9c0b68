"""What a form sends for a field, and how to tell whether somebody changed it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

import orjson
from starlette.datastructures import ImmutableMultiDict

from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.values import to_json
from fieldstone.web.contexts import ValueView
from fieldstone.web.reader import Reader
from fieldstone.web.views import COMPOUND, FILES, MANY

Sent = ImmutableMultiDict[str, Any]
"""A posted form, or the parameters of an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """As typed: `raw` one text, `many` several choices, `parts` those of a compound."""

    raw: str = ""
    many: tuple[str, ...] = ()
    parts: Mapping[str, str] = attribute(default_factory=dict)

    @property
    def blank(self) -> bool:
        return not self.raw.strip() and not self.many and not any(self.parts.values())

    @classmethod
    def of_view(cls, field: Field, view: ValueView) -> Posted:
        """What the form would send if nobody touched the field."""
        items = tuple(item.raw for item in view.items)
        if field.type.name in FILES and not is_many(field):
            return cls(raw=view.raw or next(iter(items), ""))
        if is_many(field):
            return cls(many=items)
        return cls(raw=view.raw, parts=dict(view.parts))


def is_many(field: Field) -> bool:
    return field.type.name in MANY or bool(field.config.get("multiple"))


def read(form: Sent, field: Field, name: str) -> Posted | None:
    """None when the form says nothing of the field."""
    if field.type.name in COMPOUND:
        return _compound(form, name)
    texts = [str(each) for each in form.getlist(name) if isinstance(each, str)]
    if not texts:
        return None
    filled = [each for each in texts if each.strip()]
    if is_many(field):
        return Posted(many=tuple(dict.fromkeys(filled)))
    if field.type.name in FILES:
        return Posted(raw=filled[-1] if filled else "")
    if field.type.name == "secret" and not filled:
        return None  # an empty box keeps the secret
    if "_object" in field.columns:
        kind = str(form.get(f"{name}.object") or "")
        return Posted(raw=texts[-1], parts={"object": kind} if filled else {})
    return Posted(raw=texts[-1])  # a tick comes after the "false" that stands for none


def _compound(form: Sent, name: str) -> Posted | None:
    start = f"{name}."
    parts = {
        key.removeprefix(start): str(value)
        for key, value in form.multi_items()
        if key.startswith(start) and isinstance(value, str)
    }
    return Posted(parts=parts) if parts else None


def given(field: Field, posted: Posted) -> Any:
    """What the save pipeline is to parse."""
    if is_many(field):
        return list(posted.many)
    if field.type.name in COMPOUND:
        return dict(posted.parts) if not posted.blank else None
    if "_object" in field.columns:
        kind = posted.parts.get("object", "")
        return {"object": kind, "id": posted.raw} if posted.raw.strip() else None
    return posted.raw


def parsed(reader: Reader, field: Field, posted: Posted) -> Any:
    """Raises BadValue."""
    return field.type.parse(given(field, posted), reader.locale, field.config)


def digest(reader: Reader, field: Field, posted: Posted) -> str:
    """Equal for two ways of writing the same value."""
    try:
        plain = to_json(parsed(reader, field, posted))
        content = orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    except BadValue:
        content = orjson.dumps(["?", posted.raw, posted.many, dict(posted.parts)])
    return hashlib.blake2s(content, digest_size=6).hexdigest()


def typed_view(posted: Posted) -> ValueView:
    """The value as it was typed, for a field that refused it."""
    items = tuple(ValueView(raw=each, text=each) for each in posted.many)
    return ValueView(raw=posted.raw, text=posted.raw, items=items, parts=dict(posted.parts))

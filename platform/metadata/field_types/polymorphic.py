"""A record of one of several objects: {"object": "task", "id": …}, in two columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import entered, line, quoted
from fieldstone.metadata.field_types.operators import BLANK
from fieldstone.metadata.field_types.relations import LABEL_KEY, ON_DELETE_KEY, record_id
from fieldstone.metadata.kinds.base import NAME

ANY = "*"
"""Every object that has activities; the snapshot fills in which they are."""

_TARGETS = {
    "type": "array",
    "items": {"anyOf": [{"const": ANY}, NAME]},
    "minItems": 1,
    "uniqueItems": True,
}


class Polymorphic(FieldType):
    name = "polymorphic"
    label = {"en": "Polymorphic lookup", "zh_CN": "多对象关系"}
    config_schema = {
        "type": "object",
        "properties": {"targets": _TARGETS} | ON_DELETE_KEY | LABEL_KEY,
        "required": ["targets"],
    }
    operators = ("=", "<>", *BLANK)
    widget = "polymorphic"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Uuid(), "_object": sa.Text()}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.REFERENCE)

    def parse(self, raw: Any, locale: Locale, config: Config) -> dict[str, Any] | None:
        """From {"object", "id"} or the text object/id."""
        name, key = _parts(raw)
        if name is None and key is None:
            return None
        if name is None or key is None:
            raise BadValue("field.not_a_record", value=f"{quoted(name or '')}/{key or ''}")
        targets = config["targets"]
        if name not in targets:
            raise BadValue("field.wrong_object", value=quoted(name), targets=", ".join(targets))
        return {"object": name, "id": key}

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else f"{value['object']}/{value['id']}"


def _parts(raw: Any) -> tuple[str | None, Any]:
    if isinstance(raw, Mapping):
        return line(raw.get("object")), record_id(raw.get("id"))
    text = entered(raw, "field.not_a_record")
    if text is None:
        return None, None
    name, slash, key = text.rpartition("/")
    if not slash:
        raise BadValue("field.not_a_record", value=quoted(text))
    return name.strip() or None, record_id(key)

"""What all relations have in common: a record is named by its id."""

from __future__ import annotations

import re
from abc import ABC
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Kind, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import entered, quoted, typed
from fieldstone.metadata.field_types.operators import EXACT
from fieldstone.metadata.kinds.base import FLAG, FORMULA, NAME, TEXT

TARGET_KEY = {"target": NAME}
ON_DELETE_KEY = {"on_delete": {"enum": ["restrict", "set_null", "cascade"], "default": "set_null"}}
LABEL_KEY = {"related_label": TEXT}
FILTER_KEY = {"filter": FORMULA, "filter_message": TEXT}
OPTIONAL_KEY = {"filter_optional": FLAG}
"""The filter guides the choice and refuses nothing."""
_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


class Relation(FieldType, ABC):
    """One record of one object, by id. Names are shown by whoever has read the other record."""

    operators = EXACT
    widget = "lookup"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": sa.Uuid()}

    def formula_type(self, config: Config) -> Type:
        return Type(kind=Kind.REFERENCE, target=config["target"])

    def parse(self, raw: Any, locale: Locale, config: Config) -> UUID | None:
        return record_id(raw)

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else str(value)


def record_id(raw: Any) -> UUID | None:
    """An id from a UUID, its text, or {"id": …}; None for blank."""
    if isinstance(raw, Mapping) and "id" in raw:
        raw = raw["id"]
    if raw is None or isinstance(raw, UUID):
        return raw
    text = entered(raw, "field.not_an_id")
    if text is None:
        return None
    if not _UUID.fullmatch(text):
        raise BadValue("field.not_an_id", value=quoted(text))
    return UUID(text)


def record_ids(raw: Any, limit: int) -> list[UUID] | None:
    """Ids in the order given, each once; None for none."""
    found = dict.fromkeys(each for each in map(record_id, _items(raw)) if each is not None)
    if len(found) > limit:
        raise BadValue("field.too_many_values", limit=limit)
    return list(found) or None


def _items(raw: Any) -> Iterable[Any]:
    if raw is None:
        return ()
    if isinstance(raw, (list, tuple)):
        return raw
    if isinstance(raw, str):
        return (typed(raw) or "").replace(";", ",").split(",")
    return (raw,)

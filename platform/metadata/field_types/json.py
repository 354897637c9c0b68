"""A JSON object or list, for what other systems send and nobody computes with."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import OPAQUE, Type
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue, Config, FieldType
from fieldstone.metadata.field_types.characters import BLANKS
from fieldstone.metadata.field_types.operators import BLANK

DEPTH = 50
SIZE = 65_536
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Json(FieldType):
    name = "json"
    label = {"en": "JSON", "zh_CN": "JSON"}
    operators = BLANK
    widget = "json"

    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        return {"": JSONB(none_as_null=True)}

    def formula_type(self, config: Config) -> Type:
        return OPAQUE

    def parse(self, raw: Any, locale: Locale, config: Config) -> Any:
        """From an object or list, or the JSON text of one."""
        value = _read(raw) if isinstance(raw, str) else raw
        if value is None:
            return None
        if not isinstance(value, (dict, list)):
            raise BadValue("field.not_json")
        _check(value)
        try:
            size = len(orjson.dumps(value))
        except orjson.JSONEncodeError:
            raise BadValue("field.not_json") from None
        if size > SIZE:
            raise BadValue("field.json_too_large", limit=SIZE // 1024)
        return value

    def format(self, value: Any, locale: Locale, config: Config) -> str:
        return "" if value is None else orjson.dumps(value).decode()


def _read(text: str) -> Any:
    text = text.strip(BLANKS)
    if not text:
        return None
    if len(text) > SIZE * 4:
        raise BadValue("field.json_too_large", limit=SIZE // 1024)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadValue("field.not_json") from None


def _check(value: Any) -> None:
    """Level by level, so that no depth of nesting can exhaust the stack."""
    level: list[Any] = [value]
    for _ in range(DEPTH):
        level = [child for each in level for child in _children(each)]
    for each in level:
        if isinstance(each, (dict, list)):
            raise BadValue("field.json_too_deep", limit=DEPTH)
        _children(each)


def _children(value: Any) -> Iterable[Any]:
    """The parts of an object or list. Refuses a scalar that JSON or the database cannot hold."""
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise BadValue("field.control_character")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise BadValue("field.not_json")
    elif not (value is None or isinstance(value, (bool, int))):
        raise BadValue("field.not_json")
    return ()

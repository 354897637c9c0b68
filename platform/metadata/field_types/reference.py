"""The page docs/reference/field_types.md, made from the registry and the catalogues.

`python -m fieldstone.metadata.field_types.reference > docs/reference/field_types.md`"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from babel.messages.pofile import read_po
from sqlalchemy import make_url

from fieldstone.kernel.i18n import CATALOGUES, LOCALES
from fieldstone.metadata.convert import targets
from fieldstone.metadata.field_types.base import Config, FieldType
from fieldstone.metadata.field_types.operators import OPERATORS
from fieldstone.metadata.field_types.registry import FIELD_TYPES

AREA = "field_types.po"
_EXAMPLE: Config = {"target": "…", "targets": ["…"], "values": {}, "format": "{0000}"}
_HEAD = """# Field types

Generated from `platform/metadata/field_types/`; change it there. Every field also has the keys of
docs/reference/metadata.md, *field*.

In all types a blank text is no value, full-width letters, digits and signs are read as the narrow
ones where a number, date or code is expected, and NUL, other control characters and lone
surrogates are refused. A value that a type refuses gets a message with a code
(`field.not_a_date`)."""


def page() -> str:
    """The whole page in Markdown."""
    catalogues = {locale: texts(locale) for locale in LOCALES}
    parts = [_HEAD]
    parts += ["\n".join(_section(kind, catalogues)) for kind in FIELD_TYPES.values()]
    return "\n\n".join((*parts, "\n".join(_operators()))) + "\n"


def texts(locale: str) -> Mapping[str, str]:
    """The messages of this area's catalogue by id, as they stand in its file."""
    with (CATALOGUES / locale / AREA).open("rb") as file:
        catalogue = read_po(file, locale=locale)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def _section(kind: FieldType, catalogues: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield f"## {kind.name}"
    yield ""
    yield f"**{kind.label['en']}** · {kind.label['zh_CN']}"
    yield ""
    for locale in ("en", "zh_CN"):
        yield catalogues[locale].get(f"field_type.{kind.name}", "")
        yield ""
    yield f"* Stored as {_columns(kind)}; in formulas {kind.formula_type(_EXAMPLE).kind.value}"
    yield f"* Filters: {_named(kind.operators) or 'none'}"
    yield f"* Can become: {_named(targets(kind.name)) or 'no other type'}"
    properties = kind.config_schema.get("properties", {})
    if properties:
        yield ""
        yield "| key | meaning | | default |"
        yield "|---|---|---|---|"
        required = kind.config_schema.get("required", ())
        for key, schema in properties.items():
            yield _key(key, schema, catalogues, required=key in required)


def _columns(kind: FieldType) -> str:
    dialect = make_url("postgresql+psycopg://").get_dialect()()
    columns = kind.columns(_EXAMPLE)
    names = [
        f"`{column.compile(dialect=dialect).lower()}`" + (f" (`…{ending}`)" if ending else "")
        for ending, column in columns.items()
    ]
    return " and ".join(names) or "rows of a table of their own"


def _named(names: tuple[str, ...]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _key(
    key: str,
    schema: Mapping[str, Any],
    catalogues: Mapping[str, Mapping[str, str]],
    *,
    required: bool,
) -> str:
    meanings = [catalogues[locale].get(f"field_type.key.{key}", "") for locale in ("en", "zh_CN")]
    default = schema.get("default")
    shown = "required" if required else "" if default is None else f"`{_json(default)}`"
    return f"| `{key}` | {' · '.join(meanings)} | {_allowed(schema)} | {shown} |"


def _allowed(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return _named(tuple(schema["enum"]))
    if "minimum" in schema:
        return f"{schema['minimum']} … {schema['maximum']}"
    return {"boolean": "true or false", "array": "list"}.get(schema.get("type", ""), "")


def _json(default: Any) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)


def _operators() -> Iterator[str]:
    yield "## Operators of filters"
    yield ""
    yield "| operator | | | needs |"
    yield "|---|---|---|---|"
    for each in OPERATORS.values():
        label = each.label
        yield f"| `{each.name}` | {label['en']} | {label['zh_CN']} | {each.operand.value} |"


if __name__ == "__main__":
    sys.stdout.write(page())

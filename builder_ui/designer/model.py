"""A layout between its document and the designer: what the script draws, and what it posts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fieldstone.kernel.i18n import LOCALES
from fieldstone.metadata.codec import decoded, ordered
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.snapshot import Field, Object
from fieldstone.web.layouts import Layout
from fieldstone_builder import links
from fieldstone_builder.desk import Desk
from fieldstone_builder.fields.types import look_of

Body = Mapping[str, Any]
KIND = KINDS["layout"]
PARTS = ("sub_tables", "related_lists")
LONGEST = 400_000
"""Characters of a posted layout."""
_NEVER = ("id", "version")
_CHOSEN = ("owner", "record_type", "currency_code", "tags")
"""System fields that people fill in like their own."""


def props_of(desk: Desk, shape: Object, name: str, body: Body) -> str:
    return json.dumps(
        {
            "language": desk.words.code,
            "noun": desk.words.noun(shape.name),
            "icon": shape.icon,
            "color": shape.color,
            "layout": _drawn(desk, name, body),
            "fields": [
                _field(desk, each) for each in shape.fields.values() if each.name not in _NEVER
            ],
            "lists": list(_lists(desk, shape)),
            "types": [
                {"name": code, "label": desk.words.text(each.get("label")) or code}
                for code, each in shape.record_types.items()
            ],
        },
        ensure_ascii=False,
    )


def _drawn(desk: Desk, name: str, body: Body) -> dict[str, Any]:
    key = ("layout", name)
    return {
        "label": body.get("label") or {},
        "record_types": list(body.get("record_types") or ()),
        "order": body.get("order"),
        "sections": [
            {
                **{each: section[each] for each in section if each not in ("fields", "order")},
                "name": code,
                "condition_url": links.formula_url(key, f"sections.{code}.visible_when")
                if name in _known(desk)
                else "",
                "fields": [_item(field, settings) for field, settings in _fields(section)],
            }
            for code, section in ordered(body.get("sections"))
        ],
        **{
            part: [_list(desk, code, each) for code, each in _children(body, part)]
            for part in PARTS
        },
    }


def _known(desk: Desk) -> set[str]:
    """Layouts whose conditions can be edited: those that the draft or the organisation has."""
    return {name for kind, name in desk.after.components if kind == "layout"}


def _fields(section: Body) -> list[tuple[str, Body]]:
    return ordered(section.get("fields"))


def _item(name: str, settings: Body) -> dict[str, Any]:
    return {"name": name, **{key: value for key, value in settings.items() if key != "order"}}


def _children(body: Body, part: str) -> list[tuple[str, Body]]:
    return ordered(body.get(part))


def _list(desk: Desk, code: str, body: Body) -> dict[str, Any]:
    columns = [name for name, _ in ordered(body.get("columns"))]
    label = desk.words.text(body.get("label")) or desk.words.noun(body["object"], "plural")
    return {
        "name": code,
        "shown": label,
        "object": body["object"],
        "field": body["field"],
        "columns": columns,
        "settings": {key: value for key, value in body.items() if key not in ("columns", "order")}
        | {"columns": [{name: _plain(each)} for name, each in ordered(body.get("columns"))]},
    }


def _plain(settings: Body) -> dict[str, Any]:
    return {key: value for key, value in settings.items() if key != "order"}


def _field(desk: Desk, field: Field) -> dict[str, Any]:
    look = look_of(field.type.name)
    return {
        "name": field.name,
        "label": desk.words.text(field.label) or field.name,
        "icon": look.icon,
        "type": desk.words.text(field.type.label),
        "required": bool(field.required) and not field.config.get("default"),
        "computed": field.computed != "",
        "system": field.system and field.name not in _CHOSEN,
        "wide": field.type.name in ("long_text", "rich_text", "address", "json"),
    }


def _lists(desk: Desk, shape: Object) -> Iterator[dict[str, Any]]:
    """Records of other objects that point at one of these; `lines`: they are parts of it."""
    for other in desk.after.objects.values():
        for field in other.own_fields:
            if field.target != shape.name or not field.is_reference or not field.column:
                continue
            yield {
                "object": other.name,
                "field": field.name,
                "label": desk.words.noun(other.name, "plural"),
                "via": desk.words.text(field.label),
                "icon": other.icon,
                "lines": field.type.name == "master_detail",
            }


def made_body(layout: Layout) -> dict[str, Any]:
    """The document of the layout that pages show while nobody has designed any."""
    return decoded(
        KIND,
        {
            "label": {"en": "Standard", "zh_CN": "标准布局"},
            "sections": [
                {
                    section.name: {
                        "label": dict(section.label),
                        "columns": section.columns,
                        "fields": [{name: _plain(each)} for name, each in section.fields],
                    }
                }
                for section in layout.sections
            ],
            **{
                part: [
                    {
                        each.name: {
                            "object": each.object,
                            "field": each.field,
                            "columns": list(each.columns),
                        }
                    }
                    for each in getattr(layout, part)
                ]
                for part in PARTS
            },
        },
    )


def read_body(text: str, start: Body) -> dict[str, Any] | None:
    """The document that the script posted; None when it is none. What the designer does not show
    of a document stays as it is."""
    if len(text) > LONGEST:
        return None
    try:
        given = json.loads(text)
        return _document(given, start)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _document(given: Body, start: Body) -> dict[str, Any]:
    label = {code: str(given["label"].get(code) or "").strip() for code in LOCALES}
    body: dict[str, Any] = {
        **{key: value for key, value in start.items() if key not in ("sections", *PARTS)},
        "label": {code: text for code, text in label.items() if text},
        "record_types": [str(each) for each in given["record_types"]],
        "sections": [{each["name"]: _section(each)} for each in given["sections"]],
        **{
            part: [{each["name"]: dict(each["settings"])} for each in given[part]] for part in PARTS
        },
    }
    for key in ("record_types", *PARTS):
        if not body[key]:
            del body[key]
    return decoded(KIND, body)


_SECTION = ("label", "columns", "collapsed", "visible_when")
_SETTINGS = ("span", "required", "read_only")


def _section(given: Body) -> dict[str, Any]:
    section = {key: given[key] for key in _SECTION if given.get(key)}
    label: Mapping[str, Any] = section.get("label") or {}
    texts = {code: str(text).strip() for code, text in label.items()}
    section["label"] = {code: text for code, text in texts.items() if text}
    section["fields"] = [
        {each["name"]: {key: each[key] for key in _SETTINGS if each.get(key)}}
        for each in given["fields"]
    ]
    return section

"""The kinds that are documents only: nothing in the database changes with them."""

from __future__ import annotations

from fieldstone.metadata.field_types.formula import TESTS
from fieldstone.metadata.kinds.base import (
    CODE,
    FLAG,
    FORMULA,
    ICON,
    NAME,
    ORDER,
    PATH,
    SORT,
    TEXT,
    VALUES,
    WORD,
    Kind,
    document,
    items,
)

VALUE_SET = Kind(
    name="value_set",
    label={"en": "Value set", "zh_CN": "选项集"},
    folder="value_sets",
    named_items=("values",),
    schema=document({"label": TEXT, "description": TEXT, "values": VALUES}, ("label", "values")),
)

RECORD_TYPE = Kind(
    name="record_type",
    label={"en": "Record type", "zh_CN": "记录类型"},
    folder="record_types",
    of_object=True,
    schema=document(
        {"label": TEXT, "description": TEXT, "default": FLAG, "active": FLAG, "order": ORDER}
    ),
)

PATH_KIND = Kind(
    name="path",
    label={"en": "Path", "zh_CN": "阶段路径"},
    folder="paths",
    of_object=True,
    named_items=("stages",),
    schema=document(
        {
            "label": TEXT,
            "field": NAME,
            "record_types": {"type": "array", "items": NAME},
            "stages": items(
                {
                    "kind": {"enum": ["open", "won", "lost", "invalid"]},
                    "probability": {"type": "number", "minimum": 0, "maximum": 100},
                    "category": CODE,
                    "guidance": TEXT,
                    "requires": {"type": "array", "items": NAME, "uniqueItems": True},
                    "max_days": {"type": "integer", "minimum": 0},
                },
                key=CODE,
            ),
        },
        ("field", "stages"),
    ),
)

VALIDATION_RULE = Kind(
    name="validation_rule",
    label={"en": "Validation rule", "zh_CN": "校验规则"},
    folder="validation_rules",
    of_object=True,
    schema=document(
        {
            "label": TEXT,
            "description": TEXT,
            "when": FORMULA,
            "field": NAME,
            "message": TEXT,
            "severity": {"enum": ["error", "warning"]},
            "active": FLAG,
            "after_rollups": FLAG,
            "order": ORDER,
            "tests": TESTS,
        },
        ("when", "message"),
    ),
)

_COLUMNS = items({"width": {"type": "integer", "minimum": 40, "maximum": 900}})
_CHILDREN = {
    "label": TEXT,
    "object": NAME,
    "field": NAME,
    "columns": _COLUMNS,
    "sort": SORT,
    "limit": {"type": "integer", "minimum": 1, "maximum": 50},
}

LAYOUT = Kind(
    name="layout",
    label={"en": "Layout", "zh_CN": "页面布局"},
    folder="layouts",
    of_object=True,
    named_items=(
        "sections",
        "sections.*.fields",
        "related_lists",
        "related_lists.*.columns",
        "sub_tables",
        "sub_tables.*.columns",
    ),
    schema=document(
        {
            "label": TEXT,
            "record_types": {"type": "array", "items": NAME},
            "order": ORDER,
            "sections": items(
                {
                    "label": TEXT,
                    "columns": {"enum": [1, 2]},
                    "visible_when": FORMULA,
                    "collapsed": FLAG,
                    "fields": items(
                        {"span": {"enum": [1, 2]}, "read_only": FLAG, "required": FLAG}
                    ),
                },
                key=NAME,
                required=("label",),
            ),
            "related_lists": items(_CHILDREN, key=NAME, required=("object", "field")),
            "sub_tables": items(_CHILDREN, key=NAME, required=("object", "field")),
        },
        ("sections",),
    ),
)

_DISPLAY = {
    "type": "object",
    "description": "How the view opens. `by` is the choice whose values are the columns of a "
    "board, or the day of a calendar, `until` the end of what lasts from `by`; `card` the fields "
    "on a card; `folded` the columns that begin folded, because what is in them is done with.",
    "properties": {
        "kind": {"enum": ["table", "board", "calendar"]},
        "by": NAME,
        "until": NAME,
        "card": {"type": "array", "items": PATH, "uniqueItems": True, "maxItems": 6},
        "folded": {"type": "array", "items": CODE, "uniqueItems": True},
    },
    "required": ["kind"],
    "additionalProperties": False,
}

LIST_VIEW = Kind(
    name="list_view",
    label={"en": "List view", "zh_CN": "列表视图"},
    folder="list_views",
    of_object=True,
    named_items=("columns",),
    schema=document(
        {
            "label": TEXT,
            "columns": _COLUMNS,
            "filter": FORMULA,
            "sort": SORT,
            "order": ORDER,
            "display": _DISPLAY,
            "agenda": NAME,
        },
        ("label", "columns"),
    ),
)

COMPACT_LAYOUT = Kind(
    name="compact_layout",
    label={"en": "Compact layout", "zh_CN": "简要布局"},
    folder="compact_layouts",
    of_object=True,
    named_items=("fields",),
    schema=document({"label": TEXT, "fields": items({})}, ("fields",)),
)

APP = Kind(
    name="app",
    label={"en": "App", "zh_CN": "应用"},
    folder="apps",
    named_items=("items",),
    schema=document(
        {
            "label": TEXT,
            "description": TEXT,
            "icon": ICON,
            "order": ORDER,
            "items": items(
                {"label": TEXT, "icon": ICON, "url": {"type": "string", "pattern": "^/[^/\\\\]"}},
                key=NAME,
            ),
        },
        ("label", "items"),
    ),
)

TERM = Kind(
    name="term",
    label={"en": "Term", "zh_CN": "术语"},
    folder="terms",
    schema=document({"label": WORD, "plural": WORD, "measure": WORD}),
)

TERM_SET = Kind(
    name="term_set",
    label={"en": "Words of a trade", "zh_CN": "行业词"},
    folder="term_sets",
    schema=document(
        {
            "label": TEXT,
            "description": TEXT,
            "order": ORDER,
            "terms": {
                "type": "object",
                "additionalProperties": document({"label": WORD, "plural": WORD, "measure": WORD}),
            },
        },
        ("label", "terms"),
    ),
)

PERMISSION_SET = Kind(
    name="permission_set",
    label={"en": "Permission set", "zh_CN": "权限集"},
    folder="permissions",
    schema=document(
        {
            "label": TEXT,
            "description": TEXT,
            "profile": FLAG,
            "order": ORDER,
            "system": {"type": "array", "items": NAME, "uniqueItems": True},
            "objects": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "properties": {
                        "rights": {
                            "type": "array",
                            "uniqueItems": True,
                            "items": {
                                "enum": [
                                    "create", "read", "edit", "delete", "view_all", "modify_all",
                                ]
                            },
                        },
                        "fields": {
                            "type": "object",
                            "additionalProperties": {"enum": ["edit", "read", "none"]},
                        },
                    },
                    "additionalProperties": False,
                },
            },
        }
    ),
)  # fmt: skip

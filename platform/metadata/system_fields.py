"""The fields that every record has without anybody declaring them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

USER_OBJECT = "user"
FAVOURITE_OBJECT = "favourite"
INBOX_OBJECT = "notification"
FILE_OBJECT = "file"
HOLIDAY_OBJECT = "holiday"
HOLIDAY_DATE_OBJECT = "holiday_date"
BUSINESS_HOURS_OBJECT = "business_hours"
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The fields of business hours, in the order of the week."""

PLATFORM_FIELDS: Mapping[str, Mapping[str, str]] = {
    USER_OBJECT: {
        "account": "text",
        "is_active": "boolean",
        "profile": "text",
        "permission_sets": "json",
        "language": "picklist",
        "timezone": "text",
        "kind": "picklist",
        "is_queue": "boolean",
        "email": "email",
    },
    FILE_OBJECT: {
        "size": "integer",
        "media_type": "text",
        "sha256": "text",
        "storage_key": "text",
    },
    HOLIDAY_OBJECT: {"is_active": "boolean"},
    HOLIDAY_DATE_OBJECT: {
        "holiday": "master_detail",
        "date": "date",
        "last_day": "date",
        "kind": "picklist",
    },
    BUSINESS_HOURS_OBJECT: {
        "always_open": "boolean",
        "is_active": "boolean",
        "is_default": "boolean",
        "timezone": "text",
        **dict.fromkeys(WEEK, "text"),
    },
}
"""Fields of built-in objects that the platform itself reads, with the types it needs."""

SYSTEM_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "id": {"type": "text", "label": {"en": "Record ID", "zh_CN": "记录 ID"}, "read_only": True},
    "version": {
        "type": "integer",
        "label": {"en": "Version", "zh_CN": "版本"},
        "read_only": True,
    },
    "owner": {
        "type": "user",
        "label": {"en": "Owner", "zh_CN": "负责人"},
        "on_delete": "restrict",
    },
    "record_type": {
        "type": "picklist",
        "label": {"en": "Record type", "zh_CN": "记录类型"},
        "values": {},
    },
    "currency_code": {
        "type": "text",
        "length": 3,
        "label": {"en": "Currency", "zh_CN": "币种"},
    },
    "tags": {
        "type": "multi_picklist",
        "label": {"en": "Tags", "zh_CN": "标签"},
        "values": {},
        "open": True,
    },
    "created_by": {
        "type": "user",
        "label": {"en": "Created by", "zh_CN": "创建人"},
        "read_only": True,
    },
    "created_at": {
        "type": "datetime",
        "label": {"en": "Created at", "zh_CN": "创建时间"},
        "read_only": True,
    },
    "modified_by": {
        "type": "user",
        "label": {"en": "Last modified by", "zh_CN": "最后修改人"},
        "read_only": True,
    },
    "modified_at": {
        "type": "datetime",
        "label": {"en": "Last modified at", "zh_CN": "最后修改时间"},
        "read_only": True,
    },
    "last_activity_at": {
        "type": "datetime",
        "label": {"en": "Last activity", "zh_CN": "最近活动时间"},
        "read_only": True,
    },
    "next_activity_at": {
        "type": "datetime",
        "label": {"en": "Next activity", "zh_CN": "下次活动时间"},
        "read_only": True,
    },
}

GUARDED_FIELDS: Mapping[tuple[str, str], str] = {
    (USER_OBJECT, "profile"): "manage_permissions",
    (USER_OBJECT, "permission_sets"): "manage_permissions",
    (USER_OBJECT, "account"): "manage_users",
    (USER_OBJECT, "is_active"): "manage_users",
    (USER_OBJECT, "kind"): "manage_users",
    (USER_OBJECT, "is_queue"): "manage_users",
}
"""Fields that decide what people may do: the right to edit the record is not enough."""

NAME_FIELD_LABEL = {"en": "Name", "zh_CN": "名称"}

HIDDEN_COLUMNS = ("deleted_at", "deleted_by", "deleted_root")
"""Columns of the recycle bin: when, by whom, and the record whose deletion took this along."""

RESERVED_NAMES = frozenset({*SYSTEM_FIELDS, *HIDDEN_COLUMNS, "name"})

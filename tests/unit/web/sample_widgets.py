"""Every widget with a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unit.web.sample_frame import Say, stage_options

from fieldstone.web.contexts import (
    FieldValue,
    FieldView,
    NoteView,
    SectionView,
    ValueView,
)
from fieldstone.web.form_contexts import FormPage
from fieldstone.web.page_contexts import RecordPage

SHOWN_ONLY = ("link", "picture")
"""What formulas make: nothing to fill in, nothing to filter by."""

WIDGETS: Mapping[str, ValueView] = {
    "text": ValueView(raw="FA-600", text="FA-600"),
    "long_text": ValueView(raw="一\n二", text="一\n二"),
    "rich_text": ValueView(raw="<p><strong>二期</strong></p>", text="二期"),
    "email": ValueView(
        raw="wang@example.cn", text="wang@example.cn", href="mailto:wang@example.cn"
    ),
    "phone": ValueView(raw="+8613800138000", text="138 0013 8000", href="tel:+8613800138000"),
    "url": ValueView(raw="https://example.cn", text="example.cn", href="https://example.cn"),
    "link": ValueView(
        raw="查询", text="查询", href="https://example.cn/?q=1", parts={"target": "_blank"}
    ),
    "picture": ValueView(
        raw="进度", text="进度", thumb="/files/1", parts={"height": "16", "width": "60"}
    ),
    "number": ValueView(raw="12960000", text="12,960,000"),
    "percent": ValueView(raw="40", text="40%"),
    "currency": ValueView(raw="2405272.80", text="¥ 2,405,272.80"),
    "boolean": ValueView(raw="true"),
    "date": ValueView(raw="2026-04-02", text="2026-04-02"),
    "datetime": ValueView(raw="2026-04-02T15:30", text="2026-04-02 15:30"),
    "time": ValueView(raw="15:30", text="15:30"),
    "duration": ValueView(raw="1:30", text="1:30"),
    "picklist": ValueView(raw="proposal", text="方案报价", color="purple"),
    "multi_picklist": ValueView(
        raw="a",
        items=(
            ValueView(raw="qualify", text="初步接触"),
            ValueView(raw="proposal", text="方案报价", color="purple"),
        ),
    ),
    "lookup": ValueView(raw="1", text="恒川集团", href="/r/9"),
    "polymorphic": ValueView(
        raw="1", text="恒川集团", href="/r/9", icon="building", parts={"object": "account"}
    ),
    "many_to_many": ValueView(
        raw="1",
        items=(
            ValueView(raw="1", text="王海峰", initials="王"),
            ValueView(raw="2", text="李建国", initials="李"),
        ),
    ),
    "file": ValueView(
        raw="1",
        items=(
            ValueView(raw="1", text="技术协议 V3.pdf", href="/files/1", parts={"size": "1.2 MB"}),
        ),
    ),
    "image": ValueView(
        raw="1",
        items=(
            ValueView(
                raw="1",
                text="现场",
                href="/static/favicon.svg",
                thumb="data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=",
            ),
        ),
    ),
    "address": ValueView(
        raw="x",
        text="江苏 苏州 工业园区 星湖街 1 号",
        parts={"province": "江苏", "city": "苏州", "street": "星湖街 1 号"},
    ),
    "person_name": ValueView(
        raw="x", text="王海峰", parts={"last_name": "王", "first_name": "海峰"}
    ),
    "region": ValueView(
        raw="320500",
        text="江苏 苏州",
        items=(ValueView(raw="320000", text="江苏省"), ValueView(raw="320500", text="苏州市")),
    ),
    "geo_point": ValueView(
        raw="x",
        text="31.32, 120.71",
        href="geo:31.32,120.71",
        parts={"latitude": "31.32", "longitude": "120.71"},
    ),
    "rating": ValueView(raw="4", text="4"),
    "color": ValueView(raw="#2f4fc9", text="#2f4fc9"),
    "json": ValueView(raw='{"a": 1}', text='{\n  "a": 1\n}'),
    "secret": ValueView(raw=""),
    "signature": ValueView(blank=True),
    "autonumber": ValueView(raw="A-000128", text="A-000128"),
}


def widget_field(name: str, say: Say, **more: Any) -> FieldView:
    settings: dict[str, Any] = {
        "name": name,
        "label": name,
        "widget": name,
        "input_name": name,
        "id": f"w-{name}",
        "lookup_url": "/lookup/x/y",
        "options": stage_options(say),
        "targets": (("account", say("客户", "Account")), ("contact", say("联系人", "Contact"))),
        "unit": {"percent": "%", "currency": "¥"}.get(name, ""),
        "multiple": name in ("file", "image"),
    }
    return FieldView(**{**settings, **more})


def widgets_page(say: Say) -> FormPage:
    items = tuple(
        FieldValue(field=widget_field(name, say), value=value)
        for name, value in WIDGETS.items()
        if name not in SHOWN_ONLY
    )
    return FormPage(
        title=say("全部控件", "All widgets"),
        action="/w",
        plural=say("控件", "Widgets"),
        list_url="/",
        cancel_url="/",
        sections=(SectionView(name="all", label=say("编辑", "Edit"), items=items),),
        draft_key="widgets",
    )


def widgets_shown(say: Say) -> RecordPage:
    items = tuple(
        FieldValue(field=widget_field(name, say), value=value) for name, value in WIDGETS.items()
    )
    return RecordPage(
        object="widget",
        id="1",
        title=say("全部控件", "All widgets"),
        label="widget",
        plural=say("控件", "Widgets"),
        list_url="/",
        url="/",
        sections=(SectionView(name="all", label=say("显示", "Shown"), items=items),),
        restore_url="/restore",
        notes=(
            NoteView(
                title=say("可能重复", "Possible duplicate"),
                text=say("与「恒川精机」电话相同。", "Same phone as Hengchuan Machine."),
                kind="warn",
                icon="copy",
            ),
        ),
    )

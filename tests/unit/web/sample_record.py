"""A record of a company: fields, stages, related lists, history."""

from __future__ import annotations

from typing import Any

from unit.web.sample_frame import Say, stage_value

from fieldstone.web.contexts import (
    ActionView,
    FieldValue,
    FieldView,
    LinkView,
    SectionView,
    TagView,
    ValueView,
)
from fieldstone.web.page_contexts import (
    ChangeView,
    ColumnView,
    CountView,
    HistoryEntry,
    PathView,
    RecordPage,
    RelatedList,
    RowView,
    StageView,
)


def record_page(say: Say, *, tab: str = "details") -> RecordPage:
    def shown(name: str, widget: str, zh: str, en: str, value: ValueView) -> FieldValue:
        return FieldValue(
            field=FieldView(name=name, label=say(zh, en), widget=widget),
            value=value,
            edit_url=f"/f/{name}",
        )

    def text(zh: str, en: str, **more: Any) -> ValueView:
        return ValueView(text=say(zh, en), **more)

    basics = (
        shown("tier", "picklist", "客户级别", "Tier", text("A 级", "Tier A", color="amber")),
        shown(
            "industry",
            "text",
            "行业",
            "Industry",
            text("装备制造 / 精密加工", "Machinery / Precision"),
        ),
        shown(
            "tax",
            "text",
            "统一信用代码",
            "Tax ID",
            text("91320594MA1X7KQ52C", "91320594MA1X7KQ52C"),
        ),
        shown("staff", "number", "员工人数", "Employees", text("860", "860")),
        shown(
            "revenue", "currency", "年营收", "Revenue", text("¥ 620,000,000.00", "¥ 620,000,000.00")
        ),
        shown(
            "parent",
            "lookup",
            "上级公司",
            "Parent",
            text("恒川集团", "Hengchuan Group", href="/r/9"),
        ),
        shown(
            "site",
            "url",
            "官网",
            "Website",
            text(
                "hengchuan.example.cn", "hengchuan.example.cn", href="https://hengchuan.example.cn"
            ),
        ),
        shown("source", "text", "来源", "Source", ValueView(blank=True)),
        shown(
            "note",
            "long_text",
            "备注",
            "Notes",
            text(
                "采购由王总监拍板。\n设备部李工对节拍有一票否决。",
                "Director Wang signs.\nLi in Equipment can veto on cycle time.",
            ),
        ),
    )
    money = (
        shown(
            "credit",
            "currency",
            "信用额度",
            "Credit limit",
            text("¥ 3,000,000.00", "¥ 3,000,000.00"),
        ),
        shown("due", "currency", "应收余额", "Receivable", text("¥ 412,500.00", "¥ 412,500.00")),
        shown("rating", "rating", "合作评分", "Rating", ValueView(raw="4", text="4")),
        shown("active", "boolean", "启用", "Active", ValueView(raw="true")),
    )
    states = ("done", "done", "done", "now", "todo")
    names = (
        ("潜在", "Prospect"),
        ("已接触", "Engaged"),
        ("已成交", "Customer"),
        ("复购", "Repeat"),
        ("战略合作", "Partner"),
    )
    return RecordPage(
        object="account",
        id="1",
        title=say("苏州恒川精密机械有限公司", "Suzhou Hengchuan Precision Co., Ltd."),
        label=say("客户", "account"),
        plural=say("客户", "Accounts"),
        list_url="/o/account",
        url="/o/account/1",
        icon="building",
        color="teal",
        tags=(
            TagView(label=say("战略客户", "Strategic"), color="purple"),
            TagView(label=say("装备制造", "Machinery"), plain=True),
        ),
        highlights=(
            shown("no", "autonumber", "编号", "No.", text("A-000128", "A-000128")),
            shown("owner", "lookup", "负责人", "Owner", text("周俊", "Zhou Jun", initials="周")),
            shown(
                "city",
                "region",
                "地区",
                "Region",
                text("江苏 苏州 工业园区", "Suzhou, Jiangsu", icon="map-pin"),
            ),
            shown(
                "phone",
                "phone",
                "电话",
                "Phone",
                text("0512-6288 0199", "0512-6288 0199", icon="phone", href="tel:051262880199"),
            ),
        ),
        path=PathView(
            label=say("客户阶段", "Lifecycle"),
            stages=tuple(
                StageView(
                    code=str(at),
                    label=say(*name),
                    state=state,  # type: ignore[arg-type]  # a literal from the tuple above
                    url="" if state == "now" else f"/stage/{at}",
                )
                for at, (name, state) in enumerate(zip(names, states, strict=True))
            ),
            next_label=say("战略合作", "Partner"),
            missing=(
                LinkView(label=say("年度框架金额", "Annual frame value"), url="#a"),
                LinkView(label=say("高层互访日期", "Executive visit date"), url="#b"),
            ),
            days_text=say("当前阶段已 42 天", "42 days in stage"),
            advance_url="/stage/next",
        ),
        sections=(
            SectionView(name="basic", label=say("基本信息", "Basics"), items=basics),
            SectionView(name="money", label=say("财务与信用", "Finance"), items=money),
        ),
        related=related_lists(say),
        tab=tab,  # type: ignore[arg-type]  # one of the literals
        history=history(say),
        history_url="?tab=history",
        edit_url="/o/account/1/edit",
        delete_url="/o/account/1/delete",
        actions=(
            ActionView(
                label=say("新建商机", "New opportunity"),
                url="/o/opportunity/new",
                icon="plus",
                primary=True,
            ),
            ActionView(label=say("克隆", "Clone"), url="/o/account/1/clone", icon="copy"),
        ),
        previous_url="/o/account/0",
        next_url="/o/account/2",
        position=say("第 3 / 58 条", "3 of 58"),
    )


def related_lists(say: Say) -> tuple[RelatedList, ...]:
    name = ColumnView(
        field=FieldView(name="name", label=say("名称", "Name"), widget="text"),
        label=say("名称", "Name"),
        is_name=True,
    )
    amount = ColumnView(
        field=FieldView(name="amount", label=say("金额", "Amount"), widget="currency"),
        label=say("金额", "Amount"),
        numeric=True,
    )
    stage = ColumnView(
        field=FieldView(name="stage", label=say("阶段", "Stage"), widget="picklist"),
        label=say("阶段", "Stage"),
    )
    deals = (
        ("柔性装配线二期", "Flexible line II", "2,860,000", 2),
        ("备件年框", "Spare-parts frame", "540,000", 3),
        ("产线远程运维", "Remote operations", "340,000", 0),
    )
    return (
        RelatedList(
            name="opportunities",
            label=say("商机", "Opportunities"),
            icon="coin",
            color="blue",
            columns=(name, amount, stage),
            rows=tuple(
                RowView(
                    id=en,
                    url="/r",
                    title=say(zh, en),
                    cells=(
                        ValueView(text=say(zh, en)),
                        ValueView(text=money),
                        stage_value(say, at),
                    ),
                )
                for zh, en, money, at in deals
            ),
            count=CountView(value=12),
            new_url="/new",
            all_url="/all",
        ),
        RelatedList(
            name="contracts",
            label=say("合同", "Contracts"),
            icon="file-text",
            color="green",
            columns=(name,),
            rows=(),
            count=CountView(value=0),
            new_url="/new",
        ),
    )


def history(say: Say) -> tuple[HistoryEntry, ...]:
    today, yesterday = say("今天", "Today"), say("昨天", "Yesterday")
    return (
        HistoryEntry(
            who=say("林晓雨", "Lin Xiaoyu"),
            text=say("修改了 2 个字段", "changed 2 fields"),
            day=today,
            time="08:55",
            at="2026-04-02T08:55",
            icon="pencil",
            color="blue",
            changes=(
                ChangeView(
                    label=say("客户级别", "Tier"),
                    old=say("B 级", "Tier B"),
                    new=say("A 级", "Tier A"),
                ),
                ChangeView(label=say("员工人数", "Employees"), new="860"),
            ),
        ),
        HistoryEntry(
            who=say("周俊", "Zhou Jun"),
            text=say("把负责人改为自己", "took over"),
            day=yesterday,
            time="17:31",
            at="2026-04-01T17:31",
            icon="user",
            color="purple",
        ),
        HistoryEntry(
            who=say("系统", "System"),
            text=say("导入时创建", "created it by import"),
            day=yesterday,
            time="09:12",
            at="2026-04-01T09:12",
            icon="plus",
            color="gray",
        ),
    )

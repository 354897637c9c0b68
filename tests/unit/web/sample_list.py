"""A list of deals, its condition panel, and empty lists."""

from __future__ import annotations

from typing import Any

from unit.web.sample_frame import Say, stage_options, stage_value

from fieldstone.web.contexts import (
    FieldValue,
    FieldView,
    OptionView,
    ValueView,
)
from fieldstone.web.page_contexts import (
    BulkAction,
    ChipView,
    ColumnView,
    ConditionView,
    CountView,
    FilterView,
    ListPage,
    RowView,
    ViewTab,
)

DEALS = (
    (
        "北辰航空-翼盒钻铆",
        "Beichen - Wing-box riveting",
        "西安北辰航空",
        "Beichen Aero",
        0,
        "8,200,000",
        "10",
        "2026-07-30",
        "周俊",
        "Zhou Jun",
    ),
    (
        "蓝海造船-分段焊接",
        "Lanhai - Block welding",
        "大连蓝海造船",
        "Lanhai Shipyard",
        2,
        "6,900,000",
        "45",
        "2026-06-30",
        "周俊",
        "Zhou Jun",
    ),
    (
        "盛世新能源-电芯检测产线",
        "Shengshi - Cell inspection",
        "宁波盛世新能源",
        "Shengshi Energy",
        3,
        "5,480,000",
        "75",
        "2026-03-31",
        "周俊",
        "Zhou Jun",
    ),
    (
        "鼎立重工-备件智能仓",
        "Dingli - Spare-parts store",
        "徐州鼎立重工",
        "Dingli Heavy",
        3,
        "4,020,000",
        "70",
        "2026-04-10",
        "陈思远",
        "Chen Siyuan",
    ),
    (
        "同方制药-冻干机上下料",
        "Tongfang - Lyo loader",
        "成都同方制药",
        "Tongfang Pharma",
        3,
        "3,720,000",
        "80",
        "2026-04-08",
        "林晓雨",
        "Lin Xiaoyu",
    ),
    (
        "中科半导体-晶圆盒转运",
        "Zhongke - FOUP transfer",
        "合肥中科半导体",
        "Zhongke Semi",
        1,
        "3,360,000",
        "25",
        "2026-06-28",
        "林晓雨",
        "Lin Xiaoyu",
    ),
    (
        "Bauer GmbH-双臂协作站",
        "Bauer GmbH - Dual-arm cell",
        "Bauer Automation GmbH",
        "Bauer Automation GmbH",
        2,
        "2,300,000",
        "50",
        "2026-05-28",
        "周俊",
        "Zhou Jun",
    ),
    (
        "安和物流-AGV 租赁",
        "Anhe - AGV lease",
        "上海安和供应链",
        "Anhe Logistics",
        4,
        "960,000",
        "100",
        "2026-03-12",
        "吴佩琪",
        "Wu Peiqi",
    ),
    (
        "海纳水务-泵站巡检机器人",
        "Haina - Pump patrol robot",
        "青岛海纳水务",
        "Haina Water",
        1,
        "780,000",
        "30",
        "2026-06-05",
        "吴佩琪",
        "Wu Peiqi",
    ),
    (
        "天工模具-CNC 上下料",
        "Tiangong - CNC tending",
        "昆山天工模具",
        "Tiangong Mold",
        0,
        "350,000",
        "20",
        "",
        "陈思远",
        "Chen Siyuan",
    ),
)


def list_page(say: Say, *, filtering: bool = False) -> ListPage:
    def column(name: str, widget: str, zh: str, en: str, **more: Any) -> ColumnView:
        field = FieldView(name=name, label=say(zh, en), widget=widget)
        return ColumnView(
            field=field, label=say(zh, en), sort_url=f"/o/opportunity?sort={name}", **more
        )

    columns = (
        column("name", "text", "商机名称", "Name", is_name=True, width=250, slot="title"),
        column("account", "lookup", "客户", "Account", slot="a"),
        column("stage", "picklist", "阶段", "Stage", width=130, slot="tag"),
        column(
            "amount",
            "currency",
            "金额（元）",
            "Amount (CNY)",
            numeric=True,
            width=136,
            slot="b",
            sorted="desc",
            summary=say("合计 34,070,000", "Sum 34,070,000"),
        ),
        column("probability", "percent", "赢率", "Prob.", numeric=True, width=84),
        column("close_date", "date", "预计成交", "Close date", width=116, slot="d"),
        column("owner", "lookup", "负责人", "Owner", width=150, slot="c"),
    )
    rows = tuple(
        RowView(
            id=str(number),
            url=f"/o/opportunity/{number}",
            title=say(zh, en),
            cells=(
                ValueView(text=say(zh, en)),
                ValueView(text=say(account_zh, account_en), href="/o/account/1"),
                stage_value(say, stage),
                ValueView(text=amount),
                ValueView(text=f"{probability}%"),
                ValueView(raw=day, text=day, blank=not day),
                ValueView(
                    text=say(owner_zh, owner_en),
                    initials=owner_zh[0] if say("z", "e") == "z" else "",
                    href="/u/1",
                ),
            ),
        )
        for number, (
            zh,
            en,
            account_zh,
            account_en,
            stage,
            amount,
            probability,
            day,
            owner_zh,
            owner_en,
        ) in enumerate(DEALS * 2)
    )
    return ListPage(
        object="opportunity",
        label=say("商机", "opportunity"),
        plural=say("商机", "Opportunities"),
        url="/o/opportunity",
        icon="coin",
        color="blue",
        columns=columns,
        rows=rows,
        views=(
            ViewTab(label=say("我的商机", "My deals"), url="?view=mine", count="12", icon="lock"),
            ViewTab(
                label=say("今年商机", "This year"),
                url="?view=year",
                count="36",
                icon="pin",
                current=True,
                changed=True,
            ),
            ViewTab(
                label=say("华东大区", "East region"), url="?view=east", count="58", icon="users"
            ),
            ViewTab(label=say("逾期未跟进", "Overdue"), url="?view=late", count="7"),
        ),
        chips=(
            ChipView(
                label=say("预计成交", "Close date"), text=say("今年", "this year"), remove_url="?1"
            ),
            ChipView(
                label=say("负责人", "Owner"), text=say("我的团队", "my team"), remove_url="?2"
            ),
        ),
        count=CountView(value=2000, capped=True),
        range_text="1–20",
        next_url="?cursor=abc",
        new_url="/o/opportunity/new",
        filter=filter_view(say, filtering=filtering),
        bulk=(
            BulkAction(
                label=say("删除", "Delete"),
                url="/o/opportunity/bulk/delete",
                icon="trash",
                danger=True,
            ),
        ),
        all_query="view=year",
    )


def filter_view(say: Say, *, filtering: bool) -> FilterView:
    field = FieldView(
        name="stage",
        label=say("阶段", "Stage"),
        widget="picklist",
        input_name="v",
        id="filter-v",
        options=stage_options(say),
    )
    condition = ConditionView(
        field=field,
        operator="in",
        operators=(
            OptionView(code="in", label=say("是其中之一", "is one of")),
            OptionView(code="empty", label=say("为空", "is empty")),
        ),
        arity="many",
        inputs=(FieldValue(field=field, value=ValueView(items=(stage_value(say, 2),))),),
    )
    return FilterView(
        url="/o/opportunity",
        condition_url="/o/opportunity/filter",
        builder_url="/o/opportunity/builder",
        fields=(
            OptionView(code="stage", label=say("阶段", "Stage")),
            OptionView(code="amount", label=say("金额", "Amount")),
        ),
        condition=condition if filtering else None,
        hidden=(("view", "year"),),
    )


def empty_list(say: Say, *, filtered: bool) -> ListPage:
    return ListPage(
        object="account",
        label=say("客户", "account"),
        plural=say("客户", "accounts"),
        url="/o/account",
        icon="building",
        color="teal",
        columns=(),
        rows=(),
        count=CountView(value=0),
        new_url="/o/account/new",
        import_url="/import",
        clear_url="/o/account" if filtered else "",
        filter=filter_view(say, filtering=False),
    )

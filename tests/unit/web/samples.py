"""Page contexts as a small sales organisation would fill them, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.web.contexts import (
    ActionView,
    FieldValue,
    FieldView,
    LinkView,
    NavGroup,
    NavItem,
    NoteView,
    OptionView,
    ProblemView,
    SectionView,
    ShellView,
    SiteView,
    TagView,
    ToastView,
    UserView,
    ValueView,
)
from fieldstone.web.page_contexts import (
    BulkAction,
    ChangeView,
    ChipView,
    ColumnView,
    ConditionView,
    CountView,
    DemoAccount,
    ErrorPage,
    FilterView,
    FormPage,
    HistoryEntry,
    HomePage,
    ListPage,
    ModuleCard,
    PathView,
    RecordPage,
    RelatedList,
    RowView,
    SigninPage,
    StageView,
    StepView,
    SubRow,
    SubTable,
    TotalView,
    ViewTab,
)

Say = Callable[[str, str], str]

STAGES = (
    ("qualify", "初步接触", "Qualify", "gray"),
    ("discovery", "需求确认", "Discovery", "cyan"),
    ("proposal", "方案报价", "Proposal", "purple"),
    ("negotiation", "商务谈判", "Negotiation", "amber"),
    ("won", "赢单", "Won", "green"),
)

DEALS = (
    ("北辰航空-翼盒钻铆", "Beichen - Wing-box riveting", "西安北辰航空", "Beichen Aero", 0, "8,200,000", "10", "2026-07-30", "周俊", "Zhou Jun"),
    ("蓝海造船-分段焊接", "Lanhai - Block welding", "大连蓝海造船", "Lanhai Shipyard", 2, "6,900,000", "45", "2026-06-30", "周俊", "Zhou Jun"),
    ("盛世新能源-电芯检测产线", "Shengshi - Cell inspection", "宁波盛世新能源", "Shengshi Energy", 3, "5,480,000", "75", "2026-03-31", "周俊", "Zhou Jun"),
    ("鼎立重工-备件智能仓", "Dingli - Spare-parts store", "徐州鼎立重工", "Dingli Heavy", 3, "4,020,000", "70", "2026-04-10", "陈思远", "Chen Siyuan"),
    ("同方制药-冻干机上下料", "Tongfang - Lyo loader", "成都同方制药", "Tongfang Pharma", 3, "3,720,000", "80", "2026-04-08", "林晓雨", "Lin Xiaoyu"),
    ("中科半导体-晶圆盒转运", "Zhongke - FOUP transfer", "合肥中科半导体", "Zhongke Semi", 1, "3,360,000", "25", "2026-06-28", "林晓雨", "Lin Xiaoyu"),
    ("Bauer GmbH-双臂协作站", "Bauer GmbH - Dual-arm cell", "Bauer Automation GmbH", "Bauer Automation GmbH", 2, "2,300,000", "50", "2026-05-28", "周俊", "Zhou Jun"),
    ("安和物流-AGV 租赁", "Anhe - AGV lease", "上海安和供应链", "Anhe Logistics", 4, "960,000", "100", "2026-03-12", "吴佩琪", "Wu Peiqi"),
    ("海纳水务-泵站巡检机器人", "Haina - Pump patrol robot", "青岛海纳水务", "Haina Water", 1, "780,000", "30", "2026-06-05", "吴佩琪", "Wu Peiqi"),
    ("天工模具-CNC 上下料", "Tiangong - CNC tending", "昆山天工模具", "Tiangong Mold", 0, "350,000", "20", "", "陈思远", "Chen Siyuan"),
)  # fmt: skip


def in_language(locale: str) -> Say:
    return (lambda zh, en: zh) if locale == "zh_CN" else (lambda zh, en: en)


def site(theme: str = "light", density: str = "comfortable") -> SiteView:
    return SiteView(theme=theme, density=density, csrf_token="sample", path="/")  # type: ignore[arg-type]  # sample values


def shell(say: Say, current: str = "opportunity") -> ShellView:
    def module(name: str, icon: str, zh: str, en: str, count: str = "") -> NavItem:
        return NavItem(label=say(zh, en), url=f"/o/{name}", icon=icon, current=name == current, count=count)

    return ShellView(
        org=say("云帆智能科技", "Yunfan Robotics"),
        app=say("销售云", "Sales"),
        user=UserView(name=say("林晓雨", "Lin Xiaoyu"), account="linxiaoyu", color="purple"),
        apps=(
            NavItem(label=say("销售云", "Sales"), url="/app/sales", icon="chart-bar", color="blue", current=True),
            NavItem(label=say("服务云", "Service"), url="/app/service", icon="headset", color="teal"),
        ),
        groups=(
            NavGroup(items=(
                NavItem(label=say("首页", "Home"), url="/", icon="home", current=current == "home"),
                NavItem(label=say("收件箱", "Inbox"), url="/inbox", icon="inbox", count="6", is_new=True),
            )),
            NavGroup(label=say("销售", "Sales"), items=(
                module("lead", "target-arrow", "线索", "Leads", "128"),
                module("account", "building", "客户", "Accounts"),
                module("contact", "user", "联系人", "Contacts"),
                module("opportunity", "coin", "商机", "Opportunities", "36"),
                module("quote", "file-invoice", "报价", "Quotes"),
                module("contract", "file-text", "合同", "Contracts"),
            )),
        ),
        favourites=(NavItem(label=say("本季度重点商机", "Key deals this quarter"), url="/f/1", icon="star"),),
        recents=(
            NavItem(label=say("苏州恒川精密机械", "Hengchuan Precision"), url="/r/1", icon="building"),
            NavItem(label="Q-2026-0318", url="/r/2", icon="file-invoice"),
        ),
        new_items=(
            NavItem(label=say("线索", "Lead"), url="/o/lead/new", icon="target-arrow", color="cyan"),
            NavItem(label=say("客户", "Account"), url="/o/account/new", icon="building", color="teal"),
            NavItem(label=say("商机", "Opportunity"), url="/o/opportunity/new", icon="coin", color="blue"),
        ),
        setup_url="/setup",
        search_url="/search",
        inbox=NavItem(label=say("收件箱", "Inbox"), url="/inbox", icon="inbox", count="6"),
        profile_url="/me",
    )  # fmt: skip


def stage_options(say: Say) -> tuple[OptionView, ...]:
    return tuple(OptionView(code=code, label=say(zh, en), color=color) for code, zh, en, color in STAGES)


def stage_value(say: Say, at: int) -> ValueView:
    option = stage_options(say)[at]
    return ValueView(raw=option.code, text=option.label, color=option.color)


def list_page(say: Say, *, filtering: bool = False) -> ListPage:
    def column(name: str, widget: str, zh: str, en: str, **more: Any) -> ColumnView:
        field = FieldView(name=name, label=say(zh, en), widget=widget)
        return ColumnView(field=field, label=say(zh, en), sort_url=f"/o/opportunity?sort={name}", **more)

    columns = (
        column("name", "text", "商机名称", "Name", is_name=True, width=250, slot="title"),
        column("account", "lookup", "客户", "Account", slot="a"),
        column("stage", "picklist", "阶段", "Stage", width=130, slot="tag"),
        column("amount", "currency", "金额（元）", "Amount (CNY)", numeric=True, width=136, slot="b", sorted="desc",
               summary=say("合计 34,070,000", "Sum 34,070,000")),
        column("probability", "percent", "赢率", "Prob.", numeric=True, width=84),
        column("close_date", "date", "预计成交", "Close date", width=116, slot="d"),
        column("owner", "lookup", "负责人", "Owner", width=150, slot="c"),
    )  # fmt: skip
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
                ValueView(text=say(owner_zh, owner_en), initials=owner_zh[0] if say("z", "e") == "z" else "", href="/u/1"),
            ),
        )
        for number, (zh, en, account_zh, account_en, stage, amount, probability, day, owner_zh, owner_en) in enumerate(DEALS * 2)
    )  # fmt: skip
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
            ViewTab(label=say("今年商机", "This year"), url="?view=year", count="36", icon="pin", current=True, changed=True),
            ViewTab(label=say("华东大区", "East region"), url="?view=east", count="58", icon="users"),
            ViewTab(label=say("逾期未跟进", "Overdue"), url="?view=late", count="7"),
        ),
        chips=(
            ChipView(label=say("预计成交", "Close date"), text=say("今年", "this year"), remove_url="?1"),
            ChipView(label=say("负责人", "Owner"), text=say("我的团队", "my team"), remove_url="?2"),
        ),
        count=CountView(value=2000, capped=True),
        range_text="1–20",
        next_url="?cursor=abc",
        new_url="/o/opportunity/new",
        filter=filter_view(say, filtering=filtering),
        bulk=(BulkAction(label=say("删除", "Delete"), url="/o/opportunity/bulk/delete", icon="trash", danger=True),),
        all_query="view=year",
    )  # fmt: skip


def filter_view(say: Say, *, filtering: bool) -> FilterView:
    field = FieldView(name="stage", label=say("阶段", "Stage"), widget="picklist", input_name="v", id="filter-v", options=stage_options(say))
    condition = ConditionView(
        field=field,
        operator="in",
        operators=(OptionView(code="in", label=say("是其中之一", "is one of")), OptionView(code="empty", label=say("为空", "is empty"))),
        arity="many",
        inputs=(FieldValue(field=field, value=ValueView(items=(stage_value(say, 2),))),),
    )
    return FilterView(
        url="/o/opportunity",
        condition_url="/o/opportunity/filter",
        fields=(OptionView(code="stage", label=say("阶段", "Stage")), OptionView(code="amount", label=say("金额", "Amount"))),
        condition=condition if filtering else None,
        hidden=(("view", "year"),),
    )  # fmt: skip


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


def record_page(say: Say, *, tab: str = "details") -> RecordPage:
    def shown(name: str, widget: str, zh: str, en: str, value: ValueView) -> FieldValue:
        return FieldValue(field=FieldView(name=name, label=say(zh, en), widget=widget), value=value, edit_url=f"/f/{name}")

    text = lambda zh, en, **more: ValueView(text=say(zh, en), **more)  # noqa: E731  a short word for a long table
    basics = (
        shown("tier", "picklist", "客户级别", "Tier", text("A 级", "Tier A", color="amber")),
        shown("industry", "text", "行业", "Industry", text("装备制造 / 精密加工", "Machinery / Precision")),
        shown("tax", "text", "统一信用代码", "Tax ID", text("91320594MA1X7KQ52C", "91320594MA1X7KQ52C")),
        shown("staff", "number", "员工人数", "Employees", text("860", "860")),
        shown("revenue", "currency", "年营收", "Revenue", text("¥ 620,000,000.00", "¥ 620,000,000.00")),
        shown("parent", "lookup", "上级公司", "Parent", text("恒川集团", "Hengchuan Group", href="/r/9")),
        shown("site", "url", "官网", "Website", text("hengchuan.example.cn", "hengchuan.example.cn", href="https://hengchuan.example.cn")),
        shown("source", "text", "来源", "Source", ValueView(blank=True)),
        shown("note", "long_text", "备注", "Notes", text("采购由王总监拍板。\n设备部李工对节拍有一票否决。", "Director Wang signs.\nLi in Equipment can veto on cycle time.")),
    )  # fmt: skip
    money = (
        shown("credit", "currency", "信用额度", "Credit limit", text("¥ 3,000,000.00", "¥ 3,000,000.00")),
        shown("due", "currency", "应收余额", "Receivable", text("¥ 412,500.00", "¥ 412,500.00")),
        shown("rating", "rating", "合作评分", "Rating", ValueView(raw="4", text="4")),
        shown("active", "boolean", "启用", "Active", ValueView(raw="true")),
    )
    states = ("done", "done", "done", "now", "todo")
    names = (("潜在", "Prospect"), ("已接触", "Engaged"), ("已成交", "Customer"), ("复购", "Repeat"), ("战略合作", "Partner"))
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
        tags=(TagView(label=say("战略客户", "Strategic"), color="purple"), TagView(label=say("装备制造", "Machinery"), plain=True)),
        highlights=(
            shown("no", "autonumber", "编号", "No.", text("A-000128", "A-000128")),
            shown("owner", "lookup", "负责人", "Owner", text("周俊", "Zhou Jun", initials="周")),
            shown("city", "region", "地区", "Region", text("江苏 苏州 工业园区", "Suzhou, Jiangsu", icon="map-pin")),
            shown("phone", "phone", "电话", "Phone", text("0512-6288 0199", "0512-6288 0199", icon="phone", href="tel:051262880199")),
        ),
        path=PathView(
            label=say("客户阶段", "Lifecycle"),
            stages=tuple(
                StageView(code=str(at), label=say(*name), state=state, url="" if state == "now" else f"/stage/{at}")  # type: ignore[arg-type]  # a literal from the tuple above
                for at, (name, state) in enumerate(zip(names, states, strict=True))
            ),
            next_label=say("战略合作", "Partner"),
            missing=(LinkView(label=say("年度框架金额", "Annual frame value"), url="#a"), LinkView(label=say("高层互访日期", "Executive visit date"), url="#b")),
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
            ActionView(label=say("新建商机", "New opportunity"), url="/o/opportunity/new", icon="plus", primary=True),
            ActionView(label=say("克隆", "Clone"), url="/o/account/1/clone", icon="copy"),
        ),
        previous_url="/o/account/0",
        next_url="/o/account/2",
        position=say("第 3 / 58 条", "3 of 58"),
    )  # fmt: skip


def related_lists(say: Say) -> tuple[RelatedList, ...]:
    name = ColumnView(field=FieldView(name="name", label=say("名称", "Name"), widget="text"), label=say("名称", "Name"), is_name=True)
    amount = ColumnView(field=FieldView(name="amount", label=say("金额", "Amount"), widget="currency"), label=say("金额", "Amount"), numeric=True)
    stage = ColumnView(field=FieldView(name="stage", label=say("阶段", "Stage"), widget="picklist"), label=say("阶段", "Stage"))
    deals = (("柔性装配线二期", "Flexible line II", "2,860,000", 2), ("备件年框", "Spare-parts frame", "540,000", 3), ("产线远程运维", "Remote operations", "340,000", 0))
    return (
        RelatedList(
            name="opportunities",
            label=say("商机", "Opportunities"),
            icon="coin",
            color="blue",
            columns=(name, amount, stage),
            rows=tuple(
                RowView(id=en, url="/r", title=say(zh, en), cells=(ValueView(text=say(zh, en)), ValueView(text=money), stage_value(say, at)))
                for zh, en, money, at in deals
            ),
            count=CountView(value=12),
            new_url="/new",
            all_url="/all",
        ),
        RelatedList(name="contracts", label=say("合同", "Contracts"), icon="file-text", color="green", columns=(name,), rows=(), count=CountView(value=0), new_url="/new"),
    )  # fmt: skip


def history(say: Say) -> tuple[HistoryEntry, ...]:
    today, yesterday = say("今天", "Today"), say("昨天", "Yesterday")
    return (
        HistoryEntry(who=say("林晓雨", "Lin Xiaoyu"), text=say("修改了 2 个字段", "changed 2 fields"), day=today, time="08:55", at="2026-04-02T08:55", icon="pencil", color="blue",
                     changes=(ChangeView(label=say("客户级别", "Tier"), old=say("B 级", "Tier B"), new=say("A 级", "Tier A")), ChangeView(label=say("员工人数", "Employees"), new="860"))),
        HistoryEntry(who=say("周俊", "Zhou Jun"), text=say("把负责人改为自己", "took over"), day=yesterday, time="17:31", at="2026-04-01T17:31", icon="user", color="purple"),
        HistoryEntry(who=say("系统", "System"), text=say("导入时创建", "created it by import"), day=yesterday, time="09:12", at="2026-04-01T09:12", icon="plus", color="gray"),
    )  # fmt: skip


def form_page(say: Say) -> FormPage:
    def field(name: str, widget: str, zh: str, en: str, **more: Any) -> FieldView:
        return FieldView(name=name, label=say(zh, en), widget=widget, input_name=name, id=f"f-{name}", **more)

    late = say("不能早于今天（2026-04-02）。", "Cannot be before today (2026-04-02).")
    nobody = say("请选择联系人，报价单会寄给他。", "Choose who receives the quote.")
    basics = (
        FieldValue(field=field("account", "lookup", "客户", "Account", required=True, target_icon="building", lookup_url="/lookup/quote/account"),
                   value=ValueView(raw="1", text=say("苏州恒川精密机械有限公司", "Suzhou Hengchuan Precision"))),
        FieldValue(field=field("stage", "picklist", "阶段", "Stage", options=stage_options(say), help=say("只列出在用的阶段", "Stages in use")), value=stage_value(say, 2)),
        FieldValue(field=field("contact", "lookup", "联系人", "Contact", required=True, target_icon="search", lookup_url="/lookup/quote/contact", problems=(nobody,))),
        FieldValue(field=field("valid_until", "date", "有效期至", "Valid until", required=True, problems=(late,)), value=ValueView(raw="2026-03-20", text="2026-03-20")),
        FieldValue(field=field("amount", "currency", "预算", "Budget", unit="¥"), value=ValueView(raw="2405272.80", text="¥ 2,405,272.80")),
        FieldValue(field=field("no", "autonumber", "报价编号", "Quote no.", read_only=True, help=say("保存后自动生成", "Assigned on save")), value=ValueView(text="Q-2026-####")),
        FieldValue(field=field("note", "long_text", "内部备注", "Internal note", span=2, help=say("客户看不到", "Not visible to the customer")),
                   value=ValueView(raw=say("客户希望交期压到 90 天。", "They want delivery in 90 days."))),
    )  # fmt: skip
    return FormPage(
        title=say("新建报价", "New quote"),
        action="/o/quote/new",
        plural=say("报价", "Quotes"),
        list_url="/o/quote",
        cancel_url="/o/quote",
        sections=(SectionView(name="basic", label=say("基本信息", "Basics"), items=basics),),
        sub_tables=(lines(say),),
        problems=(
            ProblemView(text=say("有效期至", "Valid until"), target="f-valid_until"),
            ProblemView(text=say("联系人", "Contact"), target="f-contact"),
            ProblemView(text=say("明细第 2 行：折扣", "Line 2: discount"), target="lines-1-discount"),
        ),
        save_and_new=True,
        draft_key="quote.new",
    )


def lines(say: Say) -> SubTable:
    def cells(index: str, product: str, numbers: tuple[str, str, str], problem: str = "") -> tuple[FieldValue, ...]:
        def part(name: str, widget: str, zh: str, en: str, **more: Any) -> FieldView:
            return FieldView(name=name, label=say(zh, en), widget=widget, input_name=f"lines.{index}.{name}", id=f"lines-{index}-{name}", **more)

        quantity, price, discount = numbers
        return (
            FieldValue(field=part("product", "lookup", "产品", "Product", lookup_url="/lookup/quote_line/product"), value=ValueView(raw=product and "1", text=product)),
            FieldValue(field=part("quantity", "number", "数量", "Qty"), value=ValueView(raw=quantity)),
            FieldValue(field=part("price", "currency", "单价（元）", "Price"), value=ValueView(raw=price)),
            FieldValue(field=part("discount", "percent", "折扣", "Disc.", unit="%", problems=(problem,) if problem else ()), value=ValueView(raw=discount)),
            FieldValue(field=part("subtotal", "currency", "小计（元）", "Subtotal"), value=ValueView(raw="438960")),
        )

    heads = (("product", "产品", "Product", 0), ("quantity", "数量", "Qty", 96), ("price", "单价（元）", "Price", 140), ("discount", "折扣", "Disc.", 112), ("subtotal", "小计（元）", "Subtotal", 148))
    return SubTable(
        name="lines",
        label=say("报价明细", "Lines"),
        item_label=say("产品", "product"),
        columns=tuple(
            ColumnView(field=FieldView(name=name, label=say(zh, en), widget="text"), label=say(zh, en), width=width, numeric=name != "product") for name, zh, en, width in heads
        ),
        rows=(
            SubRow(index="0", id="11", cells=cells("0", say("柔性装配单元 FA-600", "Flexible cell FA-600"), ("4", "420000", "8"))),
            SubRow(index="1", id="12", cells=cells("1", say("六轴机器人 YF-R12", "Six-axis robot YF-R12"), ("6", "118000", "38"),
                                                   say("最多 30%，超过 15% 要走审批。", "At most 30%; above 15% needs approval."))),
            SubRow(index="2", cells=cells("2", say("现场安装与调试（人天）", "On-site commissioning (day)"), ("45", "3200", "0"))),
        ),
        pattern=SubRow(index="__n__", cells=cells("__n__", "", ("", "", ""))),
        totals=(
            TotalView(column="quantity", label=say("数量", "Quantity"), scale=0),
            TotalView(column="subtotal", label=say("应付合计", "Total due"), unit="¥", main=True),
        ),
    )  # fmt: skip


def home_page(say: Say) -> HomePage:
    return HomePage(
        greeting=say("早上好，晓雨", "Good morning, Xiaoyu"),
        summary=say("4 月 2 日 星期四", "Thursday 2 April"),
        modules=(
            ModuleCard(label=say("线索", "Leads"), url="/o/lead", icon="target-arrow", color="cyan", mine=128, new_url="/o/lead/new", new_label=say("新建线索", "New lead")),
            ModuleCard(label=say("客户", "Accounts"), url="/o/account", icon="building", color="teal", mine=42, new_url="/o/account/new", new_label=say("新建客户", "New account")),
            ModuleCard(label=say("商机", "Opportunities"), url="/o/opportunity", icon="coin", color="blue", mine=12, new_url="/o/opportunity/new", new_label=say("新建商机", "New opportunity")),
            ModuleCard(label=say("报价", "Quotes"), url="/o/quote", icon="file-invoice", color="purple", mine=7),
            ModuleCard(label=say("合同", "Contracts"), url="/o/contract", icon="file-text", color="green", mine=3),
        ),
        recents=(
            NavItem(label=say("苏州恒川精密机械", "Hengchuan Precision"), url="/r/1", icon="building", color="teal", sub=say("10 分钟前", "10 min")),
            NavItem(label=say("Q-2026-0318 二期报价", "Q-2026-0318 Phase II"), url="/r/2", icon="file-invoice", color="purple", sub=say("1 小时前", "1 h")),
            NavItem(label=say("同方制药-冻干机上下料", "Tongfang - Lyo loader"), url="/r/3", icon="coin", color="blue", sub=say("昨天", "1 d")),
        ),
        steps=(
            StepView(label=say("认识你的模块", "Meet your modules"), text=say("看一看已经准备好的数据。", "Look at the data that is there."), url="/", icon="layout-grid", done=True),
            StepView(label=say("导入现有表格", "Bring your spreadsheet"), text=say("先试算，再导入，可撤销。", "Dry run first; it can be undone."), url="/import", icon="file-import"),
            StepView(label=say("改成你的说法", "Use your own words"), text=say("把「客户」改成你们的叫法。", "Rename modules and fields."), url="/setup/terms", icon="language"),
        ),
        actions=(ActionView(label=say("新建商机", "New opportunity"), url="/o/opportunity/new", icon="plus", primary=True),),
    )  # fmt: skip


def signin_page(say: Say) -> SigninPage:
    return SigninPage(
        organization="demo",
        account="admin",
        problem=NoteView(title=say("账号或密码不正确。", "Wrong account or password."), text=say("还可以尝试 3 次，之后账号会锁定 15 分钟。", "3 attempts left before a 15-minute lock."), kind="bad", icon="alert-circle"),
        demo=(
            DemoAccount(account="admin", label=say("管理员", "Administrator"), password="demo-fieldstone"),
            DemoAccount(account="rep", label=say("业务员", "Sales rep"), password="demo-fieldstone"),
            DemoAccount(account="manager", label=say("销售经理", "Manager"), password="demo-fieldstone"),
        ),
    )  # fmt: skip


WIDGETS: Mapping[str, ValueView] = {
    "text": ValueView(raw="FA-600", text="FA-600"),
    "long_text": ValueView(raw="一\n二", text="一\n二"),
    "rich_text": ValueView(raw="<p><strong>二期</strong></p>", text="二期"),
    "email": ValueView(raw="wang@example.cn", text="wang@example.cn", href="mailto:wang@example.cn"),
    "phone": ValueView(raw="+8613800138000", text="138 0013 8000", href="tel:+8613800138000"),
    "url": ValueView(raw="https://example.cn", text="example.cn", href="https://example.cn"),
    "number": ValueView(raw="12960000", text="12,960,000"),
    "percent": ValueView(raw="40", text="40%"),
    "currency": ValueView(raw="2405272.80", text="¥ 2,405,272.80"),
    "boolean": ValueView(raw="true"),
    "date": ValueView(raw="2026-04-02", text="2026-04-02"),
    "datetime": ValueView(raw="2026-04-02T15:30", text="2026-04-02 15:30"),
    "time": ValueView(raw="15:30", text="15:30"),
    "duration": ValueView(raw="1:30", text="1:30"),
    "picklist": ValueView(raw="proposal", text="方案报价", color="purple"),
    "multi_picklist": ValueView(raw="a", items=(ValueView(raw="qualify", text="初步接触"), ValueView(raw="proposal", text="方案报价", color="purple"))),
    "lookup": ValueView(raw="1", text="恒川集团", href="/r/9"),
    "polymorphic": ValueView(raw="1", text="恒川集团", href="/r/9", icon="building", parts={"object": "account"}),
    "many_to_many": ValueView(raw="1", items=(ValueView(raw="1", text="王海峰", initials="王"), ValueView(raw="2", text="李建国", initials="李"))),
    "file": ValueView(raw="1", items=(ValueView(raw="1", text="技术协议 V3.pdf", href="/files/1", parts={"size": "1.2 MB"}),)),
    "image": ValueView(raw="1", items=(ValueView(raw="1", text="现场", href="/static/favicon.svg", thumb="data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs="),)),
    "address": ValueView(raw="x", text="江苏 苏州 工业园区 星湖街 1 号", parts={"province": "江苏", "city": "苏州", "street": "星湖街 1 号"}),
    "person_name": ValueView(raw="x", text="王海峰", parts={"family": "王", "given": "海峰"}),
    "region": ValueView(raw="320500", text="江苏 苏州", items=(ValueView(raw="320000", text="江苏省"), ValueView(raw="320500", text="苏州市"))),
    "geo_point": ValueView(raw="x", text="31.32, 120.71", href="geo:31.32,120.71", parts={"latitude": "31.32", "longitude": "120.71"}),
    "rating": ValueView(raw="4", text="4"),
    "color": ValueView(raw="#2f4fc9", text="#2f4fc9"),
    "json": ValueView(raw='{"a": 1}', text='{\n  "a": 1\n}'),
    "secret": ValueView(raw=""),
    "signature": ValueView(blank=True),
    "autonumber": ValueView(raw="A-000128", text="A-000128"),
}  # fmt: skip


def widget_field(name: str, say: Say, **more: Any) -> FieldView:
    settings: dict[str, Any] = {
        "name": name, "label": name, "widget": name, "input_name": name, "id": f"w-{name}", "lookup_url": "/lookup/x/y",
        "options": stage_options(say), "targets": (("account", say("客户", "Account")), ("contact", say("联系人", "Contact"))),
        "unit": {"percent": "%", "currency": "¥"}.get(name, ""), "multiple": name in ("file", "image"),
    }  # fmt: skip
    return FieldView(**{**settings, **more})


def widgets_page(say: Say) -> FormPage:
    items = tuple(FieldValue(field=widget_field(name, say), value=value) for name, value in WIDGETS.items())
    return FormPage(
        title=say("全部控件", "All widgets"), action="/w", plural=say("控件", "Widgets"), list_url="/", cancel_url="/",
        sections=(SectionView(name="all", label=say("编辑", "Edit"), items=items),), draft_key="widgets",
    )  # fmt: skip


def widgets_shown(say: Say) -> RecordPage:
    items = tuple(FieldValue(field=widget_field(name, say), value=value) for name, value in WIDGETS.items())
    return RecordPage(
        object="widget", id="1", title=say("全部控件", "All widgets"), label="widget", plural=say("控件", "Widgets"), list_url="/", url="/",
        sections=(SectionView(name="all", label=say("显示", "Shown"), items=items),), restore_url="/restore",
        notes=(NoteView(title=say("可能重复", "Possible duplicate"), text=say("与「恒川精机」电话相同。", "Same phone as Hengchuan Machine."), kind="warn", icon="copy"),),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    template: str
    page: Callable[[Say], Any]
    current: str = "opportunity"
    framed: bool = True
    toasts: bool = False

    def context(self, locale: str, theme: str = "light") -> dict[str, Any]:
        say = in_language(locale)
        context: dict[str, Any] = {"site": site(theme), "page": self.page(say)}
        if self.framed:
            frame = shell(say, self.current)
            context["shell"] = frame if not self.toasts else with_toast(frame, say)
        return context


def with_toast(frame: ShellView, say: Say) -> ShellView:
    from dataclasses import replace

    toast = ToastView(text=say("已删除「金桥印刷-纸卷立库」", 'Deleted "Jinqiao - Reel high-bay"'), icon="trash", undo_url="/undo")
    note = NoteView(title=say("7 处改动还没有发布。", "7 changes are not published yet."), text=say("只有你和管理员能看到。", "Only you and administrators see them."), icon="pencil")
    return replace(frame, toasts=(toast,), notes=(note,))  # fmt: skip


SAMPLES: Mapping[str, Sample] = {
    "signin": Sample(template="pages/signin.html", page=signin_page, framed=False),
    "list": Sample(template="pages/list.html", page=list_page),
    "list_filter": Sample(template="pages/list.html", page=lambda say: list_page(say, filtering=True)),
    "list_empty": Sample(template="pages/list.html", page=lambda say: empty_list(say, filtered=False), current="account"),
    "list_none": Sample(template="pages/list.html", page=lambda say: empty_list(say, filtered=True), current="account", toasts=True),
    "record": Sample(template="pages/record.html", page=record_page, current="account"),
    "record_history": Sample(template="pages/record.html", page=lambda say: record_page(say, tab="history"), current="account"),
    "record_related": Sample(template="pages/record.html", page=lambda say: record_page(say, tab="related"), current="account"),
    "form": Sample(template="pages/form.html", page=form_page, current="quote"),
    "widgets": Sample(template="pages/form.html", page=widgets_page, current=""),
    "widgets_shown": Sample(template="pages/record.html", page=widgets_shown, current=""),
    "home": Sample(template="pages/home.html", page=home_page, current="home"),
    "error_403": Sample(template="pages/error.html", page=lambda say: ErrorPage(status=403, request_id="7f3a-21c9", ask=say("何婧", "He Jing"))),
    "error_404": Sample(template="pages/error.html", page=lambda _: ErrorPage(status=404, request_id="7f3a-21c9"), framed=False),
    "error_500": Sample(template="pages/error.html", page=lambda _: ErrorPage(status=500, request_id="7f3a-21c9", retry_url="/"), framed=False),
    "error_503": Sample(template="pages/error.html", page=lambda _: ErrorPage(status=503, request_id="7f3a-21c9", retry_url="/"), framed=False),
}  # fmt: skip

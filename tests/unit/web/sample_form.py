"""A form with mistakes and lines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from unit.web.sample_frame import Say, stage_options, stage_value

from fieldstone.web.contexts import (
    FieldValue,
    FieldView,
    ProblemView,
    SectionView,
    ValueView,
)
from fieldstone.web.form_contexts import (
    ConflictItem,
    ConflictView,
    FormPage,
    SubRow,
    SubTable,
    TotalView,
)
from fieldstone.web.page_contexts import ChangeView, ColumnView


def form_page(say: Say) -> FormPage:
    def field(name: str, widget: str, zh: str, en: str, **more: Any) -> FieldView:
        return FieldView(
            name=name, label=say(zh, en), widget=widget, input_name=name, id=f"f-{name}", **more
        )

    late = say("不能早于今天（2026-04-02）。", "Cannot be before today (2026-04-02).")
    nobody = say("请选择联系人，报价单会寄给他。", "Choose who receives the quote.")
    basics = (
        FieldValue(
            field=field(
                "account",
                "lookup",
                "客户",
                "Account",
                required=True,
                target_icon="building",
                lookup_url="/lookup/quote/account",
            ),
            value=ValueView(
                raw="1", text=say("苏州恒川精密机械有限公司", "Suzhou Hengchuan Precision")
            ),
        ),
        FieldValue(
            field=field(
                "stage",
                "picklist",
                "阶段",
                "Stage",
                options=stage_options(say),
                help=say("只列出在用的阶段", "Stages in use"),
            ),
            value=stage_value(say, 2),
        ),
        FieldValue(
            field=field(
                "contact",
                "lookup",
                "联系人",
                "Contact",
                required=True,
                target_icon="search",
                lookup_url="/lookup/quote/contact",
                problems=(nobody,),
            )
        ),
        FieldValue(
            field=field(
                "valid_until", "date", "有效期至", "Valid until", required=True, problems=(late,)
            ),
            value=ValueView(raw="2026-03-20", text="2026-03-20"),
        ),
        FieldValue(
            field=field("amount", "currency", "预算", "Budget", unit="¥"),
            value=ValueView(raw="2405272.80", text="¥ 2,405,272.80"),
        ),
        FieldValue(
            field=field(
                "no",
                "autonumber",
                "报价编号",
                "Quote no.",
                read_only=True,
                help=say("保存后自动生成", "Assigned on save"),
            ),
            value=ValueView(text="Q-2026-####"),
        ),
        FieldValue(
            field=field(
                "note",
                "long_text",
                "内部备注",
                "Internal note",
                span=2,
                help=say("客户看不到", "Not visible to the customer"),
            ),
            value=ValueView(raw=say("客户希望交期压到 90 天。", "They want delivery in 90 days.")),
        ),
    )
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
            ProblemView(
                text=say("明细第 2 行：折扣", "Line 2: discount"), target="lines-1-discount"
            ),
        ),
        save_and_new=True,
        draft_key="quote.new",
    )


def conflict_page(say: Say) -> FormPage:
    stage = FieldView(name="stage", label=say("阶段", "Stage"), widget="picklist")
    item = ConflictItem(
        field=stage,
        input_name="keep.stage",
        mine=stage_value(say, 2),
        theirs=stage_value(say, 3),
    )
    conflict = ConflictView(
        who=say("周俊", "Zhou Jun"),
        when="10:24",
        items=(item,),
        others=(ChangeView(label=say("预算", "Budget"), old="1,000", new="2,000"),),
    )
    return replace(form_page(say), conflict=conflict, problems=())


def lines(say: Say) -> SubTable:
    def cells(
        index: str, product: str, numbers: tuple[str, str, str], problem: str = ""
    ) -> tuple[FieldValue, ...]:
        def part(name: str, widget: str, zh: str, en: str, **more: Any) -> FieldView:
            return FieldView(
                name=name,
                label=say(zh, en),
                widget=widget,
                input_name=f"lines.{index}.{name}",
                id=f"lines-{index}-{name}",
                **more,
            )

        quantity, price, discount = numbers
        return (
            FieldValue(
                field=part(
                    "product", "lookup", "产品", "Product", lookup_url="/lookup/quote_line/product"
                ),
                value=ValueView(raw=product and "1", text=product),
            ),
            FieldValue(
                field=part("quantity", "number", "数量", "Qty"), value=ValueView(raw=quantity)
            ),
            FieldValue(
                field=part("price", "currency", "单价（元）", "Price"), value=ValueView(raw=price)
            ),
            FieldValue(
                field=part(
                    "discount",
                    "percent",
                    "折扣",
                    "Disc.",
                    unit="%",
                    problems=(problem,) if problem else (),
                ),
                value=ValueView(raw=discount),
            ),
            FieldValue(
                field=part("subtotal", "currency", "小计（元）", "Subtotal"),
                value=ValueView(raw="438960"),
            ),
        )

    heads = (
        ("product", "产品", "Product", 0),
        ("quantity", "数量", "Qty", 96),
        ("price", "单价（元）", "Price", 140),
        ("discount", "折扣", "Disc.", 112),
        ("subtotal", "小计（元）", "Subtotal", 148),
    )
    return SubTable(
        name="lines",
        label=say("报价明细", "Lines"),
        item_label=say("产品", "product"),
        columns=tuple(
            ColumnView(
                field=FieldView(name=name, label=say(zh, en), widget="text"),
                label=say(zh, en),
                width=width,
                numeric=name != "product",
            )
            for name, zh, en, width in heads
        ),
        rows=(
            SubRow(
                index="0",
                id="11",
                cells=cells(
                    "0", say("柔性装配单元 FA-600", "Flexible cell FA-600"), ("4", "420000", "8")
                ),
            ),
            SubRow(
                index="1",
                id="12",
                cells=cells(
                    "1",
                    say("六轴机器人 YF-R12", "Six-axis robot YF-R12"),
                    ("6", "118000", "38"),
                    say("最多 30%，超过 15% 要走审批。", "At most 30%; above 15% needs approval."),
                ),
            ),
            SubRow(
                index="2",
                cells=cells(
                    "2",
                    say("现场安装与调试（人天）", "On-site commissioning (day)"),
                    ("45", "3200", "0"),
                ),
            ),
        ),
        pattern=SubRow(index="__n__", cells=cells("__n__", "", ("", "", ""))),
        totals=(
            TotalView(column="quantity", label=say("数量", "Quantity"), scale=0),
            TotalView(column="subtotal", label=say("应付合计", "Total due"), unit="¥", main=True),
        ),
    )

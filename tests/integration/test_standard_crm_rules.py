"""The validation rules of the standard CRM: each refuses one record beside the field it is about,
in the language of who saves, and lets the put-right one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from crm_world import SYSTEM, Crm
from sqlalchemy import update

from fieldstone.kernel import clock
from fieldstone.kernel.errors import Invalid
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.save.pipeline import create
from fieldstone.runtime.save.pipeline import update as update_records

pytestmark = pytest.mark.anyio

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`before` is saved first by the platform itself, and then changed by `wrong`; without it a
    new record is tried. Values that begin with "@" name a record of the setting. `right` is put
    on top of what was wrong; with `sets` the same is right for who holds them."""

    rule: str
    at: str
    en: str
    zh: str
    wrong: Values
    right: Values = field(default_factory=dict)
    sets: tuple[str, ...] = ()
    before: Values | None = None


def day(offset: int) -> str:
    return (clock.now() + timedelta(days=offset)).date().isoformat()


NAMED: Values = {"name": "X"}
CONTACT: Values = {"name": "P", "account": "@account"}
LEAD: Values = {"name": "L", "source": "web", "mobile": "13900001111"}
DEAL: Values = {"name": "D", "account": "@account", "close_date": "2099-01-31", "stage": "qualify"}
LINE: Values = {"product": "@product", "unit_price": "100"}
QUOTE: Values = {"name": "Q", "account": "@account", "quote_date": "2026-03-01"}
CONTRACT: Values = {
    "name": "C", "account": "@account", "amount": "10",
    "start_date": "2026-03-01", "end_date": "2027-02-28",
}  # fmt: skip
PAID: Values = {"account": "@account", "sales_order": "@order", "method": "cash"}
PLAN: Values = {"sales_order": "@order", "due_date": "2026-05-01"}
INVOICE: Values = {"account": "@account", "sales_order": "@order"}
CASE: Values = {
    "subject": "S", "channel": "phone", "category": "other", "priority": "normal", "status": "new",
}  # fmt: skip
COMPLAINT: Values = {
    **CASE, "record_type": "complaint", "solution": "<p>Done</p>", "root_cause": "human",
}  # fmt: skip
POSITIVE = {"en": "Amount must be positive.", "zh": "金额必须大于 0。"}
END = {"en": "End is before start.", "zh": "结束日期早于开始日期。"}
REACH_ZH = "请至少填写一种联系方式。"


def line_cases(child: str, header: str) -> list[Case]:
    kept = {**LINE, header: f"@{header}"}
    return [
        Case(
            rule=f"{child}.quantity_positive", at="quantity",
            en="Quantity must be positive.", zh="数量必须大于 0。",
            wrong={**kept, "quantity": "0"}, right={"quantity": "0.001"},
        ),
        Case(
            rule=f"{child}.price_not_negative", at="unit_price",
            en="Price cannot be negative.", zh="单价不能为负数。",
            wrong={**kept, "unit_price": "-0.01"}, right={"unit_price": "0"},
        ),
        Case(
            rule=f"{child}.discount_in_range", at="discount",
            en="Discount must be from 0% to 100%.", zh="折扣须在 0% 到 100% 之间。",
            wrong={**kept, "discount": "100.01"}, right={"discount": "100"},
        ),
    ]  # fmt: skip


CASES = [
    Case(
        rule="account.person_reachable", at="mobile",
        en="Enter a mobile or an e-mail.", zh="个人客户需填写手机或邮箱。",
        wrong={**NAMED, "record_type": "person"}, right={"email": "x@example.com"},
    ),
    Case(
        rule="account.credit_code_format", at="credit_code",
        en="Invalid credit code.", zh="统一社会信用代码格式不正确。",
        wrong={**NAMED, "credit_code": "91310115MA1K4I2345"},  # has the letter I
        right={"credit_code": "91310115MA1K4J2345"},
    ),
    Case(
        rule="account.credit_limit_by_finance", at="credit_limit",
        en="You may not change the credit limit.", zh="无权修改信用额度。",
        before=NAMED, wrong={"credit_limit": "5000"}, sets=("manage_credit",),
    ),
    Case(
        rule="account.customers_have_bought", at="type",
        en="Only an Account with a won Opportunity or a Sales order can be a customer.",
        zh="有赢单或销售订单后才能设为成交客户。",
        before=NAMED, wrong={"type": "customer"}, sets=("data_steward",),
    ),
    Case(
        rule="contact.reachable", at="mobile",
        en="Enter at least one way to reach the Contact.", zh=REACH_ZH,
        wrong=CONTACT, right={"wechat": "someone"},
    ),
    Case(
        rule="contact.manager_of_the_same_account", at="reports_to",
        en="The manager belongs to another Account. Is that meant so?",
        zh="上级属于其他客户，请确认。",
        wrong={**CONTACT, "account": "@reviewed", "wechat": "x", "reports_to": "@manager"},
        right={"account": "@account"},
    ),
    Case(
        rule="lead.reachable", at="mobile",
        en="Enter mobile, phone, e-mail or WeChat.", zh="请填写手机、电话、邮箱或微信。",
        wrong={"name": "L", "source": "web"}, right={"phone": "021-55501234"},
    ),
    Case(
        rule="lead.invalid_with_reason", at="invalid_reason",
        en="Choose a reason for invalid.", zh="请选择无效原因。",
        before=LEAD, wrong={"status": "invalid"}, right={"invalid_reason": "no_need"},
    ),
    Case(
        rule="lead.converted_is_locked", at="",
        en="A converted Lead is locked.", zh="已转换的线索不可修改。",
        before={**LEAD, "status": "converted", "is_converted": True},
        wrong={"company": "Y"}, sets=("data_steward",),
    ),
    Case(
        rule="opportunity.close_not_in_past", at="close_date",
        en="Expected close cannot be in the past.", zh="预计成交日期不能早于今天。",
        before=DEAL, wrong={"close_date": day(-2)}, right={"close_date": day(2)},
    ),
    Case(
        rule="opportunity.lost_with_reason", at="loss_reason",
        en="Choose a loss reason.", zh="请选择输单原因。",
        before=DEAL, wrong={"stage": "lost"}, right={"loss_reason": "price"},
    ),
    Case(
        rule="opportunity.won_with_amount", at="amount",
        en="A won Opportunity needs an amount.", zh="赢单的商机金额必须大于 0。",
        before=DEAL, wrong={"stage": "won"}, right={"amount": "0.01"},
    ),
    Case(
        rule="opportunity.probability_in_range", at="probability",
        en="Probability must be from 0% to 100%.", zh="赢率须在 0% 到 100% 之间。",
        before=DEAL, wrong={"probability": "101"}, right={"probability": "100"},
    ),
    Case(
        rule="opportunity.reopen_with_right", at="stage",
        en="You may not reopen a closed Opportunity.", zh="无权重开已关闭的商机。",
        before={**DEAL, "stage": "lost", "loss_reason": "price", "is_closed": True},
        wrong={"stage": "needs"}, sets=("reopen_opportunity",),
    ),
    Case(
        rule="product.floor_below_list", at="min_price",
        en="Floor price exceeds the list price.", zh="最低售价不能高于标准价。",
        wrong={
            "name": "F", "code": "F-1", "category": "@category", "unit": "set",
            "list_price": "100", "min_price": "100.01",
        },
        right={"min_price": "100"},
    ),
    *line_cases("opportunity_line", "opportunity"),
    *line_cases("quote_line", "quote"),
    *line_cases("contract_line", "contract"),
    *line_cases("order_line", "sales_order"),
    Case(
        rule="order_line.locked_after_confirmation", at="",
        en="Lines of a confirmed Sales order are locked; only delivered quantities change.",
        zh="已确认销售订单的明细不可修改，只能登记已发数量。",
        before={**LINE, "sales_order": "@order", "quantity": "2"},
        wrong={"quantity": "3"}, right={"quantity": "2", "delivered_qty": "1"},
    ),
    Case(
        rule="quote.valid_after_date", at="valid_until",
        en="Valid-until is before the Quote date.", zh="有效期早于报价单日期。",
        wrong={**QUOTE, "valid_until": "2026-02-28"}, right={"valid_until": "2026-03-01"},
    ),
    Case(
        rule="contract.end_after_start", at="end_date", **END,
        wrong={**CONTRACT, "end_date": "2026-02-28"}, right={"end_date": "2026-03-01"},
    ),
    Case(
        rule="contract.signed_before_active", at="signed_date",
        en="Enter the day on which the Contract was signed.", zh="请填写合同的签订日期。",
        before={**CONTRACT, "files": ["@file"]}, wrong={"status": "active"},
        right={"signed_date": "2026-03-02"},
    ),
    Case(
        rule="contract.file_before_active", at="files",
        en="Upload the signed Contract.", zh="请上传已签署的合同。",
        before={**CONTRACT, "signed_date": "2026-03-02"}, wrong={"status": "active"},
        right={"files": ["@file"]},
    ),
    Case(
        rule="sales_order.account_published", at="account",
        en="The Account is not yet in the core database.", zh="客户尚未通过终审。",
        wrong={"account": "@reviewed", "status": "confirmed"}, right={"account": "@account"},
    ),
    Case(
        rule="payment_plan.amount_positive", at="amount", **POSITIVE,
        wrong={**PLAN, "amount": "0"}, right={"amount": "0.01"},
    ),
    Case(
        rule="payment_plan.within_order_total", at="amount",
        en="All Payment plans together exceed the total of the Sales order.",
        zh="回款计划合计超过销售订单总额。",
        before={**PLAN, "amount": "40"}, wrong={"amount": "999"},
        right={"amount": "999", "is_void": True},
    ),
    Case(
        rule="payment.amount_positive", at="amount", **POSITIVE,
        wrong={**PAID, "amount": "-1"}, right={"amount": "1"},
    ),
    Case(
        rule="payment.only_finance_confirms", at="status",
        en="Only finance can confirm a Payment.", zh="仅财务可确认回款。",
        wrong={**PAID, "amount": "1", "status": "confirmed"}, sets=("confirm_payment",),
    ),
    Case(
        rule="payment.confirmed_is_locked", at="",
        en="A confirmed Payment cannot be changed; make it void and enter a new one.",
        zh="已确认的回款不可修改；请作废后重新登记。",
        before={**PAID, "amount": "2", "status": "confirmed"},
        wrong={"amount": "3"}, right={"amount": "2", "status": "void"},
    ),
    Case(
        rule="refund.amount_positive", at="amount", **POSITIVE,
        wrong={"account": "@account", "sales_order": "@order", "amount": "0"},
        right={"amount": "1"},
    ),
    Case(
        rule="refund.within_net_received", at="amount",
        en="The Refund exceeds what was received.", zh="退款超过净回款。",
        before={"account": "@account", "sales_order": "@paid", "amount": "50.01"},
        wrong={"status": "pending"}, right={"amount": "50"},
    ),
    Case(
        rule="sales_order.no_cancel_after_payment", at="status",
        en="The Sales order has Payments and cannot be cancelled.",
        zh="销售订单已有回款，不能取消。",
        before={"account": "@account", "status": "draft", "_paid": "10"},
        wrong={"status": "cancelled"}, right={"status": "in_approval"},
    ),
    Case(
        rule="invoice.amount_positive", at="amount", **POSITIVE,
        wrong={**INVOICE, "amount": "0"}, right={"amount": "1"},
    ),
    Case(
        rule="invoice.number_when_issued", at="invoice_no",
        en="Enter the number and the date of the Invoice.", zh="请填写发票号码和开票日期。",
        before={**INVOICE, "amount": "1"}, wrong={"status": "issued"},
        right={"invoice_no": "25001", "issue_date": "2026-03-01"},
    ),
    Case(
        rule="invoice.within_uninvoiced", at="amount",
        en="The Invoice exceeds what is not invoiced yet.", zh="开票金额超过未开票金额。",
        wrong={**INVOICE, "amount": "100000"}, sets=("issue_invoice",),
    ),
    Case(
        rule="campaign.end_after_start", at="end_date",
        en="The Campaign ends before it starts.", zh="市场活动结束早于开始。",
        wrong={
            "name": "C", "type": "ad", "status": "planning", "budget": "1",
            "start_date": "2026-03-02", "end_date": "2026-03-01",
        },
        right={"end_date": "2026-03-02"},
    ),
    Case(
        rule="campaign_member.lead_or_contact", at="lead",
        en="Choose either a Lead or a Contact.", zh="请选择线索或联系人之一。",
        wrong={
            "campaign": "@campaign", "status": "targeted", "lead": "@lead", "contact": "@contact",
        },
        right={"contact": None},
    ),
    Case(
        rule="case.resolved_with_solution", at="solution",
        en="Enter the solution.", zh="请填写解决方案。",
        before=CASE, wrong={"status": "resolved"}, right={"solution": "<p>Done</p>"},
    ),
    Case(
        rule="case.complaint_with_cause", at="root_cause",
        en="Closing a complaint needs a root cause.", zh="投诉结案须填写根本原因。",
        before={**CASE, "record_type": "complaint", "solution": "<p>Done</p>"},
        wrong={"status": "closed"}, right={"root_cause": "human"},
    ),
    Case(
        rule="case.urgent_complaint_approved", at="status",
        en="Closing an urgent complaint needs the approval of a service manager.",
        zh="紧急投诉结案须经客服经理审批。",
        before={**COMPLAINT, "priority": "urgent"}, wrong={"status": "closed"},
        sets=("service_manager",),
    ),
]  # fmt: skip

BY_ACTIONS = {
    # each has a test of its own below
    "lead.converted_by_action", "quote.approved_before_accepted", "case.closed_with_category",
}  # fmt: skip


@pytest.fixture(scope="session")
async def setting(crm: Crm) -> dict[str, UUID]:
    """Records for the cases to point at: an order of 300 that is confirmed and another with 50
    received."""
    made: dict[str, UUID] = {}
    made["account"] = await crm.add("account", name="Setting")
    made["reviewed"] = await crm.add("account", name="Waiting", review_status="submitted")
    made["category"] = await crm.add("product_category", name="Category")
    made["product"] = await crm.add(
        "product", name="Product", code="SET-1", category=made["category"], unit="set",
        list_price="100",
    )  # fmt: skip
    made["contact"] = await crm.add(
        "contact", name="Contact", account=made["account"], mobile="13800001111"
    )
    made["file"] = await crm.add("file", crm.somebody("administrator"), name="signed.pdf")
    made["lead"] = await crm.add("lead", **LEAD)
    made["campaign"] = await crm.add(
        "campaign", name="Campaign", type="ad", status="active", budget="1",
        start_date="2026-03-01", end_date="2026-03-02",
    )  # fmt: skip
    made["manager"] = await crm.add("contact", name="M", account=made["account"], wechat="m")
    filled = {"@account": made["account"]}
    for name, values in (("opportunity", DEAL), ("quote", QUOTE), ("contract", CONTRACT)):
        made[name] = await crm.add(name, **{k: filled.get(v, v) for k, v in values.items()})
    for name, status in (("order", "confirmed"), ("paid", "confirmed"), ("sales_order", "draft")):
        made[name] = await crm.add("sales_order", account=made["account"], status=status)
        await crm.add(
            "order_line", sales_order=made[name], product=made["product"], quantity="3",
            unit_price="100",
        )  # fmt: skip
    await crm.add(
        "payment", account=made["account"], sales_order=made["paid"], amount="50", method="cash",
        status="confirmed",
    )  # fmt: skip
    return made


def filled(values: Values, setting: Mapping[str, UUID]) -> dict[str, Any]:
    return {key: named(value, setting) for key, value in values.items() if not key.startswith("_")}


def named(value: Any, setting: Mapping[str, UUID]) -> Any:
    if isinstance(value, list):
        return [named(each, setting) for each in value]
    return setting[value[1:]] if isinstance(value, str) and value.startswith("@") else value


async def prepared(crm: Crm, case: Case, setting: Mapping[str, UUID]) -> UUID | None:
    if case.before is None:
        return None
    object_name = case.rule.partition(".")[0]
    made = await crm.add(object_name, **filled(case.before, setting))
    if "_paid" in case.before:
        await crm.add(
            "payment", account=setting["account"], sales_order=made, status="confirmed",
            method="cash", amount=case.before["_paid"],
        )  # fmt: skip
    return made


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.rule)
async def test_a_rule(crm: Crm, setting: dict[str, UUID], case: Case) -> None:
    object_name = case.rule.partition(".")[0]
    record = await prepared(crm, case, setting)
    wrong = filled(case.wrong, setting)
    for language, message in (("en", case.en), ("zh_CN", case.zh)):
        session = crm.somebody("administrator", language=language)
        refused = await crm.refusal(object_name, record, session, wrong)
        assert refused.told == ((case.at, message),)
    allowed = crm.somebody("administrator", *case.sets)
    await crm.save(object_name, record, allowed, {**wrong, **filled(case.right, setting)})


async def test_no_record_is_its_own_parent(crm: Crm) -> None:
    """What all hierarchies refuse, without a rule of the pack's."""
    one = await crm.add("account", name="Own parent")
    below = await crm.add("account", name="Below", parent=one)
    for above in (one, below):
        with pytest.raises(Invalid) as refused:
            await crm.change("account", one, crm.somebody("administrator"), parent=above)
        assert [(each.code, each.path) for each in refused.value.problems] == [
            ("field.ring", "parent")
        ]
    other = await crm.add("account", name="Above")
    await crm.change("account", one, crm.somebody("administrator"), parent=other)


async def test_conversion_is_left_to_its_action(crm: Crm) -> None:
    lead = await crm.add("lead", **LEAD)
    session = crm.somebody("administrator", language="zh_CN")
    refused = await crm.refusal("lead", lead, session, {"status": "converted"})
    assert refused.told == (("status", "请使用“转换”操作。"),)
    await crm.change("lead", lead, status="converted", is_converted=True)


async def test_a_quote_is_approved_before_it_is_accepted(
    crm: Crm, setting: dict[str, UUID]
) -> None:
    quote = await crm.add("quote", **filled(QUOTE, setting))
    session = crm.somebody("administrator")
    refused = await crm.refusal("quote", quote, session, {"status": "accepted"})
    assert refused.told == (("status", "The Quote is not approved."),)
    await crm.change("quote", quote, approval_status="approved")
    await crm.save("quote", quote, session, {"status": "accepted"})


async def test_a_signed_file_stays(crm: Crm, setting: dict[str, UUID]) -> None:
    """What runs already is taken over without a file by a data steward alone."""
    running = {**filled(CONTRACT, setting), "status": "active", "signed_date": "2026-03-02"}
    seller = crm.somebody("administrator")
    refused = await crm.refusal("contract", None, seller, running)
    assert [path for path, _ in refused.told] == ["files"]
    steward = crm.somebody("administrator", "data_steward")
    old = await crm.add("contract", steward, **running)
    await crm.change("contract", old, seller, name="Renamed")
    with_file = await crm.add("contract", seller, **running, files=[setting["file"]])
    refused = await crm.refusal("contract", with_file, steward, {"files": []})
    assert [path for path, _ in refused.told] == ["files"]


async def test_a_case_is_closed_with_its_category(crm: Crm) -> None:
    """One from before the category was asked for can be worked on, but not closed."""
    case = await crm.add("case", **CASE, solution="<p>Done</p>")
    table = table_of(crm.snapshot, "case")
    column = crm.snapshot.objects["case"].fields["category"].column
    async with crm.transaction(None) as transaction:
        blank = update(table).values({column: None}).where(table.c.id == case)
        await transaction.connection.run(blank)
    session = crm.somebody("administrator", language="zh_CN")
    await crm.change("case", case, session, subject="Worked on")
    refused = await crm.refusal("case", case, session, {"status": "closed"})
    assert refused.told == (("category", "请选择问题类型。"),)
    await crm.save("case", case, session, {"status": "closed", "category": "other"})


async def test_who_may_end_an_urgent_complaint(crm: Crm) -> None:
    agent = crm.somebody("administrator")
    urgent = {**COMPLAINT, "priority": "urgent"}
    refused = await crm.refusal("case", None, agent, {**urgent, "status": "closed"})
    assert [path for path, _ in refused.told] == ["status"]
    approved = await crm.add("case", **urgent, approval_status="approved")
    await crm.save("case", approved, agent, {"status": "closed"})
    rejected = await crm.add("case", **urgent, approval_status="rejected")
    refused = await crm.refusal("case", rejected, agent, {"status": "closed"})
    assert [path for path, _ in refused.told] == ["status"]
    calm = await crm.add("case", **COMPLAINT)
    await crm.save("case", calm, agent, {"status": "closed"})
    refused = await crm.refusal("case", calm, agent, {"priority": "urgent"})
    assert [path for path, _ in refused.told] == ["status"]
    await crm.save(
        "case",
        await crm.add("case", **CASE, solution="<p>x</p>"),
        agent,
        {"status": "closed", "priority": "urgent"},
    )


async def test_all_plans_together_stay_within_the_order(crm: Crm, setting: dict[str, UUID]) -> None:
    order = await crm.add("sales_order", account=setting["account"])
    await crm.add(
        "order_line", sales_order=order, product=setting["product"], quantity="1", unit_price="100"
    )
    session = crm.somebody("administrator")
    plan = {"sales_order": order, "due_date": "2026-05-01"}
    await crm.save("payment_plan", None, session, {**plan, "amount": "60"})
    refused = await crm.refusal("payment_plan", None, session, {**plan, "amount": "40.01"})
    assert [path for path, _ in refused.told] == ["amount"]
    await crm.save("payment_plan", None, session, {**plan, "amount": "40"})


async def test_plans_of_one_save_are_counted_together(crm: Crm, setting: dict[str, UUID]) -> None:
    """Each fits by itself; what a refusal undoes, the totals of the orders show no more."""
    orders = []
    for _ in range(2):
        orders.append(await crm.add("sales_order", account=setting["account"]))
        await crm.add(
            "order_line", sales_order=orders[-1], product=setting["product"], quantity="1",
            unit_price="100",
        )  # fmt: skip
    one, two = orders
    given = [(one, "60"), (two, "55"), (one, "60"), (two, "45")]
    plans = [
        {"sales_order": order, "due_date": "2026-05-01", "amount": amount}
        for order, amount in given
    ]
    with pytest.raises(Invalid) as refused:
        await crm.add_all("payment_plan", plans)
    assert [each.path for each in refused.value.problems] == [
        "records.0.amount", "records.2.amount",
    ]  # fmt: skip
    assert [await plan_total(crm, order) for order in orders] == [0, 0]
    async with crm.transaction(None) as transaction:
        saved = await create(transaction, "payment_plan", plans, replace(SYSTEM, partial=True))
    assert [bool(each.problems) for each in saved.changes] == [True, False, True, False]
    assert [await plan_total(crm, order) for order in orders] == [0, 100]
    kept = [await crm.read("payment_plan", each) for each in saved.ids]
    assert [(each["amount"], each["version"]) for each in kept] == [(55, 1), (45, 1)]
    later = await crm.read("payment_plan", await crm.add("payment_plan", **plans[0]))
    assert len({each["name"] for each in (*kept, later)}) == 3
    async with crm.transaction(None) as transaction:  # one gives way to the other
        moves = [(saved.ids[0], None, {"amount": "70"}), (saved.ids[1], None, {"amount": "30"})]
        await update_records(transaction, "payment_plan", moves, SYSTEM)
    assert await plan_total(crm, two) == 100


async def plan_total(crm: Crm, order: UUID) -> Any:
    return (await crm.read("sales_order", order))["plan_total"]


def test_every_rule_has_its_case(crm: Crm) -> None:
    shipped = {
        component.name
        for component in crm.snapshot.components.values()
        if component.kind == "validation_rule" and component.pack == "standard_crm"
    }
    assert shipped == {case.rule for case in CASES} | BY_ACTIONS

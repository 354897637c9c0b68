"""The computed fields of the standard CRM beside the same numbers worked out here, in plain
decimals, from what each field is to mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP
from decimal import Decimal as D
from typing import Any
from uuid import UUID

import pytest
from conftest import FrozenClock
from crm_world import Crm
from metadata_world import ACME

from fieldstone.metadata.backfill import drift_of
from fieldstone.metadata.computed import rollups

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)
Line = dict[str, Any]


@pytest.fixture
def crm_today(crm: Crm, frozen_clock: FrozenClock) -> Crm:
    frozen_clock.now = NOW
    return crm


def cents(value: D) -> D:
    return value.quantize(D("0.01"), ROUND_HALF_UP)


def percent(part: D, whole: D, digits: str = "0.1") -> D:
    return (part / whole * 100).quantize(D(digits), ROUND_HALF_UP)


def same(found: dict[str, Any], **expected: Any) -> None:
    assert {name: found[name] for name in expected} == expected


async def an_account(crm: Crm, name: str, **values: Any) -> UUID:
    return await crm.add("account", name=name, **values)


async def products(crm: Crm, mark: str) -> dict[str, UUID]:
    """Two things to sell: what they cost, and the rate of their tax."""
    category = await crm.add("product_category", name=f"Category {mark}")
    made = {}
    for key, cost, price, rate in (
        ("sensor", "61.50", "99.99", "13"),
        ("service", "0", "800", "6"),
    ):
        made[key] = await crm.add(
            "product", name=f"{key} {mark}", code=f"{key}-{mark}", category=category, unit="set",
            list_price=price, cost=cost, tax_rate=rate,
        )  # fmt: skip
    return made


COSTS = {"sensor": D("61.50"), "service": D(0)}
LISTED = {"sensor": D("99.99"), "service": D(800)}
LINES = (
    # product, quantity, unit price, discount in percent, tax rate in percent
    ("sensor", D("7"), D("99.99"), D("12.5"), D(13)),
    ("service", D("1.5"), D("799.95"), D("0"), D(6)),
    ("sensor", D("3.333"), D("89.49"), D("100"), D(13)),
)


def amount_of(line: tuple[str, D, D, D, D], *, with_tax: bool) -> D:
    _, quantity, price, discount, rate = line
    exact = quantity * price * (1 - discount / 100)
    return cents(exact if with_tax else exact * (1 + rate / 100))


def tax_of(amount: D, rate: D) -> D:
    return cents(amount - amount / (1 + rate / 100))


async def with_lines(
    crm: Crm, line_object: str, header: str, record: UUID, sold: dict[str, UUID]
) -> list[UUID]:
    rows = [
        {
            header: record, "product": sold[key], "quantity": quantity, "unit_price": price,
            "discount": discount, "tax_rate": str(rate), "list_price": LISTED[key],
        }
        for key, quantity, price, discount, rate in LINES
    ]  # fmt: skip
    return await crm.add_all(line_object, rows)


@pytest.mark.parametrize("with_tax", [True, False], ids=["tax included", "tax added"])
async def test_a_quote(crm_today: Crm, with_tax: bool) -> None:
    crm, mark = crm_today, f"quote {with_tax}"
    account, sold = await an_account(crm, mark), await products(crm, mark)
    quote = await crm.add(
        "quote", name=mark, account=account, price_includes_tax=with_tax, extra_discount="30.30",
        shipping_fee="12",
    )  # fmt: skip
    lines = await with_lines(crm, "quote_line", "quote", quote, sold)

    subtotal = tax_total = margin_total = list_total = D(0)
    for identity, line in zip(lines, LINES, strict=True):
        key, quantity, _, _, rate = line
        amount = amount_of(line, with_tax=with_tax)
        tax = tax_of(amount, rate)
        margin = cents(amount - tax - quantity * COSTS[key])
        listed = amount_of((key, quantity, LISTED[key], D(0), rate), with_tax=with_tax)
        found = await crm.read("quote_line", identity)
        same(found, amount=amount, tax=tax, margin=margin, list_amount=listed)
        subtotal, tax_total = subtotal + amount, tax_total + tax
        margin_total, list_total = margin_total + margin, list_total + listed
    same(
        await crm.read("quote", quote),
        subtotal=subtotal,
        tax_total=tax_total,
        margin_total=margin_total,
        list_total=list_total,
        total=subtotal - D("30.30") + 12,
        discount_rate=percent(list_total - (subtotal - D("30.30")), list_total),
    )
    same(await crm.read("quote", await crm.add("quote", name="Empty", account=account)),
         subtotal=D(0), total=D(0), discount_rate=D(0))  # fmt: skip


async def test_from_order_to_cash(crm_today: Crm) -> None:
    crm = crm_today
    account, sold = await an_account(crm, "cash"), await products(crm, "cash")
    deal = await crm.add(
        "opportunity", name="cash", account=account, stage="won", is_closed=True, is_won=True,
        amount="2000", close_date="2026-03-01",
    )  # fmt: skip
    contract = await crm.add(
        "contract", name="cash", account=account, amount="4000", start_date="2026-01-01",
        end_date="2026-12-31",
    )  # fmt: skip
    common = {"account": account, "opportunity": deal, "contract": contract}
    order = await crm.add(
        "sales_order", **common, status="confirmed", order_date="2026-02-10", shipping_fee="9.90"
    )
    lines = await with_lines(crm, "order_line", "sales_order", order, sold)
    await crm.change("order_line", lines[0], delivered_qty="4")
    draft = await crm.add("sales_order", **common, status="draft", order_date="2025-01-01")
    await with_lines(crm, "order_line", "sales_order", draft, sold)
    total = sum((amount_of(line, with_tax=True) for line in LINES), D("9.90"))

    plans = await crm.add_all(
        "payment_plan",
        [
            {"sales_order": order, "term": term, "amount": amount, "due_date": due, "is_void": void}
            for term, amount, due, void in (
                (1, "500", "2026-02-20", False),
                (2, "700", "2026-02-28", False),
                (3, "300", "2026-03-02", False),
                (4, "111", "2026-01-01", True),
            )
        ],
    )
    money = {"account": account, "sales_order": order, "method": "cash"}
    await crm.add_all(
        "payment",
        [
            {**money, "plan": plans[0], "amount": "500", "status": "confirmed"},
            {**money, "plan": plans[1], "amount": "250.25", "status": "confirmed"},
            {**money, "plan": plans[1], "amount": "99", "status": "pending"},
            {**money, "plan": plans[2], "amount": "1", "status": "void"},
        ],
    )
    refund = {key: value for key, value in money.items() if key != "method"}
    await crm.add("refund", **refund, amount="50.15", status="completed")
    await crm.add("refund", **refund, amount="20", status="approved")
    issued = {"issue_date": "2026-02-11", "tax_rate": "13"}
    invoices = await crm.add_all(
        "invoice",
        [
            {**refund, **issued, "amount": "600", "status": "issued", "invoice_no": "N1"},
            {**refund, **issued, "amount": "113", "status": "sent", "invoice_no": "N2"},
            {**refund, "amount": "80", "status": "approved"},
        ],
    )

    received, refunded, invoiced = D("750.25"), D("50.15"), D(713)
    net = received - refunded
    same(
        await crm.read("sales_order", order),
        total=total,
        plan_total=D(1500),
        received=received,
        refunded=refunded,
        net_received=net,
        outstanding=total - net,
        payment_rate=percent(net, total),
        payment_status="partial",
        invoiced=invoiced,
        uninvoiced=total - invoiced,
        quantity_total=sum(line[1] for line in LINES),
        delivered_total=D(4),
        delivered_rate=percent(D(4), sum((line[1] for line in LINES), D(0))),
    )
    assert (await crm.read("order_line", lines[0]))["undelivered_qty"] == D(3)
    expected = [
        ("done", D(500), D(0), 0),
        ("overdue", D("250.25"), D("449.75"), 2),
        ("waiting", D(0), D(300), 0),
        ("void", D(0), D(0), 0),
    ]
    for plan, (status, paid, left, late) in zip(plans, expected, strict=True):
        found = await crm.read("payment_plan", plan)
        same(found, status=status, received=paid, outstanding=left, overdue_days=late)
    assert (await crm.read("invoice", invoices[1]))["tax"] == tax_of(D(113), D(13)) == 13
    same(
        await crm.read("account", account),
        order_count=1,
        order_total=total,
        first_order_date=date(2026, 2, 10),
        last_order_date=date(2026, 2, 10),
        won_amount=D(2000),
        open_opp_count=0,
        received_total=received,
        refund_total=refunded,
        net_received=net,
        receivable=total - net,
        payment_rate=percent(net, total),
        invoiced_total=invoiced,
    )
    same(
        await crm.read("opportunity", deal),
        order_total=total, received_total=received, refund_total=refunded,
    )  # fmt: skip
    same(
        await crm.read("contract", contract),
        ordered_total=total,
        received_total=received,
        refund_total=refunded,
        execution_rate=percent(total, D(4000)),
        payment_rate=percent(net, D(4000)),
        days_to_expiry=(date(2026, 12, 31) - TODAY).days,
    )
    same(
        await crm.read("product", sold["sensor"]),
        sold_qty=LINES[0][1] + LINES[2][1],
        sold_amount=amount_of(LINES[0], with_tax=True) + amount_of(LINES[2], with_tax=True),
    )
    await crm.change("sales_order", order, status="fulfilling", price_includes_tax=False)
    dearer = sum((amount_of(line, with_tax=False) for line in LINES), D("9.90"))
    assert (await crm.read("account", account))["order_total"] == dearer


async def test_an_opportunity(crm_today: Crm) -> None:
    crm = crm_today
    account, sold = await an_account(crm, "deal"), await products(crm, "deal")
    deal = await crm.add(
        "opportunity", name="deal", account=account, stage="proposal", amount="123456.78",
        probability="55", close_date="2026-06-30", stage_entered_at=NOW - timedelta(days=22),
    )  # fmt: skip
    await crm.add_all(
        "opportunity_line",
        [
            {"opportunity": deal, "product": sold[key], "quantity": quantity, "unit_price": price,
             "discount": discount}
            for key, quantity, price, discount, _ in LINES
        ],
    )  # fmt: skip
    rival = await crm.add("competitor", name="Rival")
    await crm.add("opportunity_competitor", opportunity=deal, competitor=rival)
    spent = {"opportunity": deal, "user": await crm.add("user", account="spender", name="S")}
    await crm.add("expense", **spent, amount="120.50", status="approved")
    await crm.add("expense", **spent, amount="7", status="pending")
    same(
        await crm.read("opportunity", deal),
        expected_revenue=cents(D("123456.78") * 55 / 100),
        days_in_stage=22,
        is_stalled=True,
        sales_cycle_days=None,
        line_count=3,
        lines_total=sum((amount_of(line, with_tax=True) for line in LINES), D(0)),
        expense_total=D("120.50"),
        competitor_count=1,
    )
    same(await crm.read("account", account), open_opp_count=1, open_opp_amount=D("123456.78"))
    await crm.change(
        "opportunity", deal, stage="won", status="won", is_closed=True, is_won=True, closed_at=NOW
    )
    began = (await crm.read("opportunity", deal))["created_at"]
    same(
        await crm.read("opportunity", deal),
        days_in_stage=0, is_stalled=False, sales_cycle_days=(NOW.date() - began.date()).days,
    )  # fmt: skip
    same(await crm.read("competitor", rival), win_count=1, lose_count=0)
    same(await crm.read("account", account), open_opp_count=0, won_amount=D("123456.78"))


@pytest.mark.parametrize(
    ("score", "grade"),
    [(100, "A"), (80, "A"), (79, "B"), (60, "B"), (59, "C"), (40, "C"), (0, "D")],
)
async def test_grades_of_leads(crm_today: Crm, score: int, grade: str) -> None:
    lead = await crm_today.add("lead", name="L", source="web", phone="021-55501234", score=score)
    same(await crm_today.read("lead", lead), score_grade=grade, pool_state="none")


async def test_a_lead_on_its_way(crm_today: Crm) -> None:
    crm = crm_today
    pool = await crm.add("pool", name="Way", object="lead")
    queue = await crm.add("user", account="way_queue", name="Q", is_queue=True, kind="queue")
    person = await crm.add("user", account="way_rep", name="R")
    lead = await crm.add(
        "lead", name="L", source="web", phone="021-55501234", pool=pool, owner=queue,
        created_at=NOW - timedelta(days=9),
    )  # fmt: skip
    same(await crm.read("lead", lead), pool_state="in_pool", days_to_convert=None)
    await crm.change("lead", lead, owner=person)
    assert (await crm.read("lead", lead))["pool_state"] == "claimed"
    await crm.change("lead", lead, is_converted=True, status="converted", converted_at=NOW)
    assert (await crm.read("lead", lead))["days_to_convert"] == 9


async def test_states_of_cases(crm_today: Crm) -> None:
    crm = crm_today
    account = await an_account(crm, "service")
    base = {"subject": "S", "channel": "phone", "category": "other", "priority": "normal",
            "account": account, "solution": "<p>Done</p>"}  # fmt: skip
    expected = {
        "met": {"status": "closed"},
        "missed": {"status": "closed", "first_response_breached": True},
        "violated": {"status": "resolved", "resolve_breached": True, "sla_elapsed_pct": 20},
        "at_risk": {"status": "in_progress", "sla_elapsed_pct": 75},
        "ok": {"status": "waiting_customer", "sla_elapsed_pct": 74},
    }
    cases = {}
    for state, values in expected.items():
        cases[state] = await crm.add("case", **base, **values)
        same(await crm.read("case", cases[state]), sla_state=state, is_escalated=False,
             is_closed=values["status"] == "closed")  # fmt: skip
    assert (await crm.read("account", account))["open_case_count"] == 3

    one, sold = cases["met"], await products(crm, "service")
    await crm.add_all("case_comment", [
        {"case": one, "body": "<p>x</p>", "direction": direction, "is_public": public}
        for direction, public in (("out", True), ("out", False), ("in", True))
    ])  # fmt: skip
    worker = await crm.add("user", account="worker", name="W")
    work = {"case": one, "user": worker, "action": "phone"}
    action = next(iter(crm.snapshot.objects["case_work"].fields["action"].values))
    await crm.add_all("case_work", [{**work, "action": action, "minutes": m} for m in (25, 40)])
    await crm.add("case_part", case=one, product=sold["sensor"], qty="2.5", unit_cost="61.55")
    same(await crm.read("case", one), comment_out_count=1, first_contact_resolved=True,
         work_minutes=65, part_cost=cents(D("2.5") * D("61.55")))  # fmt: skip
    await crm.add("case_comment", case=one, body="<p>y</p>", direction="out", is_public=True)
    same(await crm.read("case", one), comment_out_count=2, first_contact_resolved=False)
    asset = await crm.add(
        "asset", account=account, product=sold["sensor"], status="in_use", warranty_end="2026-03-02"
    )
    await crm.change("case", one, asset=asset)
    same(await crm.read("asset", asset), in_warranty=True, case_count=1)


async def test_targets(crm_today: Crm) -> None:
    base = {"year": 2026, "scope": "company", "metric": "won_amount", "target": "90000",
            "actual": "61200"}  # fmt: skip
    month = await crm_today.add("sales_target", **base, period_type="month", period_no=3)
    quarter = await crm_today.add("sales_target", **base, period_type="quarter", period_no=1)
    past = await crm_today.add("sales_target", **base, period_type="month", period_no=2)
    elapsed = (TODAY - date(2026, 1, 1)).days + 1
    shared = {"completion": D("68.0"), "gap": D(28800)}
    same(await crm_today.read("sales_target", month), **shared, period_start=date(2026, 3, 1),
         period_end=date(2026, 3, 31), pace=cents(D(90000) * 2 / 31))  # fmt: skip
    same(await crm_today.read("sales_target", quarter), **shared, period_end=date(2026, 3, 31),
         pace=cents(D(90000) * elapsed / 90))  # fmt: skip
    assert (await crm_today.read("sales_target", past))["pace"] == D(90000)


async def test_the_effect_of_a_campaign(crm_today: Crm) -> None:
    crm = crm_today
    account = await an_account(crm, "campaign")
    campaign = await crm.add(
        "campaign", name="C", type="ad", status="active", start_date="2026-02-01",
        end_date="2026-02-28", budget="9000", other_cost="6000", impressions=12345, clicks=678,
    )  # fmt: skip
    leads = [
        await crm.add("lead", name="L", source="ad", phone="021-55501234", campaign=campaign,
                      is_converted=done)
        for done in (True, False, False)
    ]  # fmt: skip
    await crm.add_all("campaign_member", [
        {"campaign": campaign, "lead": lead, "status": status, "responded": status == "attended"}
        for lead, status in zip(leads, ("attended", "sent", "targeted"), strict=True)
    ])  # fmt: skip
    user = await crm.add("user", account="campaigner", name="C")
    await crm.add("expense", user=user, campaign=campaign, amount="1000", status="approved")
    for stage, amount in (("won", "18500"), ("qualify", "400")):
        await crm.add(
            "opportunity", name="D", account=account, campaign=campaign, stage=stage,
            amount=amount, close_date="2026-06-30", is_won=stage == "won", is_closed=stage == "won",
        )  # fmt: skip
    segment = await crm.add("target_list", name="T", base="lead", kind="static")
    mailing = await crm.add(
        "mailing", name="M", campaign=campaign, channel="email", status="completed", template="t",
        segments=[segment], send_mode="now",
    )  # fmt: skip
    got = {"mailing": mailing, "address": "a@example.com", "sent_at": NOW}
    seen = {**got, "delivered_at": NOW}
    await crm.add_all("message_log", [
        {**seen, "status": "clicked", "opened_at": NOW, "clicked_at": NOW},
        {**seen, "status": "opened", "opened_at": NOW},
        {**seen, "status": "opted_out"},
        {**got, "status": "bounced", "bounce_type": "hard"},
        {"mailing": mailing, "address": "b@example.com", "status": "queued"},
    ])  # fmt: skip
    same(
        await crm.read("mailing", mailing),
        targets=5, sent=4, delivered=3, opened=2, clicked=1, opted_out=1, bounced_hard=1,
        bounced_soft=0, failed=0, open_rate=percent(D(2), D(3)), click_rate=percent(D(1), D(3)),
        unsubscribe_rate=percent(D(1), D(3)),
    )  # fmt: skip
    same(
        await crm.read("campaign", campaign),
        actual_cost=D(1000), total_cost=D(7000), members=3, responded=1, attended=1, sent=4,
        delivered=3, opened=2, clicked=1, bounced=1, opted_out=1, leads=3, converted_leads=1,
        opps=2, opp_amount=D(18900), won_opps=1, won_amount=D(18500), received=D(0),
        response_rate=percent(D(1), D(3)), lead_conversion=percent(D(1), D(3)),
        cost_per_lead=cents(D(7000) / 3), cost_per_deal=D(7000),
        ctr=percent(D(678), D(12345), "0.01"), roi=percent(D(18500) - 7000, D(7000)),
        budget_use=percent(D(7000), D(9000)),
    )  # fmt: skip


async def test_small_things(crm_today: Crm) -> None:
    crm = crm_today
    head = await an_account(crm, "head", created_at=NOW - timedelta(days=8))
    branch = await an_account(crm, "branch", parent=head, last_followup_at=NOW - timedelta(days=3))
    same(await crm.read("account", head), branch_count=1, days_since_followup=8, payment_rate=None)
    same(await crm.read("account", branch), branch_count=0, days_since_followup=3)
    contact = await crm.add(
        "contact", name="P", account=head, email="p@example.com", birthday="1988-02-29"
    )
    assert (await crm.read("contact", contact))["next_birthday"] == date(2027, 2, 28)
    old = await crm.add("account_contact", account=head, contact=contact, end_date="2026-03-01")
    new = await crm.add("account_contact", account=branch, contact=contact, end_date="2026-03-02")
    assert [(await crm.read("account_contact", each))["is_active"] for each in (old, new)] == [
        False, True,
    ]  # fmt: skip
    surveys = {kind: await crm.add("survey", name=kind, kind=kind, status="live", intro="<p>x</p>",
                                   thanks="<p>x</p>") for kind in ("csat", "nps")}  # fmt: skip
    await crm.add_all("survey_response", [
        {"survey": surveys[kind], "account": head, "score": score, "sent_at": NOW,
         "submitted_at": at}
        for kind, score, at in (("csat", "5", NOW), ("csat", "4", NOW), ("csat", "2", NOW),
                                ("csat", None, None), ("nps", "10", NOW))
    ])  # fmt: skip
    average = cents(D(11) / 3)
    assert (await crm.read("account", head))["csat_avg"] == average
    same(await crm.read("survey", surveys["csat"]), sent_count=4, response_count=3,
         avg_score=average, response_rate=D("75.0"))  # fmt: skip


async def test_nothing_has_drifted(crm_today: Crm) -> None:
    """After all that the tests before this one did."""
    async with crm_today.installation.database.tenant(ACME) as connection:
        for each in rollups(crm_today.snapshot):
            drift = await drift_of(connection, crm_today.snapshot, each)
            assert not drift.wrong, f"{each.field.object}.{each.field.name}: {drift.sample}"

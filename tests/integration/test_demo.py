"""Demo data: a small pack's and the standard CRM's, loaded whole and taken out without a trace."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import FrozenClock
from demo_totals import check_totals
from metadata_world import ACME, World
from sqlalchemy import func, select, update

from fieldstone.kernel.errors import Invalid
from fieldstone.kernel.installation import Installation
from fieldstone.kernel.system_tables import history, state
from fieldstone.metadata.pack_files import read_pack
from fieldstone.metadata.packs import candidate, install, locate
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.demo.check import check_recipes, lines_of
from fieldstone.runtime.demo.load import DemoReport, load_demo, loaded_packs
from fieldstone.runtime.demo.remove import remove_demo

ZONE = ZoneInfo("Asia/Shanghai")
SUNDAY = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)  # a weekend, and a month that has just begun

FILES = {
    "pack.yaml": """
name: garden
version: 1.0.0
title: {en: Garden}
""",
    "objects/bed.yaml": """
name: bed
label: {en: Bed}
name_field: {type: text}
fields:
  best: {type: lookup, target: plant, label: {en: Best}}
  within: {type: lookup, target: bed, on_delete: restrict, label: {en: Within}}
""",
    "objects/plant.yaml": """
name: plant
label: {en: Plant}
name_field: {type: autonumber, format: "P{000}"}
fields:
  bed: {type: lookup, target: bed, on_delete: restrict, required: true, label: {en: Bed}}
  about: {type: polymorphic, targets: [bed, plant], label: {en: About}}
  friends: {type: many_to_many, target: plant, label: {en: Friends}}
  keeper: {type: user, label: {en: Keeper}}
""",
    "objects/leaf.yaml": """
name: leaf
label: {en: Leaf}
name_field: {type: autonumber, format: "L{000}"}
fields:
  plant: {type: master_detail, target: plant, label: {en: Plant}}
  size: {type: currency, label: {en: Size}}
""",
    "demo/all.yaml": """
recipes:
  beds:
    object: bed
    rows: [{name: North}, {name: South, _in: North}]
    fields:
      _in: null
      within: {ref: {to: beds, same: {name: _in}}}
      best: {first: {of: plants, same: {bed: $self}}}
      owner: {ref: {to: people, pick: first}}
      created_at: {datetime: "-30d"}
  people:
    object: user
    match: account
    rows: [{account: ada, name: Ada, profile: administrator}, {account: Ben, name: Benjamin}]
    fields: {profile: standard_user}
  plants:
    object: plant
    count: 7
    fields:
      bed: {ref: {to: beds, pick: cycle}}
      about: {copy: bed}
      friends: {refs: {to: plants, count: 2}}
      keeper: {ref: {to: people, pick: cycle}}
      owner: {copy: keeper}
      created_at: {datetime: "-20d..-10d"}
  leaves:
    object: leaf
    per: plants
    count: 3
    fields: {size: {integer: 1..9}}
""",
}


def garden(folder: Path) -> Path:
    for name, content in FILES.items():
        path = folder / "garden" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.lstrip(), "utf-8")
    return folder / "garden"


class Records:
    """What a tenant's tables hold, by field name."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def of(self, object_name: str) -> list[dict[str, Any]]:
        snapshot = await self.world.snapshot()
        table = table_of(snapshot, object_name)
        fields = snapshot.objects[object_name].fields
        names = {f.column: name for name, f in fields.items() if f.column}
        async with self.world.installation.database.tenant(ACME) as connection:
            rows = await connection.fetch(select(table))
        return [{names[key]: value for key, value in row.items() if key in names} for row in rows]

    async def by_id(self, object_name: str) -> dict[Any, dict[str, Any]]:
        return {row["id"]: row for row in await self.of(object_name)}

    async def counts(self) -> dict[str, int]:
        """Rows by object, those in the recycle bin too, and the entries of the history."""
        snapshot = await self.world.snapshot()
        tables = {name: table_of(snapshot, name) for name in snapshot.objects}
        async with self.world.installation.database.tenant(ACME) as connection:
            return {
                name: await connection.value(select(func.count()).select_from(table))
                for name, table in {**tables, "history": history}.items()
            }

    async def settings(self) -> dict[str, Any]:
        async with self.world.installation.database.tenant(ACME) as connection:
            return dict(await connection.value(select(state.c.settings)))


@pytest.fixture
async def records(installation: Installation) -> Records:
    return Records(World(installation))


async def with_garden(records: Records, folder: Path) -> Path:
    source = garden(folder)
    await install(records.world.installation.database, ACME, source)
    return source


@pytest.mark.anyio
async def test_a_load_is_tagged_linked_and_noted(records: Records, tmp_path: Path) -> None:
    source = await with_garden(records, tmp_path)
    database = records.world.installation.database
    (ben,) = await records.world.create("user", {"account": "ben", "name": "Ben"})
    steps: list[tuple[int, int, str]] = []

    report = await load_demo(database, ACME, str(source), progress=lambda *step: steps.append(step))

    assert report.rows == {"bed": 2, "user": 1, "plant": 7, "leaf": 21}
    assert report.total == 31
    assert steps[-1][:2] == (31, 32)
    people = await records.by_id("user")
    assert people[ben]["name"] == "Ben"  # was there, and stays as it was
    assert people[ben]["tags"] is None
    accounts = {each.account: each for each in report.accounts}
    assert accounts["ada"].profile == "administrator"
    assert accounts["Ben"].user_id == ben

    beds, plants = await records.by_id("bed"), await records.by_id("plant")
    north, south = sorted(beds.values(), key=lambda bed: str(bed["name"]))
    assert (north["within"], south["within"]) == (None, north["id"])
    assert plants[north["best"]]["bed"] == north["id"]
    assert all(plant["bed"] == plant["about"] for plant in plants.values())
    assert all(plant["tags"] == ["demo"] for plant in plants.values())
    assert all(plant["created_by"] == plant["owner"] for plant in plants.values())
    assert all(plant["modified_at"] == plant["created_at"] for plant in plants.values())
    numbered = sorted(plants.values(), key=lambda plant: plant["created_at"])
    assert [plant["name"] for plant in numbered] == sorted(p["name"] for p in numbered)
    assert {leaf["plant"] for leaf in await records.of("leaf")} == set(plants)
    async with database.tenant(ACME) as connection:
        causes = await connection.fetch(select(history.c.cause, history.c.action))
    assert Counter((row["cause"], row["action"]) for row in causes)["demo", "create"] == 31
    assert "garden" in loaded_packs(await records.settings())
    with pytest.raises(Invalid) as second:
        await load_demo(database, ACME, str(source))
    assert second.value.problems[0].code == "demo.already_loaded"


@pytest.mark.anyio
async def test_removing_takes_what_was_loaded_and_nothing_else(
    records: Records, tmp_path: Path
) -> None:
    source = await with_garden(records, tmp_path)
    database = records.world.installation.database
    (ben,) = await records.world.create("user", {"account": "ben", "name": "Ben"})
    before = await records.counts()
    await load_demo(database, ACME, str(source))
    removed = await remove_demo(database, ACME)
    assert (removed.total, removed.kept) == (31, {})
    assert await records.counts() == before
    assert not loaded_packs(await records.settings())

    await load_demo(database, ACME, str(source))
    beds = {bed["name"]: bed["id"] for bed in await records.of("bed")}
    one, *others = await records.of("plant")
    own = await records.world.create(
        "plant", {"bed": beds["South"], "owner": ben, "tags": ["demo"]}, {"bed": beds["South"]}
    )
    snapshot = await records.world.snapshot()
    plants = table_of(snapshot, "plant")
    async with database.tenant(ACME) as connection:
        await connection.run(update(plants).where(plants.c.id == one["id"]).values(tags=["mine"]))
    removed = await remove_demo(database, ACME)

    left = await records.by_id("plant")
    assert set(left) == {one["id"], *own}  # what was made by hand, and what lost its tag
    assert len(others) == 6
    kept = {bed["id"] for bed in await records.of("bed")}
    assert kept == set(beds.values())  # South is needed, and North by South
    assert removed.kept["bed"] == 2
    keepers = {person["account"] for person in await records.of("user")}
    assert keepers == {"ben", "ada"}  # ada has the beds
    assert removed.kept["user"] == 1


@pytest.mark.anyio
async def test_recipes_with_problems_and_packs_without_recipes_are_refused(
    records: Records, tmp_path: Path
) -> None:
    source = await with_garden(records, tmp_path)
    database = records.world.installation.database
    demo = source / "demo" / "all.yaml"
    good = demo.read_text("utf-8")
    for text, code in (
        (good.replace("refs:", "reefs:"), "demo.unknown_generator"),
        (good.replace("object: leaf", "object: lief"), "demo.not_installed"),
        (good.replace("integer: 1..9", "copy: size"), "demo.cycle"),
        ("recipes: {}", "demo.none"),
    ):
        demo.write_text(text, "utf-8")
        with pytest.raises(Invalid) as refused:
            await load_demo(database, ACME, str(source))
        assert code in [problem.code for problem in refused.value.problems]
    assert (await records.counts())["leaf"] == 0
    assert not loaded_packs(await records.settings())


def test_the_recipes_of_the_standard_crm_have_no_problems() -> None:
    source = locate("standard_crm")
    assert check_recipes(read_pack(source), candidate(source), lines_of(source)) == []


SIZES = {
    "department": 9, "role": 14, "territory": 8, "pool": 9, "product": 40, "product_category": 8,
    "price_book": 3, "account": 300, "contact": 700, "lead": 900, "opportunity": 350, "quote": 260,
    "contract": 110, "sales_order": 180, "order_line": 520, "payment_plan": 320, "payment": 270,
    "refund": 12, "invoice": 160, "expense": 240, "work_log": 600, "campaign": 14,
    "campaign_member": 1500, "mailing": 20, "message_log": 9000, "case": 420, "case_comment": 1600,
    "case_work": 700, "survey_response": 230, "knowledge_article": 60, "survey": 5,
    "care_record": 150, "asset": 260, "data_change_request": 15, "forecast": 104,
}  # fmt: skip
ACTIVITIES = ("task", "event", "call", "follow_up", "email_message")


@pytest.mark.anyio
async def test_the_standard_crm_has_lifelike_data(
    installation: Installation, frozen_clock: FrozenClock, records: Records
) -> None:
    """Installed on the worst of days: a Sunday that begins a month."""
    frozen_clock.now = SUNDAY
    database = installation.database
    await install(database, ACME, locate("standard_crm"))
    before = await records.counts()
    report = await load_demo(database, ACME, "standard_crm")
    counts = await records.counts()
    assert {name: counts[name] for name in SIZES} == SIZES
    assert sum(counts[name] for name in ACTIVITIES) == 6000
    assert report.total == sum(counts.values()) - counts["history"] - sum(before.values())
    _check_people(report)
    await _check_sales(records)
    await _check_cash(records)
    await _check_service(records)
    await _check_leads(records)
    await _check_activities(records)
    await check_totals(records.world)

    removed = await remove_demo(database, ACME)
    assert removed.total == report.total
    assert await records.counts() == before


def _check_people(report: DemoReport) -> None:
    profiles = {each.account: each.profile for each in report.accounts}
    expected = {
        "admin": "administrator", "rep": "sales_rep", "manager": "general_manager",
        "supervisor": "dept_supervisor", "director": "sales_director", "service": "service_agent",
        "service_manager": "service_manager", "entry": "data_entry", "steward": "data_steward",
        "platform": "platform_admin", "finance": "finance", "legal": "legal",
        "marketing": "marketing_manager", "specialist": "marketing_specialist",
        "editor": "knowledge_editor", "partner": "channel_partner", "customer": "customer",
        "integration": "integration",
    }  # fmt: skip
    assert expected.items() <= profiles.items()
    assert Counter(profiles.values())["sales_rep"] == 12
    assert Counter(profiles.values())["dept_supervisor"] == 3


async def _check_sales(records: Records) -> None:
    deals = await records.by_id("opportunity")
    stages = Counter(deal["stage"] for deal in deals.values())
    assert (stages["won"], stages["lost"], stages["invalid"]) == (95, 70, 15)
    assert len(stages) == 9
    accounts = await records.by_id("account")
    assert all(
        deal["created_at"] > accounts[deal["account"]]["created_at"] for deal in deals.values()
    )
    assert all(deal["created_at"] < SUNDAY for deal in deals.values())

    totals: dict[Any, Decimal] = defaultdict(Decimal)
    for line in await records.of("opportunity_line"):
        totals[line["opportunity"]] += _amount(line)
    assert all(deals[key]["amount"] == total for key, total in totals.items())

    steps = defaultdict(list)
    for step in await records.of("stage_history"):
        steps[step["opportunity"]].append(step)
    for key, deal in deals.items():
        walk = sorted(steps[key], key=lambda step: (step["entered_at"], step["left_at"] is None))
        assert walk[0]["from_stage"] is None
        assert walk[0]["entered_at"] == deal["created_at"]
        assert (walk[-1]["to_stage"], walk[-1]["left_at"]) == (deal["stage"], None)
        assert walk[-1]["entered_at"] == deal["stage_entered_at"]

    closed = [_day(deal["closed_at"]) for deal in deals.values() if deal["stage"] == "won"]
    assert max(closed) <= date(2026, 3, 1)
    assert min(closed) > date(2026, 3, 1) - timedelta(days=550)
    assert sum(day >= date(2026, 3, 1) for day in closed) >= 5
    months = Counter(day.month for day in closed if day < date(2026, 3, 1))
    assert months[10] + months[11] + months[12] > 2.5 * (months[2] + months[3] + months[4])
    states = Counter(account["review_status"] for account in accounts.values())
    assert states["published"] == 292
    assert Counter(account["record_type"] for account in accounts.values()) == {
        "business": 260, "person": 30, "channel": 10,
    }  # fmt: skip
    parents = {account["parent"] for account in accounts.values()} - {None}
    assert len(parents) == 25


def _amount(line: dict[str, Any]) -> Decimal:
    """As the formula of the lines says."""
    exact = line["quantity"] * line["unit_price"] * (1 - (line["discount"] or Decimal(0)) / 100)
    return Decimal(exact).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def _day(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


async def _check_cash(records: Records) -> None:
    """Lines add up to orders, plans to orders, payments to plans; most of it is paid."""
    orders = await records.by_id("sales_order")
    totals: dict[Any, Decimal] = defaultdict(Decimal)
    for line in await records.of("order_line"):
        totals[line["sales_order"]] += _amount(line)
    for key, order in orders.items():
        totals[key] += order["shipping_fee"] - order["extra_discount"]
    effective = {
        key: totals[key]
        for key, order in orders.items()
        if order["status"] in ("confirmed", "fulfilling", "completed")
    }
    plans = await records.by_id("payment_plan")
    planned: dict[Any, Decimal] = defaultdict(Decimal)
    for plan in plans.values():
        planned[plan["sales_order"]] += plan["amount"]
    assert min(plan["amount"] for plan in plans.values()) > 0
    assert planned == effective
    paid = await _paid(records, plans)
    refunds = [row for row in await records.of("refund") if row["status"] == "completed"]
    refunded = sum(row["amount"] for row in refunds)
    rate = (sum(paid.values()) - refunded) / sum(planned.values())
    assert Decimal("0.72") < rate < Decimal("0.86")
    _check_ageing(plans, paid)
    _check_concentration({orders[key]["account"] for key in effective}, orders, effective)
    accounts = await records.by_id("account")
    kinds = {accounts[orders[key]["account"]]["type"] for key in effective}
    assert kinds <= {"customer", "former", "partner", "reseller"}


async def _paid(records: Records, plans: dict[Any, dict[str, Any]]) -> dict[Any, Decimal]:
    """What came in, by plan."""
    paid: dict[Any, Decimal] = defaultdict(Decimal)
    for payment in await records.of("payment"):
        assert payment["pay_date"] <= date(2026, 3, 1)
        assert plans[payment["plan"]]["sales_order"] == payment["sales_order"]
        if payment["status"] == "confirmed":
            paid[payment["plan"]] += payment["amount"]
    return paid


def _check_ageing(plans: dict[Any, dict[str, Any]], paid: dict[Any, Decimal]) -> None:
    """Something is owed in each bucket: not due, up to 30, 60 and 90 days, longer."""
    buckets: set[int] = set()
    for key, plan in plans.items():
        late = (date(2026, 3, 1) - plan["due_date"]).days
        if paid[key] < plan["amount"]:
            buckets.add(0 if late <= 0 else min((late - 1) // 30 + 1, 4))
    assert buckets == {0, 1, 2, 3, 4}


def _check_concentration(
    customers: set[Any], orders: dict[Any, dict[str, Any]], effective: dict[Any, Decimal]
) -> None:
    """A fifth of the customers buys most."""
    bought = dict.fromkeys(customers, Decimal(0))
    for key, total in effective.items():
        bought[orders[key]["account"]] += total
    ranked = sorted(bought.values(), reverse=True)
    assert sum(ranked[: len(ranked) // 5]) > Decimal("0.65") * sum(ranked)


async def _check_service(records: Records) -> None:
    cases = await records.of("case")
    done = [case for case in cases if case["status"] in ("resolved", "closed")]
    late = sum(case["first_response_breached"] or case["resolve_breached"] for case in done)
    assert 0.85 < 1 - late / len(done) < 0.91
    waiting = ("new", "assigned", "in_progress", "waiting_customer", "waiting_internal")
    open_cases = [case for case in cases if case["status"] in waiting]
    assert sum(case["resolve_breached"] for case in open_cases) == 5
    assert all(case["resolve_breached"] or case["resolve_due"] > SUNDAY for case in open_cases)
    scores = [
        row["score"] for row in await records.of("survey_response") if row["case"] and row["score"]
    ]
    assert 0.80 < sum(score >= 4 for score in scores) / len(scores) < 0.92


async def _check_leads(records: Records) -> None:
    leads = await records.of("lead")
    states = Counter(lead["status"] for lead in leads)
    assert (states["converted"], states["invalid"], states["unassigned"]) == (252, 153, 108)
    contacts = await records.by_id("contact")
    for lead in leads:
        if lead["status"] == "converted":
            contact = contacts[lead["converted_contact"]]
            assert contact["original_lead"] == lead["id"]
            assert contact["account"] == lead["converted_account"]
            assert lead["created_at"] < lead["converted_at"] == contact["created_at"]
    today = date(2026, 3, 1)
    due = [lead for lead in leads if lead["next_followup_at"] and lead["status"] == "in_progress"]
    assert sum(_day(lead["next_followup_at"]) == today for lead in due) >= 10
    back = [lead for lead in leads if lead["returned_at"]]
    assert [_day(lead["returned_at"]) for lead in back] == [today - timedelta(days=1)] * 6
    born = {
        (contact["birthday"].month, contact["birthday"].day)
        for contact in contacts.values()
        if contact["birthday"]
    }
    coming = [today + timedelta(days=step) for step in range(7)]
    assert all((day.month, day.day) in born for day in coming)
    assert all(str(row["email"]).endswith("example.com") for row in leads if row["email"])


async def _check_activities(records: Records) -> None:
    weekend = 0
    for object_name, field in (("follow_up", "happened_at"), ("call", "started_at")):
        for row in await records.of(object_name):
            assert row[field] <= SUNDAY
            weekend += _day(row[field]).weekday() > 4
    assert weekend < 60  # only what the Sunday of the installation brought

"""Roll-ups: exact after every change, whoever makes it, over three levels."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any
from uuid import UUID

import anyio
import pytest
from api_world import Caller, Operations, World, codes, field, label, operation, values
from sqlalchemy import update

from fieldstone.kernel.job_run import run_job
from fieldstone.metadata import backfill
from fieldstone.metadata.backfill import drift_of
from fieldstone.metadata.computed import rollups
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.metadata.tables import table_of
from fieldstone.runtime.rollup_repair import check, repair
from fieldstone.runtime.save import pipeline, written
from fieldstone.runtime.save.batch import Batch
from fieldstone.runtime.save.books import books
from fieldstone.runtime.save.rollups import look_before

pytestmark = pytest.mark.anyio


def an_object(name: str) -> dict[str, Any]:
    return operation(
        "object", name, {"label": label(name.title()), "name_field": {"type": "text", "length": 80}}
    )


def rollup(name: str, child: str, via: str, function: str, **more: Any) -> dict[str, Any]:
    return field(name, "rollup", child=child, via=via, function=function, **more)


SHOP: Operations = [
    an_object("buyer"),
    an_object("deal"),
    field("deal.buyer", "lookup", target="buyer", on_delete="set_null"),
    field("deal.with_tax", "boolean"),
    field("deal.state", "picklist", values=values("open", "won")),
    an_object("line"),
    field("line.deal", "master_detail", target="deal"),
    field("line.quantity", "integer"),
    field("line.price", "currency"),
    field("line.made_on", "date"),
    field(
        "line.amount",
        "formula",
        returns="currency",
        formula="ROUND(quantity * price * IF(deal.with_tax, 1, 1.13), 2)",
    ),
    rollup("deal.line_count", "line", "deal", "count"),
    rollup("deal.pieces", "line", "deal", "sum", field="quantity"),
    rollup("deal.total", "line", "deal", "sum", field="amount"),
    rollup("deal.dearest", "line", "deal", "max", field="price"),
    rollup("deal.cheapest", "line", "deal", "min", field="price"),
    rollup("deal.mean", "line", "deal", "avg", field="price"),
    rollup("deal.last_on", "line", "deal", "max", field="made_on"),
    rollup("deal.prices", "line", "deal", "count_distinct", field="price"),
    rollup("deal.big", "line", "deal", "count", filter="price >= 100"),
    rollup("buyer.won_total", "deal", "buyer", "sum", field="total", filter="state = 'won'"),
    rollup("buyer.deals", "deal", "buyer", "count"),
    rollup("buyer.pieces", "deal", "buyer", "sum", field="pieces"),
]
KEPT = (
    "line_count", "pieces", "total", "dearest", "cheapest", "mean", "last_on", "prices", "big",
)  # fmt: skip


@pytest.fixture
async def shop(admin: Caller) -> Caller:
    await admin.publish(SHOP)
    return admin


async def read(caller: Caller, object_name: str, record: Any) -> dict[str, Any]:
    found: dict[str, Any] = await caller.get(f"/records/{object_name}/{record['id']}")
    return found


async def nothing_drifts(world: World) -> None:
    async with world.installation.database.tenant(await tenant_of(world)) as connection:
        snapshot = await Snapshots().current(connection, await tenant_of(world))
        for each in rollups(snapshot):
            drift = await drift_of(connection, snapshot, each)
            assert not drift.wrong, f"{each.field.object}.{each.field.name}: {drift.sample}"


async def tenant_of(world: World) -> Any:
    return await world.installation.directory.find("acme")


async def a_deal(shop: Caller, **body: Any) -> Any:
    return await shop.post("/records/deal", {"name": "D", **body})


async def test_lines_move_their_deal_and_its_buyer(shop: Caller, world: World) -> None:
    buyer = await shop.post("/records/buyer", {"name": "B"})
    assert (buyer["won_total"], buyer["deals"]) == ("0", 0) or buyer["deals"] == 0
    deal = await a_deal(shop, buyer=buyer["id"], state="won", with_tax=False)
    assert (deal["line_count"], deal["dearest"]) == (0, None)
    lines = (
        await shop.post(
            "/records/line",
            {
                "records": [
                    {"name": "1", "deal": deal["id"], "quantity": 2, "price": "100.00"},
                    {"name": "2", "deal": deal["id"], "quantity": 1, "price": "9.99"},
                    {"name": "3", "deal": deal["id"], "quantity": 3, "price": "100.00"},
                ]
            },
        )
    )["records"]
    assert [each["amount"] for each in lines] == ["226.00", "11.29", "339.00"]
    now = await read(shop, "deal", deal)
    assert now["line_count"] == 3
    assert now["pieces"] == 6
    assert now["total"] == "576.29"
    assert (now["dearest"], now["cheapest"]) == ("100.00", "9.99")
    assert Decimal(now["mean"]) == Decimal("70.00")
    assert (now["prices"], now["big"]) == (2, 2)
    assert now["version"] == 1, "a sum that moves is no edit"
    found = await read(shop, "buyer", buyer)
    assert (found["won_total"], found["deals"], found["pieces"]) == ("576.29", 1, 6)

    await shop.patch(f"/records/line/{lines[0]['id']}", {"price": "5", "made_on": "2026-02-28"})
    now = await read(shop, "deal", deal)
    assert (now["cheapest"], now["big"], now["last_on"]) == ("5.00", 1, "2026-02-28")
    await shop.delete(f"/records/line/{lines[2]['id']}")
    now = await read(shop, "deal", deal)
    assert (now["line_count"], now["dearest"], now["total"]) == (2, "9.99", "22.59")
    await shop.post(f"/records/line/{lines[2]['id']}/restore", status=200)
    assert (await read(shop, "deal", deal))["line_count"] == 3
    await nothing_drifts(world)


async def test_a_line_that_changes_its_deal(shop: Caller, world: World) -> None:
    first, second = await a_deal(shop), await a_deal(shop)
    line = await shop.post(
        "/records/line", {"name": "1", "deal": first["id"], "quantity": 4, "price": "25"}
    )
    await shop.patch(f"/records/line/{line['id']}", {"deal": second["id"]})
    assert [(await read(shop, "deal", each))["pieces"] for each in (first, second)] == [0, 4]
    assert (await read(shop, "deal", first))["dearest"] is None
    await nothing_drifts(world)


async def test_what_lines_read_of_their_deal_moves_its_sum(shop: Caller, world: World) -> None:
    """The formula of the lines asks the deal; nobody touches a line."""
    buyer = await shop.post("/records/buyer", {"name": "B"})
    deal = await a_deal(shop, buyer=buyer["id"], state="won")
    await shop.post("/records/line", {"name": "1", "deal": deal["id"], "quantity": 1, "price": 100})
    assert (await read(shop, "deal", deal))["total"] == "113.00"
    await shop.patch(f"/records/deal/{deal['id']}", {"with_tax": True})
    assert (await read(shop, "deal", deal))["total"] == "100.00"
    assert (await read(shop, "buyer", buyer))["won_total"] == "100.00"
    await shop.patch(f"/records/deal/{deal['id']}", {"state": "open"})
    assert (await read(shop, "buyer", buyer))["won_total"] == "0.00"
    await nothing_drifts(world)


async def test_deleting_and_restoring_a_deal(shop: Caller, world: World) -> None:
    buyer = await shop.post("/records/buyer", {"name": "B"})
    deal = await a_deal(shop, buyer=buyer["id"], state="won", with_tax=True)
    await shop.post("/records/line", {"name": "1", "deal": deal["id"], "quantity": 1, "price": 7})
    await shop.delete(f"/records/deal/{deal['id']}")
    gone = await read(shop, "buyer", buyer)
    assert (gone["won_total"], gone["deals"], gone["pieces"]) == ("0.00", 0, 0)
    await shop.post(f"/records/deal/{deal['id']}/restore", status=200)
    back = await read(shop, "buyer", buyer)
    assert (back["won_total"], back["deals"], back["pieces"]) == ("7.00", 1, 1)
    await nothing_drifts(world)


async def test_many_savers_at_once(shop: Caller, world: World) -> None:
    """Two deals of one buyer, lines that are made, changed, moved and deleted by eight people."""
    buyer = await shop.post("/records/buyer", {"name": "B"})
    deals = [await a_deal(shop, buyer=buyer["id"], state="won") for _ in range(2)]
    statuses: list[int] = []

    async def work(seed: int) -> None:
        dice, mine = random.Random(seed), []  # noqa: S311  # which moves to make
        for _ in range(12):
            deal = dice.choice(deals)["id"]
            what = dice.random()
            if what < 0.5 or not mine:
                body = {
                    "name": "L",
                    "deal": deal,
                    "quantity": dice.randint(0, 9),
                    "price": dice.choice([None, 1, "99.99", 100]),
                }
                answer = await shop.call("POST", "/records/line", json=body)
                if answer.status_code == 201:
                    mine.append(answer.json()["id"])
            elif what < 0.8:
                body = {"quantity": dice.randint(0, 9), "deal": deal}
                answer = await shop.call("PATCH", f"/records/line/{dice.choice(mine)}", json=body)
            elif what < 0.9:
                path = f"/records/deal/{deal}"
                answer = await shop.call("PATCH", path, json={"with_tax": dice.random() < 0.5})
            else:
                answer = await shop.call("DELETE", f"/records/line/{mine.pop()}")
            statuses.append(answer.status_code)

    async with anyio.create_task_group() as group:
        for seed in range(8):
            group.start_soon(work, seed)
    assert statuses.count(503) == 0, "nobody waits in a ring"
    assert set(statuses) <= {200, 201, 204}
    await nothing_drifts(world)
    pieces = [(await read(shop, "deal", each))["pieces"] for each in deals]
    assert (await read(shop, "buyer", buyer))["pieces"] == sum(pieces)


async def test_a_new_roll_up_is_filled_from_what_there_is(shop: Caller, world: World) -> None:
    deal = await a_deal(shop)
    await shop.post("/records/line", {"name": "1", "deal": deal["id"], "quantity": 3, "price": 2})
    await shop.publish([rollup("deal.small", "line", "deal", "count", filter="price < 10")])
    assert (await read(shop, "deal", deal))["small"] == 1
    change = {
        "op": "update",
        "kind": "field",
        "name": "deal.small",
        "body": {"filter": "price > 10"},
    }
    await shop.publish([change])
    assert (await read(shop, "deal", deal))["small"] == 0
    await shop.publish(
        [{**change, "body": {"function": "sum", "field": "quantity", "filter": None}}]
    )
    assert (await read(shop, "deal", deal))["small"] == 3
    await shop.publish(
        [
            {
                "op": "update",
                "kind": "field",
                "name": "line.amount",
                "body": {"formula": "quantity * 1000"},
            }
        ]
    )
    assert (await read(shop, "deal", deal))["total"] == "3000.00"
    await nothing_drifts(world)


async def test_a_changed_formula_moves_sums_of_sums(shop: Caller, world: World) -> None:
    """Publishing fills the deal's total anew, and with it what its buyer sums up of it."""
    buyer = await shop.post("/records/buyer", {"name": "B"})
    deal = await a_deal(shop, buyer=buyer["id"], state="won")
    line = {"name": "1", "deal": deal["id"], "quantity": 2, "price": "100"}
    await shop.post("/records/line", line)
    for formula, total in (("quantity * price", "200.00"), ("quantity * price * 3", "600.00")):
        await shop.publish([operation("field", "line.amount", {"formula": formula}, "update")])
        assert (await read(shop, "deal", deal))["total"] == total
        assert (await read(shop, "buyer", buyer))["won_total"] == total
        await nothing_drifts(world)


async def test_a_sum_becomes_a_field_that_people_enter(shop: Caller) -> None:
    deal = await a_deal(shop)
    line = {"name": "1", "deal": deal["id"], "quantity": 2, "price": "100"}
    await shop.post("/records/line", line)
    gone = dict.fromkeys(("child", "via", "function", "field"))
    stored = operation("field", "deal.dearest", {"type": "currency", **gone}, "update")
    await shop.publish([stored])
    assert (await read(shop, "deal", deal))["dearest"] == "100.00", "what it was, it stays"
    await shop.patch(f"/records/deal/{deal['id']}", {"dearest": "7"})


async def test_a_roll_up_follows_the_type_of_what_it_sums(shop: Caller, world: World) -> None:
    """Nobody touches the roll-ups; they get columns for the new values, and back again."""
    deal = await a_deal(shop)
    line = {"name": "1", "deal": deal["id"], "quantity": 2, "price": "5", "made_on": "2026-02-03"}
    made = await shop.post("/records/line", line)
    before = (await shop.get("/versions"))["versions"][0]["number"]
    decimal = {"type": "decimal", "precision": 12, "scale": 4}
    await shop.publish(
        [
            operation("field", "line.made_on", {"type": "datetime"}, "update"),
            operation("field", "line.price", decimal, "update"),
        ]
    )
    assert (await read(shop, "deal", deal))["last_on"] == "2026-02-03T00:00:00Z"
    changed = {"made_on": "2026-03-01T10:11:12Z", "price": "3.3333"}
    await shop.patch(f"/records/line/{made['id']}", changed)
    now = await read(shop, "deal", deal)
    assert (now["last_on"], now["cheapest"]) == ("2026-03-01T10:11:12Z", "3.3333")
    await nothing_drifts(world)
    page = await shop.http.get(f"/o/deal/{deal['id']}", headers={"accept": "text/html"})
    assert page.status_code == 200
    await shop.publish([operation("field", "deal.last_on", {"label": label("Last")}, "update")])
    assert (await read(shop, "deal", deal))["last_on"] == "2026-03-01T10:11:12Z"

    await shop.patch(f"/records/line/{made['id']}", {"price": "3.33"})
    await shop.post(f"/versions/{before}/restore", status=200)
    now = await read(shop, "deal", deal)
    assert (now["last_on"], now["cheapest"]) == ("2026-03-01", "3.33")
    await nothing_drifts(world)


async def test_nobody_writes_a_sum(shop: Caller) -> None:
    deal = await a_deal(shop)
    refused = await shop.patch(f"/records/deal/{deal['id']}", {"pieces": 7}, status=422)
    assert codes(refused) == {"pieces": "field.not_editable"}


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"via": "nothing"}, "via", "metadata.mentions_unknown"),
        ({"via": "quantity"}, "via", "metadata.rollup_link"),
        ({"child": "zzz"}, "child", "metadata.mentions_unknown"),
        ({"function": "sum"}, "field", "metadata.rollup_field_missing"),
        ({"function": "sum", "field": "name"}, "field", "metadata.rollup_field_type"),
        ({"function": "max", "field": "deal"}, "field", "metadata.rollup_field_type"),
        ({"filter": "made_on < TODAY()"}, "filter", "metadata.rollup_volatile"),
        ({"filter": "quantty > 1"}, "filter", "formula.UNKNOWN_FIELD_NEAR"),
        ({"filter": "quantity"}, "filter", "formula.RESULT_TYPE"),
    ],
)
async def test_roll_ups_that_cannot_be(
    shop: Caller, body: dict[str, Any], path: str, code: str
) -> None:
    wanted = {"child": "line", "via": "deal", "function": "count", **body}
    draft = await shop.post(
        "/changesets", {"title": "t", "operations": [field("deal.odd", "rollup", **wanted)]}
    )
    found = {each["path"]: each["code"] for each in draft["problems"]}
    assert any(key.endswith(path) for key in found), draft["problems"]
    assert code.lower() in " ".join(found.values()).lower() or code.startswith("formula")


async def test_sums_that_read_themselves_are_refused(shop: Caller) -> None:
    operations = [
        field("line.share", "formula", returns="number", formula="deal.total / 2"),
        {"op": "update", "kind": "field", "name": "line.amount", "body": {"formula": "share"}},
    ]
    draft = await shop.post("/changesets", {"title": "t", "operations": operations})
    rings = [each for each in draft["problems"] if each["code"] == "metadata.computed_ring"]
    assert rings
    assert "line.share → deal.total → line.amount → line.share" in rings[-1]["message"] or any(
        "→" in each["message"] for each in rings
    )


async def test_drift_is_found_and_put_right(shop: Caller, world: World) -> None:
    """What somebody did to the table behind the platform's back."""
    buyer = await shop.post("/records/buyer", {"name": "B"})
    deal = await a_deal(shop, buyer=buyer["id"], state="won", with_tax=True)
    await shop.post("/records/line", {"name": "1", "deal": deal["id"], "quantity": 2, "price": 5})
    tenant = await tenant_of(world)
    database = world.installation.database
    assert not any(each.wrong for each in await check(database, tenant))
    async with database.owner(tenant) as connection:
        snapshot = await Snapshots().current(connection, tenant)
        table = table_of(snapshot, "deal")
        total = snapshot.objects["deal"].fields["total"].column
        await connection.run(update(table).values({total: 999}))
    wrong = {each.rollup.field.name: each.wrong for each in await check(database, tenant)}
    assert (wrong["total"], wrong["won_total"], wrong["line_count"]) == (1, 1, 0)
    mended = dict(await repair(database, tenant))
    assert (mended["deal.total"], mended["buyer.won_total"]) == (1, 0), "the buyer was right"
    await nothing_drifts(world)
    assert (await read(shop, "deal", deal))["total"] == "10.00"


async def test_many_records_are_filled_by_a_job(
    shop: Caller, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing does not wait; until the job has been there, the sum is blank and stays so."""
    deals = [await a_deal(shop) for _ in range(3)]
    records = [
        {"name": "L", "deal": deal["id"], "quantity": n} for deal in deals for n in range(1, 5)
    ]
    await shop.post("/records/line", {"records": records})
    monkeypatch.setattr(backfill, "SMALL", 2)
    monkeypatch.setattr(backfill, "CHUNK", 2)
    answer = await shop.publish([rollup("deal.late", "line", "deal", "sum", field="quantity")])
    assert (await read(shop, "deal", deals[0]))["late"] is None
    more = {"name": "M", "deal": deals[0]["id"], "quantity": 100}
    await shop.post("/records/line", more)
    assert (await read(shop, "deal", deals[0]))["late"] is None
    await run_job(world.installation, "acme", UUID(answer["job"]))
    assert [(await read(shop, "deal", each))["late"] for each in deals] == [110, 10, 10]
    await shop.post("/records/line", more)
    assert (await read(shop, "deal", deals[0]))["late"] == 210
    await nothing_drifts(world)


async def test_the_first_of_a_field_with_a_default_begins_blank(shop: Caller, world: World) -> None:
    due = field("line.due", "date", default_formula="TODAY()")
    await shop.publish([due, rollup("deal.first_due", "line", "deal", "min", field="due")])
    deal = await a_deal(shop)
    assert deal["first_due"] is None
    await shop.post("/records/line", {"name": "1", "deal": deal["id"], "due": "2026-02-28"})
    assert (await read(shop, "deal", deal))["first_due"] == "2026-02-28"


async def test_a_line_and_what_it_reads_change_together(
    shop: Caller, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither saver sees the other's record yet: the line waits for the price it reads."""
    await shop.publish(
        [
            an_object("product"),
            field("product.cost", "currency"),
            field("line.product", "lookup", target="product", on_delete="set_null"),
            field("line.costs", "formula", returns="currency", formula="quantity * product.cost"),
            rollup("deal.costs", "line", "deal", "sum", field="costs"),
        ]
    )
    deal = await a_deal(shop)
    product = await shop.post("/records/product", {"name": "P", "cost": "1"})
    saved, line_saved = anyio.Event(), anyio.Event()

    async def wait(batch: Batch) -> None:
        await books(batch)
        if batch.shape.name == "product":
            saved.set()
            with anyio.move_on_after(0.3):
                await line_saved.wait()

    monkeypatch.setattr(pipeline, "books", wait)

    async def dearer() -> None:
        await world.caller().patch(f"/records/product/{product['id']}", {"cost": "50"})

    async with anyio.create_task_group() as group:
        group.start_soon(dearer)
        await saved.wait()
        line = {"name": "1", "deal": deal["id"], "product": product["id"], "quantity": 2}
        await shop.post("/records/line", line)
        line_saved.set()
    assert (await read(shop, "deal", deal))["costs"] == "100.00"
    await nothing_drifts(world)


async def test_savers_that_wait_for_each_other_both_come_through(
    shop: Caller, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One holds the deal and needs its buyer, the other the buyer and needs the deal. The
    database ends one of them; it is tried anew, and nobody is told."""
    await shop.publish(
        [
            field("buyer.rate", "integer"),
            field("line.fee", "formula", returns="currency", formula="price * deal.buyer.rate"),
            rollup("deal.fees", "line", "deal", "sum", field="fee"),
        ]
    )
    buyer = await shop.post("/records/buyer", {"name": "B", "rate": 1})
    deal = await a_deal(shop, buyer=buyer["id"], state="open", with_tax=True)
    await shop.post(
        "/records/line", {"name": "1", "deal": deal["id"], "quantity": 1, "price": "10"}
    )
    holding: list[str] = []
    both = anyio.Event()

    async def meet(batch: Batch) -> None:
        holding.append(batch.shape.name)
        if set(holding) == {"deal", "buyer"}:
            both.set()
        await both.wait()
        await look_before(batch)

    monkeypatch.setattr(written, "look_before", meet)

    async def change(path: str, body: dict[str, Any]) -> None:
        await world.caller().patch(path, body)

    async with anyio.create_task_group() as group:
        group.start_soon(change, f"/records/deal/{deal['id']}", {"state": "won"})
        group.start_soon(change, f"/records/buyer/{buyer['id']}", {"rate": 3})
    assert len(holding) == 3, "one of the two was tried anew"
    assert (await read(shop, "deal", deal))["fees"] == "30.00"
    assert (await read(shop, "buyer", buyer))["won_total"] == "10.00"
    await nothing_drifts(world)

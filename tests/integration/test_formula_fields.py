"""Formula fields: in records, lists, filters, sorts, groups, over links and on one another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from api_world import Caller, Operations, World, codes, field, label, operation
from conftest import FrozenClock

from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.runtime.compile import compile_query, params_of
from fieldstone.runtime.query import Query, parse_sort
from fieldstone.runtime.records import context_of
from fieldstone.runtime.sign_in import system_session
from fieldstone.runtime.transaction import Transaction

pytestmark = pytest.mark.anyio


def formula(name: str, returns: str, text: str, **more: Any) -> dict[str, Any]:
    return field(name, "formula", returns=returns, formula=text, **more)


FORMULAS: Operations = [
    formula("visit.fee", "currency", "ROUND(quantity * amount, 2)"),
    formula("visit.fee_share", "percent", "fee / amount / 10", scale=1),
    formula("visit.site_label", "text", "site.name & ' / ' & TEXT(site.size)"),
    formula("visit.deep", "text", "site.parent.name"),
    formula("visit.is_big", "boolean", "fee > 100"),
    formula("visit.due_on", "date", "planned_on + 3"),
    formula("visit.days_left", "number", "due_on - TODAY()", scale=0),
    formula("visit.ratio", "number", "amount / number", scale=4, blanks="blank"),
    formula("visit.of_ratio", "text", "IF(ratio > 1, 'high', 'low')"),
    formula("site.twice", "number", "size * 2", scale=0),
    formula("visit.of_site", "number", "site.twice + 1", scale=0),
]


@pytest.fixture
async def made(admin: Caller, frozen_clock: FrozenClock) -> Caller:
    await admin.publish(FORMULAS)
    return admin


async def visits(admin: Caller) -> list[dict[str, Any]]:
    root = await admin.post("/records/site", {"name": "Root", "size": 1})
    site = await admin.post("/records/site", {"name": "North", "size": 20, "parent": root["id"]})
    bodies = [
        {"title": "a", "quantity": "2", "amount": "60.01", "site": site["id"], "number": 4},
        {"title": "b", "quantity": "1", "amount": "10", "planned_on": "2026-02-27", "number": 0},
        {"title": "c"},
    ]
    return [await admin.post("/records/visit", body) for body in bodies]


async def test_computed_when_read(made: Caller) -> None:
    first, second, third = await visits(made)
    assert first["fee"] == "120.02"
    assert first["fee_share"] == "20.0"
    assert (first["site_label"], first["deep"]) == ("North / 20", "Root")
    assert (first["is_big"], second["is_big"]) == (True, False)
    assert second["due_on"] == "2026-03-02"
    assert (third["fee"], third["site_label"], third["due_on"]) == ("0.00", " / ", None)
    assert first["ratio"] == "15.0025"
    assert (second["ratio"], third["ratio"]) == (None, None), "an error, and blank over blank"
    assert first["of_site"] == "41"
    for made_now in (first, second, third):
        read = await made.get(f"/records/visit/{made_now['id']}")
        assert {**made_now, "guests": []} == read, "computed in Python when saved, in SQL when read"


async def test_filtered_sorted_and_paged(made: Caller) -> None:
    await visits(made)
    found = await made.get(
        "/records/visit", filter="fee > 50 OR due_on = '2026-03-02'", sort="-fee"
    )
    assert [each["title"] for each in found["records"]] == ["a", "b"]
    walked: list[str] = []
    cursor = ""
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await made.get("/records/visit", sort="ratio,-fee", limit=1, **more)
        walked += [each["title"] for each in page["records"]]
        cursor = page["next"]
        if not cursor:
            break
    assert walked == ["a", "b", "c"], "errors and blanks come last"
    dotted = await made.get("/records/visit", fields="title,site.twice", sort="-site.twice")
    assert dotted["records"][0]["site.twice"] == "40"
    assert (await made.get("/records/visit", filter="is_big", count="exact"))["count"] == 1


async def test_grouped_and_summed(made: Caller) -> None:
    await visits(made)
    answer = await made.post(
        "/query",
        {
            "object": "visit",
            "group_by": ["is_big"],
            "aggregates": {"n": "COUNT()", "fees": "SUM(fee)", "ratio": "MAX(ratio)"},
        },
        status=200,
    )
    rows = {each["is_big"]: each for each in answer["rows"]}
    assert rows[True]["fees"] == "120.02"
    assert rows[False]["n"] == 2


async def test_an_error_in_a_formula_is_an_error_of_those_that_read_it(made: Caller) -> None:
    first, second, third = await visits(made)
    assert first["of_ratio"] == "high"
    assert second["of_ratio"] is None, "not low: what cannot be computed is no number"
    assert third["of_ratio"] == "low"


async def test_nobody_writes_one(made: Caller) -> None:
    refused = await made.post("/records/visit", {"fee": "1"}, status=422)
    assert codes(refused) == {"fee": "field.not_editable"}


async def test_readable_only_with_all_it_is_made_of(
    made: Caller, rep: Caller, world: World
) -> None:
    """`sealed` is hidden from the representative, and so is what tells of it."""
    await made.publish(
        [
            formula("visit.hint", "text", "LEFT(sealed, 1)"),
            formula("visit.hint_of_hint", "text", "hint & '!'"),
            formula("visit.told", "boolean", "ISBLANK(sealed)", publish_result=True),
            formula("visit.plain", "text", "title & '!'"),
        ]
    )
    visit = await made.post("/records/visit", {"title": "t", "sealed": "secret"})
    path = f"/records/visit/{visit['id']}"
    seen, known = await rep.get(path), await made.get(path)
    assert (known["hint"], known["hint_of_hint"]) == ("s", "s!")
    assert not {"hint", "hint_of_hint", "sealed"} & set(seen)
    assert (seen["told"], seen["plain"]) == (False, "t!")
    for name in ("hint", "hint_of_hint", "sealed"):
        for place in ({"filter": f"{name} = 's'"}, {"sort": name}, {"fields": name}):
            await rep.get("/records/visit", status=422, **place)
    described = (await rep.get("/describe/visit"))["fields"]
    names = {each["name"]: each for each in described}
    assert "hint" not in names
    assert (names["plain"]["computed"], names["plain"]["editable"]) == ("formula", False)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"returns": "number", "formula": "quantty * 2"}, "formula"),
        ({"returns": "number", "formula": "title"}, "formula"),
        ({"returns": "number", "formula": "1 / 0"}, "formula"),
        ({"returns": "number", "formula": "ISNEW()"}, "formula"),
        ({"returns": "number", "formula": "("}, "formula"),
        ({"returns": "colour", "formula": "1"}, "returns"),
        ({"returns": "number"}, "formula"),
        ({"returns": "number", "formula": "odd + 1"}, "formula"),
        (
            {"returns": "number", "formula": "site.owner.owner.owner.owner.owner.name"},
            "formula",
        ),
    ],
)
async def test_formulas_that_cannot_be(made: Caller, body: dict[str, Any], path: str) -> None:
    kind = operation("field", "visit.odd", {"type": "formula", "label": {"en": "Odd"}, **body})
    draft = await made.post("/changesets", {"title": "t", "operations": [kind]})
    assert any(path in each["path"] for each in draft["problems"]), draft["problems"]
    assert all(each["message"] for each in draft["problems"])


async def test_rings_are_told_with_their_way(made: Caller) -> None:
    operations = [
        formula("visit.first", "number", "second + 1"),
        formula("visit.second", "number", "third + 1"),
        formula("visit.third", "number", "first + 1"),
    ]
    draft = await made.post("/changesets", {"title": "t", "operations": operations})
    messages = [each["message"] for each in draft["problems"]]
    assert any(
        "visit.first → visit.second → visit.third → visit.first" in each for each in messages
    ), messages


async def test_cases_kept_with_a_formula_are_run(made: Caller) -> None:
    def with_cases(*cases: dict[str, Any]) -> dict[str, Any]:
        return formula(
            "visit.bonus", "currency", "IF(amount > 100, amount / 10, 0)", tests=list(cases)
        )

    good = {"name": "big", "values": {"amount": "200"}, "expected": "20"}
    none = {"name": "blank", "values": {}, "expected": "0"}
    draft = await made.post("/changesets", {"title": "t", "operations": [with_cases(good, none)]})
    assert draft["problems"] == []
    wrong = {"name": "small", "values": {"amount": "50"}, "expected": "5"}
    draft = await made.post("/changesets", {"title": "t", "operations": [with_cases(good, wrong)]})
    assert [each["code"] for each in draft["problems"]] == ["metadata.test_failed"]
    assert "small" in draft["problems"][0]["message"]


async def test_a_source_that_is_in_use_stays(made: Caller) -> None:
    delete = {"op": "delete", "kind": "field", "name": "visit.planned_on"}
    draft = await made.post("/changesets", {"title": "t", "operations": [delete]})
    assert any("due_on" in each["path"] for each in draft["problems"]), draft["problems"]


async def test_an_index_on_request(made: Caller, world: World) -> None:
    """It serves the order of a list, and follows the formula."""
    bonus = formula("visit.bonus", "currency", "ROUND(amount * 0.13, 2)", indexed=True)
    await made.publish([bonus])
    rows = [{"title": str(n), "amount": str(n * 7 % 1000)} for n in range(1500)]
    await made.post("/records/visit", {"records": rows})
    assert "Index Scan using ixd_" in await plan_of(world, "-bonus")
    change = operation("field", "visit.bonus", {"formula": "amount * 2"}, op="update")
    await made.publish([change])
    assert "Index Scan using ix_" in await plan_of(world, "bonus")
    top = await made.get("/records/visit", sort="-bonus", limit=1)
    assert top["records"][0]["bonus"] == "1998.00"


async def plan_of(world: World, sort: str) -> str:
    """How PostgreSQL fetches the first page in this order."""
    tenant = await world.installation.directory.find("acme")
    assert tenant is not None
    database = world.installation.database
    async with database.owner(tenant) as connection:
        await connection.ddl("ANALYZE")
    async with database.tenant(tenant) as connection:
        transaction = Transaction(
            database=database,
            connection=connection,
            session=system_session(tenant),
            snapshot=await Snapshots().current(connection, tenant),
        )
        query = Query(object="visit", fields=("title",), sort=parse_sort(sort), limit=20)
        asked = compile_query(query, transaction.snapshot, transaction.grant("visit"))
        params, made = params_of(asked, context_of(transaction.session)), asked.compiled.statement
        explained = replace(made, text="EXPLAIN " + made.text)
        lines = await connection.fetch_tuples(explained, params)
        return "\n".join(line[0] for line in lines)


@pytest.mark.parametrize("text", ["site.size * 2", "amount * (TODAY() - planned_on)"])
async def test_what_no_index_can_hold(made: Caller, text: str) -> None:
    wish = formula("visit.odd", "number", text, indexed=True)
    draft = await made.post("/changesets", {"title": "t", "operations": [wish]})
    assert codes(draft) == {"field.visit.odd.indexed": "metadata.formula_not_indexable"}


async def test_codes_that_people_read_as_labels(made: Caller, world: World) -> None:
    """Formulas and filters see the code; sorts follow the order of the values."""
    on, off = label("Switched on", "已开启"), label("Switched off", "已关闭")
    values = {"on": {"label": on, "color": "green"}, "off": {"label": off}}
    state = formula("visit.state", "text", "IF(active, 'on', 'off')", values=values)
    seen = formula("visit.is_on", "boolean", "state = 'on'")
    await made.publish([state, seen])
    for active in (False, True):
        await made.post("/records/visit", {"active": active})
    found = await made.get("/records/visit", filter="state = 'on'")
    assert [(each["state"], each["is_on"]) for each in found["records"]] == [("on", True)]
    ordered = await made.get("/records/visit", sort="state")
    assert [each["state"] for each in ordered["records"]] == ["on", "off"]
    tenant = await world.installation.directory.find("acme")
    async with world.installation.database.tenant(tenant) as connection:
        snapshot = await Snapshots().current(connection, tenant)
    shown = snapshot.objects["visit"].fields["state"]
    assert shown.type.format("on", Locale(code="zh_CN"), shown.config) == "已开启"


async def test_long_paths_that_begin_alike_stay_apart(admin: Caller) -> None:
    """The database cuts long names: the two links' tables must not get one."""
    link = "a_rather_long_name_of_a_link_goes"
    first, second = f"{link}_one", f"{link}_two"
    await admin.publish(
        [field(f"site.{each}", "lookup", target="site") for each in (first, second)]
        + [formula("site.both", "text", f"{first}.{first}.name & {first}.{second}.name")]
    )
    a, b = [(await admin.post("/records/site", {"name": each}))["id"] for each in "AB"]
    middle = await admin.post("/records/site", {"name": "M", first: a, second: b})
    site = await admin.post("/records/site", {"name": "S", first: middle["id"]})
    assert (await admin.get(f"/records/site/{site['id']}"))["both"] == "AB"
    names = f"{first}.{first}.name,{first}.{second}.name"
    found = await admin.get("/records/site", fields=names, filter="name = 'S'", sort=names)
    assert [found["records"][0][name] for name in names.split(",")] == ["A", "B"]

"""The graph of who reads whom: what it says, kept with the version that is published."""

from __future__ import annotations

import pytest
from api_world import Caller, World, field, label, operation, values
from sqlalchemy import update

from fieldstone.kernel.system_tables import state
from fieldstone.metadata.dependencies import Relation, graph, stored_graph
from fieldstone.metadata.snapshots import Snapshots

pytestmark = pytest.mark.anyio

NAME = {"type": "text", "length": 80}
HOUSE = [
    operation("object", "house", {"label": label("House"), "name_field": NAME}),
    field("house.rent", "currency"),
    operation("object", "tenancy", {"label": label("Tenancy"), "name_field": NAME}),
    field("tenancy.house", "lookup", target="house", on_delete="restrict"),
    field("tenancy.state", "picklist", values=values("asked", "signed", "over")),
    field("tenancy.since", "date"),
    field("tenancy.months", "formula", returns="number", formula="TODAY() - since"),
    field("tenancy.due", "formula", returns="currency", formula="house.rent * 2"),
    field("house.signed", "rollup", child="tenancy", via="house", function="count",
          filter="state = 'signed'"),
    field("house.taken", "formula", returns="number", formula="COUNT(tenancys)"),
    operation(
        "validation_rule",
        "tenancy.no_way_back",
        {
            "when": "AND(ISPICKVAL(PRIORVALUE(state), 'over'), ISPICKVAL(state, 'asked'))",
            "message": label("It is over."),
        },
    ),
]  # fmt: skip


async def told(world: World) -> set[tuple[str, str, str, str, str, str, bool]]:
    """(user, place, target, value, links, relation, volatile) of the rows, in names."""
    tenant = await world.installation.directory.find("acme")
    assert tenant is not None
    async with world.installation.database.tenant(tenant) as connection:
        snapshot = await Snapshots().current(connection, tenant)
        rows = await stored_graph(connection)
    assert rows == graph(snapshot)
    both = (*snapshot.components.values(), *snapshot.hidden.values())
    names = {str(each.id): each.name for each in both}
    return {
        (
            names[str(each.user)],
            each.place,
            names[str(each.target)],
            each.value,
            ".".join(names[link] for link in each.links.split(".") if link),
            each.relation,
            each.volatile,
        )
        for each in rows
    }


async def test_the_graph_says_who_reads_what_and_how(admin: Caller, world: World) -> None:
    await admin.publish(HOUSE)
    found = await told(world)
    assert {
        ("tenancy.months", "formula", "tenancy.since", "", "", Relation.VALUE, True),
        ("tenancy.due", "formula", "tenancy.house", "", "", Relation.VALUE, False),
        ("tenancy.due", "formula", "house.rent", "", "tenancy.house", Relation.VALUE, False),
        ("house.signed", "via", "tenancy.house", "", "", Relation.ROLLUP, False),
        ("house.signed", "filter", "tenancy.state", "signed", "", Relation.VALUE, False),
        ("house.taken", "formula", "tenancy", "", "", Relation.ROLLUP, False),
        ("tenancy.no_way_back", "when", "tenancy.state", "", "", Relation.VALUE, False),
        ("tenancy.no_way_back", "when", "tenancy.state", "asked", "", Relation.VALUE, False),
        ("tenancy.house", "target", "house", "", "", Relation.MENTION, False),
    } <= found
    was = {each for each in found if each[0] == "tenancy.no_way_back" and each[3] == "over"}
    assert was, "a value of before is named, too"


async def test_it_follows_what_is_published(admin: Caller, world: World) -> None:
    await admin.publish(HOUSE)
    uses = "/metadata/field/house.rent/uses"
    asked = "/metadata/field/tenancy.state/uses?value=signed"
    assert [each["name"] for each in (await admin.get(uses))["uses"]] == ["tenancy.due"]
    assert [each["name"] for each in (await admin.get(asked))["uses"]] == ["house.signed"]
    await admin.publish(
        [
            {"op": "delete", "kind": "field", "name": "tenancy.due"},
            {"op": "update", "kind": "field", "name": "house.signed", "body": {"filter": None}},
        ]
    )
    assert (await admin.get(uses))["uses"] == []
    assert (await admin.get(asked))["uses"] == []
    assert all(user != "tenancy.due" for user, *_ in await told(world))


async def test_an_organisation_without_rows_is_asked_all_the_same(
    admin: Caller, world: World
) -> None:
    """As one is that was made by an earlier release and has published nothing since."""
    await admin.publish(HOUSE)
    tenant = await world.installation.directory.find("acme")
    assert tenant is not None
    async with world.installation.database.owner(tenant) as connection:
        await connection.run(update(state).values(graph_version=-1))
    found = (await admin.get("/metadata/field/house.rent/uses"))["uses"]
    assert [each["name"] for each in found] == ["tenancy.due"]
    await admin.publish([field("house.floor", "integer")])
    assert ("tenancy.due", "formula", "house.rent") in {each[:3] for each in await told(world)}

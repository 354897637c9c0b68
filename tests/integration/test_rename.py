"""A tenant's own field gets another API name, and everything that names it follows."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, codes, field, label, operation

pytestmark = pytest.mark.anyio


def rename(name: str, to: str) -> dict[str, Any]:
    return operation("field", name, {"to": to}, op="rename")


async def named(admin: Caller, kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = (await admin.get(f"/metadata/{kind}/{name}"))["body"]
    return found


DOUBLED = "site.size * 2 /* size */ + number"
USERS = [
    field("visit.doubled", "formula", returns="number", formula=DOUBLED),
    field("visit.host_site", "lookup", target="site", filter="size > $record.number"),
    field("site.deep", "formula", returns="text", formula="parent.parent.name & TEXT(size)"),
    field("site.visits", "rollup", child="visit", via="site", function="sum", field="number"),
    operation(
        "validation_rule",
        "visit.big",
        {
            "when": "AND(ISCHANGED(number), $old.number > {Number}, site.size < number)",
            "field": "number",
            "message": label("Too big"),
        },
    ),
    operation(
        "list_view",
        "visit.large",
        {
            "label": label("Large"),
            "columns": ["number", "site.size", "title"],
            "filter": "site.size >= 5 AND number > 1",
            "sort": ["-site.size", "number"],
        },
    ),
    operation(
        "layout",
        "visit.second",
        {
            "label": label("Second"),
            "sections": {
                "main": {
                    "label": label("Main"),
                    "visible_when": "number > 0",
                    "fields": ["number", "title"],
                }
            },
        },
    ),
    operation(
        "permission_set",
        "counters",
        {
            "label": label("Counters"),
            "objects": {"visit": {"rights": ["read"], "fields": {"number": "edit"}}},
        },
    ),
]


async def test_every_mention_follows(admin: Caller) -> None:
    await admin.publish(USERS)
    site = await admin.post("/records/site", {"name": "N", "size": 6})
    visit = await admin.post("/records/visit", {"number": 2, "site": site["id"], "title": "t"})
    assert visit["doubled"] == "14.00"
    draft = await admin.post(
        "/changesets",
        {
            "title": "t",
            "operations": [rename("visit.number", "amount_of"), rename("site.size", "area")],
        },
    )
    assert draft["problems"] == []
    told = " ".join(each["description"] for each in draft["plan"]["operations"])
    assert "number becomes amount_of" in told
    await admin.post(f"/changesets/{draft['id']}/publish", status=200)

    assert (await named(admin, "field", "visit.doubled"))["formula"] == (
        "site.area * 2 /* size */ + amount_of"
    )
    assert (await named(admin, "field", "visit.host_site"))["filter"] == "area > $record.amount_of"
    assert (await named(admin, "field", "site.deep"))["formula"] == (
        "parent.parent.name & TEXT(area)"
    )
    assert (await named(admin, "field", "site.visits"))["field"] == "amount_of"
    rule = await named(admin, "validation_rule", "visit.big")
    assert rule["when"] == (
        "AND(ISCHANGED(amount_of), $old.amount_of > {Number}, site.area < amount_of)"
    )
    assert rule["field"] == "amount_of"
    view = await named(admin, "list_view", "visit.large")
    assert list(view["columns"]) == ["amount_of", "site.area", "title"]
    assert view["filter"] == "site.area >= 5 AND amount_of > 1"
    assert view["sort"] == ["-site.area", "amount_of"]
    section = (await named(admin, "layout", "visit.second"))["sections"]["main"]
    assert section["visible_when"] == "amount_of > 0"
    assert list(section["fields"]) == ["amount_of", "title"]
    rights = (await named(admin, "permission_set", "counters"))["objects"]["visit"]
    assert rights["fields"] == {"amount_of": "edit"}

    read = await admin.get(f"/records/visit/{visit['id']}")
    assert (read["amount_of"], read["doubled"]) == (2, "14.00")
    assert "number" not in read
    assert (await admin.get(f"/records/site/{site['id']}"))["visits"] == 2
    await admin.get("/records/visit", status=422, filter="number > 1")


async def test_what_was_stored_and_its_history_stay(admin: Caller) -> None:
    site = await admin.post("/records/site", {"name": "N", "size": 6})
    await admin.patch(f"/records/site/{site['id']}", {"size": 7})
    version = (await admin.get("/session"))["metadata_version"]
    await admin.publish([rename("site.size", "area")])
    entries = (await admin.get(f"/records/site/{site['id']}/history"))["entries"]
    changes = [change for each in entries for change in each["changes"]]
    assert {"field": "area", "old": 6, "new": 7} in changes
    await admin.post(f"/versions/{version}/restore", status=200)
    assert (await admin.get(f"/records/site/{site['id']}"))["size"] == 7


@pytest.mark.parametrize(
    ("operations", "code"),
    [
        ([rename("visit.number", "title")], "metadata.name_taken"),
        ([rename("visit.number", "Bad Name")], "metadata.name_unusable"),
        ([rename("visit.number", "id")], "metadata.name_unusable"),
        ([rename("visit.number", "")], "metadata.name_unusable"),
        ([rename("visit.nothing", "x")], "metadata.unknown"),
        ([rename("user.email", "mail")], "metadata.name_fixed"),
        ([operation("object", "visit", {"to": "call"}, op="rename")], "metadata.name_fixed"),
    ],
)
async def test_names_that_cannot_be_given(
    admin: Caller, operations: list[dict[str, Any]], code: str
) -> None:
    draft = await admin.post("/changesets", {"title": "t", "operations": operations})
    assert set(codes(draft).values()) == {code}

"""The organisation's calendar, kept as records, in formulas of both engines."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, Operations, World, codes, field, label, operation
from page_world import Office

pytestmark = pytest.mark.anyio


def formula(name: str, returns: str, text: str, **more: Any) -> dict[str, Any]:
    return field(name, "formula", returns=returns, formula=text, **more)


SEVEN = "NETWORKDAYS(planned_on, planned_on + 6)"
MODEL: Operations = [
    formula("visit.working", "number", SEVEN, scale=0),
    formula("visit.reached", "date", "WORKDAY(planned_on, 1)"),
    formula("visit.hours", "number", "BUSINESSHOURS_BETWEEN(starts_at, starts_at + 7)", scale=2),
    formula("visit.due", "datetime", "BUSINESSHOURS_ADD(starts_at, 10)"),
    operation(
        "validation_rule",
        "visit.long",
        {"when": f"active && {SEVEN} > 5", "message": label("Too long"), "field": "planned_on"},
    ),
    field("visit.follow", "date", default_formula="WORKDAY(planned_on, 1)"),
]
FIELDS = "working,reached,hours,due"
MONDAY = "2026-10-05"
"""Of a week that ends with a Saturday worked instead of its holidays."""


@pytest.fixture
async def visit(office: Office) -> dict[str, Any]:
    await office.admin.publish(MODEL)
    given = {"planned_on": MONDAY, "starts_at": f"{MONDAY}T01:00:00Z", "title": "M"}
    made: dict[str, Any] = await office.rep.post("/records/visit", given)
    return made


async def seen(caller: Caller, visit: dict[str, Any]) -> tuple[Any, ...]:
    found = await caller.get(f"/records/visit/{visit['id']}", fields=FIELDS)
    return tuple(found[name] for name in FIELDS.split(","))


async def holiday(office: Office, dates: list[tuple[str, str, str]]) -> str:
    made = await office.admin.post("/records/holiday", {"name": "National day", "kind": "public"})
    records = [
        {"holiday": made["id"], "kind": kind, "date": first, "last_day": last or None}
        for kind, first, last in dates
    ]
    await office.admin.post("/records/holiday_date", {"records": records})
    return str(made["id"])


DATES = [
    ("off", "2026-10-01", "2026-10-07"),
    ("working", "2026-10-10", ""),
    ("observed", "2026-10-08", ""),
]


async def test_holidays_and_days_worked_instead(office: Office, visit: dict[str, Any]) -> None:
    rep = office.rep
    assert await seen(rep, visit) == ("5", "2026-10-06", "45.00", "2026-10-06T02:00:00Z")
    # Thursday, Friday and Saturday are worked; of the Saturday no more than its week tells
    mark = await holiday(office, DATES)
    assert await seen(rep, visit) == ("3", "2026-10-08", "27.00", "2026-10-09T02:00:00Z")
    # filters, groups and sorts in SQL; rules, defaults and answers of saves in Python
    found = await rep.get("/records/visit", filter="working = 3", sort="-reached")
    assert [each["id"] for each in found["records"]] == [visit["id"]]
    assert (await rep.get("/records/visit", filter=f"{SEVEN} = 3", count="exact"))["count"] == 1
    asked = {"object": "visit", "group_by": ["working"], "aggregates": {"n": "COUNT()"}}
    assert (await rep.post("/query", asked, status=200))["rows"] == [{"working": "3", "n": 1}]
    given = {"planned_on": MONDAY, "active": True, "starts_at": f"{MONDAY}T01:00:00Z"}
    saved = await rep.post("/records/visit", given)
    assert (saved["working"], saved["follow"], saved["hours"]) == ("3", "2026-10-08", "27.00")
    before = {**given, "planned_on": "2026-10-12"}
    refused = await rep.post("/records/visit", {**before, "planned_on": "2026-10-09"}, status=422)
    assert codes(refused) == {"planned_on": "rule.refused"}
    await rep.post("/records/visit", before)
    # an inactive holiday, and one in the recycle bin, change nothing
    await office.admin.patch(f"/records/holiday/{mark}", {"is_active": False})
    assert (await seen(rep, visit))[0] == "5"
    await office.admin.patch(f"/records/holiday/{mark}", {"is_active": True})
    assert (await seen(rep, visit))[0] == "3"
    await office.admin.delete(f"/records/holiday/{mark}")
    assert (await seen(rep, visit))[0] == "5"


async def test_hours_of_the_organisation(
    office: Office, visit: dict[str, Any], world: World
) -> None:
    admin = office.admin
    early = {"name": "Early", "timezone": "UTC", "is_default": True}
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "01:00-02：30")
    made = await admin.post("/records/business_hours", {**early, **week, "sunday": "10:00-24:00"})
    assert (made["monday"], made["saturday"]) == ("01:00-02:30", None)
    hours, due = (await seen(office.rep, visit))[2:]
    assert (hours, due) == ("21.50", "2026-10-11T12:30:00Z")
    path = f"/records/business_hours/{made['id']}"
    await admin.patch(path, {"always_open": True})
    assert (await seen(office.rep, visit))[2:] == ("168.00", "2026-10-05T11:00:00Z")
    await admin.patch(path, {"is_default": False})
    assert (await seen(office.rep, visit))[2] == "45.00"
    wrong = {"monday": "9-5", "tuesday": "13:00-18:00, 09:00-12:00", "friday": "22:00-24:30"}
    refused = await admin.post(
        "/records/business_hours", {"name": "X", **wrong, "timezone": "Moon"}, status=422
    )
    assert codes(refused) == {
        **dict.fromkeys(wrong, "calendar.bad_hours"),
        "timezone": "user.unknown_timezone",
    }
    await office.rep.post("/records/business_hours", early, status=403)
    assert (await office.rep.get("/records/business_hours"))["records"] != []


async def test_only_who_reads_the_calendar_pays(
    office: Office, visit: dict[str, Any], statements: list[str]
) -> None:
    await holiday(office, DATES)

    async def asks(**params: str) -> bool:
        statements.clear()
        await office.rep.get("/records/visit", **params)
        return any("holiday" in each for each in statements)

    assert await asks(fields="working")
    assert await asks(fields="title", filter="reached > TODAY()")
    assert not await asks(fields="title,planned_on", filter="amount > 1")


async def test_what_reads_the_calendar_is_not_kept(office: Office, visit: dict[str, Any]) -> None:
    wishes = [
        formula("visit.kept", "number", SEVEN, scale=0, indexed=True),
        field("site.sum", "rollup", child="visit", via="site", function="sum", field="working"),
    ]
    draft = await office.admin.post("/changesets", {"title": "t", "operations": wishes})
    assert codes(draft) == {
        "field.visit.kept.indexed": "metadata.formula_not_indexable",
        "field.site.sum.field": "metadata.rollup_volatile",
    }
    asked = {"object": "visit", "formula": SEVEN}
    told = await office.admin.post("/formula/check", asked, status=200)
    assert (told["volatile"], told["indexable"]) == (True, False)


async def test_pages_and_trials_see_it(office: Office, visit: dict[str, Any]) -> None:
    await holiday(office, DATES)
    asked = {"object": "visit", "formula": SEVEN, "record_id": visit["id"]}
    tried = await office.admin.post("/formula/evaluate", asked, status=200)
    assert tried["value"] == "3", tried
    shown = operation(
        "layout",
        "visit.standard",
        {"sections": {"active": {"visible_when": f"{SEVEN} = 3"}}},
        op="update",
    )
    await office.admin.publish([shown])
    browser = await office.browser("rep")
    assert "While active" in await browser.get(f"/o/visit/{visit['id']}")
    form = await browser.get(f"/o/visit/{visit['id']}/edit")
    assert ("clock", "") in form.form
    new = await browser.get(f"/o/visit/new?planned_on={MONDAY}")
    assert new.status == 200
    draft = await office.admin.post(
        "/changesets",
        {
            "title": "t",
            "operations": [
                operation(
                    "validation_rule",
                    "visit.short",
                    {"when": f"{SEVEN} = 3", "message": label("Short")},
                )
            ],
        },
    )
    assert [each["count"] for each in draft["plan"]["impact"]] == [1]

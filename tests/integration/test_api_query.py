"""Groups and sums over HTTP: over the records and fields that the caller may read."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, World

pytestmark = pytest.mark.anyio

VISITS = (
    {"title": "t", "level": "a", "number": 1, "amount": "10.50", "active": True, "stars": 1},
    {"title": "t", "level": "a", "number": 2, "amount": "0.25", "active": False, "stars": 5},
    {"title": "u", "level": "b", "number": None, "amount": None, "planned_on": "2026-01-05"},
    {"level": None, "number": -4, "amount": "100", "planned_on": "2026-02-05"},
)


@pytest.fixture(scope="module")
def admin(shared: World) -> Caller:
    return shared.caller("admin")


@pytest.fixture(scope="module", autouse=True)
async def visits(admin: Caller) -> None:
    site = await admin.post("/records/site", {"name": "North"})
    given = [{**each, "site": site["id"]} for each in VISITS]
    await admin.post("/records/visit", {"records": given})
    gone = await admin.post("/records/visit", {"level": "a", "amount": "9999"})
    await admin.delete(f"/records/visit/{gone['id']}")


async def ask(caller: Caller, status: int = 200, **body: Any) -> Any:
    return await caller.post("/query", {"object": "visit", **body}, status=status)


async def test_groups_and_sums(admin: Caller) -> None:
    aggregates = {"n": "COUNT()", "total": "SUM(amount)", "best": "MAX(number)"}
    answer = await ask(admin, group_by=["level"], aggregates=aggregates)
    assert answer["rows"] == [
        {"level": "a", "n": 2, "total": "10.75", "best": 2},
        {"level": "b", "n": 1, "total": "0", "best": None},
        {"level": None, "n": 1, "total": "100.00", "best": -4},
    ]


async def test_of_all_in_one_row(admin: Caller) -> None:
    aggregates = {
        "all": "COUNT()",
        "numbers": "COUNT(number)",
        "titles": "COUNT_DISTINCT(title)",
        "sum": "SUM(number)",
        "mean": "AVG(stars)",
        "first": "MIN(planned_on)",
        "least": "MIN(amount)",
        "longest": "MAX(title)",
    }
    (row,) = (await ask(admin, aggregates=aggregates))["rows"]
    assert row == {
        "all": 4,
        "numbers": 3,
        "titles": 2,
        "sum": "-1",
        "mean": "3.000000",
        "first": "2026-01-05",
        "least": "0.25",
        "longest": "u",
    }


async def test_filter_sort_and_limit(admin: Caller) -> None:
    answer = await ask(
        admin,
        filter="!ISBLANK(level)",
        group_by=["level"],
        aggregates={"n": "COUNT()"},
        sort="-n,level",
        limit=1,
    )
    assert answer["rows"] == [{"level": "a", "n": 2}]


@pytest.mark.parametrize(
    ("tree", "count"),
    [
        ({"field": "number", "op": ">", "value": 0}, 2),
        (
            {
                "or": [
                    {"field": "level", "op": "in", "value": ["a"]},
                    {"field": "amount", "op": ">=", "value": {"number": "100"}},
                ]
            },
            3,
        ),
        ({"not": {"field": "title", "op": "is_blank"}}, 3),
        ({"op": ">", "left": {"field": "number"}, "right": {"value": 1}}, 1),
    ],
)
async def test_a_filter_as_a_tree(admin: Caller, tree: Any, count: int) -> None:
    answer = await ask(admin, filter=tree, aggregates={"n": "COUNT()"})
    assert answer["rows"] == [{"n": count}]


@pytest.mark.parametrize("tree", [{}, [], 5, True, {"field": 1}, {"op": "x"}, {"and": "x"}])
async def test_a_tree_that_is_none(admin: Caller, tree: Any) -> None:
    refused = await ask(admin, status=422, filter=tree, aggregates={"n": "COUNT()"})
    assert {each["path"] for each in refused["problems"]} == {"filter"}


async def test_across_links(admin: Caller) -> None:
    answer = await ask(admin, group_by=["site.name", "level"], aggregates={"n": "COUNT(site.name)"})
    assert answer["rows"][0] == {"site.name": "North", "level": "a", "n": 2}
    assert len(answer["rows"]) == 3


async def test_names_may_be_any_text(admin: Caller) -> None:
    name = "总计 " + "x" * 200 + ' "; %s %(a)s'
    (row,) = (await ask(admin, aggregates={name: "COUNT()", "": "COUNT()"}))["rows"]
    assert row == {name: 4, "": 4}


MISTAKES: tuple[tuple[dict[str, Any], int, str, dict[str, str]], ...] = (
    ({}, 400, "query_empty", {}),
    ({"group_by": "level"}, 400, "group_by_not_list", {}),
    ({"group_by": [1]}, 400, "group_by_not_list", {}),
    ({"aggregates": ["COUNT()"]}, 400, "aggregates_not_mapping", {}),
    ({"aggregates": {"n": 1}}, 400, "aggregates_not_mapping", {}),
    ({"group_by": ["zzz"]}, 422, "query_invalid", {"group_by.zzz": "field.unknown"}),
    ({"group_by": ["pin"]}, 422, "query_invalid", {"group_by.pin": "query.not_usable"}),
    ({"group_by": ["guests"]}, 422, "query_invalid", {"group_by.guests": "query.not_usable"}),
    ({"group_by": ["address"]}, 422, "query_invalid", {"group_by.address": "query.not_usable"}),
    (
        {"aggregates": {"x": "SUM(title)"}},
        422,
        "query_invalid",
        {"aggregates.x": "query.not_a_number"},
    ),
    (
        {"aggregates": {"x": "MAX(active)"}},
        422,
        "query_invalid",
        {"aggregates.x": "query.no_order"},
    ),
    ({"aggregates": {"x": "MIN(site)"}}, 422, "query_invalid", {"aggregates.x": "query.no_order"}),
    ({"aggregates": {"x": "SUM(zzz)"}}, 422, "query_invalid", {"aggregates.x": "field.unknown"}),
    (
        {"group_by": ["level"], "aggregates": {"level": "COUNT()"}},
        422,
        "query_invalid",
        {"aggregates.level": "query.name_taken"},
    ),
    (
        {"group_by": ["level"], "sort": "title"},
        422,
        "query_invalid",
        {"sort": "query.sort_not_selected"},
    ),
    (
        {"aggregates": {f"n{index}": "COUNT()" for index in range(101)}},
        422,
        "query_invalid",
        {"group_by": "query.too_many"},
    ),
    *(
        (
            {"aggregates": {"x": text}},
            422,
            "query_invalid",
            {"aggregates.x": "query.bad_aggregate"},
        )
        for text in ("", "SUM()", "SUM(1)", "SUM(a, b)", "LEN(title)", "COUNT() + 1", "amount", ")")
    ),
    ({"aggregates": {"x": "COUNT()"}, "limit": 0}, 400, "bad_limit", {}),
    ({"aggregates": {"x": "COUNT()"}, "limit": True}, 400, "bad_limit", {}),
    ({"aggregates": {"x": "COUNT()"}, "limit": 10**30}, 400, "bad_limit", {}),
    ({"aggregates": {"x": "COUNT()"}, "object": "zzz"}, 404, "object_not_found", {}),
    ({"aggregates": {"x": "COUNT()"}, "object": []}, 404, "object_not_found", {}),
)


@pytest.mark.parametrize(
    ("body", "status", "code", "problems"),
    MISTAKES,
    ids=[str(each[0])[:60] for each in MISTAKES],
)
async def test_mistakes_are_told(
    admin: Caller, body: dict[str, Any], status: int, code: str, problems: dict[str, str]
) -> None:
    refused = await ask(admin, status=status, **body)
    assert refused["code"] == code
    assert {each["path"]: each["code"] for each in refused["problems"]} == problems


async def test_faults_of_the_filter_have_their_place(admin: Caller) -> None:
    refused = await ask(
        admin, status=422, filter="number > 0 && zzz = 1", aggregates={"n": "COUNT()"}
    )
    (problem,) = refused["problems"]
    assert (problem["path"], problem["code"]) == ("filter", "formula.unknown_field")
    assert (problem["line"], problem["column"]) == (1, 15)


async def test_hidden_fields_are_unknown_fields(admin: Caller, shared: World) -> None:
    rep = shared.caller("rep")
    for body in (
        {"group_by": ["%s"]},
        {"aggregates": {"x": "COUNT(%s)"}},
        {"aggregates": {"x": "COUNT()"}, "filter": "%s = 'a'"},
    ):
        seen = await ask(admin, **_named(body, "sealed"))
        assert seen["rows"]
        hidden = await ask(rep, status=422, **_named(body, "sealed"))
        absent = await ask(rep, status=422, **_named(body, "zealed"))
        assert str(hidden["problems"]) == str(absent["problems"]).replace("zealed", "sealed")


def _named(body: Any, name: str) -> Any:
    if isinstance(body, dict):
        return {key: _named(each, name) for key, each in body.items()}
    if isinstance(body, list):
        return [_named(each, name) for each in body]
    return body.replace("%s", name)


async def test_hidden_objects_are_unknown_objects(admin: Caller, shared: World) -> None:
    rep = shared.caller("rep")
    counted = {"aggregates": {"n": "COUNT()"}}
    await admin.post("/query", {"object": "ledger", **counted}, status=200)
    hidden = await rep.post("/query", {"object": "ledger", **counted}, status=404)
    absent = await rep.post("/query", {"object": "bedger", **counted}, status=404)
    assert hidden["title"] == absent["title"].replace("bedger", "ledger")

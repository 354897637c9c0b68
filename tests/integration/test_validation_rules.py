"""Validation rules: all that find fault speak at once, beside their field, in the user's words."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, Operations, codes, label, operation
from conftest import FrozenClock

pytestmark = pytest.mark.anyio


def rule(name: str, when: str, **more: Any) -> dict[str, Any]:
    message = label(f"{name} is wrong", f"{name} 不对")
    return operation("validation_rule", name, {"when": when, "message": message, **more})


RULES: Operations = [
    rule(
        "visit.not_in_past",
        "AND(ISNEW(), planned_on < TODAY())",
        field="planned_on",
        message=label("A new {visit} cannot be in the past.", "新{visit}不能早于今天。"),
    ),
    rule("visit.small", "amount > 1000 && NOT(active)", field="amount"),
    rule("visit.no_step_back", "ISCHANGED(level) && PRIORVALUE(level) = 'b' && level = 'a'"),
    rule("visit.site_size", "site.size < quantity", field="quantity"),
    rule("visit.sleeping", "TRUE", active=False),
]


@pytest.fixture
async def ruled(admin: Caller, frozen_clock: FrozenClock) -> Caller:
    await admin.publish(RULES)
    return admin


async def test_all_rules_speak_at_once(ruled: Caller, rep: Caller) -> None:
    body = {"planned_on": "2020-01-01", "amount": "5000"}
    refused = await ruled.post("/records/visit", body, status=422)
    assert codes(refused) == {"planned_on": "rule.refused", "amount": "rule.refused"}
    told = {each["path"]: each["message"] for each in refused["problems"]}
    assert told["planned_on"] == "A new Visit cannot be in the past."
    made = await ruled.post("/records/visit", {**body, "planned_on": "2099-01-01", "active": True})
    await ruled.patch(f"/records/visit/{made['id']}", {"planned_on": "2020-01-01"})


async def test_in_the_language_of_who_saves(ruled: Caller, world: Any) -> None:
    users = (await ruled.get("/records/user", fields="account"))["records"]
    me = next(each for each in users if each["account"] == "admin")
    await ruled.patch(f"/records/user/{me['id']}", {"language": "zh_CN"})
    refused = await ruled.post("/records/visit", {"planned_on": "2020-01-01"}, status=422)
    assert refused["problems"][0]["message"] == "新拜访不能早于今天。"


async def test_what_was_before(ruled: Caller) -> None:
    visit = await ruled.post("/records/visit", {"level": "b"})
    path = f"/records/visit/{visit['id']}"
    await ruled.patch(path, {"level": "c"})
    await ruled.patch(path, {"level": "a"})
    await ruled.patch(path, {"level": "b"})
    refused = await ruled.patch(path, {"level": "a"}, status=422)
    assert codes(refused) == {"": "rule.refused"}
    await ruled.patch(path, {"title": "still b"})


async def test_over_links_and_in_batches(ruled: Caller) -> None:
    small = await ruled.post("/records/site", {"name": "S", "size": 3})
    big = await ruled.post("/records/site", {"name": "B", "size": 300})
    records = [
        {"title": "1", "site": small["id"], "quantity": "5"},
        {"title": "2", "site": big["id"], "quantity": "5"},
        {"title": "3", "quantity": "5"},
    ]
    refused = await ruled.post("/records/visit", {"records": records}, status=422)
    assert codes(refused) == {"records.0.quantity": "rule.refused"}
    answer = await ruled.post("/records/visit?partial=true", {"records": records}, status=207)
    assert ["problems" in each for each in answer["records"]] == [True, False, False]


async def test_one_that_cannot_be_computed_stops_the_save(ruled: Caller) -> None:
    await ruled.publish([rule("visit.odd", "amount / number > 1", field="number")])
    refused = await ruled.post("/records/visit", {"amount": 1, "number": 0}, status=422)
    assert codes(refused) == {"number": "rule.cannot_compute"}
    assert "odd" in refused["problems"][0]["message"]
    await ruled.post("/records/visit", {"amount": 1, "number": 5})


async def test_the_impact_counts_the_rows_that_break_it(ruled: Caller) -> None:
    for amount in (1, 20, 30):
        await ruled.post("/records/visit", {"amount": amount, "site": None})
    new = rule("visit.dear", "amount >= 20 && NOT(ISCHANGED(amount))", field="amount")
    draft = await ruled.post("/changesets", {"title": "t", "operations": [new]})
    found = [each for each in draft["plan"]["impact"] if each["code"] == "impact.rule_broken"]
    assert [each["count"] for each in found] == [2]
    assert len(found[0]["sample"]) == 2
    change = operation("validation_rule", "visit.small", {"when": "amount > 10"}, op="update")
    draft = await ruled.post("/changesets", {"title": "t", "operations": [change]})
    assert [each["count"] for each in draft["plan"]["impact"]] == [2]


async def test_rules_that_cannot_be(ruled: Caller) -> None:
    wrong = [
        rule("visit.one", "amout > 1"),
        rule("visit.two", "amount"),
        rule("visit.three", "amount > 1", field="amout"),
        operation("validation_rule", "visit.four", {"when": "TRUE"}),
    ]
    draft = await ruled.post("/changesets", {"title": "t", "operations": wrong})
    told = " ".join(each["path"] + each["message"] for each in draft["problems"])
    for part in ("visit.one", "visit.two", "amount"):
        assert part in told, draft["problems"]
    assert any("message" in each["path"] for each in draft["problems"])


async def test_a_rule_that_asks_for_a_permission(ruled: Caller, rep: Caller) -> None:
    await ruled.publish(
        [
            rule("visit.for_staff", "$permission.staff AND amount = 7", field="amount"),
            rule("visit.for_lookers", "$permission.looker AND amount = 8", field="amount"),
        ]
    )
    refused = await rep.post("/records/visit", {"amount": 7}, status=422)
    assert codes(refused) == {"amount": "rule.refused"}
    await rep.post("/records/visit", {"amount": 8})
    unknown = rule("visit.for_nobody", "$permission.nobody_has_it")
    draft = await ruled.post("/changesets", {"title": "t", "operations": [unknown]})
    assert "$permission.nobody_has_it" in draft["problems"][0]["message"]


async def test_cases_kept_with_a_rule_are_run(ruled: Caller) -> None:
    """When it is published; a wrong one stops the publishing."""

    def with_case(expected: object) -> dict[str, Any]:
        case = {"name": "dear", "values": {"amount": "2000"}, "expected": expected}
        return rule("visit.dear", "ISNEW() && amount > 1000", tests=[case])

    draft = await ruled.post("/changesets", {"title": "t", "operations": [with_case("true")]})
    assert draft["problems"] == []
    draft = await ruled.post("/changesets", {"title": "t", "operations": [with_case(False)]})
    assert [each["code"] for each in draft["problems"]] == ["metadata.test_failed"]
    assert "dear" in draft["problems"][0]["message"]


async def test_one_that_only_warns_is_asked_where_somebody_can_answer(ruled: Caller) -> None:
    await ruled.publish([rule("visit.odd", "amount > 500", field="amount", severity="warning")])
    body = {"amount": "600", "title": "odd"}
    await ruled.post("/records/visit", body)
    refused = await ruled.post("/records/visit?warnings=ask", body, status=422)
    assert codes(refused) == {"amount": "rule.warned"}
    both = {"amount": "5000", "title": "odd"}
    refused = await ruled.post("/records/visit?warnings=ask", both, status=422)
    assert {each["code"] for each in refused["problems"]} == {"rule.refused", "rule.warned"}

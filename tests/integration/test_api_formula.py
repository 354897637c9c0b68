"""Formulas over HTTP: faults with remedies in both languages, types, names, values and their steps;
what may not be read is answered like what does not exist."""

from __future__ import annotations

import time
from typing import Any

import pytest
from api_world import Caller, World, field, label, operation

pytestmark = pytest.mark.anyio

TYPOS = 'IF(AND(level = "a", amuont > 100000), RUND(amount * 0.02, 2), 0)'


@pytest.fixture(scope="module")
def admin(shared: World) -> Caller:
    return shared.caller("admin")


@pytest.fixture(scope="module")
def rep(shared: World) -> Caller:
    return shared.caller("rep")


async def check(caller: Caller, formula: str, status: int = 200, **more: Any) -> Any:
    body = {"object": "visit", "formula": formula, **more}
    return await caller.post("/formula/check", body, status=status)


async def evaluate(caller: Caller, formula: str, status: int = 200, **more: Any) -> Any:
    body = {"object": "visit", "formula": formula, **more}
    return await caller.post("/formula/evaluate", body, status=status)


async def names(caller: Caller, status: int = 200, **query: str) -> Any:
    response = await caller.call("GET", "/formula/names", params=query)
    assert response.status_code == status, response.text
    return response.json()


def codes_of(answer: Any) -> list[str]:
    return [each["code"] for each in answer["faults"]]


async def test_both_typos_are_told_at_once_with_what_was_meant(admin: Caller) -> None:
    answer = await check(admin, TYPOS)
    field_fault, function_fault = answer["faults"]
    assert answer["type"] is None
    assert field_fault["code"] == "formula.unknown_field"
    assert field_fault["message"] == "There is no field amuont."
    assert field_fault["hint"] == "Did you mean amount?"
    assert (field_fault["line"], field_fault["column"]) == (1, 21)
    assert TYPOS[field_fault["start"] : field_fault["end"]] == "amuont"
    assert field_fault["fix"] == {"start": 20, "end": 26, "text": "amount", "label": "Amount"}
    assert function_fault["code"] == "formula.unknown_function"
    assert function_fault["fix"]["text"] == "ROUND"
    start, end = function_fault["fix"]["start"], function_fault["fix"]["end"]
    assert TYPOS[start:end] == "RUND"


async def test_the_remedies_mend_it(admin: Caller) -> None:
    text = TYPOS
    for _ in range(2):
        fix = (await check(admin, text))["faults"][0]["fix"]
        text = text[: fix["start"]] + fix["text"] + text[fix["end"] :]
    answer = await check(admin, text)
    assert answer["faults"] == []
    assert answer["type"] == "number"
    assert answer["type_label"] == "Number"
    assert [each["path"] for each in answer["fields"]] == ["level", "amount"]


async def test_faults_in_chinese(shared: World) -> None:
    looker = shared.caller("looker")
    body = {"object": "site", "formula": "siz + 1"}
    (fault,) = (await looker.post("/formula/check", body, status=200))["faults"]
    assert fault["message"] == "没有字段 siz。"
    assert fault["hint"].endswith("？")
    assert fault["fix"]["text"] == "size"
    good = await looker.post("/formula/check", {**body, "formula": "size + 1"}, status=200)
    assert good["type_label"] == "数字"
    assert good["fields"] == [
        {"path": "size", "label": "Size", "type": "number", "field_type": "integer"}
    ]


@pytest.mark.parametrize(
    ("formula", "code", "fixed"),
    [
        ("amount +", "formula.syntax", ""),
        ('level = "q"', "formula.bad_picklist_value", ""),
        ("LEN（title）", "formula.bad_character", "LEN(title）"),
        ("amount + 1 / 0", "formula.const_error", ""),
        ("title", "formula.result_type", ""),
        ("LEN()", "formula.arg_count", ""),
        ("SUM(amount)", "formula.unknown_list", ""),
        ("site.nmae", "formula.unknown_field", "site.name"),
        ("( (amuont)) + 1", "formula.unknown_field", "( (amount)) + 1"),
        ("NOT(amuont = 1)", "formula.unknown_field", "NOT(amount = 1)"),
        ("NOT( actve )", "formula.unknown_field", "NOT( active )"),
        ("(RUND(amount, 2))", "formula.unknown_function", "(ROUND(amount, 2))"),
        ("'open", "formula.unclosed_text", ""),
    ],
)
async def test_kinds_of_faults(admin: Caller, formula: str, code: str, fixed: str) -> None:
    answer = await check(admin, formula, returns="number")
    fault = answer["faults"][0]
    assert fault["code"] == code
    assert fault["message"]
    assert fault["line"] == 1
    if fixed:
        fix = fault["fix"]
        assert (formula[: fix["start"]] + fix["text"] + formula[fix["end"] :]).startswith(fixed)
    else:
        assert fault["fix"] is None


async def test_advice_stands_beside_the_faults(admin: Caller, shared: World) -> None:
    """It refuses nothing, and is told of a formula that has faults, too."""
    asked = {"object": "visit", "formula": "2 * number ^ 2 + 1"}
    good = await admin.post("/formula/check", asked, status=200)
    assert (good["type"], good["faults"]) == ("number", [])
    assert [(each["code"], each["start"], each["end"]) for each in good["warnings"]] == [
        ("formula.mixed_power", 0, 14)
    ]
    chinese = await shared.caller("looker").post(
        "/formula/check", {"object": "site", "formula": "2 * size ^ nowhere"}, status=200
    )
    assert [each["code"] for each in chinese["faults"]] == ["formula.unknown_field"]
    assert "优先级" in chinese["warnings"][0]["message"]
    plain = {**asked, "formula": "2 * (number ^ 2) + 1"}
    assert (await admin.post("/formula/check", plain, status=200))["warnings"] == []


async def test_what_was_expected_is_told(admin: Caller) -> None:
    (fault,) = (await check(admin, "LEN(title"))["faults"]
    assert '")"' in fault["expected"]


@pytest.mark.parametrize(
    ("usage", "formula", "good"),
    [
        ("filter", "amount > 1", True),
        ("filter", "amount", False),
        ("validation", "ISBLANK(title)", True),
        ("visibility", "title", False),
        ("default", "TODAY()", True),
        ("formula", "title", True),
    ],
)
async def test_usages_say_what_is_needed(
    admin: Caller, usage: str, formula: str, good: bool
) -> None:
    faults = (await check(admin, formula, usage=usage))["faults"]
    assert [each["code"] for each in faults] == ([] if good else ["formula.result_type"])


async def test_a_filter_of_a_lookup_knows_the_form(admin: Caller) -> None:
    body = {"object": "site", "formula": "name = $record.title", "usage": "lookup_filter"}
    known = await admin.post("/formula/check", {**body, "record_object": "visit"}, status=200)
    assert known["faults"] == []
    unknown = await admin.post("/formula/check", body, status=200)
    assert codes_of(unknown) == ["formula.unknown_parameter"]


@pytest.mark.parametrize(
    ("formula", "volatile", "indexable"),
    [
        ("amount * 2", False, True),
        ("TODAY()", True, False),
        ("site.name", False, False),
        ("host = $user.id", False, False),
    ],
)
async def test_what_can_be_kept(
    admin: Caller, formula: str, volatile: bool, indexable: bool
) -> None:
    answer = await check(admin, formula)
    assert (answer["volatile"], answer["indexable"]) == (volatile, indexable)
    assert answer["python_only"] is False


@pytest.mark.parametrize("template", ["{} = 'x'", "LEN({})", "IF(title = {}, 1, 2)", "site.{}"])
@pytest.mark.parametrize("name", ["sealed", "memo"])
async def test_a_hidden_field_is_one_that_does_not_exist(
    admin: Caller, rep: Caller, template: str, name: str
) -> None:
    absent = name.replace("sealed", "sealex").replace("memo", "mexo")
    known = await check(admin, template.format(name))
    theirs = await check(rep, template.format(name))
    nothing = await check(rep, template.format(absent))
    assert str(theirs) == str(nothing).replace(absent, name)
    assert (known["faults"] == []) is (template.startswith("site.") is (name == "memo"))
    tried = await evaluate(rep, template.format(name), values={})
    assert codes_of(tried) == ["formula.unknown_field"]


async def test_objects_that_may_not_be_read(rep: Caller) -> None:
    hidden = await check(rep, "1", status=404, object="ledger")
    absent = await check(rep, "1", status=404, object="ledgex")
    assert hidden["title"] == absent["title"].replace("ledgex", "ledger")
    await rep.get("/formula/names", status=404, object="ledger")


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, {"object", "formula"}),
        ({"object": 5, "formula": None}, {"object", "formula"}),
        ({"object": "visit", "formula": ["x"]}, {"formula"}),
        ({"object": "visit", "formula": "1", "usage": "magic"}, {"usage"}),
        ({"object": "visit", "formula": "1", "usage": ["x"]}, {"usage"}),
        ({"object": "visit", "formula": "1", "returns": 5, "blanks": "no"}, {"returns", "blanks"}),
        ({"object": "visit", "formula": "1", "scale": 40}, {"scale"}),
        ({"object": "visit", "formula": "1", "scale": True}, {"scale"}),
        ({"object": "visit", "formula": "1", "draft": "yes"}, {"draft"}),
        ({"object": "visit", "formula": "1", "record_object": {}}, {"record_object"}),
    ],
)
async def test_requests_that_cannot_be_understood(
    admin: Caller, body: Any, places: set[str]
) -> None:
    refused = await admin.post("/formula/check", body, status=422)
    assert {each["path"] for each in refused["problems"]} == places
    assert all(each["message"] for each in refused["problems"])
    await admin.post("/formula/evaluate", body, status=422)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"values": ["x"]}, "values"),
        ({"values": {str(index): 1 for index in range(101)}}, "values"),
        ({"values": {"amount": "much"}}, "values.amount"),
        ({"values": {"nothing": 1}}, "values.nothing"),
        ({"record_id": 5}, "record_id"),
        ({"values": {}, "expected": "soon"}, "expected"),
    ],
)
async def test_samples_that_are_none(admin: Caller, more: Any, place: str) -> None:
    refused = await evaluate(admin, "amount + 1", status=422, **more)
    assert [each["path"] for each in refused["problems"]] == [place]


@pytest.mark.parametrize("identity", ["nonsense", "01990000-0000-7000-8000-00000000dead"])
async def test_a_record_that_is_not_there(admin: Caller, identity: str) -> None:
    await evaluate(admin, "amount", status=404, record_id=identity)


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("a" * 5_001, "formula.too_long"),
        ("(" * 2_400 + "1" + ")" * 2_400, "formula.too_many_tokens"),
        ("1" + "+1" * 999, "formula.too_many_nodes"),
        ("-" * 90 + "1", "formula.too_deep"),
        ("", "formula.syntax"),
        ("   ", "formula.syntax"),
        ("\x00", "formula.bad_character"),
        ("😀 + 1", "formula.bad_character"),
    ],
)
async def test_limits_are_faults_and_fast(admin: Caller, formula: str, code: str) -> None:
    await check(admin, formula)
    times = []
    for _ in range(3):
        before = time.process_time()
        answer = await check(admin, formula)
        times.append(time.process_time() - before)
        assert codes_of(answer)[0] == code
    assert min(times) < 0.1, "in processor time, which neighbours do not stretch"


async def test_a_value_and_its_steps(admin: Caller) -> None:
    site = await admin.post("/records/site", {"name": "North"})
    body = {"level": "a", "amount": "1234.5", "share": 40, "site": site["id"], "title": "x"}
    visit = await admin.post("/records/visit", body)
    text = "IF(level = 'a', ROUND(amount * share, 1), 0)"
    answer = await evaluate(admin, text, record_id=visit["id"], returns="currency", scale=2)
    assert (answer["type"], answer["value"], answer["display"]) == ("number", "493.8", "CN¥493.80")
    steps = {each["text"]: each for each in answer["steps"]}
    assert steps["amount"]["display"] == "1,234.5"
    assert steps["amount"]["label"] == "Amount"
    assert steps["share"]["display"] == "0.4"
    assert steps["level"]["display"] == "A"
    assert steps["level = 'a'"]["value"] is True
    assert steps["amount * share"]["display"] == "493.8"
    assert all(text[each["start"] : each["end"]] == each["text"] for each in answer["steps"])
    linked = await evaluate(admin, "site", record_id=visit["id"])
    assert linked["display"] == "North"
    named = await evaluate(admin, 'site.name & "!"', record_id=visit["id"])
    assert named["value"] == "North!"


async def test_given_values_stand_in_place_of_the_records_own(admin: Caller) -> None:
    visit = await admin.post("/records/visit", {"amount": 10, "number": 3})
    answer = await evaluate(
        admin, "amount * number", record_id=visit["id"], values={"amount": "1.2万"}
    )
    assert answer["value"] == "36000.00"
    assert answer["display"] == "36,000"


async def test_an_error_is_told_where_it_arose(admin: Caller) -> None:
    answer = await evaluate(admin, "amount / number + 1", values={"amount": 1, "number": 0})
    assert answer["value"] is None
    assert answer["error"] == {
        "code": "DIV0",
        "message": "This cannot be computed: a division by zero.",
    }
    failed = {each["text"] for each in answer["steps"] if each["error"]}
    assert failed == {"amount / number", "amount / number + 1"}


async def test_blank_numbers(admin: Caller) -> None:
    blank = await evaluate(admin, "amount + 1", values={})
    assert (blank["value"], blank["display"]) == (None, "")
    zero = await evaluate(admin, "amount + 1", values={}, blanks="zero")
    assert zero["value"] == "1"
    assert (await evaluate(admin, "IF(active, 1, 2)", values={}))["value"] == "2"


@pytest.mark.parametrize(
    ("formula", "more", "expected", "passed"),
    [
        ("amount * 2", {}, "4", True),
        ("amount * 2", {}, "4.01", False),
        ("amount / 3", {"scale": 2}, "0.67", True),
        ("share", {"returns": "percent", "scale": 0}, "40%", True),
        ("title & '!'", {}, "a!", True),
        ("LEFT(title, 0)", {}, "", True),
        ("amount / number", {}, "0", False),
        ("amount / number", {}, None, True),
        ("amount > 1", {}, True, True),
        ("planned_on + 1", {}, "2026-02-01", True),
    ],
)
async def test_expected_results(
    admin: Caller, formula: str, more: Any, expected: Any, passed: bool
) -> None:
    values = {
        "amount": 2, "number": 0, "share": 40, "title": "a", "planned_on": "2026-01-31",
    }  # fmt: skip
    answer = await evaluate(admin, formula, values=values, expected=expected, **more)
    assert answer["passed"] is passed


async def test_functions_in_the_readers_language(admin: Caller, shared: World) -> None:
    english = (await admin.get("/formula/functions"))["functions"]
    chinese = (await shared.caller("looker").get("/formula/functions"))["functions"]
    by_name = {each["name"]: each for each in english}
    assert by_name["IF"]["signature"].startswith("IF(")
    assert by_name["ROUND"]["group_label"] == "Numbers"
    assert by_name["TODAY"]["volatile"] is True
    for left, right in zip(english, chinese, strict=True):
        assert left["name"] == right["name"]
        assert left["documentation"] != right["documentation"]
        assert left["examples"] == right["examples"] != []
        assert left["group_label"] != right["group_label"] != f"formula.group.{left['group']}"
    names = {each["name"] for each in (await admin.get("/formula/functions"))["parameters"]}
    assert {"$user.id", "$today"} <= names


async def test_names_after_a_path(admin: Caller, rep: Caller) -> None:
    first = await admin.get("/formula/names", object="visit")
    by_name = {each["name"]: each for each in first["names"]}
    assert (first["object"], first["label"]) == ("visit", "Visit")
    assert by_name["site"]["target"] == "site"
    assert by_name["level"]["values"][0] == {"value": "a", "label": "A"}
    assert by_name["amount"]["field_type"] == "currency"
    second = await names(admin, object="visit", path="site.parent")
    assert (second["object"], second["path"]) == ("site", "site.parent")
    assert "memo" in {each["name"] for each in second["names"]}
    theirs = await names(rep, object="visit", path="site")
    assert "memo" not in {each["name"] for each in theirs["names"]}
    assert (await names(admin, object="visit", path="title"))["names"] == []
    hidden = await names(rep, 422, object="visit", path="sealed")
    absent = await names(rep, 422, object="visit", path="sealex")
    assert str(hidden["problems"]) == str(absent["problems"]).replace("sealex", "sealed")


async def test_a_value_that_is_none_of_the_list(world: World) -> None:
    admin = world.caller("admin")
    listed = {code: {"label": label(code.title())} for code in ("planned", "done")}
    await admin.publish([field("visit.phase", "picklist", values=listed)])
    text = "phase = 'planed'"
    (fault,) = (await check(admin, text))["faults"]
    assert fault["code"] == "formula.bad_picklist_value"
    assert fault["fix"] == {"start": 8, "end": 16, "text": "'planned'", "label": "'planned'"}


async def test_names_are_found_by_pinyin(world: World) -> None:
    admin = world.caller("admin")
    body = {"type": "text", "label": label("Tier", "客户级别")}
    await admin.publish([operation("field", "site.tier", body)])
    answer = await world.caller("looker").get("/formula/names", object="site")
    (tier,) = [each for each in answer["names"] if each["name"] == "tier"]
    assert (tier["label"], tier["pinyin"], tier["initials"]) == (
        "客户级别", "kehujibie", "khjb",
    )  # fmt: skip


async def test_the_draft_is_for_those_who_may_change_it(world: World) -> None:
    admin, rep = world.caller("admin"), world.caller("rep")
    await admin.post(
        "/changesets", {"title": "Draft", "operations": [field("visit.bonus", "currency")]}
    )
    body = {"object": "visit", "formula": "bonus * 2 + amount"}
    assert codes_of(await admin.post("/formula/check", body, status=200)) == [
        "formula.unknown_field"
    ]
    drafted = {**body, "draft": True}
    assert (await admin.post("/formula/check", drafted, status=200))["faults"] == []
    visit = await admin.post("/records/visit", {"amount": 5})
    tried = await admin.post(
        "/formula/evaluate",
        {**drafted, "record_id": visit["id"], "values": {"bonus": 2}},
        status=200,
    )
    assert tried["value"] == "9.00"
    assert tried["unread"] == ["bonus"]
    names = await admin.get("/formula/names", object="visit", draft="true")
    assert "bonus" in {each["name"] for each in names["names"]}
    for path in ("/formula/check", "/formula/evaluate"):
        refused = await rep.post(path, drafted, status=403)
        assert refused["code"] == "permission_missing"


async def test_what_a_save_changes(admin: Caller) -> None:
    """Only where there is a save; without a record it is a new one."""
    visit = await admin.post("/records/visit", {"amount": 5})
    text = "ISCHANGED(amount) && PRIORVALUE(amount) = 5 && NOT(ISNEW())"
    assert codes_of(await check(admin, text, usage="filter"))[0] == (
        "formula.not_allowed_in_context"
    )
    asked = {"usage": "validation", "record_id": visit["id"]}
    same = await evaluate(admin, text, **asked)
    changed = await evaluate(admin, text, values={"amount": 6}, **asked)
    assert (same["value"], changed["value"]) == (False, True)
    new = await evaluate(admin, "ISNEW()", usage="validation", values={})
    assert new["value"] is True


async def test_fields_that_are_formulas(world: World) -> None:
    admin = world.caller("admin")
    double = {"returns": "currency", "scale": 2, "formula": "amount * 2"}
    await admin.publish([field("visit.double", "formula", **double)])
    checked = await check(admin, "double + 1")
    assert [each["path"] for each in checked["fields"]] == ["amount"]
    assert [each["path"] for each in checked["computed"]] == ["double"]
    visit = await admin.post("/records/visit", {"amount": "2.5"})
    answer = await evaluate(admin, "double + 1", record_id=visit["id"])
    assert answer["display"] == "6"
    assert [each["text"] for each in answer["steps"]] == ["double", "double + 1"]
    tested = await evaluate(admin, "double", values={}, returns="currency", expected=0, scale=2)
    assert tested["passed"] is True

"""Names as people write them: words of SQL and of formulas, quotes, capitals, too long, Chinese.
Each becomes a name that works everywhere, and the answer says which."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Caller, World, codes, label, operation
from builder_world import Bench, typed

pytestmark = pytest.mark.anyio

NAMES = {
    "select": "select",
    "Null": "null",
    "SITE": "site_2",
    'x"; DROP TABLE site; --': "x_drop_table_site",
    "it's": "it_s",
    "x" * 100: "x" * 40,
    "客户级别": "ke_hu_ji_bie",
    "1abc": "abc",
    "my-name": "my_name",
    "tableoid": "tableoid",
}
WORDS = ("and", "or", "not", "true", "false", "null", "in", "today", "order", "xmax", "record")
CODES = {
    "新建": "xin_jian",
    "it's": "it_s",
    'q"': "q",
    "a b": "a_b",
    "v" * 100: "v" * 40,
    "A": "A",
    "a": "a",
    "select": "select",
    "null": "null",
    "50%": "50%",
}


async def test_objects(admin: Caller) -> None:
    title = {"label": label("L"), "name_field": {"type": "text"}}
    for given, name in NAMES.items():
        review = await admin.post(
            "/changesets", {"operations": [operation("object", given, title)]}
        )
        assert review["problems"] == []
        assert [each["name"] for each in review["plan"]["operations"]] == [name]
        told = [each["message"] for each in review["notices"]]
        assert told == [] if given == name else (given in told[0] and name in told[0])
        await admin.post(f"/changesets/{review['id']}/publish", status=200)
        record = await admin.post(f"/records/{name}", {"name": "x"})
        found = await admin.get(f"/records/{name}", filter="name = 'x'", sort="-name")
        assert [each["id"] for each in found["records"]] == [record["id"]]


@pytest.mark.parametrize("name", WORDS)
async def test_words_of_formulas_stand_in_braces(shared: World, name: str) -> None:
    admin = shared.caller("admin")
    await admin.publish(
        [
            operation("field", f"site.{name}", {"type": "integer", "label": label("L")}),
            operation(
                "list_view",
                f"site.by_{name}",
                {"label": label("V"), "columns": [name], "filter": f"{{{name}}} = 3"},
            ),
        ]
    )
    site = await admin.post("/records/site", {"name": "N", name: 3})
    asked = {"filter": f"{{{name}}} = 3", "sort": f"-{name}", "fields": name}
    found = await admin.get("/records/site", **asked)
    assert [each["id"] for each in found["records"]] == [site["id"]]
    tree = {"field": name, "op": "=", "value": 3}
    query = {"object": "site", "filter": tree, "group_by": [name], "aggregates": {"n": "COUNT()"}}
    assert (await admin.post("/query", query, status=200))["rows"] == [{name: 3, "n": 1}]
    gone = operation("field", f"site.{name}", {}, op="delete")
    review = await admin.post("/changesets", {"operations": [gone]})
    assert codes(review) == {f"list_view.site.by_{name}.filter": "metadata.mentions_deleted"}


@pytest.mark.parametrize("kind", ["field", "value_set"])
async def test_values(admin: Caller, kind: str) -> None:
    given = {code: {"label": label(f"Label {index}")} for index, code in enumerate(CODES)}
    name = "site.grade" if kind == "field" else "grades"
    more: dict[str, Any] = {"type": "picklist"} if kind == "field" else {}
    body = {"label": label("Grade"), "values": given, **more}
    review = await admin.post("/changesets", {"operations": [operation(kind, name, body)]})
    assert review["problems"] == []
    told = {each["message"] for each in review["notices"]}
    assert len(told) == sum(code != made for code, made in CODES.items())
    assert '"新建" cannot be the code of a value; "xin_jian" is used instead.' in told
    await admin.post(f"/changesets/{review['id']}/publish", status=200)
    if kind == "value_set":
        uses = {"type": "picklist", "label": label("Grade"), "value_set": "grades"}
        await admin.publish([operation("field", "site.grade", uses)])
    stored = (await admin.get(f"/metadata/{kind}/{name}"))["body"]["values"]
    assert list(stored) == list(CODES.values()), "in the order they were given in"
    for code in CODES.values():
        site = await admin.post("/records/site", {"name": "N", "grade": code})
        assert site["grade"] == code
    change = {"values": {"新建": {"label": label("Again", "再新建")}, "it_s": None}}
    review = await admin.post(
        "/changesets", {"operations": [operation(kind, name, change, "update")]}
    )
    assert [each["code"] for each in review["notices"]] == ["metadata.code_derived"]
    await admin.post(f"/changesets/{review['id']}/publish", status=200)
    stored = (await admin.get(f"/metadata/{kind}/{name}"))["body"]["values"]
    assert stored["xin_jian"]["label"] == label("Label 0"), "the one there is stays"
    assert stored["xin_jian_2"]["label"] == label("Again", "再新建")
    assert stored["it_s"]["deleted"] is True


async def test_a_code_of_nothing(admin: Caller) -> None:
    given = {"💥": {"label": label("💥")}, "": {"label": label("Blank")}}
    body = {"type": "picklist", "label": label("P"), "values": given}
    review = await admin.post("/changesets", {"operations": [operation("field", "site.p", body)]})
    assert codes(review) == {"operations.0.body.values": "schema.bad_code"}
    (problem,) = review["problems"]
    assert "letter or digit" in problem["message"]


async def test_the_builder_derives_and_shows(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects/new-object")
    labels = [("label.en", "Select"), ("label.zh_CN", "客户级别"), ("plural.en", "Selects")]
    form = typed(page.form, *labels, ("name", ""))
    await bench.admin.post("/setup/objects", form)
    assert "create object select" in await bench.summary()
    await bench.add_field("site", "text", "x" * 100)
    await bench.add_field("site", "text", "Order")
    await bench.add_field("site", "text", "order")
    await bench.add_field("site", "text", "级别", ("label.zh_CN", "级别"))
    labels = [("v.0.label.en", "新建"), ("v.1.label.en", "it's")]
    await bench.add_field("site", "picklist", "Pick", *labels)
    names = {line.rpartition(" ")[2] for line in await bench.summary() if "field site." in line}
    assert names == {f"site.{'x' * 40}", "site.order", "site.order_2", "site.ji_bie", "site.pick"}
    pick = await bench.operation("field", "site.pick")
    assert set(pick["values"]) == {"xin_jian", "it_s"}
    refused = await bench.add_field("site", "text", "Quoted", ("name", 'a"b'), status=422)
    assert "does not have the right form" in refused
    await bench.publish()
    site = await bench.api.post("/records/site", {"name": "N", "order": "v", "pick": "xin_jian"})
    assert (site["order"], site["pick"]) == ("v", "xin_jian")

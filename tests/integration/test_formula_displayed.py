"""Formula fields that come to a link or a picture: shown escaped, and only shown."""

from __future__ import annotations

from typing import Any

import pytest
from api_world import Operations, codes, field, label, operation
from page_world import Office

pytestmark = pytest.mark.anyio

SHOWN = ("web", "badge")
SAFE = "https://example.com/?q='\"&x=<y>"
SAID = '"><script>alert(1)</script>'
BAD = ("javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,<script>alert(1)</script>")

FIELDS: Operations = [
    field("visit.address_text", "text", length=400),
    field(
        "visit.web", "formula", returns="text", formula="HYPERLINK(address_text, title, '_blank')"
    ),
    field(
        "visit.badge",
        "formula",
        returns="text",
        formula="IF(ISBLANK(address_text), NULL, IMAGE(address_text, title, 16))",
        tests=[
            {"name": "some", "values": {"address_text": "/a.png"}, "expected": "/a.png"},
            {"name": "none", "values": {}, "expected": None},
        ],
    ),
    field("visit.lines", "formula", returns="text", formula="title & BR() & 'below'"),
    operation(
        "layout",
        "visit.standard",
        {"sections": {"main": {"fields": {"web": {}, "badge": {}, "lines": {}}}}},
        op="update",
    ),
    operation(
        "layout",
        "site.standard",
        {"related_lists": {"visits": {"columns": ["title", "web", "badge"]}}},
        op="update",
    ),
    operation(
        "list_view", "visit.shown", {"label": label("Shown"), "columns": ["name", *SHOWN, "lines"]}
    ),
]


@pytest.fixture
async def shown(office: Office) -> Office:
    await office.admin.publish(FIELDS)
    return office


async def visit(
    office: Office, address: str | None, title: str = SAID, **more: Any
) -> dict[str, Any]:
    body = {"title": title, "address_text": address, **more}
    made: dict[str, Any] = await office.admin.post("/records/visit", body)
    return made


async def drafted(office: Office, *operations: dict[str, Any]) -> list[dict[str, Any]]:
    body = {"title": "t", "operations": list(operations)}
    found: list[dict[str, Any]] = (await office.admin.post("/changesets", body))["problems"]
    return found


async def test_the_api_gives_its_parts(shown: Office) -> None:
    admin = shown.admin
    made = await visit(shown, SAFE)
    assert made["web"] == {"url": SAFE, "label": SAID, "target": "_blank"}
    assert made["badge"] == {"url": SAFE, "alt": SAID, "height": 16, "width": None}
    assert made["lines"] == f"{SAID}\nbelow"
    for address in (None, *BAD):
        other = await visit(shown, address)
        read = await admin.get(f"/records/visit/{other['id']}")
        assert read["web"] is None and read["badge"] is None
    told = {each["name"]: each for each in (await admin.get("/describe/visit"))["fields"]}
    assert [told[name]["type"] for name in SHOWN] == ["link", "picture"]
    assert told["web"]["operators"] == [] and told["web"]["computed"] == "formula"
    schema = (await admin.get("/openapi.json"))["components"]["schemas"]["visit"]["properties"]
    assert set(schema["web"]["properties"]) == {"url", "label", "target"}
    asked = {"object": "visit", "formula": "HYPERLINK('/a', 'b')", "returns": "text"}
    trial = await admin.post("/formula/evaluate", {**asked, "expected": "/a"}, status=200)
    assert trial["value"] == {"url": "/a", "label": "b", "target": "_self"}
    assert (trial["type"], trial["display"], trial["passed"]) == ("link", "b", True)


async def test_pages_escape_it(shown: Office) -> None:
    browser = await shown.browser("admin")
    site = await shown.admin.post("/records/site", {"name": "North"})
    made = await visit(shown, SAFE, site=site["id"])
    own = f"/o/visit/{made['id']}"
    for path in ("/o/visit?view=shown", own, f"{own}/edit", f"/o/site/{site['id']}"):
        page = await browser.get(path)
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page, path
        assert (
            '<a href="https://example.com/?q=&#39;&#34;&amp;x=&lt;y&gt;" target="_blank" '
            'rel="noopener noreferrer">' in page
        ), path
        assert '<img class="st-picture" src="https://example.com/?q=&#39;' in page, path
        assert 'alt="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" height="16"' in page, path
    for address in BAD:
        made = await visit(shown, address, "bad")
        for path in (f"/o/visit/{made['id']}", f"/o/visit/{made['id']}/edit"):
            page = await browser.get(path)
            assert "#BAD_ARG!" in page, path
            assert 'href="java' not in page and 'href="JAVA' not in page, path
            assert '="data:text' not in page, path


async def test_it_is_only_shown(shown: Office) -> None:
    admin = shown.admin
    await visit(shown, SAFE)
    for name in SHOWN:
        refused = await admin.get("/records/visit", status=422, sort=name)
        assert codes(refused) == {"sort": "query.only_shown"}
        grouped = {"object": "visit", "group_by": [name], "aggregates": {"n": "COUNT()"}}
        refused = await admin.post("/query", grouped, status=422)
        assert codes(refused) == {f"group_by.{name}": "query.only_shown"}
        for text in (f"{name} = 'x'", f"CONTAINS({name}, 'x')", f"ISBLANK({name})"):
            refused = await admin.get("/records/visit", status=422, filter=text)
            assert set(codes(refused)) == {"filter"}, text
    used = field("visit.joined", "formula", returns="text", formula="web & '!'")
    problems = await drafted(shown, used)
    assert [each["code"] for each in problems] == ["formula.arg_type"]
    counted = field(
        "site.webs", "rollup", child="visit", via="site", function="count_distinct", field="web"
    )
    problems = await drafted(shown, counted)
    assert [each["code"] for each in problems] == ["metadata.rollup_field_type"]
    page = await (await shown.browser("admin")).get("/o/visit?view=shown")
    assert "sort=web" not in page and "sort=lines" in page

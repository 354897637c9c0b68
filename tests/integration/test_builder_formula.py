"""The page of one formula: there for every place that holds one, kept in the draft when it is
right, and told what is wrong when it is not."""

from __future__ import annotations

from html import unescape
from urllib.parse import urlencode

import pytest
from api_world import field, label, operation
from builder_world import Bench, typed
from page_world import Browser, Shown

pytestmark = pytest.mark.anyio


def address(kind: str, name: str, place: str) -> str:
    return f"/setup/formula?{urlencode({'kind': kind, 'name': name, 'place': place})}"


HIGH = address("list_view", "visit.high", "filter")


@pytest.fixture(autouse=True)
async def laid_out(bench: Bench) -> None:
    """With two lists and a layout."""
    sections = {
        "main": {"label": label("Main"), "fields": ["title"]},
        "active": {
            "label": label("Active"), "visible_when": "active = TRUE", "fields": ["clock"]
        },
    }  # fmt: skip
    high = {"label": label("High"), "columns": ["title"], "filter": "level = 'a'"}
    await bench.api.publish(
        [
            operation("layout", "visit.plain", {"label": label("Plain"), "sections": sections}),
            operation("list_view", "visit.all", {"label": label("All"), "columns": ["title"]}),
            operation("list_view", "visit.high", high),
        ]
    )


async def save(bench: Bench, url: str, formula: str, status: int = 303) -> Shown:
    page = await bench.admin.get(url)
    return await bench.admin.post(url, typed(page.form, ("formula", formula)), status)


PLACES = (
    ("list_view", "visit.high", "filter", "level = 'a'"),
    ("list_view", "visit.all", "filter", ""),
    ("layout", "visit.plain", "sections.active.visible_when", "active = TRUE"),
    ("layout", "visit.plain", "sections.main.visible_when", ""),
    ("field", "visit.title", "default_formula", ""),
    ("field", "visit.site", "filter", ""),
)
NO_PLACES = (
    ("list_view", "visit.high", "columns"),
    ("list_view", "visit.none", "filter"),
    ("layout", "visit.plain", "sections.none.visible_when"),
    ("field", "visit.number", "filter"),
    ("field", "visit.level", "default_formula"),
    ("nothing", "visit.high", "filter"),
    ("", "", ""),
)


async def test_every_place_has_its_page(bench: Bench) -> None:
    for kind, name, place, holds in PLACES:
        page = await bench.admin.get(address(kind, name, place))
        assert holds in unescape(page.text)
        assert 'data-formula="large"' in page.text
        assert 'data-draft="true"' in page.text
        expected = "site" if name == "visit.site" else "visit"
        assert f'data-object="{expected}"' in page.text
        assert ('data-record-object="visit"' in page.text) is (name == "visit.site")
    for kind, name, place in NO_PLACES:
        await bench.admin.get(address(kind, name, place), 404)


async def test_a_good_formula_is_kept_in_the_draft(bench: Bench) -> None:
    await save(bench, HIGH, "amount > 5 && level = 'b'")
    assert await bench.operation("list_view", "visit.high") == {
        "filter": "amount > 5 && level = 'b'"
    }
    await save(bench, HIGH, "")
    assert await bench.operation("list_view", "visit.high") == {"filter": None}
    section = address("layout", "visit.plain", "sections.main.visible_when")
    await save(bench, section, "ISBLANK(title)")
    body = await bench.operation("layout", "visit.plain")
    assert body == {"sections": {"main": {"visible_when": "ISBLANK(title)"}}}


BAD = (
    ("amuont > 5", "There is no field amuont. Did you mean amount?"),
    ("amount", "must give a condition"),
    ("amount >", "Expected a value or field here"),
    ("x" * 5001, "At most 5000"),
)


async def test_a_bad_one_is_told_and_not_lost(bench: Bench) -> None:
    for formula, words in BAD:
        page = await save(bench, HIGH, formula, 422)
        assert words in unescape(page.text)
        assert formula in unescape(page.text)
    assert await bench.operations() == []


async def test_a_record_to_try_it_on_is_offered(bench: Bench) -> None:
    made = await bench.api.post("/records/visit", {"title": "one"})
    page = await bench.admin.get(HIGH)
    assert f'<option value="{made["id"]}" selected>{made["name"]}</option>' in page.text


async def test_a_formula_of_the_draft_may_name_its_fields(bench: Bench) -> None:
    await bench.add_field("visit", "currency", "Bonus")
    await save(bench, HIGH, "bonus > amount")
    assert "update list_view visit.high" in await bench.summary()


async def test_it_says_what_uses_the_field(bench: Bench) -> None:
    await bench.api.publish([field("visit.extra", "text")])
    await save(bench, HIGH, "extra = 'x'")
    page = await bench.admin.get(address("field", "visit.extra", "default_formula"))
    assert "Used in 1 place" in page.text


async def test_the_pages_of_lists_and_layouts_lead_to_it(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects/visit/layouts")
    assert HIGH in unescape(page.text)
    assert address("layout", "visit.plain", "sections.active.visible_when") in unescape(page.text)


async def test_only_for_those_who_may_change_the_metadata(bench: Bench) -> None:
    rep = Browser(bench.world)
    await rep.sign_in("rep")
    await rep.get(HIGH, 403)


async def test_the_field_editor_says_where_its_formulas_stand(bench: Bench) -> None:
    page = await bench.admin.get("/setup/objects/visit/fields/site")
    text = unescape(page.text)
    assert 'data-usage="lookup_filter"' in text
    assert 'data-object="site"' in text
    assert address("field", "visit.site", "filter") in text
    new = await bench.admin.get("/setup/objects/visit/fields/new-field?type=date")
    assert 'data-usage="default"' in new.text
    assert "/setup/formula" not in new.text


async def test_labels_come_from_the_terms_of_the_draft(bench: Bench) -> None:
    body = {"label": label("Case"), "plural": label("Cases")}
    await bench.api.publish([operation("term", "visit", body)])
    assert ">Case</a>" in (await bench.admin.get(HIGH)).text

"""Every page and widget with sample contexts: complete, escaped, labelled, translated."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import UndefinedError
from unit.web.catalogues import ours
from unit.web.sample_frame import in_language
from unit.web.sample_list import list_page
from unit.web.sample_widgets import SHOWN_ONLY, WIDGETS, widget_field
from unit.web.samples import SAMPLES

from fieldstone.kernel.i18n import CATALOGUES, LOCALES
from fieldstone.web.contexts import FieldValue, FieldView, OptionView, ValueView
from fieldstone.web.form_contexts import FieldEdit
from fieldstone.web.page_contexts import ConditionView
from fieldstone.web.templating import TEMPLATES, WEB, Assets, Templates, gap, hue, initials, number

FILES = (
    "core.js",
    "list.js",
    "form.js",
    "app.css",
    "icons.svg",
    "favicon.svg",
    "text.en.js",
    "text.zh_CN.js",
)
ASSETS = Assets(files={name: f"hashed-{name}" for name in FILES}, icons=frozenset({"box", "plus"}))
TEMPLATES_HERE = Templates(assets=ASSETS, catalogue=ours)
WIDGET_FILES = sorted(path.stem for path in (TEMPLATES / "widgets").glob("[a-z]*.html"))
EVIL = "<script>alert(1)</script>"


class Document(HTMLParser):
    """The start tags of a page, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]


def widget(name: str, locale: str = "en") -> Any:
    return TEMPLATES_HERE.environment(locale).get_template(f"widgets/{name}.html").module


@pytest.fixture(params=[(name, locale) for name in SAMPLES for locale in LOCALES], ids=str)
def rendered(request: pytest.FixtureRequest) -> str:
    name, locale = request.param
    sample = SAMPLES[name]
    return TEMPLATES_HERE.render(locale, sample.template, sample.context(locale))


def test_pages_keep_the_csp(rendered: str) -> None:
    for tag, attributes in Document(rendered).tags:
        assert tag != "style"
        assert tag != "script" or attributes["src"].startswith("/static/")
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("style", "--").startswith("--")


def test_ids_are_unique_and_references_meet_them(rendered: str) -> None:
    document = Document(re.sub(r"<template.*?</template>", "", rendered, flags=re.DOTALL))
    ids = document.ids()
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    for _, attributes in document.tags:
        for name in ("for", "aria-labelledby", "aria-describedby", "popovertarget", "data-dialog"):
            assert set(attributes.get(name, "").split()) <= set(ids), (name, attributes)


def test_posting_forms_carry_the_token(rendered: str) -> None:
    forms = re.findall(r'<form[^>]*method="post".*?</form>', rendered, re.DOTALL)
    assert all('name="csrf_token" value="sample"' in form for form in forms)


def test_every_widget_has_a_sample_and_its_four_macros() -> None:
    assert sorted(WIDGETS) == WIDGET_FILES
    for name in WIDGET_FILES:
        assert {"show", "edit", "cell", "filter"} <= set(dir(widget(name)))


@pytest.mark.parametrize("name", [each for each in WIDGET_FILES if each not in SHOWN_ONLY])
def test_widget_edit_names_its_input_and_tells_what_is_wrong(name: str) -> None:
    field = widget_field(name, in_language("en"), problems=("No.",), required=True)
    tags = Document(widget(name).edit(field, WIDGETS[name])).tags
    names = {attributes["name"] for _, attributes in tags if attributes.get("name")}
    assert name == "autonumber" or names
    assert all(given == name or given.startswith(f"{name}.") for given in names)
    wrong = [found for _, found in tags if found.get("aria-describedby") == f"w-{name}-e"]
    assert wrong or name == "rating"
    assert [found for _, found in tags if found.get("id") == f"w-{name}"]


@pytest.mark.parametrize("name", WIDGET_FILES)
@pytest.mark.parametrize("macro", ["show", "cell", "edit"])
def test_widgets_escape(name: str, macro: str) -> None:
    evil = ValueView(
        raw=EVIL, text=EVIL, initials=EVIL, parts={"province": EVIL, "last_name": EVIL}
    )
    if name == "rating":
        evil = ValueView(raw="3", text=EVIL)
    value = dataclasses.replace(evil, items=(evil,))
    field = FieldView(name="x", label=EVIL, widget=name, input_name="x", id="x", placeholder=EVIL)
    assert "<script" not in getattr(widget(name), macro)(field, value)


@pytest.mark.parametrize("name", WIDGET_FILES)
def test_widgets_say_that_a_value_is_blank(name: str) -> None:
    field = widget_field(name, in_language("en"))
    for macro in ("show", "cell"):
        assert "Empty" in getattr(widget(name), macro)(field, ValueView(blank=True))


@pytest.mark.parametrize("name", WIDGET_FILES)
@pytest.mark.parametrize("arity", ["none", "one", "two", "many", "period"])
def test_widgets_filter(name: str, arity: Any) -> None:
    def part(posted: str) -> FieldValue:
        field = widget_field(name, in_language("en"), input_name=posted, id=f"filter-{posted}")
        return FieldValue(field=field, value=WIDGETS[name])

    inputs = {"one": (part("v"),), "two": (part("v"), part("v2")), "many": (part("v"),)}
    condition = ConditionView(
        field=part("v").field,
        operator="=",
        operators=(),
        arity=arity,
        inputs=inputs.get(arity, ()),
        periods=(OptionView(code="today", label="today"),),
    )
    html = widget(name).filter(condition.field, condition)
    assert ('name="v2' in html) == (
        arity == "two" and name not in ("boolean", "autonumber", *SHOWN_ONLY)
    )


def test_masked_values_say_so() -> None:
    field = FieldView(name="x", label="X", widget="text", masked=True)
    assert "**** 7K, masked" in widget("text").show(field, ValueView(text="**** 7K"))


def test_a_person_name_follows_the_language() -> None:
    field = widget_field("person_name", in_language("en"))
    for locale, first in (("zh_CN", "last_name"), ("en", "salutation")):
        html = widget("person_name", locale).edit(field, WIDGETS["person_name"])
        assert Document(html).tags[1][1]["name"] == f"person_name.{first}"


@pytest.mark.parametrize(
    ("sample", "block"),
    [
        ("list", "list_body"),
        ("record", "record_path"),
        ("record_history", "record_history"),
    ],
)
def test_blocks_render_alone(sample: str, block: str) -> None:
    context = SAMPLES[sample].context("en")
    html = TEMPLATES_HERE.render_block("en", SAMPLES[sample].template, block, context)
    assert html.strip()
    assert "<html" not in html


def test_an_unknown_block_is_an_error() -> None:
    with pytest.raises(KeyError):
        TEMPLATES_HERE.render_block("en", "pages/list.html", "nothing", {})


def test_a_missing_context_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        TEMPLATES_HERE.render(
            "en", "pages/home.html", {"site": SAMPLES["home"].context("en")["site"]}
        )


def test_the_pager_and_a_capped_count() -> None:
    context = SAMPLES["list"].context("zh_CN")
    html = TEMPLATES_HERE.render_block("zh_CN", "pages/list.html", "list_body", context)
    assert "共 2,000+ 条" in html
    assert 'href="?cursor=abc" aria-label="下一页"' in html
    assert 'aria-disabled="true" aria-label="上一页"' in html


def test_a_list_without_rights_to_act_has_no_ticks() -> None:
    page = dataclasses.replace(list_page(in_language("en")), bulk=(), filter=None, new_url="")
    context = {**SAMPLES["list"].context("en"), "page": page}
    html = TEMPLATES_HERE.render_block("en", "pages/list.html", "list_body", context)
    assert "data-tick" not in html
    assert "New opportunity" not in html


def test_a_field_edited_in_place() -> None:
    item = FieldValue(field=widget_field("text", in_language("en"), problems=("Too long.",)))
    edit = FieldEdit(item=item, action="/save", cancel_url="/cancel", version="3")
    context = {"site": SAMPLES["list"].context("en")["site"], "page": edit}
    html = TEMPLATES_HERE.render("en", "fragments/field_edit.html", context)
    assert 'name="version" value="3"' in html
    assert "Too long." in html
    shown = TEMPLATES_HERE.render("en", "fragments/field_shown.html", {"page": item})
    assert 'id="f-text"' in shown


def test_an_unknown_icon_becomes_a_box() -> None:
    assert ASSETS.icon_url("plus") == "/static/hashed-icons.svg#plus"
    assert ASSETS.icon_url("no-such-icon") == "/static/hashed-icons.svg#box"


def test_missing_assets_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="npm run build"):
        Assets.load(tmp_path)
    (tmp_path / "manifest.json").write_text('{"files": {"core.js": "core-1.js"}, "icons": []}')
    assert Assets.load(tmp_path).url("core.js") == "/static/core-1.js"


def test_filters() -> None:
    assert [initials(name) for name in ("王海峰", "Lin Xiaoyu", "admin", "")] == [
        "王",
        "LX",
        "A",
        "?",
    ]
    assert hue("何婧") == hue("何婧")
    assert number(12960000) == "12,960,000"
    assert [gap("好。"), gap("Fine.")] == ["", " "]


STRING = r'"((?:[^"\\]|\\.)*)"'
IN_SCRIPTS = re.compile(rf"\bt\(\s*{STRING}|\btn\(\s*{STRING},\s*{STRING}")


def said() -> set[str]:
    """Every message id of templates and scripts."""
    found: set[str] = set()
    words = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for _, _, message, _, _ in extract_from_dir(TEMPLATES, [("**.html", "jinja2")], keywords=words):
        found.add(message if isinstance(message, str) else message[0])
    for script in (WEB / "assets/ts").rglob("*.ts"):
        for match in IN_SCRIPTS.finditer(script.read_text(encoding="utf-8")):
            found.add(match[1] or match[2])
    return found


def chinese() -> dict[str, dict[str, Message]]:
    """Entries of each Chinese catalogue by message id."""
    found: dict[str, dict[str, Message]] = {}
    for file in sorted((CATALOGUES / "zh_CN").glob("*.po")):
        with file.open("rb") as source:
            entries = [entry for entry in read_po(source, locale="zh_CN") if entry.id]
        found[file.stem] = {
            entry.id if isinstance(entry.id, str) else entry.id[0]: entry for entry in entries
        }
    return found


def test_everything_said_is_said_in_chinese() -> None:
    assert said() - {message for entries in chinese().values() for message in entries} == set()


def test_our_chinese_catalogue_is_whole_and_holds_nothing_else() -> None:
    entries = chinese()["ui"]
    assert set(entries) - said() == set()
    for entry in entries.values():
        assert entry.string and (isinstance(entry.string, str) or all(entry.string))
        assert not list(entry.check())

"""Nouns in texts, as the tenant says them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from fieldstone.metadata.components import Component
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.terms import noun, render


def snapshot(**documents: Any) -> Snapshot:
    components = {}
    for key, body in documents.items():
        kind, _, name = key.partition("__")
        components[kind, name] = Component(id=uuid4(), kind=kind, name=name, base=body)
    return Snapshot(tenant="t", version=1, components=components)


PLAIN = {
    "object__plan": {
        "label": {"en": "Plan", "zh_CN": "计划"},
        "plural": {"en": "Plans"},
        "measure": {"zh_CN": "份"},
    },
    "object__plan_line": {"label": {"en": "{plan} line", "zh_CN": "{plan}明细"}},
    "object__ring": {"label": {"en": "{ring} again"}},
}


@pytest.mark.parametrize(
    ("text", "locale", "shown"),
    [
        ("New {plan}", "en", "New Plan"),
        ("All {plan.plural}", "en", "All Plans"),
        ({"en": "My {plan.plural}", "zh_CN": "我的{plan}"}, "zh_CN", "我的计划"),
        ("一{plan.measure}{plan}", "zh_CN", "一份计划"),
        ("Add {plan_line}", "en", "Add Plan line"),
        ("{unknown} and {0000} and {plan.other}", "en", "{unknown} and {0000} and {plan.other}"),
        (None, "en", ""),
        ({}, "en", ""),
    ],
)
def test_places_are_filled(text: Any, locale: str, shown: str) -> None:
    assert render(text, snapshot(**PLAIN), locale) == shown


def test_a_term_of_the_tenant_takes_the_place_of_the_objects_name() -> None:
    renamed = {**PLAIN, "term__plan": {"label": {"en": "Budget"}, "plural": {"en": "Budgets"}}}
    after = snapshot(**renamed)
    assert render("{plan}, {plan.plural}, {plan_line}", after, "en") == (
        "Budget, Budgets, Budget line"
    )
    assert noun(after, "plan_line", "en") == "Budget line"
    assert noun(snapshot(**PLAIN), "plan_line", "en") == "Plan line"


def test_a_term_without_an_object_is_a_noun_too() -> None:
    own = snapshot(term__season={"label": {"en": "Season"}})
    assert noun(own, "season", "en") == "Season"


def test_a_noun_made_of_itself_comes_to_an_end() -> None:
    assert render("{ring}", snapshot(**PLAIN), "en").count("again") <= 5

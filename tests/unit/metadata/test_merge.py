"""Base and delta: the laws that pack upgrades and reverts rest on."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fieldstone.metadata.codec import decoded, decoded_patch, encoded
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.merge import patch_between, patched

SCALARS = st.one_of(
    st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2)
)
BODIES = st.recursive(
    st.dictionaries(st.sampled_from("abcde"), SCALARS, max_size=4),
    lambda inner: st.dictionaries(st.sampled_from("abcde"), st.one_of(SCALARS, inner), max_size=4),
    max_leaves=12,
)


@given(base=BODIES, wanted=BODIES)
def test_a_delta_gives_what_was_wanted(base: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert patched(base, patch_between(base, wanted)) == wanted


@given(body=BODIES)
def test_what_equals_the_base_needs_no_delta(body: dict[str, Any]) -> None:
    assert patch_between(body, body) == {}


@given(base=BODIES, delta=BODIES)
def test_a_patch_applied_twice_changes_nothing_more(
    base: dict[str, Any], delta: dict[str, Any]
) -> None:
    once = patched(base, delta)
    assert patched(once, delta) == once


VIEW = KINDS["list_view"]


def test_a_list_of_names_is_the_short_form_of_a_mapping() -> None:
    short = {"label": {"en": "All"}, "columns": ["name", {"stage": {"width": 90}}, "owner"]}
    stored = decoded(VIEW, short)
    assert list(stored["columns"]) == ["name", "stage", "owner"]
    assert stored["columns"]["stage"]["width"] == 90
    assert encoded(VIEW, stored)["columns"] == {"name": {}, "stage": {"width": 90}, "owner": {}}
    assert decoded(VIEW, encoded(VIEW, stored)) == stored


def test_a_change_given_as_a_list_is_the_exact_new_set() -> None:
    stored = decoded(VIEW, {"label": {"en": "All"}, "columns": ["name", "stage", "owner"]})
    patch = decoded_patch(VIEW, stored, {"columns": ["owner", "name"]})
    assert list(encoded(VIEW, patched(stored, patch))["columns"]) == ["owner", "name"]


def test_a_change_given_as_a_mapping_adds_at_the_end_and_keeps_the_rest() -> None:
    stored = decoded(VIEW, {"label": {"en": "All"}, "columns": ["name", "stage"]})
    patch = decoded_patch(VIEW, stored, {"columns": {"owner": {}, "stage": {"width": 50}}})
    after = encoded(VIEW, patched(stored, patch))["columns"]
    assert after == {"name": {}, "stage": {"width": 50}, "owner": {}}

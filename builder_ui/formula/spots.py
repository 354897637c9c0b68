"""Where formulas stand in the documents of components, and what each of them must give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.components import Key
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.metadata.validate import PICKLISTS
from fieldstone.runtime.formula_check import Usage

Body = Mapping[str, Any]
NO_DEFAULT = frozenset({"autonumber", "master_detail", "formula", "rollup", *PICKLISTS})
"""Types that are never filled by a formula when a record is created."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A formula's place in the document of `key`: "filter", "sections.vip.visible_when". Its
    names are those of `object`; `record_object` is the form's whose fields are `$record.…`."""

    key: Key
    place: str
    object: str
    usage: Usage
    record_object: str = ""
    required: bool = False
    tested: bool = False
    """Test cases are kept with it, under the key "tests"."""


def spots_of(key: Key, body: Body) -> tuple[Spot, ...]:
    """Every place of the component's document that holds or may hold a formula."""
    finder = _FINDERS.get(key[0])
    return tuple(finder(key, body, key[1].partition(".")[0])) if finder else ()


def spot_at(key: Key, body: Body, place: str) -> Spot | None:
    return next((each for each in spots_of(key, body) if each.place == place), None)


def _field(key: Key, body: Body, owner: str) -> Iterator[Spot]:
    kind = str(body.get("type"))
    if kind == "formula":
        yield Spot(
            key=key,
            place="formula",
            object=owner,
            usage=Usage.FORMULA,
            required=True,
            tested=_keeps_tests(key, body),
        )
    if kind == "rollup" and body.get("child"):
        yield Spot(key=key, place="filter", object=str(body["child"]), usage=Usage.FILTER)
    target = USER_OBJECT if kind == "user" else str(body.get("target") or "")
    if target:
        yield Spot(
            key=key,
            place="filter",
            object=target,
            usage=Usage.LOOKUP_FILTER,
            record_object=owner,
        )
    if kind not in NO_DEFAULT:
        yield Spot(key=key, place="default_formula", object=owner, usage=Usage.DEFAULT)


def _keeps_tests(key: Key, body: Body) -> bool:
    """Do documents of this kind have a key for test cases?"""
    schema = KINDS[key[0]].schema
    if key[0] != "field":
        return "tests" in schema.get("properties", {})
    branches = [
        each["then"]["properties"]
        for each in schema.get("allOf", ())
        if each["if"]["properties"]["type"].get("const") == body.get("type")
    ]
    return any("tests" in each for each in branches)


def _rule(key: Key, body: Body, owner: str) -> Iterator[Spot]:
    tested = _keeps_tests(key, body)
    yield Spot(
        key=key, place="when", object=owner, usage=Usage.VALIDATION, required=True, tested=tested
    )


def _list_view(key: Key, _: Body, owner: str) -> Iterator[Spot]:
    yield Spot(key=key, place="filter", object=owner, usage=Usage.FILTER)


def _layout(key: Key, body: Body, owner: str) -> Iterator[Spot]:
    for name in body.get("sections", {}):
        place = f"sections.{name}.visible_when"
        yield Spot(key=key, place=place, object=owner, usage=Usage.VISIBILITY)


_FINDERS: Mapping[str, Callable[[Key, Body, str], Iterator[Spot]]] = {
    "field": _field,
    "validation_rule": _rule,
    "list_view": _list_view,
    "layout": _layout,
}


def text_at(body: Body, place: str) -> str:
    found: Any = body
    for step in place.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def with_text(body: Body, place: str, text: str) -> dict[str, Any]:
    """The document with another formula at the place; without one when there is no text."""
    head, _, rest = place.partition(".")
    changed = dict(body)
    if rest:
        changed[head] = with_text(body.get(head) or {}, rest, text)
    elif text:
        changed[head] = text
    else:
        changed.pop(head, None)
    return changed

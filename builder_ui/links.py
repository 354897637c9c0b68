"""Where setup shows what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from fieldstone.metadata.components import Key

HOME = "/setup"
OBJECTS = "/setup/objects"
VALUE_SETS = "/setup/value-sets"
TERMS = "/setup/terms"
PUBLISH = "/setup/publish"
VERSIONS = "/setup/versions"
BIN = "/setup/bin"
DRAFT = "/setup/draft"
DERIVE = "/setup/derive-name"
PLACES = f"{HOME}/places"
FORMULA = "/setup/formula"

# API names have no hyphens, so these never hide an object, a field or a value set
NEW_OBJECT = f"{OBJECTS}/new-object"
NEW_VALUE_SET = f"{VALUE_SETS}/new-set"
NEW_FIELD = "new-field"
NEW_RULE = "new-rule"
NEW_LAYOUT = "new-layout"
FILL_RATES = "fill-rates"


def object_url(name: str, tab: str = "") -> str:
    return f"{OBJECTS}/{quote(name)}" + (f"/{tab}" if tab else "")


def field_url(object_name: str, field: str) -> str:
    return f"{object_url(object_name)}/fields/{quote(field)}"


def new_field_url(object_name: str, type_name: str = "") -> str:
    chosen = f"?type={type_name}" if type_name else ""
    return f"{object_url(object_name)}/fields/{NEW_FIELD}{chosen}"


def value_set_url(name: str) -> str:
    return f"{VALUE_SETS}/{quote(name)}"


def layouts_url(object_name: str) -> str:
    return object_url(object_name, "layouts")


def layout_url(object_name: str, layout: str) -> str:
    return f"{layouts_url(object_name)}/{quote(layout)}"


def term_url(noun: str) -> str:
    return f"{TERMS}/{quote(noun)}"


def version_url(number: int) -> str:
    return f"{VERSIONS}/{number}"


def formula_url(key: Key, place: str) -> str:
    """The page of one formula of a component."""
    return f"{FORMULA}?kind={quote(key[0])}&name={quote(key[1])}&place={quote(place)}"


def rule_url(object_name: str, rule: str) -> str:
    return f"{object_url(object_name)}/rules/{quote(rule)}"


def component_url(key: Key) -> str:
    """The page that edits or shows the component; empty where there is none."""
    kind, name = key
    owner, _, local = name.partition(".")
    if kind in ("list_view", "compact_layout", "path"):
        return f"{layouts_url(owner)}#{kind}-{local}"
    page = _PAGES.get(kind)
    return page(owner, local, name) if page else ""


_PAGES: Mapping[str, Callable[[str, str, str], str]] = {
    "object": lambda _owner, _local, name: object_url(name),
    "field": lambda owner, local, _name: field_url(owner, local),
    "value_set": lambda _owner, _local, name: value_set_url(name),
    "term": lambda _owner, _local, name: term_url(name),
    "validation_rule": lambda owner, local, _name: rule_url(owner, local),
    "record_type": lambda owner, _local, _name: object_url(owner, "record-types"),
    "layout": lambda owner, local, _name: layout_url(owner, local),
}

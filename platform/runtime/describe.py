"""The model as one user may see it: objects, fields, values, layouts, views. Names of what is
hidden from the user are not served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fieldstone.formula.check import check
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.metadata import terms
from fieldstone.metadata.codec import encoded
from fieldstone.metadata.components import Component
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.references import references
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.runtime.access import Grant
from fieldstone.runtime.compile import scope_of
from fieldstone.runtime.transaction import Transaction


def describe_all(transaction: Transaction) -> list[dict[str, Any]]:
    """Every object that may be read, in short."""
    held = transaction.grant_rights()
    locale, snapshot = transaction.session.locale.code, transaction.snapshot
    return [
        {
            "name": name,
            "label": terms.noun(snapshot, name, locale),
            "plural": terms.noun(snapshot, name, locale, "plural"),
            "icon": shape.icon,
            "color": shape.color,
            "actions": sorted(held.of(name).actions),
        }
        for name, shape in sorted(snapshot.objects.items())
        if "read" in held.of(name).actions
    ]


def describe(transaction: Transaction, object_name: str) -> dict[str, Any]:
    """Raises NotFound for an object that may not be read."""
    grant = transaction.grant(object_name)
    shape, snapshot = grant.object, transaction.snapshot
    locale = transaction.session.locale.code
    return {
        "name": shape.name,
        "label": terms.noun(snapshot, shape.name, locale),
        "plural": terms.noun(snapshot, shape.name, locale, "plural"),
        "icon": shape.icon,
        "color": shape.color,
        "version": snapshot.version,
        "actions": sorted(grant.actions),
        "record_types": [
            {"name": name, "label": terms.render(body["label"], snapshot, locale)}
            for name, body in shape.record_types.items()
        ],
        "fields": [_field(transaction, grant, field) for field in grant.fields()],
        "list_views": [_document(snapshot, each, grant) for each in _views(transaction, grant)],
        "layouts": [
            _document(snapshot, each, grant) for each in snapshot.of_object("layout", object_name)
        ],
    }


def _field(transaction: Transaction, grant: Grant, field: Field) -> dict[str, Any]:
    locale, snapshot = transaction.session.locale.code, transaction.snapshot
    config = field.config
    found: dict[str, Any] = {
        "name": field.name,
        "label": terms.render(field.label, snapshot, locale),
        "type": field.type.name,
        "required": field.required,
        "unique": field.unique,
        "editable": field.name in grant.editable and not field.read_only,
        "system": field.system,
        "operators": list(field.type.operators),
    }
    if field.computed:
        found["computed"] = field.computed
    if config.get("help"):
        found["help"] = terms.render(config["help"], snapshot, locale)
    for key in ("length", "precision", "scale", "max", "format", "multiple"):
        if config.get(key) is not None:
            found[key] = config[key]
    held = transaction.grant_rights()
    if field.target and "read" in held.of(field.target).actions:
        found["target"] = field.target
    if config.get("targets"):
        found["targets"] = [each for each in config["targets"] if "read" in held.of(each).actions]
    if field.values:
        found.update(_choices(transaction, field))
    return found


def _choices(transaction: Transaction, field: Field) -> dict[str, Any]:
    """The values, and the field that decides which of them are offered, if it may be named."""
    locale, snapshot = transaction.session.locale.code, transaction.snapshot
    decides = str(field.config.get("depends_on") or "")
    named = bool(decides) and transaction.grant_rights().may_read(field.object, decides)
    values = [
        {
            "code": code,
            "label": terms.render(value.get("label"), snapshot, locale) or code,
            "color": value.get("color", "gray"),
            "active": value.get("active", True) is not False,
            **({"when": value["when"]} if named and value.get("when") else {}),
        }
        for code, value in field.values.items()
        if not value.get("deleted")
    ]
    return {"depends_on": decides, "values": values} if named else {"values": values}


def _views(transaction: Transaction, grant: Grant) -> list[Component]:
    """Views whose filter names a hidden field are not named either."""
    return [
        each
        for each in transaction.snapshot.of_object("list_view", grant.object.name)
        if view_is_open(transaction, grant, each)
    ]


def view_is_open(transaction: Transaction, grant: Grant, view: Component) -> bool:
    held = grant.rights
    return all(
        held.may_read(*each.target[1].split(".", 1))
        for each in references(view, transaction.snapshot)
        if each.hard and each.target[0] == "field"
    )


def _document(snapshot: Snapshot, component: Component, grant: Grant) -> dict[str, Any]:
    """The document without what the reader may not see."""
    body = encoded(KINDS[component.kind], component.body)
    own = scope_of(snapshot, grant)
    if component.kind == "list_view":
        body = _without_hidden(own, body)
        body["columns"] = list(body["columns"])
    if component.kind == "layout":
        body["sections"] = {
            name: _section(own, section) for name, section in body.get("sections", {}).items()
        }
        for part in ("related_lists", "sub_tables"):
            body[part] = {
                name: _without_hidden(replace(own, object=item["object"]), item)
                for name, item in body.get(part, {}).items()
                if grant.rights.may_read(item["object"], item["field"])
            }
    return {"name": component.local_name, **body}


def _without_hidden(scope: ObjectScope, listed: Mapping[str, Any]) -> dict[str, Any]:
    """A list's columns and order, as far as the reader may name them."""
    found = dict(listed)
    if "columns" in found:
        found["columns"] = {k: v for k, v in found["columns"].items() if _named(scope, k)}
    if "sort" in found:
        found["sort"] = [each for each in found["sort"] if _named(scope, each.lstrip("-"))]
    return found


def _section(scope: ObjectScope, section: Mapping[str, Any]) -> dict[str, Any]:
    """A condition over what is hidden would tell its name, and the value that matters."""
    fields = {k: v for k, v in section.get("fields", {}).items() if _named(scope, k)}
    found = {**section, "fields": fields}
    if found.get("visible_when") and not _sayable(scope, found["visible_when"]):
        del found["visible_when"]
    return found


def _sayable(scope: ObjectScope, formula: str) -> bool:
    try:
        check(parse(formula), scope)
    except FormulaError:
        return False
    return True


def _named(scope: ObjectScope, path: str) -> bool:
    return bool(scope.trail(tuple(path.split("."))))

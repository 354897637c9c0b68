"""/api/v1/metadata: the published components, as bodies of the pack format."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import NotFound
from fieldstone.metadata import terms
from fieldstone.metadata.codec import encoded
from fieldstone.metadata.components import Component
from fieldstone.metadata.dependencies import Use, stored_uses
from fieldstone.metadata.kinds.base import Kind
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.runtime.access import require_system
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer


async def list_components(request: Request, transaction: Transaction) -> Response:
    """`?object=` keeps those of one object, `?deleted=true` shows what can be restored."""
    require_system(transaction.session, transaction.snapshot, "manage_metadata")
    kind = _kind(request)
    snapshot = transaction.snapshot
    deleted = request.query_params.get("deleted") == "true"
    owner = request.query_params.get("object")
    source = snapshot.hidden if deleted else snapshot.components
    found = [
        component_json(kind, each)
        for each in source.values()
        if each.kind == kind.name and owner in (None, each.parent)
    ]
    return answer({"components": sorted(found, key=lambda each: str(each["name"]))})


async def show_component(request: Request, transaction: Transaction) -> Response:
    require_system(transaction.session, transaction.snapshot, "manage_metadata")
    kind = _kind(request)
    name = request.path_params["name"]
    component = transaction.snapshot.get(kind.name, name)
    if component is None:
        raise NotFound("component_not_found", kind=kind.name, name=name[:100])
    return answer(component_json(kind, component))


async def show_uses(request: Request, transaction: Transaction) -> Response:
    """Every document that names the component; with `?value=` one choice of a picklist field."""
    require_system(transaction.session, transaction.snapshot, "manage_metadata")
    kind, name = _kind(request), request.path_params["name"]
    snapshot = transaction.snapshot
    if snapshot.get(kind.name, name) is None:
        raise NotFound("component_not_found", kind=kind.name, name=name[:100])
    value = request.query_params.get("value", "") if kind.name == "field" else ""
    found = await stored_uses(transaction.connection, snapshot, (kind.name, name), value)
    locale = transaction.session.locale.code
    return answer({"uses": [_use_json(each, snapshot, locale) for each in found]})


def _use_json(use: Use, snapshot: Snapshot, locale: str) -> dict[str, Any]:
    component = use.component
    return {
        "kind": component.kind,
        "name": component.name,
        "label": terms.render(component.body.get("label"), snapshot, locale),
        "place": use.place,
    }


def _kind(request: Request) -> Kind:
    name = request.path_params["kind"]
    if name not in KINDS:
        raise NotFound("kind_not_found", kind=name[:60], known=", ".join(KINDS))
    return KINDS[name]


def component_json(kind: Kind, component: Component) -> dict[str, Any]:
    """`changed` are the properties that the tenant changed from the pack's."""
    delta = component.delta or {}
    return {
        "kind": component.kind,
        "name": component.name,
        "pack": component.pack,
        "pack_version": component.pack_version,
        "changed": sorted(delta) if component.base is not None else [],
        "deleted": component.deleted,
        "body": encoded(kind, component.body),
    }

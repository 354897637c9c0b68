"""Roll-ups whose value gets another type because the field that they sum up did: nobody touched
them, and still they need other columns. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fieldstone.metadata.components import Component
from fieldstone.metadata.merge import Body
from fieldstone.metadata.physical import column_types, with_result
from fieldstone.metadata.results import result_of

Components = Mapping[UUID, Component]


def with_fitting_rollups(before: Components, after: Components) -> dict[UUID, Component]:
    """`after` with new columns for roll-ups that were there before and now hold other values."""
    result = dict(after)
    old, new = _bodies(before), _bodies(after)
    for identity, component in after.items():
        earlier = before.get(identity)
        if earlier is None or component.deleted or not _sums(component) or not _sums(earlier):
            continue
        wanted = _types(component.body, new)
        same_columns = component.physical.get("columns") == earlier.physical.get("columns")
        if same_columns and wanted != _types(earlier.body, old):
            result[identity] = with_result(component, result.values(), wanted)
    return result


def _sums(component: Component) -> bool:
    return component.kind == "field" and component.body.get("type") == "rollup"


def _types(body: Body, bodies: Mapping[str, Body]) -> str:
    return column_types(*result_of(body, bodies.get))


def _bodies(components: Components) -> dict[str, Body]:
    return {
        each.name: each.body
        for each in components.values()
        if each.kind == "field" and not each.deleted
    }

"""The border between documents as people write them and as the store keeps them.

Collections of named items may be written as a list of names or as a mapping; in the store they
are mappings whose items carry an `order` number, so that two people's changes merge by item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.metadata.kinds.base import Kind
from fieldstone.metadata.merge import Body

ORDER_STEP = 1024


def decoded(kind: Kind, body: Body) -> dict[str, Any]:
    """The body in its stored form. What is not of the right shape is left for the schema."""
    result: dict[str, Any] = dict(body)
    for path in sorted(kind.named_items, key=len):
        result = _at(result, path.split("."), _mapping)
    return result


def encoded(kind: Kind, body: Body) -> dict[str, Any]:
    """The body as it is shown: named items in their order, order numbers left out."""
    result: dict[str, Any] = dict(body)
    for path in sorted(kind.named_items, key=len, reverse=True):
        result = _at(result, path.split("."), _in_order)
    return result


def ordered(collection: Mapping[str, Any] | None) -> list[tuple[str, Mapping[str, Any]]]:
    """The named items of a stored collection in their order."""
    pairs = list((collection or {}).items())
    return sorted(pairs, key=lambda pair: (pair[1].get("order", 0), pair[0]))


def next_order(collection: Mapping[str, Any] | None) -> int:
    return int(max((item.get("order", 0) for item in (collection or {}).values()), default=0)) + (
        ORDER_STEP
    )


def _at(node: Any, path: list[str], change: Any) -> Any:
    if not isinstance(node, Mapping):
        return node
    step, rest = path[0], path[1:]
    keys = list(node) if step == "*" else [step] if step in node else []
    result = dict(node)
    for key in keys:
        result[key] = _at(node[key], rest, change) if rest else change(node[key])
    return result


def _mapping(collection: Any) -> Any:
    pairs = _pairs(collection)
    if pairs is None:
        return collection
    result: dict[str, Any] = {}
    last = 0
    for name, item in pairs:
        if not isinstance(item, Mapping):
            result[name] = item
            continue
        order = item.get("order")
        last = int(order) if isinstance(order, int | float) else last + ORDER_STEP
        result[name] = {**item, "order": order if isinstance(order, int | float) else last}
    return result


def _pairs(collection: Any) -> list[tuple[str, Any]] | None:
    if isinstance(collection, Mapping):
        return [(str(name), {} if item == {} else item) for name, item in collection.items()]
    if not isinstance(collection, list):
        return None
    pairs: list[tuple[str, Any]] = []
    for entry in collection:
        if isinstance(entry, str):
            pairs.append((entry, {}))
        elif isinstance(entry, Mapping) and len(entry) == 1:
            pairs.extend((str(name), item or {}) for name, item in entry.items())
        else:
            return None
    return pairs


def _in_order(collection: Any) -> Any:
    if not isinstance(collection, Mapping):
        return collection
    return {
        name: {key: value for key, value in item.items() if key != "order"}
        for name, item in ordered(collection)
    }


def decoded_patch(kind: Kind, current: Body, patch: Body) -> dict[str, Any]:
    """A change as people write it, to a merge patch on the stored body. A collection given as a
    list is the exact new set in its order; one given as a mapping changes the items it names."""
    result: dict[str, Any] = dict(patch)
    for path in sorted(kind.named_items, key=len):
        result = _patch_at(result, current, path.split("."))
    return result


def _patch_at(patch: Any, current: Any, path: list[str]) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    here = current if isinstance(current, Mapping) else {}
    step, rest = path[0], path[1:]
    keys = list(patch) if step == "*" else [step] if step in patch else []
    result = dict(patch)
    for key in keys:
        inner = here.get(key)
        result[key] = (
            _patch_at(patch[key], inner, rest) if rest else _patch_items(patch[key], inner)
        )
    return result


def _patch_items(collection: Any, current: Any) -> Any:
    existing = current if isinstance(current, Mapping) else {}
    if isinstance(collection, list):
        wanted = _mapping(collection)
        if not isinstance(wanted, Mapping):
            return collection
        return {**dict.fromkeys(name for name in existing if name not in wanted), **wanted}
    if not isinstance(collection, Mapping):
        return collection
    result, order = {}, next_order(existing)
    for name, item in collection.items():
        if isinstance(item, Mapping) and name not in existing and "order" not in item:
            result[name] = {**item, "order": order}
            order += ORDER_STEP
        else:
            result[name] = item
    return result

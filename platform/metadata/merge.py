"""Base and delta: JSON merge patches (RFC 7396). Effective = patched(base, delta)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]


def patched(base: Body, patch: Body) -> dict[str, Any]:
    """`base` with the patch's keys in place; None removes a key, mappings merge."""
    result = dict(base)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            inner = result.get(key)
            result[key] = patched(inner if isinstance(inner, Mapping) else {}, value)
        else:
            result[key] = value
    return result


def patch_between(base: Body, wanted: Body) -> dict[str, Any]:
    """The smallest patch with patched(base, patch) == wanted. What equals the base drops out."""
    patch: dict[str, Any] = {key: None for key in base if key not in wanted}
    for key, value in wanted.items():
        if key not in base:
            patch[key] = value
            continue
        before = base[key]
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            inner = patch_between(before, value)
            if inner:
                patch[key] = inner
        elif before != value:
            patch[key] = value
    return patch

"""Codes of picklist values: given by whoever writes them, or made from what was given instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fieldstone.kernel.errors import Problem
from fieldstone.kernel.i18n import pick
from fieldstone.kernel.ids import derive_api_name
from fieldstone.metadata.kinds.base import CODE, Kind

_CODE = re.compile(CODE["pattern"])


def with_codes(
    kind: Kind, body: dict[str, Any], there: Mapping[str, Any], path: str
) -> tuple[dict[str, Any], list[Problem]]:
    """The document with a code for each new value that has none: 新建 → xin_jian, and a notice of
    each. `there` are the values it has already. What no code can be made of is left as it is."""
    given = body.get("values")
    if "values" not in kind.named_items or not isinstance(given, Mapping):
        return body, []
    codes = dict(_codes(given, {*there, *given}))
    notices = [
        Problem(
            code="metadata.code_derived",
            path=f"{path}.values",
            params={"given": name[:100], "name": code},
        )
        for name, code in codes.items()
        if name != code
    ]
    if not notices:
        return body, []
    return {**body, "values": {codes[name]: item for name, item in given.items()}}, notices


def _codes(given: Mapping[str, Any], taken: set[str]) -> Iterator[tuple[str, str]]:
    for name, item in given.items():
        if _CODE.match(name) or not isinstance(item, Mapping):
            yield name, name
            continue
        made = derive_api_name(name, taken) or derive_api_name(_label(item), taken)
        taken.add(made)
        yield name, made or name


def _label(item: Mapping[str, Any]) -> str:
    label = item.get("label")
    return pick({k: str(v) for k, v in label.items()}, "en") if isinstance(label, Mapping) else ""

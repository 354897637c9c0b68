"""What a pattern of automatic numbers must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fieldstone.kernel.errors import Problem

_COUNTER = re.compile(r"\{0{1,12}\}")


def numbering_problem(path: str, body: Mapping[str, Any]) -> Problem | None:
    """A pattern without a counter would give every record the same name."""
    field = body.get("name_field") or {}
    if field.get("type") != "autonumber":
        return None
    if len(_COUNTER.findall(str(field.get("format") or ""))) == 1:
        return None
    return Problem(code="setup.no_counter", path=f"{path}.name_field.format")

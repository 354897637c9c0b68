"""The answer for a name that does not exist or may not be read: the same for both."""

from __future__ import annotations

from difflib import get_close_matches

from fieldstone.formula.check import MAX_HOPS
from fieldstone.kernel.errors import Problem
from fieldstone.metadata.field_types import displayed
from fieldstone.metadata.scope import ObjectScope


def not_usable(scope: ObjectScope, name: str, path: str) -> Problem:
    """For a name that may be read but not used here, else as if there were no such field."""
    trail = scope.trail(tuple(name.split(".")))
    if trail:
        shown = trail[-1].type.name in displayed.NAMES
        code = "query.only_shown" if shown else "query.not_usable"
        return Problem(code=code, path=path, params={"name": name[:80]})
    return unknown_field(scope, name, path)


def unknown_field(scope: ObjectScope, name: str, path: str) -> Problem:
    steps = tuple(name.split("."))
    name = "".join(sign for sign in name if sign.isprintable())
    if len(steps) > MAX_HOPS + 1:
        return Problem(code="query.too_many_hops", path=path, params={"limit": MAX_HOPS})
    known = [each.name for each in scope.names(steps[:-1])]
    near = get_close_matches(steps[-1], known, n=1, cutoff=0.6)
    if near:
        params = {"name": name[:80], "near": ".".join([*steps[:-1], near[0]])[:80]}
        return Problem(code="field.unknown_near", path=path, params=params)
    return Problem(code="field.unknown", path=path, params={"name": name[:80]})

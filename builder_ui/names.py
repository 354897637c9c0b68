"""API names: proposed while a label is typed, and looked over before they are given for ever."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from fieldstone.kernel.errors import Problem
from fieldstone.kernel.ids import API_NAME, API_NAME_LENGTH, derive_api_name
from fieldstone.metadata.components import Key
from fieldstone.metadata.system_fields import RESERVED_NAMES
from fieldstone.web.api.bodies import answer
from fieldstone_builder.desk import Desk

LONGEST_LABEL = 200


async def derive_name(desk: Desk) -> Response:
    """?label=拜访&kind=object → {"name": "bai_fang"}; a field's kind comes with ?object=."""
    label = desk.asked("label")[:LONGEST_LABEL]
    kind = desk.asked("kind") or "object"
    return answer({"name": derive_api_name(label, taken(desk, kind, desk.asked("object")))})


def taken(desk: Desk, kind: str, owner: str = "") -> set[str]:
    """Names that are in use, or were: a deleted component keeps its name for its return."""
    prefix = f"{owner}." if owner else ""
    known = {*desk.before.components, *desk.before.hidden, *desk.after.components}
    found = {
        name.removeprefix(prefix) for one, name in known if one == kind and name.startswith(prefix)
    }
    return found | RESERVED_NAMES if kind == "field" else found


def new_name(desk: Desk, kind: str, owner: str, given: str, label: Mapping[str, str]) -> str:
    """What was typed, else a name derived from the label."""
    if given:
        return given
    text = label.get("en") or next(iter(label.values()), "")
    return derive_api_name(text, taken(desk, kind, owner))


def name_problem(desk: Desk, key: Key, local: str, label: Mapping[str, str]) -> Problem | None:
    """Why a new component may not be called so. Without a label it is the label that lacks."""
    path = f"{key[0]}.{key[1]}.name"
    if not local:
        return Problem(code="metadata.name_missing", path=path) if label else None
    if not API_NAME.match(local) or len(local) > API_NAME_LENGTH:
        owner = key[1].removesuffix(local).rstrip(".")
        better = derive_api_name(local[:LONGEST_LABEL], taken(desk, key[0], owner))
        hint = desk.say("For example %(name)s.", {"name": better})
        return Problem(code="schema.bad_name", path=path, params={"value": local[:60]}, hint=hint)
    if key[0] == "field" and local in RESERVED_NAMES:
        return Problem(code="metadata.name_reserved", path=path, params={"name": local})
    if key in desk.after.components:
        return Problem(code="metadata.name_taken", path=path, params={"name": local})
    if key in desk.before.components or key in desk.before.hidden:
        return Problem(code="setup.name_of_deleted", path=path, params={"name": local})
    return None

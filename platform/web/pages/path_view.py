"""The path of stages on a record's page: where it is, where it can go, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from fieldstone.metadata.codec import ordered
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.web.contexts import LinkView
from fieldstone.web.page_contexts import PathView, StageView
from fieldstone.web.reader import Reader
from fieldstone.web.views import input_id

Body = Mapping[str, Any]
State = Literal["done", "now", "todo", "won", "lost"]
_ENDS: Mapping[str, State] = {"won": "won", "lost": "lost", "invalid": "lost"}
_FAILED = frozenset({"lost", "invalid"})


@per_snapshot()
def paths_of(snapshot: Snapshot, object_name: str) -> tuple[Body, ...]:
    return tuple(
        {**component.body, "name": component.local_name}
        for component in snapshot.of_object("path", object_name)
    )


def path_of(reader: Reader, object_name: str, record_type: str) -> Body | None:
    """The first path for this type of record whose field may be read."""
    for body in paths_of(reader.snapshot, object_name):
        types = body.get("record_types") or ()
        if (not types or record_type in types) and reader.rights.may_read(
            object_name, str(body["field"])
        ):
            return body
    return None


def path_view(
    reader: Reader,
    object_name: str,
    row: Mapping[str, Any],
    url: str,
    *,
    deleted: bool = False,
    problem: str = "",
) -> PathView | None:
    body = path_of(reader, object_name, str(row.get("record_type") or ""))
    if body is None:
        return None
    field = reader.shape(object_name).fields[body["field"]]
    rights = reader.rights.of(object_name)
    movable = "edit" in rights.actions and field.name in rights.editable and not field.read_only
    base = f"{url}/path/{body['name']}" if movable and not deleted else ""
    stages = ordered(body["stages"])
    current = str(row.get(field.name) or "")
    following = _following(stages, current)
    labels = {code: reader.text(value.get("label")) for code, value in field.values.items()}
    missing = _missing(reader, object_name, row, url, dict(stages).get(current, {}))
    return PathView(
        label=reader.label(field),
        stages=tuple(
            StageView(
                code=code,
                label=labels.get(code, code),
                state=state,
                url=f"{base}/{code}" if base and code != current else "",
                guidance=reader.text(stage.get("guidance")),
            )
            for (code, stage), state in zip(stages, _states(stages, current), strict=True)
        ),
        next_label=labels.get(following, following),
        missing=missing if following and base else (),
        advance_url=f"{base}/{following}" if base and following and not missing else "",
        problem=problem,
    )


def _states(stages: list[tuple[str, Body]], current: str) -> list[State]:
    codes = [code for code, _ in stages]
    at = codes.index(current) if current in codes else -1
    kind = stages[at][1].get("kind", "open") if at >= 0 else "open"
    found: list[State] = []
    for index, (_, stage) in enumerate(stages):
        own = stage.get("kind", "open")
        if index == at:
            found.append(_ENDS.get(kind, "now"))
        elif index < at and own not in _FAILED and kind not in _FAILED:
            found.append("done")
        else:
            found.append("todo")
    return found


def _following(stages: list[tuple[str, Body]], current: str) -> str:
    """The stage that comes next on the way; empty at an end."""
    codes = [code for code, _ in stages]
    at = codes.index(current) if current in codes else -1
    if at >= 0 and stages[at][1].get("kind", "open") != "open":
        return ""
    for code, stage in stages[at + 1 :]:
        if stage.get("kind", "open") in ("open", "won"):
            return code
    return ""


def _missing(
    reader: Reader, object_name: str, row: Mapping[str, Any], url: str, stage: Body
) -> tuple[LinkView, ...]:
    """Fields that must be filled in before the record may leave its stage."""
    shape = reader.shape(object_name)
    return tuple(
        LinkView(label=reader.label(shape.fields[name]), url=f"{url}/edit#{input_id(name)}")
        for name in stage.get("requires") or ()
        if reader.rights.may_read(object_name, name) and row.get(name) in (None, [], "")
    )

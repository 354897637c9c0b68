"""Changes of a draft's operations. Pure: each takes the operations and gives the new ones.

A component has one operation however often it is edited (one more if it was brought back
first), and none when it ends as it began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.merge import Body, patch_between, patched
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.references import references
from fieldstone.metadata.snapshot import Snapshot
from fieldstone_builder.draft import draft_of

Operations = tuple[Operation, ...]
_PHASES = {"restore": 0, "create": 1, "update": 1, "delete": 2}


def put(before: Snapshot, operations: Sequence[Operation], key: Key, body: Body) -> Operations:
    """The component shall read as `body` (in its stored form), be it there already or not."""
    kind, name = key
    kept = [each for each in operations if _key(each) != key or each.op == "restore"]
    base = _base(before, operations, key)
    if base is None:
        kept.append(Operation(op="create", kind=kind, name=name, body=dict(body)))
    else:
        patch = patch_between(base.body, body)
        if patch:
            kept.append(Operation(op="update", kind=kind, name=name, body=patch))
    return _arranged(kept)


def delete(before: Snapshot, operations: Sequence[Operation], key: Key) -> Operations:
    """The component shall go. One that exists in the draft only leaves no trace."""
    if key not in before.components:
        return undo(before, operations, key)
    kind, name = key
    kept = [each for each in operations if not _is_part(_key(each), key)]
    return _arranged([*kept, Operation(op="delete", kind=kind, name=name)])


def restore(before: Snapshot, operations: Sequence[Operation], key: Key) -> Operations:
    """A deleted component shall come back, an object with its parts."""
    if key not in before.hidden or any(_key(each) == key for each in operations):
        return tuple(operations)
    return _arranged([*operations, Operation(op="restore", kind=key[0], name=key[1])])


def undo(before: Snapshot, operations: Sequence[Operation], key: Key) -> Operations:
    """Without what the draft does to the component. What it made of it alone goes along: the
    parts of a new object, and the places where others name it."""
    kept = tuple(each for each in operations if _key(each) != key)
    if key in before.components:
        return kept
    gone = [_key(each) for each in operations if _is_part(_key(each), key)]
    kept = tuple(each for each in kept if _key(each) not in gone)
    for each in (key, *gone):
        kept = _unnamed(before, kept, each)
    return kept


def _key(operation: Operation) -> Key:
    return (operation.kind, operation.name)


def _is_part(key: Key, whole: Key) -> bool:
    return key == whole or (whole[0] == "object" and key[1].startswith(f"{whole[1]}."))


def _base(before: Snapshot, operations: Sequence[Operation], key: Key) -> Component | None:
    """The component that an update would be an update of."""
    if key in before.components:
        return before.components[key]
    back = {_key(each) for each in operations if each.op == "restore"}
    if key in back or ("object", key[1].partition(".")[0]) in back:
        return before.hidden.get(key)
    return None


def _arranged(operations: Sequence[Operation]) -> Operations:
    """Owners before their parts; deletions last. Otherwise in the order they were made."""
    order = {name: index for index, name in enumerate(KINDS)}
    return tuple(sorted(operations, key=lambda each: (_PHASES[each.op], order[each.kind])))


def _unnamed(before: Snapshot, operations: Operations, target: Key) -> Operations:
    """The operations without their mentions of a component that is not to be. What cannot do
    without it keeps its mention, and shows as a problem."""
    after = draft_of(before, operations).after
    found = []
    for each in operations:
        component = after.get(each.kind, each.name)
        if component is None or each.op not in ("create", "update"):
            found.append(each)
            continue
        body: dict[str, Any] = dict(each.body)
        for mention in references(component, after):
            if mention.target == target and not mention.hard:
                body = _without(body, mention.path.split("."), target[1].rpartition(".")[2])
        found.extend(_as_needed(before, operations, each, body))
    return tuple(found)


def _as_needed(
    before: Snapshot, operations: Operations, operation: Operation, body: dict[str, Any]
) -> Operations:
    if body == operation.body:
        return (operation,)
    base = _base(before, operations, _key(operation))
    wanted = body if base is None else patched(base.body, body)
    others = [each for each in operations if _key(each) != _key(operation)]
    mine = put(before, others, _key(operation), wanted)
    return tuple(each for each in mine if _key(each) == _key(operation))


def _without(node: Any, path: Sequence[str], name: str) -> Any:
    """The document without the item at the path, if it has it; of a list, without the name."""
    if isinstance(node, list):
        return [each for each in node if str(each).lstrip("-") != name]
    if not isinstance(node, Mapping):
        return node
    step = next((key for key in _heads(path) if key in node), "")
    if not step:
        return node
    rest = path[step.count(".") + 1 :]
    result = dict(node)
    if rest or isinstance(node[step], list):
        result[step] = _without(node[step], rest, name)
    else:
        del result[step]
    return result


def _heads(path: Sequence[str]) -> list[str]:
    """a.b.c, a.b, a: the keys of a document may hold dots, as columns along relations do."""
    return [".".join(path[:length]) for length in range(len(path), 0, -1)]

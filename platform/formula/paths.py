"""What a formula names, before anything is resolved."""

from __future__ import annotations

from collections.abc import Iterator

from fieldstone.formula.ast import FieldRef, Node, Parameter, children
from fieldstone.formula.scope import Path


def field_paths(node: Node) -> tuple[Path, ...]:
    """The fields as they are written, each once, in the order of the text; `$old.x` is one."""
    found: dict[Path, None] = {}
    for each in _nodes(node):
        match each:
            case FieldRef(path=path) | Parameter(root="old", path=path) if path:
                found[path] = None
    return tuple(found)


def record_paths(node: Node) -> tuple[Path, ...]:
    """The same for `$record.…`, the fields of the form that asks."""
    return tuple(
        dict.fromkeys(
            each.path
            for each in _nodes(node)
            if isinstance(each, Parameter) and each.root == "record"
        )
    )


def _nodes(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children(current)))

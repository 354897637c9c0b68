"""What a formula names, before anything is resolved."""

from __future__ import annotations

from fieldstone.formula.ast import FieldRef, Node, children
from fieldstone.formula.scope import Path


def field_paths(node: Node) -> tuple[Path, ...]:
    """The fields as they are written, each once, in the order of the text."""
    found: dict[Path, None] = {}
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, FieldRef):
            found[current.path] = None
        waiting.extend(reversed(children(current)))
    return tuple(found)

"""What a checked formula reads, told once for those who load records and bind parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fieldstone.formula.ast import Call, FieldRef, Parameter, Path
from fieldstone.formula.computed import MAX_RELATIONSHIPS
from fieldstone.formula.faults import Fault, FormulaError
from fieldstone.formula.typed import Checked, Needs, Typed

OLD = "old"
PRIOR, CHANGED = "PRIORVALUE", "ISCHANGED"


def summed_up(root: Typed) -> Checked:
    """Raises FormulaError when its paths walk along too many relationships."""
    fields: dict[Path, None] = {}
    old: dict[Path, None] = {}
    computed: dict[Path, None] = {}
    parameters: dict[tuple[str, Path], None] = {}
    for typed, now, before in _places(root):
        node = typed.node
        if isinstance(node, FieldRef) and typed.operands:
            computed[node.path] = None
        elif isinstance(node, FieldRef):
            fields.update({node.path: None} if now else {})
            old.update({node.path: None} if before else {})
        elif isinstance(node, Parameter) and not typed.operands and typed.needs & Needs.PARAMETERS:
            parameters[node.root, node.path] = None
    if len(_relationships((*fields, *old))) > MAX_RELATIONSHIPS:
        params = {"limit": MAX_RELATIONSHIPS}
        raise FormulaError((Fault(code="TOO_MANY_RELATIONSHIPS", params=params),))
    return Checked(
        root=root,
        fields=tuple(fields),
        parameters=tuple(parameters),
        computed=tuple(computed),
        old=tuple(old),
    )


def _places(root: Typed) -> Iterator[tuple[Typed, bool, bool]]:
    """Every node, and whether it is read from the record as it is, and as it was."""
    waiting = [(root, True, False)]
    while waiting:
        typed, now, before = waiting.pop()
        yield typed, now, before
        now, before = _read_from(typed, now=now, before=before)
        waiting.extend([(operand, now, before) for operand in reversed(typed.operands)])


def _read_from(typed: Typed, *, now: bool, before: bool) -> tuple[bool, bool]:
    node = typed.node
    function = node.function if isinstance(node, Call) else ""
    if function == PRIOR or (isinstance(node, Parameter) and node.root == OLD):
        return False, True
    return now, before or function == CHANGED


def _relationships(paths: Iterable[Path]) -> set[Path]:
    return {path[:length] for path in paths for length in range(1, len(path))}

"""What a checked formula reads, told once for those who load records and bind parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fieldstone.formula.ast import Call, FieldRef, Node, Parameter, Path
from fieldstone.formula.computed import MAX_RELATIONSHIPS
from fieldstone.formula.faults import Fault, FormulaError
from fieldstone.formula.typed import Checked, Listed, Needs, Over, Typed

OLD = "old"
PRIOR, CHANGED = "PRIORVALUE", "ISCHANGED"


def summed_up(root: Typed) -> Checked:
    """Raises FormulaError when its paths walk along too many relationships."""
    fields: dict[Path, None] = {}
    old: dict[Path, None] = {}
    computed: dict[Path, None] = {}
    parameters: dict[tuple[str, Path], None] = {}
    lists: dict[Path, Listed] = {}
    for typed, now, before in _places(root):
        node = typed.node
        if isinstance(node, FieldRef) and typed.operands:
            computed[node.path] = None
        elif isinstance(node, FieldRef):
            fields.update({node.path: None} if now else {})
            old.update({node.path: None} if before else {})
        elif typed.over is not None:
            if before:
                raise _unknown_before(node)
            fields[typed.over.anchor] = None
            parameters.update(_of_list(typed.over, lists))
        elif isinstance(node, Parameter) and not typed.operands and typed.needs & Needs.PARAMETERS:
            parameters[node.root, node.path] = None
    joined = len(_relationships((*fields, *old)))
    if (
        joined + sum(len(_relationships(each.fields)) for each in lists.values())
        > MAX_RELATIONSHIPS
    ):
        params = {"limit": MAX_RELATIONSHIPS}
        raise FormulaError((Fault(code="TOO_MANY_RELATIONSHIPS", params=params),))
    return Checked(
        root=root,
        fields=tuple(fields),
        parameters=tuple(parameters),
        computed=tuple(computed),
        old=tuple(old),
        lists=tuple(lists.values()),
    )


def _of_list(over: Over, lists: dict[Path, Listed]) -> dict[tuple[str, Path], None]:
    """Notes what is read of the list's records; gives the parameters that they are asked about."""
    inner = [summed_up(tree) for tree in over.trees]
    before = lists.get(over.rows)
    paths = [*(before.fields if before else ()), *(path for each in inner for path in each.fields)]
    lists[over.rows] = Listed(over.relation, over.path, tuple(dict.fromkeys(paths)))
    return dict.fromkeys(parameter for each in inner for parameter in each.parameters)


def _unknown_before(node: Node) -> FormulaError:
    """The records of a list are known as they are, not as they were."""
    function = node.function if isinstance(node, Call) else ""
    params = {"function": function}
    return FormulaError((Fault(code="NOT_ALLOWED_IN_CONTEXT", span=node.span, params=params),))


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

"""The check of a call that sums up a related list: which list, and what of its records.

In such a call a name begins with that of the list and goes on with a field of its records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from fieldstone.formula.ast import Call, FieldRef, Node, children, with_children
from fieldstone.formula.checking import Checking, made
from fieldstone.formula.faults import kinds
from fieldstone.formula.functions.base import Aggregate, Function
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.near import nearest
from fieldstone.formula.scope import Relation, Scope
from fieldstone.formula.typed import Needs, Over, Typed
from fieldstone.formula.types import BOOLEAN, TEXT, Kind
from fieldstone.formula.usage import Usage

MAX_LISTS = 5
"""In the text of one formula."""
USAGES = frozenset({Usage.FIELD, Usage.VALIDATION, Usage.FLOW})
"""Where lists may be summed up. Whoever may filter may not ask about records that they may not
see; a new record has no lists."""


class Checker(Protocol):
    """What check.py does with one tree, over the records of a list or over this one."""

    @property
    def checking(self) -> Checking: ...

    @property
    def scope(self) -> Scope: ...

    def typed(self, node: Node) -> Typed | None: ...

    def inside(self, relation: Relation) -> Checker:
        """The same over the records of a list."""


def list_function(scope: Scope, node: Call) -> Function | None:
    """The function, when this call of it is about a list."""
    function = FUNCTIONS.get(node.function)
    if function is None or function.aggregate is None:
        return None
    alone = function.to_sql is None or len(node.arguments) == 1
    return function if alone or _relation(scope, node.arguments) else None


def _relation(scope: Scope, arguments: tuple[Node, ...]) -> Relation | None:
    name = next(_names(arguments[0]), None) if arguments else None
    return scope.relation(name.path[0]) if name is not None else None


def _names(root: Node) -> Iterator[FieldRef]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FieldRef):
            yield node
        waiting.extend(reversed(children(node)))


def checked_list(checker: Checker, node: Call, function: Function) -> Typed | None:
    """The call with its trees; None, with a fault, for one that cannot be."""
    checking, aggregate = checker.checking, function.aggregate
    if checking.usage not in USAGES:
        checking.refuse(node, "NOT_ALLOWED_IN_CONTEXT", function=node.function)
        return None
    relation = _relation(checker.scope, node.arguments)
    if aggregate is None or relation is None:
        _refuse_name(checker, node)
        return None
    if not _count_fits(checking, node, function):
        return None
    checking.lists += 1
    if checking.lists == MAX_LISTS + 1:
        checking.refuse(node, "TOO_MANY_LISTS", limit=MAX_LISTS)
    return _List(checker, node, aggregate, relation).typed()


def _count_fits(checking: Checking, node: Call, function: Function) -> bool:
    count = len(node.arguments)
    if function.to_sql is None:
        fits, signature = function.signature.accepts(count), str(function.signature)
    else:
        fits, signature = count <= 2, "list.value, [condition]"
    if not fits:
        shown = f"{function.name}({signature})"
        checking.refuse(node, "ARG_COUNT", function=node.function, signature=shown, count=count)
    return fits


def _refuse_name(checker: Checker, node: Call) -> None:
    """Nothing in the place of a list, or something that is none."""
    name = next(_names(node.arguments[0]), None) if node.arguments else None
    if name is None:
        checker.checking.refuse(node, "LIST_NEEDED", function=node.function)
        return
    known = list(checker.scope.relations())
    close = nearest(name.path[0], [each.name for each in known])
    by_label = nearest(name.path[0], [each.label for each in known])
    close = close or next((each.name for each in known if each.label == by_label), "")
    suggestion = ".".join((close, *name.path[1:])) if close else ""
    params = {"name": name.path[0], "function": node.function}
    checker.checking.refuse(name, "UNKNOWN_LIST", suggestion, **params)


class _List:
    def __init__(
        self, checker: Checker, node: Call, aggregate: Aggregate, relation: Relation
    ) -> None:
        self.outer = checker
        self.inner = checker.inside(relation)
        self.checking = checker.checking
        self.node = node
        self.aggregate = aggregate
        self.relation = relation

    def typed(self) -> Typed | None:
        """Every argument is checked, so that every fault is found."""
        first, *others = self.node.arguments
        before = len(self.checking.faults)
        value = self.value(first)
        order = self.order(others.pop(0)) if self.aggregate.orders else None
        separator = self.separator(others.pop(0)) if self.aggregate.separates else None
        condition = self.condition(others[0]) if others else None
        if len(self.checking.faults) > before:
            return None
        arguments = [first if value is None else value.node]
        arguments += [each.node for each in (order, condition) if each is not None]
        named = [self.named(each) for each in arguments]
        if separator is not None:
            named.insert(1, separator.node)
        resolved = Call(self.node.function, tuple(named), self.node.span)
        over = self.over(value, order, condition)
        needs = Needs.FIELDS
        for tree in over.trees:
            needs |= tree.needs
        result = self.aggregate.result(value.type if value is not None else BOOLEAN)
        operands = (separator,) if separator is not None else ()
        found = made(resolved, result, operands, needs=needs)
        return Typed(resolved, result, operands, found.needs, found.fails, over=over)

    def over(self, value: Typed | None, order: Typed | None, condition: Typed | None) -> Over:
        if self.aggregate.asks:
            value, condition = condition, None
        return Over(self.relation.key, (), value, condition, order)

    def value(self, node: Node) -> Typed | None:
        """None for the records themselves, or with a fault."""
        if isinstance(node, FieldRef) and len(node.path) == 1 and self.is_list(node):
            if not self.aggregate.records:
                self.refuse(node, "LIST_FIELD_NEEDED", name=self.relation.name)
            return None
        if self.aggregate.asks:
            self.refuse(node, "LIST_NEEDED")
            return None
        return self.fitting(self.single(self.inner.typed(node)), self.aggregate.kinds)

    def order(self, node: Node) -> Typed | None:
        taken = FUNCTIONS[self.node.function].signature.at(1).kinds
        return self.fitting(self.single(self.inner.typed(node)), taken)

    def separator(self, node: Node) -> Typed | None:
        typed = self.outer.typed(node)
        fitting = self.checking.adopted(typed, TEXT, function=self.node.function) if typed else None
        if fitting is not None and not fitting.constant:
            self.refuse(node, "LITERAL_NEEDED")
        return fitting

    def condition(self, node: Node) -> Typed | None:
        typed = self.single(self.inner.typed(node))
        function = self.node.function
        return self.checking.adopted(typed, BOOLEAN, function=function) if typed else None

    def single(self, typed: Typed | None) -> Typed | None:
        if typed is not None and typed.gathers:
            self.refuse(typed.node, "NESTED_LIST")
            return None
        return typed

    def fitting(self, typed: Typed | None, taken: frozenset[Kind]) -> Typed | None:
        if typed is None or typed.type.kind in taken:
            return typed
        expected, received = kinds(*sorted(taken)), kinds(typed.type.kind)
        self.refuse(typed.node, "ARG_TYPE", expected=expected, received=received)
        return None

    def is_list(self, node: FieldRef) -> bool:
        found = self.outer.scope.relation(node.path[0])
        return found is not None and found.key == self.relation.key

    def named(self, node: Node) -> Node:
        """As it is written: the paths with the name of the list before them."""
        if isinstance(node, FieldRef):
            own = node.path if self.is_list(node) and len(node.path) == 1 else None
            path = (self.relation.name,) if own else (self.relation.name, *node.path)
            return FieldRef(path, node.span)
        return with_children(node, tuple(self.named(each) for each in children(node)))

    def refuse(self, node: Node, code: str, **params: Any) -> None:
        self.checking.refuse(node, code, function=self.node.function, **params)

"""Names and types: from a tree and a scope to a formula that both engines can compute.

Every fault is found, not only the first; what hangs on a faulty operand is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal as OneOf

from fieldstone.formula import limits
from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Placeholder,
    Unary,
)
from fieldstone.formula.check_calls import checked_call
from fieldstone.formula.check_lists import checked_list, list_function
from fieldstone.formula.checking import Checking, blank_as_text, is_blank, made
from fieldstone.formula.computed import faults_of, reference
from fieldstone.formula.context import Context
from fieldstone.formula.cost import MAX_COST, cost_of
from fieldstone.formula.evaluate import computed
from fieldstone.formula.faults import EvaluationError, Fault, FormulaError, failure, kinds, located
from fieldstone.formula.functions.errors import CATCHING
from fieldstone.formula.near import nearest
from fieldstone.formula.operators import (
    COMPARISONS,
    EQUAL_KINDS,
    EQUALITY,
    LOGIC,
    OPERATIONS,
    ORDERED_KINDS,
    kinds_taken,
)
from fieldstone.formula.scope import Named, Path, Relation, Scope
from fieldstone.formula.sql_numbers import digits_of, scale_of, sized
from fieldstone.formula.summary import OLD, summed_up
from fieldstone.formula.typed import Checked, Needs, Typed
from fieldstone.formula.types import (
    BLANK,
    BOOLEAN,
    DATE,
    DATETIME,
    NUMBER,
    TEXT,
    Kind,
    Type,
)
from fieldstone.formula.usage import KNOWS_OLD, WITHOUT_LISTS, Usage

MAX_HOPS = 5


Blanks = OneOf["blank", "zero"]
"""What a blank number read from a field counts as."""


def check(
    node: Node,
    scope: Scope,
    *,
    expected: Type | None = None,
    text: str = "",
    blanks: Blanks = "blank",
    usage: Usage = Usage.FILTER,
) -> Checked:
    """Raises FormulaError with every fault. `expected`: the kind of value that is needed, such
    as BOOLEAN for a filter. `text`: what the tree was parsed from, for lines and columns.
    `blanks`: with "zero" a blank NUMBER counts as 0 where a field is named, and nowhere else.
    `usage`: where the formula stands, for ISNEW(), PRIORVALUE(x), $old.x and their like."""
    limits.measured(node)
    checker = _Checker(scope, blanks, Checking(usage))
    root = checker.typed(node)
    if root is not None and expected is not None:
        root = checker.checking.adopted(root, expected, "RESULT_TYPE")
    faults = checker.checking.faults
    if root is not None and not faults:
        faults = faults_of(root) or _cost_faults(root) or _constant_faults(root)
    if faults or root is None:
        raise FormulaError(located(faults, text) if text else faults)
    return summed_up(blank_as_text(root))


@dataclass(slots=True)
class _Checker:
    scope: Scope
    blanks: Blanks
    checking: Checking

    def typed(self, node: Node) -> Typed | None:
        """None when it is faulty."""
        match node:
            case Unary():
                return self.unary(node)
            case Binary():
                return self.binary(node)
            case InList():
                return self.within(node)
            case Call():
                listed = list_function(self.scope, node)
                if listed is not None:
                    return checked_list(self, node, listed)
                operands = [self.typed(argument) for argument in node.arguments]
                return checked_call(self.checking, node, operands)
            case _:
                return self.leaf(node)

    def inside(self, relation: Relation) -> _OfList:
        """Blank numbers of the records stay blank, so that they are left out."""
        inner = Checking(Usage.FIELD, self.checking.faults)
        return _OfList(relation.scope, "blank", inner, relation, self.scope)

    def leaf(self, node: Literal | FieldRef | Parameter | Placeholder) -> Typed | None:
        match node:
            case Literal():
                return Typed(node, _literal_type(node))
            case FieldRef():
                return self.field(node)
            case Parameter():
                return self.parameter(node)
            case Placeholder():
                return Typed(node, _PLACEHOLDERS[node.kind.rstrip("s")], needs=Needs.VALUES)

    def field(self, node: FieldRef) -> Typed | None:
        if len(node.path) > MAX_HOPS + 1:
            self.checking.refuse(node, "TOO_MANY_HOPS", limit=MAX_HOPS)
            return None
        path: Path = ()
        type_, named = BLANK, None
        for index, step in enumerate(node.path):
            named = self.scope.resolve(node.path[: index + 1])
            if named is None:
                self._unknown_field(node, path, step)
                return None
            path, type_ = (*path, named.name), named.type
        if type_.kind is Kind.REFERENCES:
            self.checking.refuse(node, "NOT_A_VALUE", name=".".join(node.path))
            return None
        return self._reference(FieldRef(path, node.span), type_, named)

    def _reference(self, node: FieldRef, type_: Type, named: Named | None) -> Typed | None:
        typed = Typed(node, type_, needs=Needs.FIELDS)
        if named is not None and named.formula is not None:
            typed = reference(node, type_, named.formula)
            if typed.gathers and self.checking.usage in WITHOUT_LISTS:
                name = ".".join(node.path)
                self.checking.refuse(node, "NOT_ALLOWED_IN_CONTEXT", function=name)
                return None
        if typed.steps > MAX_HOPS + 1:
            self.checking.refuse(node, "TOO_MANY_HOPS", limit=MAX_HOPS)
            return None
        return replace(typed, zero=True) if self._counts_as_zero(type_) else typed

    def _counts_as_zero(self, type_: Type) -> bool:
        return self.blanks == "zero" and type_.kind is Kind.NUMBER

    def _unknown_field(self, node: FieldRef, before: Path, step: str) -> None:
        if not before and self.scope.relation(step) is not None:
            self.checking.refuse(node, "LIST_NOT_SUMMED", name=step)
            return
        known = list(self.scope.names(before))
        by_name = nearest(step, (each.name for each in known))
        by_label = nearest(step, (each.label for each in known))
        suggestion = by_name or next((each.name for each in known if each.label == by_label), "")
        suggestion = ".".join((*before, suggestion)) if suggestion else ""
        self.checking.refuse(node, "UNKNOWN_FIELD", suggestion, name=".".join((*before, step)))

    def old(self, node: Parameter) -> Typed | None:
        """`$old.x`: the field x of the record as it was."""
        if self.checking.usage not in KNOWS_OLD:
            self.checking.refuse(node, "NOT_ALLOWED_IN_CONTEXT", function="$old")
            return None
        field = self.field(FieldRef(node.path, node.span))
        if not isinstance(field, Typed) or not isinstance(field.node, FieldRef):
            return None
        before = Parameter(node.root, field.node.path, node.span)
        return made(before, field.type, (field,), needs=Needs.CHANGE)

    def parameter(self, node: Parameter) -> Typed | None:
        if node.root == OLD and node.path:
            return self.old(node)
        moment = _MOMENTS.get(node.root) if not node.path else None
        if moment is not None:
            return Typed(node, moment, needs=Needs.TIME)
        type_ = self.scope.parameter(node.root, node.path)
        if type_ is None:
            name = "$" + ".".join((node.root, *node.path))
            self.checking.refuse(node, "UNKNOWN_PARAMETER", name=name)
            return None
        return Typed(node, type_, needs=Needs.PARAMETERS)

    def unary(self, node: Unary) -> Typed | None:
        operand = self.typed(node.operand)
        if operand is None:
            return None
        wanted = BOOLEAN if node.operator == "NOT" else NUMBER
        known = len(self.checking.faults)
        fitting = self.checking.adopted(operand, wanted, function=node.operator)
        if fitting is None:
            if node.operator == "NOT":
                self._explain_not(known)
            return None
        result = wanted
        if wanted is NUMBER:
            result = sized(digits_of(fitting.type), scale_of(fitting.type))
        return made(Unary(node.operator, fitting.node, node.span), result, (fitting,))

    def _explain_not(self, index: int) -> None:
        """NOT binds tighter than a comparison, which surprises who knows SQL."""
        fault = self.checking.faults[index]
        self.checking.faults[index] = Fault(
            code=fault.code, span=fault.span, params=fault.params, suggestion="NOT (…)"
        )

    def binary(self, node: Binary) -> Typed | None:
        left, right = self.typed(node.left), self.typed(node.right)
        if left is None or right is None:
            return None
        if node.operator in COMPARISONS:
            return self._comparison(node, left, right)
        if node.operator in LOGIC:
            return self._logic(node, left, right)
        return self._arithmetic(node, left, right)

    def _comparison(self, node: Binary, left: Typed, right: Typed) -> Typed | None:
        if node.operator in EQUALITY and (is_blank(left) or is_blank(right)):
            return self._blank_test(node, right if is_blank(left) else left)
        both = self.checking.unified((left, right), node.operator)
        allowed = EQUAL_KINDS if node.operator in EQUALITY else ORDERED_KINDS
        for operand in both or ():
            if operand.type.kind not in allowed or is_blank(operand):
                self._refuse_kind(node.operator, operand, tuple(sorted(allowed)))
                return None
        return self._made_binary(node, BOOLEAN, both) if both else None

    def _blank_test(self, node: Binary, operand: Typed) -> Typed:
        """`x = NULL` asks whether x is blank, whatever its kind."""
        operand = blank_as_text(operand)
        test = made(Call("ISBLANK", (operand.node,), node.span), BOOLEAN, (operand,))
        if node.operator == "=":
            return test
        return made(Unary("NOT", test.node, node.span), BOOLEAN, (test,))

    def _logic(self, node: Binary, left: Typed, right: Typed) -> Typed | None:
        both = [
            self.checking.adopted(operand, BOOLEAN, function=node.operator)
            for operand in (left, right)
        ]
        fitting = [operand for operand in both if operand is not None]
        return self._made_binary(node, BOOLEAN, fitting) if len(fitting) == 2 else None

    def _arithmetic(self, node: Binary, left: Typed, right: Typed) -> Typed | None:
        left_kinds = kinds_taken(node.operator)
        left = self._with_kind(left, left_kinds, right.type.kind)
        right_kinds = kinds_taken(node.operator, left.type.kind)
        right = self._with_kind(right, right_kinds, left.type.kind)
        operation = OPERATIONS.get((node.operator, left.type.kind, right.type.kind))
        if operation is None:
            wrong, taken = (right, right_kinds) if right_kinds else (left, left_kinds)
            self._refuse_kind(node.operator, wrong, taken)
            return None
        result = operation.result(left.type, right.type)
        return self._made_binary(node, result, [left, right], fails=operation.fails)

    def _with_kind(self, typed: Typed, taken: tuple[Kind, ...], beside: Kind) -> Typed:
        """A NULL becomes a number beside a date, else what stands beside it."""
        if typed.type.kind is not Kind.BLANK or not taken:
            return typed
        wanted = Kind.NUMBER if Kind.NUMBER in taken and beside is not Kind.TEXT else Kind.TEXT
        return self.checking.adopted(typed, Type(kind=wanted)) or typed

    def _made_binary(
        self, node: Binary, result: Type, both: list[Typed], *, fails: bool = False
    ) -> Typed:
        resolved = Binary(node.operator, both[0].node, both[1].node, node.span)
        return made(resolved, result, tuple(both), fails=fails)

    def _refuse_kind(self, sign: str, operand: Typed, taken: tuple[Kind, ...]) -> None:
        self.checking.refuse(
            operand.node,
            "ARG_TYPE",
            function=sign,
            expected=kinds(*taken),
            received=kinds(Kind.BLANK if is_blank(operand) else operand.type.kind),
        )

    def within(self, node: InList) -> Typed | None:
        operand = self.typed(node.operand)
        items = [self.typed(item) for item in node.items]
        found = [item for item in items if item is not None]
        if operand is None or len(found) < len(items):
            return None
        unified = self.checking.unified((operand, *found), "IN")
        if unified is None:
            return None
        fitting = [blank_as_text(each) for each in unified]
        if fitting[0].type.kind not in EQUAL_KINDS:
            self._refuse_kind("IN", fitting[0], tuple(sorted(EQUAL_KINDS)))
            return None
        resolved = InList(fitting[0].node, tuple(each.node for each in fitting[1:]), node.span)
        return made(resolved, BOOLEAN, tuple(fitting))


@dataclass(slots=True)
class _OfList(_Checker):
    """The part of a call that is about the records of a list."""

    relation: Relation
    outer: Scope

    def field(self, node: FieldRef) -> Typed | None:
        found = self.outer.relation(node.path[0])
        if found is None or found.key != self.relation.key:
            params = {"name": ".".join(node.path), "list": self.relation.name}
            self.checking.refuse(node, "NOT_OF_LIST", **params)
            return None
        if len(node.path) == 1:
            self.checking.refuse(node, "LIST_FIELD_NEEDED", name=self.relation.name)
            return None
        return _Checker.field(self, FieldRef(node.path[1:], node.span))

    def typed(self, node: Node) -> Typed | None:
        if isinstance(node, Call) and list_function(self.outer, node) is not None:
            self.checking.refuse(node, "NESTED_LIST", function=node.function)
            return None
        return _Checker.typed(self, node)

    def _unknown_field(self, node: FieldRef, before: Path, step: str) -> None:
        """Faults speak of fields as the text does."""
        faults = self.checking.faults
        _Checker._unknown_field(self, node, before, step)
        name = self.relation.name
        last = faults.pop()
        suggestion = f"{name}.{last.suggestion}" if last.suggestion else ""
        params = {**last.params, "name": f"{name}.{last.params['name']}"}
        faults.append(replace(last, params=params, suggestion=suggestion))


_MOMENTS = {"today": DATE, "now": DATETIME}

SMALL = 6
"""A lifted number with no more digits than this before and after the point is a small one."""

_PLACEHOLDERS = {"number": sized(SMALL, SMALL), "big_number": sized(24, 18), "text": TEXT}


def _literal_type(node: Literal) -> Type:
    value = node.value
    if isinstance(value, Decimal):
        exponent = int(value.as_tuple().exponent)
        return sized(max(1, value.adjusted() + 1), max(0, -exponent))
    for kind, type_ in _LITERALS:
        if isinstance(value, kind):
            return type_
    return BLANK


_LITERALS: tuple[tuple[type[object], Type], ...] = (
    (bool, BOOLEAN),
    (str, TEXT),
    (datetime, DATETIME),
    (date, DATE),
)

_SOME_MOMENT = Context(now=datetime(2000, 1, 1, tzinfo=UTC))


def _cost_faults(root: Typed) -> list[Fault]:
    return [Fault(code="TOO_COSTLY")] if cost_of(root) > MAX_COST else []


def _constant_faults(root: Typed) -> list[Fault]:
    """Errors that are certain: 1 / 0, DATE(2023, 2, 29)."""
    faults = []
    waiting = [root]
    while waiting:
        typed = waiting.pop()
        if typed.needs or not typed.operands:
            waiting.extend(() if typed.computed else _uncaught(typed))
            continue
        try:
            computed(typed, {}, _SOME_MOMENT)
        except EvaluationError as error:
            params = {"error": failure(error.code)}
            faults.append(Fault(code="CONST_ERROR", span=error.span, params=params))
    return faults


def _uncaught(typed: Typed) -> tuple[Typed, ...]:
    """The operands whose errors reach further."""
    catches = isinstance(typed.node, Call) and typed.node.function in CATCHING
    return typed.operands[1:] if catches else typed.operands

"""A checked formula as the source of a Python function.

The source is made of the typed tree alone: every name in it is a letter and a number, every value
of the formula and every name of a field is an object handed over beside it. The tree walker in
evaluate.py says what everything means; this says the same with less ado. What it does not know
better it leaves to the functions of the registry.

`make(context, walk, k)` binds what is the same for a batch; what it returns computes a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fieldstone.formula.arithmetic import EXTERNAL_SCALE, INTERNAL_SCALE, STEPS, snapped
from fieldstone.formula.ast import Binary, Call, FieldRef, InList, Literal, Node, Parameter, Unary
from fieldstone.formula.coerce import coerced
from fieldstone.formula.comparison import comparable, compare
from fieldstone.formula.computed import value_of
from fieldstone.formula.evaluate import stored
from fieldstone.formula.functions.base import plain, strict
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.lists import gathered
from fieldstone.formula.operators import COMPARISONS, LOGIC, OPERATIONS
from fieldstone.formula.source import MARGIN, Source
from fieldstone.formula.sql_numbers import may_overflow, scale_of
from fieldstone.formula.thunks import LazyCall, is_among
from fieldstone.formula.typed import Over, Typed
from fieldstone.formula.types import Kind

DEEPEST = 12
"""Python takes a hundred levels of indentation; what is deeper becomes a function of its own."""
ZERO = Decimal(0)


def generated(root: Typed) -> Source:
    source = Source()
    source.objects["Failed"] = (ValueError, ArithmeticError)
    body = _Body(source)
    result = body.value(root)
    if root.type.kind is Kind.NUMBER and scale_of(root.type) > EXTERNAL_SCALE:
        result = body.kept(f"{result} if {result} is None else {body.known(snapped)}({result})")
    source.main = [
        "def batch(records):",
        "    found = []",
        "    add = found.append",
        "    for r in records:",
        "        try:",
        *(f"            {line}" for line in (*body.head, *body.lines)),
        f"            add({result})",
        "        except Failed:",
        "            add(walk(r))",
        "    return found",
    ]
    return source


@dataclass(slots=True)
class _Body:
    """The lines of one function; `r` is its record. `head`: fields, read before all else.

    Names: k is the same for a batch, g the same for ever and never None, v a value."""

    source: Source
    head: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    margin: int = 0
    count: list[int] = field(default_factory=lambda: [0])
    fields: dict[object, str] = field(default_factory=dict)

    def line(self, text: str) -> None:
        self.lines.append(MARGIN * self.margin + text)

    def kept(self, expression: str) -> str:
        name = self.name()
        self.line(f"{name} = {expression}")
        return name

    def name(self) -> str:
        self.count[0] += 1
        return f"v{self.count[0]}"

    def known(self, value: Any) -> str:
        return self.source.object(value)

    # --- values ---------------------------------------------------------------------------

    def value(self, typed: Typed) -> str:
        """A name, or an expression without effort, of the part's value."""
        if not self.reads(typed):
            return self.constant(typed)
        if self.margin > DEEPEST:
            return self.kept(f"{self.outlined(typed)}(r)")
        return _VALUES[type(typed.node)](self, typed)

    @staticmethod
    def reads(typed: Typed) -> bool:
        """Has to be computed for each record: it reads it, or may fail when it is reached."""
        return typed.fails or not typed.constant

    def constant(self, typed: Typed) -> str:
        value = typed.node.value if isinstance(typed.node, Literal) else None
        if not isinstance(typed.node, Literal) or typed.type.kind is Kind.DATETIME:
            return self.source.constant(typed)
        known = coerced(value, typed.type, "UTC")
        return repr(known) if known is None or isinstance(known, bool) else self.known(known)

    def outlined(self, typed: Typed) -> str:
        """The name of a function of its own for this part."""
        inner = _Body(self.source)
        result = inner.value(typed)
        name = f"f{len(self.source.functions)}"
        lines = [f"def {name}(r):", *(MARGIN + line for line in (*inner.head, *inner.lines))]
        self.source.functions.append([*lines, f"    return {result}"])
        return name

    def field(self, typed: Typed) -> str:
        key = (typed.node, typed.type, typed.zero)
        if key not in self.fields:
            found = self.formula(typed) if typed.operands else self.loaded(typed)
            if typed.operands and self.margin:
                return self.or_zero(typed, found)
            self.fields[key] = self.or_zero(typed, found)
        return self.fields[key]

    def or_zero(self, typed: Typed, name: str) -> str:
        if typed.zero:
            lines = self.lines if typed.operands else self.head
            margin = MARGIN * self.margin if typed.operands else ""
            lines.append(f"{margin}{name} = {self.known(ZERO)} if {name} is None else {name}")
        return name

    def formula(self, typed: Typed) -> str:
        inner = self.kept(f"{self.outlined(typed.operands[0])}(r)")
        if typed.type.kind is not Kind.NUMBER:
            return inner
        return self.kept(f"{self.known(value_of)}({inner}, {self.known(typed.type)})")

    def loaded(self, typed: Typed) -> str:
        path = self.known(typed.node.path if isinstance(typed.node, FieldRef) else ())
        kind, name = typed.type.kind, self.name()
        if kind is Kind.TEXT:
            self.head.append(f"{name} = r.get({path}) or None")
            return name
        self.head.append(f"{name} = r.get({path})")
        if kind is Kind.NUMBER and not typed.type.percent:
            number = self.known(Decimal)
            self.head.append(f"if {name}.__class__ is not {number} and {name} is not None:")
            self.head.append(f"    {name} = {number}({name})")
        elif kind not in _AS_STORED:
            stored_value = f"{self.known(stored)}({name}, {self.known(typed.type)})"
            self.head.append(f"{name} = {stored_value}")
        return name

    def old(self, typed: Typed) -> str:
        return self.kept(f"{self.outlined(typed.operands[0])}(context.old or {{}})")

    def unary(self, typed: Typed) -> str:
        operand = self.value(typed.operands[0])
        sign = typed.node.operator if isinstance(typed.node, Unary) else ""
        if sign == "+":
            return operand
        opposite = f"not {operand}" if sign == "NOT" else f"-{operand}"
        return self.kept(f"None if {operand} is None else {opposite}")

    def binary(self, typed: Typed) -> str:
        sign = _sign(typed)
        if sign in LOGIC or (sign in COMPARISONS and self.never_blank(typed)):
            return self.kept(self.truth(typed))
        left, right = (self.value(operand) for operand in typed.operands)
        kinds = typed.operands[0].type.kind, typed.operands[1].type.kind
        if sign in COMPARISONS:
            compute = f"{self.known(compare)}({sign!r}, {left}, {right}, {self.known(kinds[0])})"
            return self.kept(compute)
        operation = OPERATIONS[sign, *kinds]
        if operation.takes_blank:
            return self.kept(f"{self.known(operation.compute)}({left}, {right}) or None")
        return self.strictly(typed, (left, right), self.computing(typed, sign, left, right))

    def computing(self, typed: Typed, sign: str, left: str, right: str) -> str:
        operands = typed.operands
        numbers = all(operand.type.kind is Kind.NUMBER for operand in operands)
        scale = sum(scale_of(operand.type) for operand in operands)
        exact = sign in "+-" or (sign == "*" and scale <= INTERNAL_SCALE)
        if numbers and exact and not may_overflow(typed.type):
            return f"{left} {sign} {right}"
        operation = OPERATIONS[sign, operands[0].type.kind, operands[1].type.kind]
        return f"{self.known(operation.compute)}({left}, {right})"

    def strictly(self, typed: Typed, operands: tuple[str, ...], expression: str) -> str:
        """The expression unless one operand is blank; an empty text is blank."""
        unsure = [each for each in dict.fromkeys(operands) if not each.startswith("g")]
        blank = " or ".join(f"{each} is None" for each in unsure)
        if typed.type.kind is Kind.TEXT:
            expression = f"{expression} or None"
        return self.kept(f"None if {blank} else {expression}" if blank else expression)

    # --- calls ----------------------------------------------------------------------------

    def call(self, typed: Typed) -> str:
        if typed.over is not None:
            return self.list(typed, typed.over)
        name = typed.node.function if isinstance(typed.node, Call) else ""
        special = _CALLS.get(name)
        if special is not None and (found := special(self, typed)) is not None:
            return found
        evaluate = FUNCTIONS[name].evaluate
        if isinstance(evaluate, strict | plain):
            operands = tuple([self.value(operand) for operand in typed.operands])
            text = f"{self.known(evaluate.compute)}({', '.join(operands)})"
            if isinstance(evaluate, strict):
                return self.strictly(typed, operands, text)
            return self.strictly(typed, (), text)
        return self.lazily(typed, evaluate)

    def list(self, typed: Typed, over: Over) -> str:
        """Where a record of the list fails, the walker does the whole."""
        trees = over.value, over.condition, over.order
        parts = [self.outlined(tree) if tree else "None" for tree in trees]
        parts += [self.value(operand) for operand in typed.operands]
        call = f"{self.known(gathered)}({self.known(typed)}, r, {', '.join(parts)})"
        return self.kept(f"{call} or None" if typed.type.kind is Kind.TEXT else call)

    def lazily(self, typed: Typed, evaluate: Any) -> str:
        """The function itself asks for its operands, each a function of the record."""
        parts = [self.outlined(operand) for operand in typed.operands]
        names = "".join(f"{part}, " for part in parts)
        call = f"{self.known(LazyCall)}(context, {self.known(typed)}, ({names}), r)"
        return self.strictly(typed, (), f"{self.known(evaluate)}({call})")

    def choice(self, typed: Typed) -> str:
        """IF and IFS: conditions and values by turns, and the last one."""
        result = self.name()
        *branches, otherwise = typed.operands
        margin = self.margin
        for condition, value in zip(branches[::2], branches[1::2], strict=True):
            test = self.truth(condition)
            self.line(f"if {test}:")
            self.margin += 1
            self.line(f"{result} = {self.value(value)}")
            self.margin -= 1
            self.line("else:")
            self.margin += 1
        self.line(f"{result} = {self.value(otherwise)}")
        self.margin = margin
        return result

    def present(self, typed: Typed) -> str:
        """BLANKVALUE and COALESCE: the first that is not blank."""
        result = self.name()
        margin = self.margin
        for index, operand in enumerate(typed.operands):
            if index:
                self.line(f"if {result} is None:")
                self.margin = margin + 1
            self.line(f"{result} = {self.value(operand)}")
            self.margin = margin
        return result

    def condition(self, typed: Typed) -> str:
        """What is never blank."""
        return self.kept(self.truth(typed))

    def is_blank(self, typed: Typed) -> str:
        return self.kept(f"{self.value(typed.operands[0])} is None")

    def rounded(self, typed: Typed) -> str | None:
        """ROUND to a known number of decimals."""
        number, *places = typed.operands
        known = _literal(places[0]) if places else Decimal(0)
        if known is None or scale_of(number.type) > EXTERNAL_SCALE or may_overflow(typed.type):
            return None
        step = STEPS[max(-INTERNAL_SCALE, min(int(known), EXTERNAL_SCALE))]
        value = self.value(number)
        return self.strictly(typed, (value,), f"{value}.quantize({self.known(step)})")

    # --- conditions -----------------------------------------------------------------------

    def truth(self, typed: Typed) -> str:
        """An expression that is True where the condition is TRUE, else False."""
        if self.margin <= DEEPEST:
            reader = _TRUTHS.get(type(typed.node))
            if isinstance(typed.node, Call):
                reader = _TRUE_CALLS.get(typed.node.function)
            found = reader(self, typed) if reader and self.reads(typed) else None
            if found is not None:
                return found
        return f"{self.value(typed)} is True"

    def true_binary(self, typed: Typed) -> str | None:
        sign = _sign(typed)
        if sign in LOGIC:
            return self.row(typed, sign)
        if sign not in COMPARISONS:
            return None
        left, right = typed.operands
        kind = left.type.kind
        names = [self.compared(operand) for operand in (left, right)]
        sure = any(name.startswith("g") for name in names)
        test = f"{names[0]} {_SIGNS[sign]} {names[1]}"
        if sure and (sign == "=" or (sign == "<>" and kind is Kind.TEXT)):
            return f"({test})"
        if kind is Kind.TEXT and sign in ("=", "<>"):
            return f"(({names[0]} or '') {_SIGNS[sign]} ({names[1]} or ''))"
        unsure = [f"{name} is not None" for name in names if not name.startswith("g")]
        return f"({' and '.join([*unsure, test])})"

    def never_blank(self, typed: Typed) -> bool:
        text = typed.operands[0].type.kind is Kind.TEXT
        return text and _sign(typed) in ("=", "<>")

    def compared(self, typed: Typed) -> str:
        name = self.value(typed)
        if typed.type.kind is not Kind.NUMBER or scale_of(typed.type) <= EXTERNAL_SCALE:
            return name
        return self.kept(f"{self.known(comparable)}({name})")

    def row(self, typed: Typed, sign: str) -> str:
        """AND and OR: operand after operand, as far as needed."""
        word, go_on = ("and", "if {}:") if sign == "AND" else ("or", "if not {}:")
        found = ""
        for operand in typed.operands:
            before, self.lines = self.lines, []
            self.margin += 1
            test = self.truth(operand)
            self.margin -= 1
            added, self.lines = self.lines, before
            if not found:
                self.lines += [line.removeprefix(MARGIN) for line in added]
                found = f"({test})"
            elif not added:
                found = f"({found} {word} {test})"
            else:
                name = self.kept(found)
                self.line(go_on.format(name))
                self.lines += added
                self.line(f"{MARGIN}{name} = {test}")
                found = name
        return found

    def true_row(self, typed: Typed) -> str:
        return self.row(typed, typed.node.function if isinstance(typed.node, Call) else "")

    def truth_within(self, typed: Typed) -> str:
        wanted, *items = typed.operands
        kind = self.known(wanted.type.kind)
        if not any(self.reads(item) for item in items):
            name, found = self.compared(wanted), self.source.constant(*items, listed=True)
            return f"({name} is not None and {name} in {found})"
        names = [self.value(operand) for operand in typed.operands]
        listed = "".join(f"{name}, " for name in names[1:])
        return f"{self.known(is_among)}({names[0]}, ({listed}), {kind})"


_AS_STORED = frozenset(
    {Kind.BOOLEAN, Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.PICKLIST, Kind.REFERENCE}
)
_SIGNS = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def _sign(typed: Typed) -> str:
    return typed.node.operator if isinstance(typed.node, Binary) else ""


def _literal(typed: Typed) -> Decimal | None:
    node, sign = typed.node, 1
    if isinstance(node, Unary) and node.operator == "-":
        node, sign = node.operand, -1
    value = node.value if isinstance(node, Literal) else None
    return value * sign if isinstance(value, Decimal) else None


_VALUES: Mapping[type[Node], Callable[[_Body, Typed], str]] = {
    FieldRef: _Body.field,
    Parameter: _Body.old,
    Unary: _Body.unary,
    Binary: _Body.binary,
    InList: _Body.condition,
    Call: _Body.call,
}
_CALLS: Mapping[str, Callable[[_Body, Typed], str | None]] = {
    "IF": _Body.choice,
    "IFS": _Body.choice,
    "AND": _Body.condition,
    "OR": _Body.condition,
    "BLANKVALUE": _Body.present,
    "COALESCE": _Body.present,
    "ISBLANK": _Body.is_blank,
    "ROUND": _Body.rounded,
}
_TRUTHS: Mapping[type[Node], Callable[[_Body, Typed], str | None]] = {
    Binary: _Body.true_binary,
    InList: _Body.truth_within,
}
_TRUE_CALLS: Mapping[str, Callable[[_Body, Typed], str | None]] = {
    "AND": _Body.true_row,
    "OR": _Body.true_row,
}

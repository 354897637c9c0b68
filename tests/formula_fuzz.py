"""Formulas at random over every function of the registry, computed by generated Python, by the
tree walker and by PostgreSQL.

A call is made from an example of its function, each operand replaced by any part made before of a
kind that it takes; so a new function is covered as soon as it has examples. Whatever passes the
check becomes a part for larger formulas."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import sqlalchemy as sa
from formula_world import RECORDS, Tasks
from unit.formula.samples import COMPUTED, COMPUTED_SCOPE, CONTEXT, FIELDS
from unit.formula.tables import COLUMNS, SOURCE, TASK, column

from fieldstone.formula.ast import Binary, Call, FieldRef, InList, Literal, Node, Parameter, Unary
from fieldstone.formula.batch import run
from fieldstone.formula.binds import Binder, bind_values
from fieldstone.formula.check import Blanks, check
from fieldstone.formula.context import Context
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError, FormulaError
from fieldstone.formula.functions.base import Function
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.formula.sql_hoist import Laterals
from fieldstone.formula.to_sql import condition, to_sql_with_error
from fieldstone.formula.typed import Checked
from fieldstone.formula.types import Kind
from fieldstone.formula.usage import Usage

ZONES = ("UTC", "Asia/Shanghai", "America/New_York")
DEEPEST = 5
TOGETHER = 20
"""Formulas of one statement."""
LITERALS = (
    *map(Decimal, ("0", "1", "2", "2.5", "7", "12", "0.333333", "999999999999", "100000")),
    *("", "a", "石头", "Straße", "%", "_b", "12.50", "2024-02-29", "-3", "ß😀", " x ", "Anna"),
    True, False, None,
)  # fmt: skip
SIGNS = ["=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^", "&", "AND", "OR"]


@dataclass
class Maker:
    chance: random.Random
    parts: dict[Kind, list[tuple[Node, int]]] = field(default_factory=lambda: defaultdict(list))
    templates: dict[str, list[Call]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        paths = [(name,) for name in (*COLUMNS, *COMPUTED) if name in {*FIELDS["task"], *COMPUTED}]
        leaves: list[Node] = [FieldRef(path) for path in paths]
        leaves += [FieldRef(("parent", name)) for name in ("amount", "name", "due", "total")]
        leaves += [Literal(value) for value in LITERALS]
        leaves += [Parameter("user", (name,)) for name in ("level", "name", "id")]
        leaves += [parse(text) for text in ("TODAY()", "NOW()", "DATE(2024, 2, 29)", "-7")]
        for leaf in leaves:
            self.add(leaf, "blank", 0)
        for function in FUNCTIONS.values():
            if function.to_sql is not None and function.signature.arguments:
                found = list(_calls(function))
                self.templates[function.name] = found or [_blank_call(function)]

    def add(self, node: Node, blanks: Blanks, depth: int) -> Checked | None:
        try:
            checked = check(node, COMPUTED_SCOPE, blanks=blanks, usage=Usage.VALIDATION)
        except FormulaError:
            return None
        if depth < DEEPEST:
            self.parts[checked.type.kind].append((node, depth))
            del self.parts[checked.type.kind][40:-400]  # the leaves, and what is newest
        return checked

    def formula(self) -> tuple[Checked, Blanks]:
        while True:
            blanks: Blanks = self.chance.choice(("blank", "zero"))
            node, depth = self.operation() if self.chance.random() < 0.25 else self.call()
            checked = self.add(node, blanks, depth)
            if checked is not None:
                return checked, blanks

    def part(self, kind: Kind) -> tuple[Node, int]:
        found = self.parts[kind]
        return self.chance.choice(found) if found else (Literal(None), 0)

    def operation(self) -> tuple[Node, int]:
        kinds = [kind for kind in self.parts if self.parts[kind]]
        kind = self.chance.choice((Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, *kinds))
        sign = self.chance.choice(SIGNS)
        first, second = self.part(kind), self.part(kind)
        if sign in "+-" and kind in (Kind.DATE, Kind.DATETIME) and self.chance.random() < 0.5:
            second = self.part(Kind.NUMBER)
        depth = max(first[1], second[1]) + 1
        roll = self.chance.random()
        if roll < 0.1:
            return Unary(self.chance.choice(("-", "+", "NOT")), first[0]), first[1] + 1
        if roll < 0.2:
            return InList(first[0], (second[0], self.part(kind)[0])), DEEPEST
        return Binary(sign, first[0], second[0]), depth

    def call(self) -> tuple[Node, int]:
        name = self.chance.choice(sorted(self.templates))
        template = self.chance.choice(self.templates[name])
        signature, depth = FUNCTIONS[name].signature, 0
        operands: list[Node] = []
        alike: Kind | None = None
        for index, given in enumerate(template.arguments):
            argument = signature.at(index)
            fixed = argument.literal or argument.structural
            if self.chance.random() < (0.9 if fixed else 0.15):
                operands.append(given)
                continue
            kind = self.chance.choice(sorted(argument.kinds)) if argument.kinds else alike
            if kind is None:
                kind = alike = self.chance.choice([each for each in self.parts if self.parts[each]])
            node, below = self.part(kind)
            depth = max(depth, below)
            operands.append(node)
        return Call(name, tuple(operands)), depth + 1


def _blank_call(function: Function) -> Call:
    """Of a function whose examples are written with a sign."""
    return Call(function.name, (Literal(None),) * len(function.signature.arguments))


def _calls(function: Function) -> Iterator[Call]:
    """The calls of the function in its examples."""
    for text, _ in function.examples:
        waiting = [parse(text)]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Call):
                waiting.extend(node.arguments)
                if node.function == function.name and node.arguments:
                    yield node
            elif isinstance(node, Binary):
                waiting += [node.left, node.right]
            elif isinstance(node, Unary):
                waiting.append(node.operand)


def in_python(checked: Checked, context: Context) -> tuple[list[Any], str]:
    """The outcomes, and what the two ways of computing them do not agree on."""
    olds = list(RECORDS)
    found = [_outcome(each) for each in run(checked, RECORDS, context, old=olds)]
    for record, outcome in zip(RECORDS, found, strict=True):
        try:
            walked: Any = _outcome(evaluate(checked, record, replace(context, old=record)))
        except EvaluationError as error:
            walked = _outcome(error)
        if walked != outcome:
            return found, f"generated {outcome}, walked {walked}"
    return found, ""


def _outcome(value: Any) -> tuple[Any, str | None]:
    match value:
        case EvaluationError():
            return None, value.code
        case datetime():
            text = value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
            return (text.rstrip("0").rstrip(".") if "." in text else text), None
        case date():
            return value.isoformat(), None
        case frozenset():
            return sorted(value), None
        case _:
            return value, None


def readable(value: sa.ColumnElement[Any], kind: Kind) -> sa.ColumnElement[Any]:
    """As text where the driver knows fewer years than PostgreSQL."""
    if kind is Kind.DATE:
        return sa.cast(value, sa.Text)
    if kind is Kind.DATETIME:
        text: sa.ColumnElement[Any] = sa.cast(sa.func.timezone("UTC", value), sa.Text)
        return text
    return value


def in_sql(tasks: Tasks, formulas: list[Checked], context: Context) -> list[list[Any]]:
    """For each formula its outcomes for all rows, from one statement."""
    binder, laterals = Binder(), Laterals()
    columns: list[sa.ColumnElement[Any]] = []
    for checked in formulas:
        value, code = to_sql_with_error(checked, column, binder, laterals)
        test: Any = sa.null()
        if checked.type.kind is Kind.BOOLEAN:
            test = sa.func.coalesce(condition(checked, column, binder, laterals), sa.false())
        value = readable(value, checked.type.kind)
        columns += [value, sa.null() if code is None else code, test]
    named = [each.label(f"c{index}") for index, each in enumerate(columns)]
    clause = sa.select(*named).select_from(laterals.around(SOURCE)).order_by(TASK.c.id)
    rows = tasks.run(clause, bind_values(binder.binds, (), context))
    return [
        [(row[at], row[at + 1], row[at + 2]) for row in rows] for at in range(0, len(columns), 3)
    ]


def difference(
    tasks: Tasks, checked: Checked, context: Context, found: list[Any] | None = None
) -> str:
    """What does not agree; nothing when all does."""
    expected, words = in_python(checked, context)
    if words:
        return words
    if found is None:
        try:
            found = in_sql(tasks, [checked], context)[0]
        except psycopg.Error as error:
            return f"PostgreSQL refuses: {error}"
    for row, (value, code, test) in enumerate(found):
        given = (sorted(value) or None) if isinstance(value, list) else value  # none is blank
        if code is not None:
            given = None
        if (given, code) != expected[row]:
            return f"row {row}: python {expected[row]}, SQL {(value, code)}"
        if test is not None and test is not (expected[row][0] is True):
            return f"row {row}: python {expected[row]}, as a condition {test}"
    return ""


def has_sql(checked: Checked) -> bool:
    try:
        to_sql_with_error(checked, column, Binder(), Laterals())
    except FormulaError:  # too large, or only Python knows it
        return False
    return True


def differences(tasks: Tasks, seed: int, cases: int) -> Iterator[str]:
    """`cases`: formulas times rows."""
    maker, done = Maker(random.Random(seed)), 0  # noqa: S311
    while done < cases:
        context = replace(CONTEXT, timezone=maker.chance.choice(ZONES))
        made: list[tuple[Checked, Blanks]] = []
        while len(made) < TOGETHER:
            checked, blanks = maker.formula()
            if has_sql(checked):
                made.append((checked, blanks))
        try:
            rows: list[Any] = in_sql(tasks, [checked for checked, _ in made], context)
        except psycopg.Error:
            rows = [None] * len(made)
        except FormulaError:
            rows = [None] * len(made)
        for (checked, blanks), found in zip(made, rows, strict=True):
            words = difference(tasks, checked, context, found)
            if words:
                yield f"{to_text(checked.node)}\n  [{blanks}, {context.timezone}] {words}"
        done += len(made) * len(RECORDS)

"""What a function of the language is: names, types, words, and how both engines compute it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from fieldstone.formula.ast import Value
from fieldstone.formula.context import Context
from fieldstone.formula.sql_pair import Sql, joined
from fieldstone.formula.typed import Needs, Typed
from fieldstone.formula.types import Kind, Type
from fieldstone.formula.usage import Usage
from fieldstone.kernel.i18n import Text

Expression = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Argument:
    """`kinds` empty: any value. `literal`: must be a literal in the formula's text.
    `structural`: a literal that decides what the SQL looks like, so it is never lifted."""

    name: str
    kinds: frozenset[Kind] = frozenset()
    literal: bool = False
    structural: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """The last `optional` arguments may be left out; the last `repeated` ones may come again.
    `closing`: so many of them stay last in what people read, as the default of CASE does."""

    arguments: tuple[Argument, ...]
    optional: int = 0
    repeated: int = 0
    closing: int = 0

    def accepts(self, count: int) -> bool:
        if count < len(self.arguments) - self.optional:
            return False
        surplus = count - len(self.arguments)
        return surplus <= 0 or (self.repeated > 0 and surplus % self.repeated == 0)

    def at(self, index: int) -> Argument:
        if index < len(self.arguments):
            return self.arguments[index]
        return self.arguments[len(self.arguments) - self.repeated + self._surplus(index)]

    def _surplus(self, index: int) -> int:
        return (index - len(self.arguments)) % self.repeated

    def __str__(self) -> str:
        required = len(self.arguments) - self.optional
        names = [
            argument.name if index < required else f"[{argument.name}]"
            for index, argument in enumerate(self.arguments)
        ]
        if self.repeated:
            names.insert(len(names) - self.closing, "…")
        return ", ".join(names)


class Call(Protocol):
    """One call as the Python engine meets it. Operands are computed when they are asked for."""

    @property
    def context(self) -> Context: ...

    @property
    def typed(self) -> Typed: ...

    def value(self, index: int) -> Value: ...

    def old(self, index: int) -> Value:
        """The operand's value for the record as it was before the save; blank without one."""

    def values(self) -> tuple[Value, ...]: ...


class SqlCall(Protocol):
    """One call as the SQL engine meets it."""

    @property
    def typed(self) -> Typed: ...

    def pair(self, index: int) -> Sql: ...

    def pairs(self) -> tuple[Sql, ...]: ...

    def truth(self, index: int) -> Sql:
        """Cheaper than `pair` for a condition: anything but TRUE counts as FALSE."""

    def computed(self, index: int, kind: Any, change: Callable[[Value], Any]) -> Sql:
        """A bind of the changed value of an operand that is the same for every row."""

    def several(self, first: int, kind: Any) -> Expression:
        """One array bind of all operands from `first` on."""

    def from_context(self, name: str, kind: Any, read: Callable[[Context], Any]) -> Expression:
        """A bind that depends on the request alone."""


class TypeCheck(Protocol):
    """One call while types are checked; the operands are typed already."""

    @property
    def operands(self) -> list[Typed]: ...

    def adopt(self, index: int, wanted: Type) -> bool:
        """Makes the operand this type: a NULL, or a text literal that can stand for it. Says
        whether it has the type now; the fault is recorded when not."""

    def unified(self, indexes: Sequence[int]) -> Type | None:
        """The one type of several operands; None, with a fault, when they have no common one."""

    def refuse(self, index: int, code: str, suggestion: str = "", **params: object) -> None:
        """`params` are what the message mentions besides the function."""


class ListSql(Protocol):
    """A call about a related list as the SQL engine meets it."""

    @property
    def typed(self) -> Typed: ...

    @property
    def value(self) -> Expression:
        """Of each record; NULL where it is blank or an error."""

    @property
    def truth(self) -> Expression:
        """Of each record, when the value is a condition: FALSE where it is blank, NULL where it
        is an error."""

    @property
    def order(self) -> Expression:
        """What the records are put in order by."""

    @property
    def identity(self) -> Expression:
        """The id of each record."""

    @property
    def separator(self) -> Expression: ...

    def one(self, value: Expression) -> Expression:
        """A value made of all records at once."""

    def first(self, value: Expression, *order: Expression) -> Expression:
        """The first value that is not blank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """How a function sums up a related list. `kinds` of value that it takes; `records`: the list
    itself will do; `asks`: a condition takes the place of the value; `orders`, `separates`: what
    comes second. `compute` gets the pairs of order and value of the records in the order of
    their ids, blank values and errors left out (blank conditions count as FALSE), and the
    separator."""

    result: Callable[[Type], Type]
    compute: Callable[[Sequence[tuple[Any, Any]], str], Value]
    to_sql: Callable[[ListSql], Expression]
    kinds: frozenset[Kind] = frozenset()
    records: bool = False
    asks: bool = False
    orders: bool = False
    separates: bool = False


Rule = Callable[[TypeCheck], Type | None]
Evaluate = Callable[[Call], Value]
ToSql = Callable[[SqlCall], Sql]


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """`rule` checks the operands further and tells the result's type. `to_sql` None: Python
    only. `condition`: another SQL for where only TRUE matters, so that an index can serve it.
    `aggregate`: it sums up a related list; most such functions do nothing else.
    `needs`: besides its operands and the time of `volatile` ones. `usages`: where it may be
    used; empty: everywhere.
    `example` texts come in pairs: a formula, and one that must have the same value."""

    name: str
    signature: Signature
    rule: Rule
    evaluate: Evaluate
    to_sql: ToSql | None
    documentation: Text
    examples: tuple[tuple[str, str], ...]
    condition: ToSql | None = None
    aggregate: Aggregate | None = None
    volatile: bool = False
    fails: bool = False
    needs: Needs = Needs.NOTHING
    usages: frozenset[Usage] = frozenset()
    group: str = field(default="")

    @property
    def python_only(self) -> bool:
        return self.to_sql is None and self.aggregate is None


def returns(result: Type) -> Rule:
    return lambda _check: result


@dataclass(frozen=True, slots=True)
class strict:
    """Blank as soon as one operand is blank."""

    compute: Callable[..., Value]

    def __call__(self, call: Call) -> Value:
        values = call.values()
        return None if any(value is None for value in values) else self.compute(*values)


@dataclass(frozen=True, slots=True)
class plain:
    """The function itself says what blank operands mean."""

    compute: Callable[..., Value]

    def __call__(self, call: Call) -> Value:
        return self.compute(*call.values())


def expression(build: Callable[..., Expression], *, null_in_null_out: bool = True) -> ToSql:
    """SQL of the operands' values alone. `null_in_null_out`: a NULL operand makes the result
    NULL, so that a failed operand (NULL as well) needs no guard in a condition."""

    def to_sql(call: SqlCall) -> Sql:
        pairs = call.pairs()
        value = build(*(pair.value for pair in pairs))
        return joined(pairs, value, null_in_null_out=null_in_null_out)

    return to_sql

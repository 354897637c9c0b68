"""A value that an expression uses several times, and PostgreSQL computes once.

Written as `(SELECT … FROM (SELECT value OFFSET 0) AS let_1 (v))`. OFFSET 0 keeps the planner from
putting the value back in every place, which nested uses would multiply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import BindParameter, Cast, ColumnClause, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from fieldstone.formula.sql_numbers import Expression


class Variable(ColumnElement[Any]):
    """Stands for the value inside."""

    __visit_name__ = "let_variable"
    inherit_cache = False

    def __init__(self, kind: TypeEngine[Any]) -> None:
        self.type = kind

    def get_children(self, **_options: Any) -> tuple[ColumnElement[Any], ...]:
        return ()

    @property
    def _from_objects(self) -> list[Any]:
        return []


class Let(ColumnElement[Any]):
    __visit_name__ = "let"
    inherit_cache = False

    def __init__(self, variable: Variable, value: Expression, body: Expression) -> None:
        self.variable = variable
        self.value = value
        self.body = body
        self.type = body.type

    def get_children(self, **_options: Any) -> tuple[ColumnElement[Any], ...]:
        return (self.value, self.body)

    @property
    def _from_objects(self) -> list[Any]:
        return [*self.value._from_objects, *self.body._from_objects]


def let(value: Expression, build: Callable[[Expression], Expression]) -> Expression:
    """What `build` makes of the value. A column or a bind is simply used again."""
    if is_leaf(value):
        return build(value)
    variable = Variable(value.type)
    return Let(variable, value, build(variable))


def is_leaf(value: Expression) -> bool:
    if isinstance(value, Cast):
        return is_leaf(value.clause)
    return isinstance(value, ColumnClause | BindParameter | Variable)


@compiles(Variable)
def _render_variable(element: Variable, compiler: SQLCompiler, **_options: Any) -> str:
    return f"{_names(compiler)[id(element)]}.v"


@compiles(Let)
def _render(element: Let, compiler: SQLCompiler, **options: Any) -> str:
    names = _names(compiler)
    name = names.setdefault(id(element.variable), f"let_{len(names) + 1}")
    value = compiler.process(element.value, **options)
    body = compiler.process(element.body, **options)
    return " ".join(("(SELECT", body, "FROM (SELECT", value, "OFFSET 0) AS", name, "(v))"))


def _names(compiler: SQLCompiler) -> dict[int, str]:
    """In the order of the text, so that the same formula has the same text."""
    names: dict[int, str] = compiler.__dict__.setdefault("let_names", {})
    return names

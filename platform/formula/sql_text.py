"""The SQL of texts: blank instead of empty, code-point order, patterns without surprises."""

from __future__ import annotations

from sqlalchemy import BinaryExpression, Column, ColumnElement, Text, collate, func, literal
from sqlalchemy.sql import operators

from fieldstone.formula.sql_hoist import inner
from fieldstone.formula.sql_numbers import Expression

WHITE_SPACE = " \t\r\n\u00a0"


def present(value: Expression) -> Expression:
    """NULL for an empty text."""
    return func.nullif(value, "", type_=Text)


def text(value: Expression) -> Expression:
    """An empty text for NULL."""
    return func.coalesce(value, "", type_=Text)


def ordered(value: Expression) -> Expression:
    """Compared by code points, whatever the collation of the database."""
    content = inner(value)
    if isinstance(content, BinaryExpression) and content.operator is operators.collate:
        return value
    return collate(value, "C")


def plain(value: Expression) -> Expression:
    """For `=` and LIKE: a bare column keeps its own collation, which its index has; texts joined
    from several need one of ours."""
    return value if isinstance(value, Column) else ordered(value)


def concatenated(*values: Expression) -> Expression:
    joined = text(values[0])
    for value in values[1:]:
        joined = joined.concat(text(value))
    return present(joined)


def trimmed(value: Expression) -> Expression:
    return present(func.btrim(value, literal(WHITE_SPACE, Text), type_=Text))


def escaped(fragment: str) -> str:
    """A text as LIKE finds it literally."""
    return fragment.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def matches(value: Expression, pattern: Expression) -> ColumnElement[bool]:
    return plain(value).like(pattern)


def unescaped_pattern(pattern: Expression) -> Expression:
    """`\\` is a sign like any other in a pattern of ours."""
    return func.replace(pattern, literal("\\", Text), literal("\\\\", Text), type_=Text)

"""What is wrong with a filter, at its place in the text that the asker wrote."""

from __future__ import annotations

from fieldstone.formula.check import check
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.types import BOOLEAN
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.metadata.scope import ObjectScope


def formula_problems(error: FormulaError) -> list[Problem]:
    return [
        Problem(
            code=fault.message_id,
            path="filter",
            params={**fault.params, "fault": fault, "line": fault.line, "column": fault.column},
        )
        for fault in error.faults
    ]


def located(error: Invalid, filter_text: str, scope: ObjectScope) -> Invalid:
    """The same refusal with the places of its faults in the text the asker wrote."""
    if filter_text:
        try:
            check(parse(filter_text), scope, expected=BOOLEAN, text=filter_text)
        except FormulaError as exact:
            others = [each for each in error.problems if each.path not in ("", "filter")]
            return Invalid("query_invalid", problems=[*others, *formula_problems(exact)])
    if isinstance(error, FormulaError):
        return Invalid("query_invalid", problems=formula_problems(error))
    return error

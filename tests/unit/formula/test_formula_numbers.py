"""The functions about numbers, errors and choices at their edges, in the Python engine."""

from __future__ import annotations

import pytest
from unit.formula.number_cases import CASES, SCOPE, Case
from unit.formula.samples import CONTEXT

from fieldstone.formula.check import check
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.parse import parse


@pytest.mark.parametrize("case", CASES, ids=[f"{each.text} {each.values}" for each in CASES])
def test_edges(case: Case) -> None:
    checked = check(parse(case.text), SCOPE)
    if case.failure:
        with pytest.raises(EvaluationError) as raised:
            evaluate(checked, case.record, CONTEXT)
        assert raised.value.code == case.failure
        assert checked.root.fails
    else:
        value = evaluate(checked, case.record, CONTEXT)
        assert value == case.value
        assert type(value) is type(case.value)
        assert value or not str(value).startswith("-")

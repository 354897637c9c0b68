"""Random formulas over every function mean the same in Python and in PostgreSQL.

`make fuzz` runs more of them, with a seed of its own that it prints:
FORMULA_FUZZ_CASES and FORMULA_FUZZ_SEED choose both."""

from __future__ import annotations

import os
import random

import pytest
from formula_fuzz import Maker, difference, differences
from formula_world import Tasks
from unit.formula.samples import COMPUTED_SCOPE, CONTEXT

from fieldstone.formula.check import Blanks, check
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.formula.usage import Usage

CASES = int(os.environ.get("FORMULA_FUZZ_CASES", "4000"))
SEED = int(os.environ.get("FORMULA_FUZZ_SEED", "20240229"))


def test_random_formulas(tasks: Tasks) -> None:
    print(f"FORMULA_FUZZ_SEED={SEED} FORMULA_FUZZ_CASES={CASES}")
    found = list(differences(tasks, SEED, CASES))
    assert not found, f"{len(found)} differences with seed {SEED}:\n" + "\n".join(found[:20])


def test_every_function_takes_part() -> None:
    maker = Maker(random.Random(1))  # noqa: S311
    with_sql = {
        name
        for name, function in FUNCTIONS.items()
        if function.to_sql is not None and function.signature.arguments
    }
    assert set(maker.templates) == with_sql
    missing = with_sql - {"NOT", "IN"}  # written as signs
    for _ in range(10_000):
        text = to_text(maker.formula()[0].node)
        missing -= {name for name in missing if f"{name}(" in text}
        if not missing:
            break
    assert not missing


FOUND: tuple[tuple[str, Blanks], ...] = (
    ("TIMEVALUE(name)", "blank"),
    ("is_done < TRUE", "blank"),
    ("FALSE >= is_done", "blank"),
)
"""What once differed."""


@pytest.mark.parametrize(("text", "blanks"), FOUND)
def test_what_once_differed(tasks: Tasks, text: str, blanks: Blanks) -> None:
    checked = check(parse(text), COMPUTED_SCOPE, blanks=blanks, usage=Usage.VALIDATION)
    assert difference(tasks, checked, CONTEXT) == ""

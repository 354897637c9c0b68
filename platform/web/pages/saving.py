"""Problems of a save, in the words and at the places of a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fieldstone.kernel.errors import Problem
from fieldstone.web.problems import problem_json
from fieldstone.web.reader import Reader


def problem_texts(reader: Reader, problems: Iterable[Problem]) -> list[str]:
    return [problem_text(reader, each) for each in problems]


def problem_text(reader: Reader, problem: Problem) -> str:
    """What is wrong, and what to do about it."""
    told = problem_json(problem, reader.locale.code, reader.snapshot)
    return " ".join(part for part in (told["message"], told["hint"]) if part)


def by_input(reader: Reader, problems: Iterable[Problem]) -> dict[str, tuple[str, ...]]:
    """Texts by the input name that their path already is."""
    found: dict[str, tuple[str, ...]] = {}
    for each in problems:
        found[each.path] = (*found.get(each.path, ()), problem_text(reader, each))
    return found


def placed(problem: Problem, path: str) -> Problem:
    """The same problem at another place."""
    return Problem(
        code=problem.code,
        path=path,
        params=problem.params,
        message=problem.message,
        hint=problem.hint,
    )


def line_problems(problems: Iterable[Problem], rows: Mapping[int, str], link: str) -> list[Problem]:
    """Problems of a batch of lines at the inputs of their rows. `rows`: place in the batch →
    "lines.2"; `link` is the field that points at the record, which no line shows."""
    found = []
    for each in problems:
        steps = each.path.split(".", 2)
        index = int(steps[1]) if len(steps) > 1 and steps[1].isdigit() else 0
        name = steps[2] if len(steps) > 2 else ""
        if name != link:
            row = rows.get(index, "")
            found.append(placed(each, f"{row}.{name}" if name else row))
    return found

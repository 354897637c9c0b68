"""Trying a change before it enters the draft: every problem at once, each at its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from fieldstone.kernel.errors import Problem
from fieldstone.metadata import validate
from fieldstone.metadata.components import Key
from fieldstone.metadata.operations import Operation
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.web.contexts import ProblemView
from fieldstone.web.problems import problem_json
from fieldstone.web.views import input_id
from fieldstone_builder.desk import Desk
from fieldstone_builder.draft import Draft, draft_of

Where = Callable[[str], str]
"""From a place in the document ("label.en") to the name of its input; blank for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`draft` is the one with the change; the paths of `problems` read kind.name.place."""

    draft: Draft
    problems: tuple[Problem, ...]


def check(before: Snapshot, operations: Sequence[Operation], keys: Collection[Key]) -> Checked:
    """What the operations on these components, and on those that name them, would break."""
    draft = draft_of(before, operations)
    refused = [
        located
        for located, key in (located_at(each, operations) for each in draft.problems)
        if key in keys
    ]
    found = validate.problems(draft.after, keys, before)
    return Checked(draft=draft, problems=(*refused, *found))


def located_at(problem: Problem, operations: Sequence[Operation]) -> tuple[Problem, Key]:
    """operations.3.body.length → field.visit.amount.length, and whose it is."""
    _, _, rest = problem.path.partition(".")
    index, _, place = rest.partition(".")
    operation = operations[int(index)]
    place = place.removeprefix("body").lstrip(".")
    path = f"{operation.kind}.{operation.name}.{place}".rstrip(".")
    return replace(problem, path=path), (operation.kind, operation.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A problem in words; `input` is the name of the input it belongs to."""

    text: str
    input: str = ""


@dataclass(frozen=True, slots=True)
class Faults:
    every: tuple[Fault, ...] = ()

    def at(self, *inputs: str) -> tuple[str, ...]:
        found = dict.fromkeys(each.text for each in self.every if each.input in inputs)
        return tuple(found)

    def below(self, prefix: str) -> tuple[str, ...]:
        return tuple(each.text for each in self.every if each.input.startswith(prefix))

    def summary(self) -> tuple[ProblemView, ...]:
        found = dict.fromkeys((each.text, each.input) for each in self.every)
        return tuple(
            ProblemView(text=text, target=input_id(name) if name else "") for text, name in found
        )

    def __bool__(self) -> bool:
        return bool(self.every)


def faults(desk: Desk, problems: Iterable[Problem], key: Key, where: Where) -> Faults:
    """The problems beside the inputs of one component's form."""
    return Faults(tuple(_faults(desk, problems, key, where)))


def _faults(desk: Desk, problems: Iterable[Problem], key: Key, where: Where) -> Iterator[Fault]:
    mine = f"{key[0]}.{key[1]}"
    for each in problems:
        text = text_of(desk, each)
        if each.path == mine or each.path.startswith(f"{mine}."):
            yield Fault(text=text, input=where(each.path[len(mine) + 1 :]))
        else:
            yield Fault(text=f"{place_of(desk, each)}{text}")


_PLAIN = {
    "minimum": "setup.at_least",
    "maximum": "setup.at_most",
    "maxLength": "setup.too_long",
    "minItems": "setup.missing",
    "minLength": "setup.missing",
    "minProperties": "setup.label_missing",
}


_FORMS = {
    "format": "setup.no_counter",
    "currency_code": "setup.bad_currency",
    "country": "setup.bad_country",
}


def plainer(problem: Problem) -> Problem:
    """Beside an input, what its schema refuses is said without the words of the schema."""
    if problem.code == "schema.missing":
        return replace(problem, code="setup.missing")
    if problem.code == "schema.wrong_type" and problem.params.get("wanted") == "integer":
        return replace(problem, code="setup.not_whole")
    if problem.code == "schema.bad_name":
        return replace(problem, code=_FORMS.get(problem.path.rpartition(".")[2], problem.code))
    if problem.code == "schema.out_of_range":
        return replace(problem, code=_PLAIN.get(problem.params["rule"], problem.code))
    return problem


def text_of(desk: Desk, problem: Problem) -> str:
    problem = plainer(problem)
    found = problem_json(problem, desk.words.code, desk.after)
    between = "" if desk.words.code == "zh_CN" else " "
    return between.join(str(part) for part in (found["message"], found["hint"]) if part)


def key_of(desk: Desk, problem: Problem) -> Key | None:
    """The component that a located problem is about."""
    kind, _, rest = problem.path.partition(".")
    steps = rest.split(".")
    for length in (2, 1):
        name = ".".join(steps[:length])
        if desk.after.get(kind, name) or desk.before.get(kind, name):
            return (kind, name)
    return None


def place_of(desk: Desk, problem: Problem) -> str:
    """ "List view All: " before what is wrong there."""
    key = key_of(desk, problem)
    if key is None:
        return ""
    text = f"{desk.words.kind(key[0])} {desk.words.label_of(key)}"
    return f"{text}：" if desk.words.code == "zh_CN" else f"{text}: "

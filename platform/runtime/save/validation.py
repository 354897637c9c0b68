"""Stage 5: the validation rules that admins wrote. A rule says when a record is wrong; all rules
of all records are asked, and each that finds fault tells so beside its field. A rule that cannot
be computed stops the save as well, and is named. A rule that only warns is asked where somebody
can say that it is meant so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fieldstone.formula.batch import Outcome, run
from fieldstone.formula.check import check
from fieldstone.formula.context import Context
from fieldstone.formula.faults import EvaluationError, FormulaError, failure
from fieldstone.formula.parse import parse
from fieldstone.formula.typed import Checked, needs_of
from fieldstone.formula.types import BOOLEAN
from fieldstone.formula.usage import Usage
from fieldstone.kernel.errors import Problem
from fieldstone.metadata import terms
from fieldstone.metadata.components import Component
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import ObjectScope
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.runtime.evaluation import Values, with_links
from fieldstone.runtime.records import context_for
from fieldstone.runtime.save.batch import Action, Batch, Change

WARNED = "rule.warned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`when` is None for one that no longer fits the object's fields."""

    component: Component
    when: Checked | None

    @property
    def warns(self) -> bool:
        """It asks whether something is meant so, and is passed over where nobody can answer."""
        return self.component.body.get("severity") == "warning"


async def validation(batch: Batch) -> None:
    if batch.action in (Action.CREATE, Action.UPDATE):
        changes = [each for each in batch.changes if each.before or batch.action is Action.CREATE]
        await _ask(batch, rules_of(batch.transaction.snapshot, batch.shape.name), changes)


async def validation_after_rollups(batch: Batch) -> None:
    """The rules that see the sums as this save leaves them; the rows are written."""
    rules = rules_of(batch.transaction.snapshot, batch.shape.name, after_rollups=True)
    await _ask(batch, rules, batch.good)


async def _ask(batch: Batch, every: Sequence[Rule], changes: Sequence[Change]) -> None:
    rules = [each for each in every if batch.ask_warnings or not each.warns]
    if not rules or not changes:
        return
    paths = {path for rule in rules if rule.when is not None for path in rule.when.fields}
    records = [
        each.after or {**(each.before or {}), **each.values, "id": each.id} for each in changes
    ]
    lists = [each for rule in rules if rule.when is not None for each in rule.when.lists]
    values = await with_links(batch.transaction, batch.shape.name, records, paths, lists)
    needs = needs_of(rule.when for rule in rules if rule.when is not None)
    is_new = batch.action is Action.CREATE
    context = await context_for(batch.transaction, needs, is_new=is_new)
    old = [_before(each) for each in changes]
    refused = [frozenset(problem.path for problem in each.problems) for each in changes]
    for rule in rules:
        found = _asked(rule, values, context, old)
        for change, known, outcome in zip(changes, refused, found, strict=True):
            # what it would look at is not what the person means
            if not (rule.when and any(path[0] in known for path in rule.when.fields)):
                _tell(batch, change, rule, outcome)


def _before(change: Change) -> Values | None:
    if not change.before:
        return None
    return {(name,): value for name, value in change.before.items()}


def _asked(
    rule: Rule, values: Sequence[Values], context: Context, old: Sequence[Values | None]
) -> Sequence[Outcome]:
    return [None] * len(values) if rule.when is None else run(rule.when, values, context, old=old)


def _tell(batch: Batch, change: Change, rule: Rule, outcome: Outcome) -> None:
    body, snapshot = rule.component.body, batch.transaction.snapshot
    locale = batch.transaction.session.locale.code
    field = str(body.get("field") or "")
    place = field if field in batch.grant.readable else ""
    params: dict[str, Any] = {
        "rule": terms.render(body.get("label"), snapshot, locale) or rule.component.local_name
    }
    if rule.when is None:
        change.problems.append(Problem(code="rule.broken", params=params))
    elif isinstance(outcome, EvaluationError):
        params["error"] = failure(outcome.code)
        change.problems.append(Problem(code="rule.cannot_compute", path=place, params=params))
    elif outcome is True:
        message = terms.render(body["message"], snapshot, locale)
        code = WARNED if rule.warns else "rule.refused"
        change.problems.append(Problem(code=code, path=place, params=params, message=message))


@per_snapshot()
def rules_of(
    snapshot: Snapshot, object_name: str, *, after_rollups: bool = False
) -> tuple[Rule, ...]:
    """The object's active rules, in their order: those asked before anything is written, or
    those asked once the roll-ups follow."""
    return tuple(
        Rule(component=each, when=_checked(snapshot, object_name, each))
        for each in snapshot.of_object("validation_rule", object_name)
        if each.body.get("active", True) and after_rollups == each.body.get("after_rollups", False)
    )


def _checked(snapshot: Snapshot, object_name: str, rule: Component) -> Checked | None:
    scope = ObjectScope(snapshot, object_name)
    try:
        text = rule.body["when"]
        return check(parse(text), scope, expected=BOOLEAN, usage=Usage.VALIDATION)
    except FormulaError:
        return None

"""Checking a formula somebody is writing: its type, its faults with their remedies, what it reads,
and the names that it may use. Nothing is computed here; formula_trial.py does that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from fieldstone.formula.advice import advice
from fieldstone.formula.ast import Call, Span
from fieldstone.formula.check import Blanks, check
from fieldstone.formula.faults import Fault, FormulaError, located
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.parse import parse
from fieldstone.formula.scope import Path
from fieldstone.formula.tokens import normalised
from fieldstone.formula.typed import Checked, everywhere
from fieldstone.formula.types import BOOLEAN, Type
from fieldstone.formula.usage import Usage as Standing
from fieldstone.kernel.errors import Invalid, NotFound
from fieldstone.metadata import draft
from fieldstone.metadata.candidate import candidate
from fieldstone.metadata.field_types.formula import RESULTS, Formula, blanks_of, result_config
from fieldstone.metadata.scope import ObjectScope, Readable, everything
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.runtime.access import require_system
from fieldstone.runtime.suggest import unknown_field
from fieldstone.runtime.transaction import Transaction

MOST_FIXES = 10
"""So many faults are offered a remedy; each one is tried before it is offered."""


class Usage(StrEnum):
    """Where a formula stands, which decides what it must give."""

    FORMULA = "formula"
    VALIDATION = "validation"
    DEFAULT = "default"
    FILTER = "filter"
    VISIBILITY = "visibility"
    LOOKUP_FILTER = "lookup_filter"


CONDITIONS = frozenset({Usage.VALIDATION, Usage.FILTER, Usage.VISIBILITY, Usage.LOOKUP_FILTER})
_STANDS: Mapping[Usage, Standing] = {
    Usage.FORMULA: Standing.FIELD,
    Usage.VALIDATION: Standing.VALIDATION,
    Usage.DEFAULT: Standing.DEFAULT,
    Usage.VISIBILITY: Standing.VISIBILITY,
}
"""Where the language knows more than of a filter."""
RETURNS = tuple(RESULTS)
"""What a computed field may be said to give."""
BLANKS = ("zero", "blank")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A formula about the records of `object`. `record_object` is the object whose form asks,
    for a lookup's filter; `returns`, `scale` and `blanks` are those of a computed field."""

    object: str
    text: str
    usage: Usage = Usage.FORMULA
    returns: str = ""
    scale: int | None = None
    blanks: str = ""
    record_object: str = ""

    @property
    def config(self) -> dict[str, Any]:
        """As the document of a computed field has it; empty when nothing is said of one."""
        if not self.returns:
            return {}
        scale = {} if self.scale is None else {"scale": self.scale}
        return result_config({"returns": self.returns, "formula": self.text, **scale})

    @property
    def expected(self) -> Type | None:
        if self.usage in CONDITIONS:
            return BOOLEAN
        return Formula().formula_type(self.config) if self.returns else None

    @property
    def counts_blank(self) -> Blanks:
        if self.returns:
            return blanks_of({**self.config, "blanks": self.blanks})
        return "zero" if self.blanks == "zero" else "blank"

    @property
    def standing(self) -> Standing:
        return _STANDS.get(self.usage, Standing.FILTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The metadata that formulas are checked against, and what of it may be named."""

    snapshot: Snapshot
    readable: Readable

    def scope(self, object_name: str, record_object: str = "") -> ObjectScope:
        """Raises NotFound for an object that does not exist or may not be read: one answer."""
        for name in (object_name, record_object) if record_object else (object_name,):
            if name not in self.snapshot.objects or not self.readable(name, "name"):
                raise NotFound("object_not_found", name=name[:60])
        return ObjectScope(self.snapshot, object_name, self.readable, record_object)


def published(transaction: Transaction) -> Model:
    """What the caller may read."""
    return Model(snapshot=transaction.snapshot, readable=transaction.grant_rights().may_read)


async def drafted(transaction: Transaction) -> Model:
    """The metadata as it will be, open to those who may change it. Raises Forbidden."""
    require_system(transaction.session, transaction.snapshot, "manage_metadata")
    changeset = await draft.shared(transaction.connection)
    after = transaction.snapshot
    if changeset is not None:
        _, after = candidate(after, changeset.operations)
    return Model(snapshot=after, readable=everything)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What to write instead of the characters from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`text` is what the places of faults and steps count in: the formula in NFC."""

    text: str
    checked: Checked | None = None
    faults: tuple[Fault, ...] = ()
    fixes: tuple[Fix | None, ...] = ()
    """One for each fault."""
    warnings: tuple[Fault, ...] = ()
    """What may not mean what its writer thinks; nothing is refused for it."""

    @property
    def python_only(self) -> bool:
        """The database cannot compute it row by row; what all rows share it need not compute."""
        return any(
            isinstance(each.node, Call) and not each.constant and _in_python(each.node.function)
            for each in (everywhere(self.checked.root) if self.checked else ())
        )

    @property
    def indexable(self) -> bool:
        """Could an index hold its value? Of the record alone, and the same tomorrow."""
        checked = self.checked
        if checked is None or checked.volatile or checked.parameters or self.python_only:
            return False
        return not checked.lists and all(len(path) == 1 for path in checked.fields)


def _in_python(name: str) -> bool:
    function = FUNCTIONS.get(name)
    return function is not None and function.python_only


def found(asked: Asked, scope: ObjectScope) -> Found:
    """The checked formula, or everything that is wrong with it."""
    text, outcome = asked.text, _outcome(asked, scope)
    if isinstance(outcome, Checked):
        text = normalised(text)
        return Found(text=text, checked=outcome, warnings=advice(parse(text), text))
    text = _readable(text)
    faults = tuple(_placed(fault, text) for fault in outcome)
    fixes = tuple(
        _fix(fault, text, asked, scope) if index < MOST_FIXES else None
        for index, fault in enumerate(faults)
    )
    return Found(text=text, faults=faults, fixes=fixes, warnings=_advice(text))


def _advice(text: str) -> tuple[Fault, ...]:
    """Of a formula with faults, as far as it can be parsed."""
    try:
        return advice(parse(text), text)
    except FormulaError:
        return ()


def _readable(text: str) -> str:
    try:
        return normalised(text)
    except FormulaError:
        return text


def _outcome(asked: Asked, scope: ObjectScope) -> Checked | tuple[Fault, ...]:
    try:
        text = normalised(asked.text)
        return check(
            parse(text),
            scope,
            expected=asked.expected,
            text=text,
            blanks=asked.counts_blank,
            usage=asked.standing,
        )
    except FormulaError as error:
        return error.faults


_WORD = re.compile(r"\w+")
_OF_THE_NAME = frozenset({"UNKNOWN_FUNCTION", "ARG_COUNT", "NOT_ALLOWED_IN_CONTEXT"})
"""Faults of a call that its name bears, not all that stands between its brackets."""
_OF_THE_WORD = _OF_THE_NAME | {"UNKNOWN_FIELD", "BAD_PICKLIST_VALUE"}
"""Faults of one word, not of the parentheses that it may stand in."""


def _placed(fault: Fault, text: str) -> Fault:
    if fault.code not in _OF_THE_WORD:
        return fault
    span = _without_parentheses(text, fault.span)
    word = _WORD.match(text, span[0]) if fault.code in _OF_THE_NAME else None
    return located((replace(fault, span=word.span() if word else span),), text)[0]


def _without_parentheses(text: str, span: Span) -> Span:
    start, end = span
    while text[start:end].startswith("(") and text[start:end].endswith(")"):
        inside = text[start + 1 : end - 1]
        start = end - 1 - len(inside.lstrip())
        end = start + len(inside.strip())
    return start, end


def _fix(fault: Fault, text: str, asked: Asked, scope: ObjectScope) -> Fix | None:
    """The suggestion as a change of the text; only one that mends this fault."""
    fix = _replacement(fault, text)
    if fix is None:
        return None
    changed = text[: fix.start] + fix.text + text[fix.end :]
    again = _outcome(replace(asked, text=changed), scope)
    left = () if isinstance(again, Checked) else again
    stays = any(each.code == fault.code and each.span[0] == fault.span[0] for each in left)
    return None if stays else fix


def _replacement(fault: Fault, text: str) -> Fix | None:
    start, end = fault.span
    if not fault.suggestion or start == end:
        return None
    match fault.code:
        case "BAD_PICKLIST_VALUE":
            quote = text[start] if text[start] in "'\"" else '"'
            return Fix(start=start, end=end, text=f"{quote}{fault.suggestion}{quote}")
        case "UNKNOWN_FIELD" | "UNKNOWN_LIST" | "UNKNOWN_FUNCTION" | "BAD_CHARACTER":
            return Fix(start=start, end=end, text=fault.suggestion)
    return None


def fields_after(scope: ObjectScope, path: Path) -> tuple[Field, ...]:
    """The fields that may follow the path; none after one that is no link. Raises Invalid."""
    trail = scope.trail(path)
    if path and not trail:
        raise Invalid(
            "query_invalid", problems=[unknown_field(scope, ".".join(path)[:200], "path")]
        )
    if trail and not trail[-1].is_reference:
        return ()
    shape = scope.snapshot.objects.get(trail[-1].target if trail else scope.object)
    known = shape.fields if shape else {}
    return tuple(known[each.name] for each in scope.names(path))

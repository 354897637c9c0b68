"""The condition of a lookup's filter, in the words of whoever chose a record outside it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Unary,
    children,
)
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.kernel.i18n import translate
from fieldstone.metadata import terms
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import RECORD, ObjectScope
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.runtime.access import Rights

_SIGNS = {"=": "=", "<>": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


@per_snapshot()
def filter_words(
    snapshot: Snapshot, object_name: str, name: str, rights: Rights, locale: str
) -> str:
    """Without a word of what the asker may not read."""
    field = snapshot.objects[object_name].fields[name]
    words = _Words(snapshot, field, rights, locale)
    try:
        node = parse(str(field.config["filter"]))
    except FormulaError:
        return words.say("the one that is set for this field")
    if not all(words.trail(each) for each in _named(node)):
        return words.say("the one that is set for this field")
    parts = [words.of(each) for each in _parts(node, "AND")]
    return words.say("; ").join(parts)


def _named(node: Node) -> Iterator[FieldRef | Parameter]:
    if isinstance(node, FieldRef) or (isinstance(node, Parameter) and node.root == RECORD):
        yield node
    for each in children(node):
        yield from _named(each)


def _parts(node: Node, sign: str) -> list[Node]:
    match node:
        case Binary(operator=operator, left=left, right=right) if operator == sign:
            return [*_parts(left, sign), *_parts(right, sign)]
        case Call(function=function, arguments=arguments) if function == sign:
            return [part for each in arguments for part in _parts(each, sign)]
        case _:
            return [node]


class _Words:
    def __init__(self, snapshot: Snapshot, field: Field, rights: Rights, locale: str) -> None:
        self._snapshot, self._locale = snapshot, locale
        self._there = ObjectScope(snapshot, field.target, rights.may_read)
        self._here = ObjectScope(snapshot, field.object, rights.may_read)

    def say(self, text: str, **params: str) -> str:
        return translate(self._locale, text, params)

    def trail(self, node: Node) -> tuple[Field, ...]:
        match node:
            case FieldRef(path=path):
                return self._there.trail(path)
            case Parameter(root="record", path=path):
                return self._here.trail(path)
            case _:
                return ()

    def of(self, node: Node) -> str:
        """What only asks about the record itself, as ISBLANK($record.x) OR … does, is left out:
        the other half is what was not met."""
        parts = _parts(node, "OR")
        asking = [each for each in parts if any(isinstance(n, FieldRef) for n in _named(each))]
        return self.say(" or ").join(self._single(each) for each in asking or parts)

    def _single(self, node: Node) -> str:
        match node:
            case FieldRef():
                return self._compared(node, "=", [Literal(value=True)])
            case Unary(operator="NOT", operand=FieldRef() as inner):
                return self._compared(inner, "=", [Literal(value=False)])
            case Binary(operator=sign, left=left, right=right) if sign in _SIGNS:
                return self._compared(left, sign, [right])
            case Call(function="ISPICKVAL", arguments=(left, right)):
                return self._compared(left, "=", [right])
            case InList(operand=operand, items=items):
                return self._compared(operand, "=", items)
            case Call(function="ISBLANK", arguments=(FieldRef() as inner,)):
                return self.say("%(name)s is blank", name=self._operand(inner, ()))
            case Unary(operator="NOT", operand=Call(function="ISBLANK", arguments=(inner,))):
                return self.say("%(name)s is not blank", name=self._operand(inner, ()))
            case _:
                return to_text(node)

    def _compared(self, left: Node, sign: str, right: list[Node] | tuple[Node, ...]) -> str:
        values = " / ".join(self._operand(each, self.trail(left)) for each in right)
        return f"{self._operand(left, ())} {_SIGNS[sign]} {values}"

    def _operand(self, node: Node, beside: tuple[Field, ...]) -> str:
        match node:
            case FieldRef():
                return self._labels(self.trail(node))
            case Parameter(root="record", path=("id",)):
                return self.say("this record")
            case Parameter(root="record"):
                name = self._labels(self.trail(node))
                return self.say("%(name)s of this record", name=name)
            case Parameter(root="user", path=("id",)):
                return self.say("me")
            case Literal(value=bool(value)):
                return self.say("Yes") if value else self.say("No")
            case Literal(value=value):
                return self._value(value, beside)
            case _:
                return to_text(node)

    def _labels(self, trail: tuple[Field, ...]) -> str:
        return " ".join(terms.render(each.label, self._snapshot, self._locale) for each in trail)

    def _value(self, value: object, beside: tuple[Field, ...]) -> str:
        shape = beside[-1] if beside else None
        if shape is not None and isinstance(value, str) and value in shape.values:
            return terms.render(shape.values[value].get("label"), self._snapshot, self._locale)
        if isinstance(value, Decimal):
            percent = shape is not None and shape.type.name == "percent"
            return f"{value * 100:f}%" if percent else f"{value:f}"
        return "" if value is None else str(value)

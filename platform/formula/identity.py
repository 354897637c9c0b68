"""Which parts of formulas are the same: equal names for parts with equal values."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from fieldstone.formula.ast import Binary, Call, FieldRef, Literal, Parameter, Placeholder, Unary
from fieldstone.formula.typed import Over, Typed

SIZE = 16


@dataclass(slots=True)
class Identities:
    """`values` tells whose lifted values the placeholders stand for."""

    values: str = ""
    known: dict[int, bytes] = field(default_factory=dict)
    kept: list[Typed] = field(default_factory=list)

    def of(self, typed: Typed) -> bytes:
        """Sixteen bytes that are equal for equal parts, wherever they stand. The formula of a
        computed field counts by what it is, not by the field's name."""
        found = self.known.get(id(typed))
        if found is None:
            made = blake2b(self._own(typed).encode("utf-8", "surrogatepass"), digest_size=SIZE)
            for operand in (*typed.operands, *(typed.over.trees if typed.over else ())):
                made.update(self.of(operand))
            found = self.known[id(typed)] = made.digest()
            self.kept.append(typed)  # so that its id stays its own
        return found

    def _own(self, typed: Typed) -> str:
        node, type_ = typed.node, typed.type
        kind = f"{type_.kind} {type_.scale} {type_.digits} {type_.percent} {typed.zero}"
        return f"{type(node).__name__} {kind} {len(typed.operands)} {self._named(typed)!r}"

    def _named(self, typed: Typed) -> object:
        match typed.node:
            case Literal(value=value):
                return value
            case FieldRef(path=path):
                return None if typed.operands else path
            case Parameter(root=root, path=path):
                return root if typed.operands else (root, path)
            case Placeholder(index=index, kind=kind):
                return self.values, index, kind
            case Unary(operator=operator) | Binary(operator=operator):
                return operator
            case Call(function=function):
                return function if typed.over is None else (function, *_listed(typed.over))
            case _:
                return None


def _listed(over: Over) -> tuple[object, ...]:
    present = (over.value is None, over.condition is None, over.order is None)
    return (over.relation, over.path, *present)

"""The literals of a formula as fields, so that each engine must compute with them."""

from __future__ import annotations

from typing import Any

from unit.formula.samples import SampleScope

from fieldstone.formula.ast import FieldRef, Placeholder
from fieldstone.formula.scope import Named, Path
from fieldstone.formula.types import NUMBER, TEXT


class WithLiterals(SampleScope):
    """The literals of an example as fields, so that PostgreSQL must compute with them."""

    def resolve(self, path: Path) -> Named | None:
        if path[0].startswith("text_"):
            return Named(name=path[0], label="", type=TEXT)
        if path[0].startswith("number_"):
            return Named(name=path[0], label="", type=NUMBER)
        return super().resolve(path)


def with_fields(node: Any) -> Any:
    """The shape of a formula with a field for each placeholder."""
    if isinstance(node, Placeholder):
        kind = "text" if node.kind == "text" else "number"
        return FieldRef((f"{kind}_{node.index}",))
    if isinstance(node, tuple):
        return tuple(with_fields(each) for each in node)
    if not hasattr(node, "__dataclass_fields__"):
        return node
    return type(node)(*(with_fields(getattr(node, name)) for name in node.__dataclass_fields__))

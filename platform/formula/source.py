"""The text of generated Python, and the objects that it names. For generate.py, which fills it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from fieldstone.formula.typed import Typed

MARGIN = "    "


@dataclass(slots=True)
class Source:
    """`objects` are what the text names: g0, g1 …; `constants` the parts that are the same for a
    batch, computed before it: k0, k1 …; of those for an IN, a set."""

    functions: list[list[str]] = field(default_factory=list)
    main: list[str] = field(default_factory=list)
    objects: dict[str, Any] = field(default_factory=dict)
    constants: list[tuple[tuple[Typed, ...], bool]] = field(default_factory=list)

    def object(self, value: Any) -> str:
        name = f"g{len(self.objects)}"
        self.objects[name] = value
        return name

    def constant(self, *parts: Typed, listed: bool = False) -> str:
        self.constants.append((parts, listed))
        return f"k{len(self.constants) - 1}"

    @property
    def text(self) -> str:
        names = ", ".join(f"k{index}" for index in range(len(self.constants)))
        unpack = [f"    ({names},) = k"] if names else []
        inner = [MARGIN + line for line in chain(*self.functions, self.main)]
        return "\n".join(["def make(context, walk, k):", *unpack, *inner, "    return batch", ""])

"""A formula whose names and types are known: what the two engines read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Flag, auto
from functools import reduce
from operator import or_

from fieldstone.formula.ast import FieldRef, Node, Parameter, Path, with_children
from fieldstone.formula.types import Type


class Needs(Flag):
    """What must be known to compute a node."""

    NOTHING = 0
    FIELDS = auto()
    TIME = auto()
    PARAMETERS = auto()
    VALUES = auto()
    """Literals that were lifted out of the shape."""
    CHANGE = auto()
    """What a save does to the record: whether it is new, and its values before."""
    CALENDAR = auto()
    """The organisation's holidays and business hours."""


@dataclass(frozen=True, slots=True)
class Typed:
    """`node` names fields by their declared names; its own operands are not looked at,
    `operands` are. `fails`: computing it may end in an error, not only in a value.

    A reference to a computed field has one operand: the field's formula. `$old.x` has one as
    well: the reference to x, to be read from the record as it was. `zero`: a blank number read
    here counts as 0. `over`: a call that sums up a related list."""

    node: Node
    type: Type
    operands: tuple[Typed, ...] = ()
    needs: Needs = Needs.NOTHING
    fails: bool = False
    zero: bool = False
    over: Over | None = None
    size: int = field(init=False, compare=False, repr=False)
    """How many nodes there are, those of computed fields included each time they are named."""
    depth: int = field(init=False, compare=False, repr=False)
    levels: int = field(init=False, compare=False, repr=False)
    """How many computed fields lie inside one another."""
    steps: int = field(init=False, compare=False, repr=False)
    """The length of the longest path to a stored field."""
    gathers: bool = field(init=False, compare=False, repr=False)
    """Sums up a related list here or further down."""

    def __post_init__(self) -> None:
        below = self.operands if self.over is None else (*self.operands, *self.over.trees)
        size = 1 + sum([each.size for each in below])
        depth = 1 + max([each.depth for each in below], default=0)
        levels = max([each.levels for each in below], default=0) + self.computed
        own = len(self.node.path) if isinstance(self.node, FieldRef) and not below else 0
        own = own if self.over is None else len(self.over.anchor)
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "depth", depth)
        object.__setattr__(self, "levels", levels)
        object.__setattr__(self, "steps", max([own, *(each.steps for each in below)]))
        gathers = self.over is not None or any(each.gathers for each in below)
        object.__setattr__(self, "gathers", gathers)

    @property
    def constant(self) -> bool:
        """The same for every row of one statement."""
        return not self.needs & (Needs.FIELDS | Needs.CHANGE)

    @property
    def computed(self) -> bool:
        """A reference to a field that is a formula itself."""
        return bool(self.operands) and isinstance(self.node, FieldRef)

    @property
    def column(self) -> bool:
        """A reference to a stored field, as it is stored."""
        return isinstance(self.node, FieldRef) and not self.operands and not self.zero


@dataclass(frozen=True, slots=True)
class Over:
    """The related list that a call sums up. `relation` is the key that the scope gave it, `path`
    leads to the record whose list it is; the trees are about one record of the list, so their
    paths begin there. `value` None: the records themselves."""

    relation: str
    path: Path
    value: Typed | None = None
    condition: Typed | None = None
    order: Typed | None = None

    @property
    def trees(self) -> tuple[Typed, ...]:
        found = (self.value, self.condition, self.order)
        return tuple(each for each in found if each is not None)

    @property
    def anchor(self) -> Path:
        """The id of the record whose list it is."""
        return (*self.path, ID)

    @property
    def rows(self) -> Path:
        """Where a record holds the records of the list. No field has such a name."""
        return (*self.path, self.relation)


ID = "id"


@dataclass(frozen=True, slots=True)
class Listed:
    """A related list that a formula reads: `fields` are the paths of the stored fields that it
    reads from the records of the list."""

    relation: str
    path: Path
    fields: tuple[Path, ...]

    @property
    def rows(self) -> Path:
        return (*self.path, self.relation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """`fields` are the paths of the stored fields that it reads from the record, those that its
    computed fields read included, and `old` those that it reads from the record as it was before
    a save; `computed` are the computed fields that it names itself or through another one;
    `parameters` the (root, path) pairs; `lists` the related lists. Each once."""

    root: Typed
    fields: tuple[Path, ...]
    parameters: tuple[tuple[str, Path], ...]
    computed: tuple[Path, ...] = ()
    old: tuple[Path, ...] = ()
    lists: tuple[Listed, ...] = ()

    @property
    def node(self) -> Node:
        return self.root.node

    @property
    def type(self) -> Type:
        return self.root.type

    @property
    def volatile(self) -> bool:
        """May tell another value though nothing was saved that it reads: not to be stored or
        indexed."""
        return bool(self.root.needs & (Needs.TIME | Needs.CALENDAR))

    @property
    def reads_old(self) -> bool:
        """Needs the record as it was before the save."""
        return bool(self.old)


def needs_of(formulas: Iterable[Checked]) -> Needs:
    """What must be known to compute all of them."""
    return reduce(or_, (each.root.needs for each in formulas), Needs.NOTHING)


def walk(root: Typed) -> Iterator[Typed]:
    """Every node, outer ones first, in the order of the text."""
    waiting = [root]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(current.operands))


def everywhere(root: Typed) -> Iterator[Typed]:
    """Every node, those over the records of lists included."""
    waiting = [root]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(current.operands))
        waiting.extend(current.over.trees if current.over is not None else ())


def size(root: Typed) -> int:
    """How many nodes there are when every computed field stands for its formula."""
    return root.size


def depth_of_computed(root: Typed) -> int:
    """How many computed fields lie inside one another; 0 without any."""
    return root.levels


def moved(root: Typed, prefix: Path) -> Typed:
    """The same formula seen from a record that reaches this one by `prefix`:

    moved(<total * 2>, ("account",)) is <account.total * 2>."""
    if not prefix or root.constant:
        return root
    return _moved(root, prefix, {})


def _moved(typed: Typed, prefix: Path, known: dict[int, Typed]) -> Typed:
    if typed.constant:
        return typed
    found = known.get(id(typed))
    if found is None:
        operands = tuple([_moved(operand, prefix, known) for operand in typed.operands])
        over = typed.over and replace(typed.over, path=(*prefix, *typed.over.path))
        node = typed.node if over else _node(typed.node, operands, prefix)
        found = known[id(typed)] = replace(typed, node=node, operands=operands, over=over)
    return found


def _node(node: Node, operands: tuple[Typed, ...], prefix: Path) -> Node:
    if isinstance(node, FieldRef):
        return replace(node, path=(*prefix, *node.path))
    if isinstance(node, Parameter):
        return replace(node, path=(*prefix, *node.path)) if node.root == "old" else node
    return with_children(node, tuple([operand.node for operand in operands]))

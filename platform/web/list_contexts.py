"""What the head of a list shows: its views, and what can be done with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fieldstone.web.contexts import FieldValue, FieldView, OptionView

Arity = Literal["none", "one", "two", "many", "period"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewTab:
    label: str
    url: str
    current: bool = False
    count: str = ""
    icon: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewGroup:
    """Views of one kind in the switcher: pinned, mine, shared, published."""

    label: str
    views: tuple[ViewTab, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitcherView:
    groups: tuple[ViewGroup, ...]
    searchable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewForm:
    """The form in which a view gets a name. Posts `name`, `shared` and `query`, the list's own
    query; it is answered by itself when something is wrong."""

    kind: Literal["create", "rename"]
    url: str
    query: str
    name: str = ""
    shared: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepView:
    """What can be done with the view that is shown. Each url takes a POST with `query`; blank:
    not now, or not by this reader."""

    name: str
    query: str
    changed: bool
    create: ViewForm
    rename: ViewForm | None = None
    save_url: str = ""
    undo_url: str = ""
    """The view as it was kept."""
    pin_url: str = ""
    pinned: bool = False
    default_url: str = ""
    is_default: bool = False
    columns_url: str = ""
    """GET: the drawer of the columns; their widths go to `widths_url`."""
    widths_url: str = ""
    delete_url: str = ""
    shared: bool = False


# ---- the conditions ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionView:
    """A condition being written. Posts `f` (field), `op` and what `arity` asks for: `inputs` are
    none, one or two fields named "v" and "v2"; "many" posts a "v" for each option of the field
    that is ticked (`inputs[0].value.items` says which); "period" posts one of `periods` as "v"."""

    field: FieldView
    operator: str
    operators: tuple[OptionView, ...]
    arity: Arity = "one"
    name: str = "v"
    inputs: tuple[FieldValue, ...] = ()
    periods: tuple[OptionView, ...] = ()
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuilderRow:
    """One line of the builder. `place` ends the names of its inputs. A `formula` stands for what
    the builder has no row for."""

    place: str
    path: str = ""
    label: str = ""
    condition: ConditionView | None = None
    count: str = ""
    """Of days, where the period asks for a number."""
    formula: str = ""
    is_formula: bool = False
    editing: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuilderGroup:
    place: str
    any: bool
    parts: tuple[BuilderRow | BuilderGroup, ...]
    nests: bool
    """Groups may be made inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickableView:
    path: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickGroup:
    """Fields of the object, or of one a link leads to."""

    label: str
    fields: tuple[PickableView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuilderView:
    url: str
    query: str
    tree: BuilderGroup
    fields: tuple[PickGroup, ...] = ()


# ---- the columns --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsView:
    """`first` is the label of the name, which always stands first; the rest is `chosen`."""

    url: str
    query: str
    first: str
    chosen: tuple[PickableView, ...]
    fields: tuple[PickGroup, ...]

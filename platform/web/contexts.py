"""What pages are told: one frozen dataclass for each thing a template shows.

Handlers build these, templates read them, nothing else passes the border. Texts arrive ready to
read, in the reader's language and the tenant's words; a template adds only its own sentences.
Every page gets `site` (SiteView) and `page` (page_contexts.py, form_contexts.py); pages inside
the application also get `shell` (ShellView)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Theme = Literal["light", "dark", "auto"]
Density = Literal["comfortable", "compact"]
NoteKind = Literal["", "bad", "warn", "ok", "info"]


# ---- values and fields ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionView:
    """A choice. `when` lists the codes of the controlling field under which it may be chosen;
    empty: always."""

    code: str
    label: str
    color: str = ""
    active: bool = True
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueView:
    """One value, twice: `raw` as the edit widget needs it, `text` as a person reads it.

    `items` holds the parts of a value that is many (options, people, files); `parts` the raw
    parts of a compound: {"province": …, "street": …}."""

    raw: str = ""
    text: str = ""
    color: str = ""
    items: tuple[ValueView, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    href: str = ""
    icon: str = ""
    initials: str = ""
    blank: bool = False
    thumb: str = ""


BLANK = ValueView(blank=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field as this reader meets it. `input_name` is its name in the posted form
    ("amount", "lines.0.amount"), `id` its HTML id; both are empty where it is only shown."""

    name: str
    label: str
    widget: str
    input_name: str = ""
    id: str = ""
    type: str = ""
    help: str = ""
    required: bool = False
    read_only: bool = False
    masked: bool = False
    placeholder: str = ""
    unit: str = ""
    max_length: int | None = None
    options: tuple[OptionView, ...] = ()
    depends_on: str = ""
    """`input_name` of the field that decides which options may be chosen."""
    target: str = ""
    targets: tuple[tuple[str, str], ...] = ()
    """(object, label) for a polymorphic lookup."""
    target_icon: str = ""
    lookup_url: str = ""
    """Answers GET ?q= with [{"value", "label", "sub"}]."""
    multiple: bool = False
    open: bool = False
    """Words of one's own may be chosen besides the options."""
    accept: str = ""
    step: str = ""
    min: str = ""
    max: str = ""
    problems: tuple[str, ...] = ()
    span: Literal[1, 2] = 1
    href: str = ""
    touched: bool = False
    """Changed by hand: nothing fills it in any more."""
    needs: tuple[tuple[str, str, str], ...] = ()
    """(name in the request, input name, label) of the fields a lookup's choices depend on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """A field with its value. `edit_url` answers with the form that edits it in place."""

    field: FieldView
    value: ValueView = BLANK
    edit_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    name: str
    label: str
    items: tuple[FieldValue, ...]
    columns: Literal[1, 2] = 2
    collapsed: bool = False
    conditional: bool = False
    """It may come and go while the form is filled in."""
    hidden: bool = False


# ---- words of the frame ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagView:
    label: str
    color: str = "gray"
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """A sentence that matters: `title` the fact in bold, `text` what follows from it."""

    title: str
    text: str = ""
    kind: NoteKind = "info"
    icon: str = "info-circle"
    links: tuple[LinkView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToastView:
    """A past-tense fact. With `undo_url` it can be taken back (POST) until the seconds run out."""

    text: str
    icon: str = "circle-check"
    undo_url: str = ""
    seconds: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """A button. `method` post makes it a form; `confirm` asks first, in a dialog."""

    label: str
    url: str
    icon: str = ""
    method: Literal["get", "post"] = "get"
    danger: bool = False
    primary: bool = False
    confirm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """A line of the error summary; `target` is the HTML id it jumps to."""

    text: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """What every page needs before anybody has signed in."""

    theme: Theme = "auto"
    density: Density = "comfortable"
    csrf_token: str = ""
    path: str = "/"
    """Where the reader is; preferences and language come back to it."""
    name: str = "Fieldstone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    label: str
    url: str
    icon: str = ""
    color: str = "gray"
    current: bool = False
    count: str = ""
    is_new: bool = False
    """The count asks for attention."""
    sub: str = ""
    key: str = ""
    """The keys that lead there: "g a"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavGroup:
    items: tuple[NavItem, ...]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    name: str
    account: str = ""
    initials: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellView:
    """The frame around every page of a signed-in person. Setup uses the same one with
    `back_url` set and its own groups."""

    org: str
    app: str
    user: UserView
    groups: tuple[NavGroup, ...] = ()
    apps: tuple[NavItem, ...] = ()
    new_items: tuple[NavItem, ...] = ()
    home_url: str = "/"
    setup_url: str = ""
    back_url: str = ""
    search_url: str = ""
    mine_url: str = ""
    """Answers with favourites and recents for the rail, once the page is there."""
    places_url: str = ""
    """Answers with more places for the palette, such as those of setup."""
    help_url: str = ""
    inbox: NavItem | None = None
    profile_url: str = ""
    sign_out_url: str = "/signout"
    notes: tuple[NoteView, ...] = ()
    """States of the whole page, under the top bar: a draft, viewing as somebody."""
    toasts: tuple[ToastView, ...] = ()

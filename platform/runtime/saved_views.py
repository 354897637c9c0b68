"""List views that people keep, for themselves or for everybody who may read the object, and how
each of them looks at a view. Their own tables, not records: what a view may ask for is decided
by the query that it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Select, Text, Uuid, bindparam, cast, literal, null, or_, select
from sqlalchemy import delete as delete_from
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as insert_into

from fieldstone.formula.check import check
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.types import BOOLEAN
from fieldstone.kernel import clock
from fieldstone.kernel.errors import Forbidden, Invalid, NotFound, Problem
from fieldstone.kernel.ids import uuid7
from fieldstone.kernel.sql import statement
from fieldstone.kernel.system_tables import saved_view, state, view_setting
from fieldstone.runtime.compile import scope_of, sortable
from fieldstone.runtime.filter_problems import formula_problems
from fieldstone.runtime.query import parse_sort
from fieldstone.runtime.suggest import not_usable, unknown_field
from fieldstone.runtime.transaction import ShapeChangedError, Transaction

LONGEST_NAME = 80
MOST = 200
"""So many views of one object may a person keep."""
MOST_COLUMNS = 100
KEPT_FOR = timedelta(days=30)
"""A deleted view can be brought back for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """`columns` and `sort` are dotted names, `filter` a formula."""

    columns: tuple[str, ...] = ()
    filter: str = ""
    sort: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"columns": list(self.columns), "filter": self.filter, "sort": self.sort}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    id: UUID
    object: str
    name: str
    owner_id: UUID
    shared: bool
    definition: Definition
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How one user looks at one view. No `columns`: those of the view."""

    columns: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    pinned: bool = False
    default: bool = False

    def as_json(self) -> dict[str, Any]:
        given = {
            "columns": list(self.columns),
            "widths": dict(self.widths),
            "pinned": self.pinned,
            "default": self.default,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything kept about the lists of one object, as one user sees it. `settings` by the name
    of a published view or the id of a saved one."""

    views: tuple[SavedView, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)

    def setting(self, view: str) -> Setting:
        return self.settings.get(view, Setting())

    def view(self, name: str) -> SavedView | None:
        return next((each for each in self.views if str(each.id) == name), None)

    @property
    def default(self) -> str:
        return next((name for name, each in self.settings.items() if each.default), "")


NOTHING_KEPT = Kept()
_view, _setting = saved_view.c, view_setting.c
_MINE = bindparam("me", type_=Uuid)
_OBJECT = bindparam("of_object", type_=Uuid)
_ID = bindparam("one", type_=Uuid)
_DELETED = "deleted"
_LIVE = _view.definition[_DELETED].astext.is_(None)
_VISIBLE = or_(_view.owner_id == _MINE, _view.shared)


def _views(*conditions: Any) -> Select[Any]:
    return select(
        cast(_view.id, Text).label("key"),
        _view.owner_id,
        _view.name,
        _view.shared,
        _view.definition.label("body"),
        _view.modified_at,
    ).where(_view.object_id == _OBJECT, _VISIBLE, *conditions)


_READ = statement(
    _views(_LIVE).union_all(
        select(
            _setting.view,
            cast(null(), Uuid),
            literal("", Text),
            literal(value=False),
            cast(_setting.settings, JSONB),
            cast(null(), DateTime(timezone=True)),
        ).where(_setting.object_id == _OBJECT, _setting.user_id == _MINE)
    )
)
_ONE = statement(_views(_view.id == _ID).with_for_update())
_WITHOUT_DEFAULT = _setting.settings.op("-")(literal("default", Text))
_VERSION = statement(select(state.c.metadata_version).with_for_update(read=True))


async def kept_views(transaction: Transaction, object_name: str) -> Kept:
    """In one query: the user's own views and those that are shared, by name, and the settings.
    Raises NotFound for an object that may not be read."""
    rows = await transaction.connection.fetch(_READ, _params(transaction, object_name))
    views = [_read(object_name, row) for row in rows if row["owner_id"] is not None]
    return Kept(
        views=tuple(sorted(views, key=lambda each: (each.name.casefold(), each.id))),
        settings={row["key"]: _setting_of(row["body"]) for row in rows if row["owner_id"] is None},
    )


async def create(
    transaction: Transaction,
    object_name: str,
    name: str,
    definition: Definition,
    *,
    shared: bool = False,
) -> SavedView:
    """Raises Invalid with everything that is wrong with name and definition."""
    kept = await kept_views(transaction, object_name)
    own = [each for each in kept.views if each.owner_id == transaction.session.user_id]
    problems = [
        *_name_problems(name, own),
        *definition_problems(transaction, object_name, definition),
    ]
    if len(own) >= MOST:
        problems.append(Problem(code="view.too_many", params={"limit": MOST}))
    if problems:
        raise Invalid(problems=problems)
    await _hold(transaction)
    now = clock.now()
    view = SavedView(
        id=uuid7(),
        object=object_name,
        name=name.strip(),
        owner_id=transaction.session.user_id,
        shared=shared,
        definition=definition,
        modified_at=now,
    )
    await transaction.connection.run(
        saved_view.insert().values(
            id=view.id,
            object_id=_object_id(transaction, object_name),
            owner_id=view.owner_id,
            name=view.name,
            shared=shared,
            definition=definition.as_json(),
            created_at=now,
            modified_at=now,
        )
    )
    return view


async def change(
    transaction: Transaction,
    view: SavedView,
    *,
    name: str | None = None,
    shared: bool | None = None,
    definition: Definition | None = None,
) -> SavedView:
    """Raises Forbidden for a view of somebody else's that this user may only look at."""
    _require_change(transaction, view)
    problems: list[Problem] = []
    if name is not None and name.strip() != view.name:
        kept = await kept_views(transaction, view.object)
        others = [each for each in kept.views if each.owner_id == view.owner_id]
        problems.extend(_name_problems(name, [each for each in others if each.id != view.id]))
    if definition is not None:
        problems.extend(_new_problems(transaction, view, definition))
    if problems:
        raise Invalid(problems=problems)
    await _hold(transaction)
    changed = replace(
        view,
        name=view.name if name is None else name.strip(),
        shared=view.shared if shared is None else shared,
        definition=view.definition if definition is None else definition,
        modified_at=clock.now(),
    )
    await transaction.connection.run(
        saved_view.update()
        .where(_view.id == view.id)
        .values(
            name=changed.name,
            shared=changed.shared,
            definition=changed.definition.as_json(),
            modified_at=changed.modified_at,
        )
    )
    return changed


async def delete(transaction: Transaction, view: SavedView) -> None:
    """Out of sight at once, out of the database when nobody wants it back."""
    _require_change(transaction, view)
    now = clock.now()
    marked = {**view.definition.as_json(), _DELETED: now.isoformat()}
    await transaction.connection.run(
        saved_view.update().where(_view.id == view.id).values(definition=marked, modified_at=now)
    )
    await transaction.connection.run(
        delete_from(saved_view).where(
            _view.definition[_DELETED].astext.is_not(None), _view.modified_at < now - KEPT_FOR
        )
    )


async def undelete(transaction: Transaction, object_name: str, view_id: UUID) -> SavedView:
    view = await find(transaction, object_name, view_id, deleted=True)
    return await change(transaction, view)


async def find(
    transaction: Transaction, object_name: str, view_id: UUID, *, deleted: bool = False
) -> SavedView:
    """The view, locked. Raises NotFound for one that does not exist or is somebody's own."""
    params = {**_params(transaction, object_name), "one": view_id}
    row = await transaction.connection.first(_ONE, params)
    if row is None or (_DELETED in row["body"]) != deleted:
        raise NotFound("view_not_found")
    return _read(object_name, row)


async def keep_setting(
    transaction: Transaction, object_name: str, view: str, setting: Setting
) -> None:
    """How this user looks at the view from now on; of all views one at most is the default."""
    _params(transaction, object_name)
    user_id, object_id = transaction.session.user_id, _object_id(transaction, object_name)
    if setting.default:
        other = (
            _setting.user_id == user_id,
            _setting.object_id == object_id,
            _setting.view != view,
        )
        await transaction.connection.run(
            view_setting.update().where(*other).values(settings=_WITHOUT_DEFAULT)
        )
    insert = insert_into(view_setting).values(
        user_id=user_id, object_id=object_id, view=view, settings=setting.as_json()
    )
    await transaction.connection.run(
        insert.on_conflict_do_update(
            index_elements=list(view_setting.primary_key.columns),
            set_={"settings": insert.excluded.settings},
        )
    )


def may_change(transaction: Transaction, view: SavedView) -> bool:
    """Its owner, or for a shared one whoever may change the metadata."""
    if view.owner_id == transaction.session.user_id:
        return True
    return view.shared and "manage_metadata" in transaction.grant_rights().system


def _require_change(transaction: Transaction, view: SavedView) -> None:
    if not may_change(transaction, view):
        raise Forbidden("view_forbidden", name=view.name)


async def _hold(transaction: Transaction) -> None:
    """A name that is published anew meanwhile would be written here under the old one."""
    if await transaction.connection.value(_VERSION) != transaction.snapshot.version:
        raise ShapeChangedError


def _params(transaction: Transaction, object_name: str) -> dict[str, Any]:
    return {
        "me": transaction.session.user_id,
        "of_object": _object_id(transaction, object_name),
    }


def _object_id(transaction: Transaction, object_name: str) -> UUID:
    return transaction.grant(object_name).object.id


def _read(object_name: str, row: Mapping[str, Any]) -> SavedView:
    body = row["body"]
    return SavedView(
        id=UUID(row["key"]),
        object=object_name,
        name=row["name"],
        owner_id=row["owner_id"],
        shared=row["shared"],
        definition=Definition(
            columns=tuple(body.get("columns") or ()),
            filter=str(body.get("filter") or ""),
            sort=str(body.get("sort") or ""),
        ),
        modified_at=row["modified_at"],
    )


def _setting_of(body: Mapping[str, Any]) -> Setting:
    return Setting(
        columns=tuple(body.get("columns") or ()),
        widths=dict(body.get("widths") or {}),
        pinned=bool(body.get("pinned")),
        default=bool(body.get("default")),
    )


def _name_problems(name: str, own: Sequence[SavedView]) -> list[Problem]:
    name = name.strip()
    if not name:
        return [Problem(code="field.required", path="name")]
    if len(name) > LONGEST_NAME:
        params = {"limit": LONGEST_NAME, "length": len(name)}
        return [Problem(code="field.too_long", path="name", params=params)]
    if any(each.name.casefold() == name.casefold() for each in own):
        return [Problem(code="view.name_taken", path="name", params={"name": name})]
    return []


def _new_problems(
    transaction: Transaction, view: SavedView, definition: Definition
) -> list[Problem]:
    """What was kept before may name what is gone or hidden by now; that is no reason to refuse
    something else."""
    old, new = view.definition, definition
    asked = Definition(
        columns=tuple(each for each in new.columns if each not in old.columns),
        filter="" if new.filter == old.filter else new.filter,
        sort="" if new.sort == old.sort else new.sort,
    )
    return definition_problems(transaction, view.object, asked)


def definition_problems(
    transaction: Transaction, object_name: str, definition: Definition
) -> list[Problem]:
    """Everything that this user may not ask for, or that is none."""
    scope = scope_of(transaction.snapshot, transaction.grant(object_name))
    problems = [
        unknown_field(scope, each, f"columns.{index}")
        for index, each in enumerate(definition.columns)
        if not scope.trail(tuple(each.split(".")))
    ]
    if len(definition.columns) > MOST_COLUMNS:
        params = {"limit": MOST_COLUMNS}
        problems.append(Problem(code="view.too_many_columns", path="columns", params=params))
    for each in parse_sort(definition.sort):
        trail = scope.trail(tuple(each.path.split(".")))
        if not trail or not trail[-1].single or not sortable(trail[-1]):
            problems.append(not_usable(scope, each.path, "sort"))
    if definition.filter.strip():
        text = definition.filter
        try:
            check(parse(text), scope, expected=BOOLEAN, text=text)
        except FormulaError as error:
            problems.extend(formula_problems(error))
    return problems

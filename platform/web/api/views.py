"""/api/v1/views/{object}: the list views that the caller keeps, and those that are shared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Invalid, NotFound, Problem
from fieldstone.kernel.ids import is_uuid
from fieldstone.runtime import saved_views
from fieldstone.runtime.query import parse_sort
from fieldstone.runtime.saved_views import Definition, SavedView, Setting
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer, no_content, read_mapping, stamp
from fieldstone.web.conditions import parsed, paths_of
from fieldstone.web.reader import Reader


async def list_views(request: Request, transaction: Transaction) -> Response:
    kept = await saved_views.kept_views(transaction, request.path_params["object"])
    found = [_view_json(transaction, each, kept.setting(str(each.id))) for each in kept.views]
    return answer({"views": found})


async def create_view(request: Request, transaction: Transaction) -> Response:
    """{"name", "shared"?, "columns"?, "filter"?, "sort"?, "pinned"?, "default"?}"""
    data = _checked(await read_mapping(request))
    view = await saved_views.create(
        transaction,
        request.path_params["object"],
        data.get("name", ""),
        _definition(Definition(), data),
        shared=data.get("shared", False),
    )
    setting = await _set(transaction, view, Setting(), data)
    return answer(_view_json(transaction, view, setting), 201)


async def update_view(request: Request, transaction: Transaction) -> Response:
    """What is not sent stays. `pinned` and `default` are the caller's own, also of a view that
    somebody else shares."""
    view, data = await _view(request, transaction), _checked(await read_mapping(request))
    if data.keys() - {"pinned", "default"}:
        view = await saved_views.change(
            transaction,
            view,
            name=data.get("name"),
            shared=data.get("shared"),
            definition=_definition(view.definition, data),
        )
    kept = await saved_views.kept_views(transaction, view.object)
    setting = await _set(transaction, view, kept.setting(str(view.id)), data)
    return answer(_view_json(transaction, view, setting))


async def delete_view(request: Request, transaction: Transaction) -> Response:
    await saved_views.delete(transaction, await _view(request, transaction))
    return no_content()


async def restore_view(request: Request, transaction: Transaction) -> Response:
    """Until a month after it was deleted."""
    view = await saved_views.undelete(transaction, request.path_params["object"], _id(request))
    return answer(_view_json(transaction, view, Setting()))


async def _view(request: Request, transaction: Transaction) -> SavedView:
    return await saved_views.find(transaction, request.path_params["object"], _id(request))


def _id(request: Request) -> UUID:
    text = request.path_params["id"]
    if not is_uuid(text):
        raise NotFound("view_not_found")
    return UUID(text)


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    """Raises Invalid with every value of another type."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in data.items():
        if name not in _TYPES:
            params = {"name": name[:80]}
            problems.append(Problem(code="field.unknown", path=name[:80], params=params))
        elif not _fits(value, _TYPES[name]):
            problems.append(Problem(code="view.bad_value", path=name))
        else:
            found[name] = value
    if problems:
        raise Invalid(problems=problems)
    return found


_TYPES: dict[str, type] = {
    "name": str,
    "shared": bool,
    "columns": list,
    "filter": str,
    "sort": list,
    "pinned": bool,
    "default": bool,
}


def _fits(value: Any, expected: type) -> bool:
    if isinstance(value, list) and not all(isinstance(each, str) for each in value):
        return False
    return isinstance(value, expected)


def _definition(old: Definition, data: dict[str, Any]) -> Definition:
    return Definition(
        columns=tuple(dict.fromkeys(data.get("columns", old.columns))),
        filter=data.get("filter", old.filter),
        sort=",".join(data["sort"]) if "sort" in data else old.sort,
    )


async def _set(
    transaction: Transaction, view: SavedView, setting: Setting, data: dict[str, Any]
) -> Setting:
    own = {name: data[name] for name in ("pinned", "default") if name in data}
    if own:
        setting = replace(setting, **own)
        await saved_views.keep_setting(transaction, view.object, str(view.id), setting)
    return setting


def _view_json(transaction: Transaction, view: SavedView, setting: Setting) -> dict[str, Any]:
    """Names that the caller may not read are left out; a filter on one is not told at all."""
    reader = Reader.of(transaction)

    def known(path: str) -> bool:
        return bool(reader.trail(view.object, path))

    usable = all(known(".".join(path)) for path in paths_of(parsed(view.definition.filter)))
    return {
        "id": view.id,
        "name": view.name,
        "shared": view.shared,
        "mine": view.owner_id == transaction.session.user_id,
        "columns": [each for each in view.definition.columns if known(each)],
        "filter": view.definition.filter if usable else None,
        "usable": usable,
        "sort": [
            f"-{each.path}" if each.descending else each.path
            for each in parse_sort(view.definition.sort)
            if known(each.path)
        ],
        "pinned": setting.pinned,
        "default": setting.default,
        "modified_at": stamp(view.modified_at),
    }

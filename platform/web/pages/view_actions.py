"""Keeping the views of a list: save, save as, rename, share, pin, make it mine, delete and undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Invalid, NotFound
from fieldstone.kernel.ids import is_uuid
from fieldstone.runtime import saved_views
from fieldstone.runtime.saved_views import Definition, SavedView, Setting
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.list_contexts import ViewForm
from fieldstone.web.pages.list_kinds import view_url
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.pages.list_views import Opened, View, all_views, open_view
from fieldstone.web.pages.rendering import go_to, is_fragment, moved_to, show_fragment, with_query
from fieldstone.web.pages.toasts import leave_toast
from fieldstone.web.problems import problem_json
from fieldstone.web.reader import Reader

FORM = "pages/list_view_form.html"


async def create_view(request: Request, transaction: Transaction) -> Response:
    """The list as it is, under a name of its own; what was changed leaves the view it came from."""
    form = await request.form()
    state = await _state(request)
    name, shared = str(form.get("name") or ""), form.get("shared") == "1"
    opened = await _opened(transaction, state)
    try:
        given = _readable(Reader.of(transaction), state.object, _definition(state, opened))
        view = await saved_views.create(transaction, state.object, name, given, shared=shared)
    except Invalid as error:
        page = ViewForm(
            kind="create",
            url=f"{state.path}/views",
            query=state.query,
            name=name,
            shared=shared,
        )
        return _again(request, transaction, page, error)
    if opened.setting.widths:
        setting = Setting(widths=opened.setting.widths)
        await saved_views.keep_setting(transaction, state.object, str(view.id), setting)
    await _forget_columns(transaction, state, opened)
    return _done(request, state, str(view.id), "view_kept")


async def save_view(request: Request, transaction: Transaction) -> Response:
    """The view becomes what the list is now."""
    state = await _state(request)
    saved = await _saved(request, transaction)
    opened = await _opened(transaction, replace(state, view=str(saved.id)))
    await saved_views.change(transaction, saved, definition=_definition(state, opened))
    await _forget_columns(transaction, state, opened)
    return _done(request, state, str(saved.id), "saved")


async def rename_view(request: Request, transaction: Transaction) -> Response:
    form = await request.form()
    state, saved = await _state(request), await _saved(request, transaction)
    name, shared = str(form.get("name") or ""), form.get("shared") == "1"
    try:
        await saved_views.change(transaction, saved, name=name, shared=shared)
    except Invalid as error:
        given = ViewForm(
            kind="rename",
            url=f"{state.path}/views/{saved.id}/rename",
            query=state.query,
            name=name,
            shared=shared,
        )
        return _again(request, transaction, given, error)
    return leave_toast(_moved(request, state.url()), "saved")


async def delete_view(request: Request, transaction: Transaction) -> Response:
    state, saved = await _state(request), await _saved(request, transaction)
    await saved_views.delete(transaction, saved)
    return leave_toast(_moved(request, state.path), "view_deleted", state.object, str(saved.id))


async def undelete_view(request: Request, transaction: Transaction) -> Response:
    name, wanted = request.path_params["object"], request.path_params["view"]
    if not is_uuid(wanted):
        raise NotFound("view_not_found")
    view = await saved_views.undelete(transaction, name, UUID(wanted))
    url = with_query(f"/o/{name}", {"view": str(view.id)})
    return leave_toast(_moved(request, url), "view_back")


async def undo_changes(request: Request, transaction: Transaction) -> Response:
    """The view as it was kept, with its own columns."""
    state = await _state(request)
    opened = await named_view(request, transaction)
    await _forget_columns(transaction, state, opened)
    return _moved(request, view_url(state, opened.view))


async def pin_view(request: Request, transaction: Transaction) -> Response:
    opened = await named_view(request, transaction)
    return await _set(request, transaction, opened, pinned=not opened.setting.pinned)


async def default_view(request: Request, transaction: Transaction) -> Response:
    opened = await named_view(request, transaction)
    return await _set(request, transaction, opened, default=not opened.setting.default)


async def _set(request: Request, transaction: Transaction, opened: Opened, **new: Any) -> Response:
    state = await _state(request)
    setting = replace(opened.setting, **new)
    await saved_views.keep_setting(transaction, state.object, opened.view.name, setting)
    return _moved(request, replace(state, view=opened.view.name).url())


async def _state(request: Request) -> ListState:
    form = await request.form()
    return ListState.of_query(request.path_params["object"], str(form.get("query") or ""))


async def _opened(transaction: Transaction, state: ListState) -> Opened:
    return await open_view(transaction, Reader.of(transaction), state.object, state.view)


async def named_view(request: Request, transaction: Transaction) -> Opened:
    """The view of the address. Raises NotFound: nothing is done to another one instead."""
    name, wanted = request.path_params["object"], request.path_params["view"]
    reader = Reader.of(transaction)
    opened = await open_view(transaction, reader, name, wanted)
    known: Mapping[str, View] = {
        each.name: each for each in all_views(reader.snapshot, name, opened.kept)
    }
    if wanted not in known:
        raise NotFound("view_not_found")
    return opened


async def _saved(request: Request, transaction: Transaction) -> SavedView:
    wanted = request.path_params["view"]
    if not is_uuid(wanted):
        raise NotFound("view_not_found")
    return await saved_views.find(transaction, request.path_params["object"], UUID(wanted))


def _definition(state: ListState, opened: Opened) -> Definition:
    """What the address does not say stays as the view has it."""
    view = opened.view
    return Definition(
        columns=opened.columns,
        filter=view.filter if state.filter is None else state.filter,
        sort=state.sort or view.sort,
    )


def _readable(reader: Reader, object_name: str, given: Definition) -> Definition:
    """Of somebody else's view, what its copier knows of: the same list as it looks to them."""
    sorts = [each for each in given.sort.split(",") if reader.trail(object_name, each.lstrip("-"))]
    columns = tuple(each for each in given.columns if reader.trail(object_name, each))
    return replace(given, columns=columns, sort=",".join(sorts))


async def _forget_columns(transaction: Transaction, state: ListState, opened: Opened) -> None:
    if opened.setting.columns:
        setting = replace(opened.setting, columns=())
        await saved_views.keep_setting(transaction, state.object, opened.view.name, setting)


def _again(request: Request, transaction: Transaction, given: ViewForm, error: Invalid) -> Response:
    locale, snapshot = transaction.session.locale.code, transaction.snapshot
    words = [problem_json(each, locale, snapshot)["message"] for each in error.problems]
    page = replace(given, problem=" ".join(dict.fromkeys(words)))
    return show_fragment(request, transaction, FORM, page, 422)


def _done(request: Request, state: ListState, view: str, toast: str) -> Response:
    """The same list, now all of it the view's own."""
    shown = replace(state.at_start(), view=view, filter=None, sort="")
    return leave_toast(_moved(request, shown.url()), toast, state.object)


def _moved(request: Request, url: str) -> Response:
    return moved_to(url) if is_fragment(request) else go_to(url)

"""Which columns a list has, in which order and how wide: each reader's own, for each view."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import saved_views
from fieldstone.runtime.saved_views import MOST_COLUMNS
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.list_contexts import ColumnsView, PickableView
from fieldstone.web.pages.list_builder import pick_groups
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.pages.list_views import list_columns, open_view
from fieldstone.web.pages.rendering import go_to, show_fragment
from fieldstone.web.pages.view_actions import named_view
from fieldstone.web.reader import Reader

TEMPLATE = "pages/list_columns.html"
NARROWEST, WIDEST = 48, 1200
SEPARATOR = " › "


async def show_columns(request: Request, transaction: Transaction) -> Response:
    state, reader = ListState.read(request), Reader.of(transaction)
    opened = await open_view(transaction, reader, state.object, state.view)
    first, *rest = list_columns(reader, state.object, opened.columns)
    page = ColumnsView(
        url=f"{state.path}/views/{opened.view.name}/columns",
        query=state.query,
        first=reader.label(first.field),
        chosen=tuple(
            PickableView(path=each.key, label=SEPARATOR.join(map(reader.label, each.trail)))
            for each in rest
        ),
        fields=pick_groups(reader, state.object, _showable),
    )
    return show_fragment(request, transaction, TEMPLATE, page)


def _showable(field: Field) -> bool:
    return field.type.name != "json"


async def choose_columns(request: Request, transaction: Transaction) -> Response:
    """What may not be read, or is none, is left out; the view's own columns are no change."""
    form = await request.form()
    state = ListState.of_query(request.path_params["object"], str(form.get("query") or ""))
    opened, reader = await named_view(request, transaction), Reader.of(transaction)
    given = [] if form.get("reset") else [str(each) for each in form.getlist("c")][:MOST_COLUMNS]
    found = list_columns(reader, state.object, given)
    keys = tuple(each.key for each in found)
    if not given or found == list_columns(reader, state.object, opened.view.columns):
        keys = ()
    widths = {} if form.get("reset") else opened.setting.widths
    setting = replace(opened.setting, columns=keys, widths=widths)
    await saved_views.keep_setting(transaction, state.object, opened.view.name, setting)
    return go_to(state.at_start().url())


async def set_widths(request: Request, transaction: Transaction) -> Response:
    """`w` for each column: its dotted name, a colon, and the pixels."""
    form, opened = await request.form(), await named_view(request, transaction)
    reader, name = Reader.of(transaction), request.path_params["object"]
    widths: dict[str, int] = {}
    for each in form.getlist("w")[:MOST_COLUMNS]:
        path, _, pixels = str(each).rpartition(":")
        if reader.trail(name, path) and pixels.isascii() and pixels.isdigit() and len(pixels) < 6:
            widths[path] = max(NARROWEST, min(WIDEST, int(pixels)))
    setting = replace(opened.setting, widths=widths)
    await saved_views.keep_setting(transaction, name, opened.view.name, setting)
    return Response(status_code=204)

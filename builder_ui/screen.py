"""From a page's context to its answer: inside the setup frame, or the one block htmx asks for."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, Response

from fieldstone.web.pages.rendering import is_fragment, site_of
from fieldstone.web.templating import TEMPLATES, Templates
from fieldstone_builder import links, toasts
from fieldstone_builder.contexts import CrumbView, StripView
from fieldstone_builder.desk import Desk
from fieldstone_builder.rail import setup_shell

FOLDER = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def templates() -> Templates:
    return Templates((FOLDER, TEMPLATES))


def show(
    desk: Desk,
    template: str,
    page: Any,
    *,
    crumbs: tuple[CrumbView, ...] = (),
    block: str = "",
    status: int = 200,
) -> Response:
    """The page in the setup frame; `block` is what a fragment request gets of it."""
    name = f"setup/{template}"
    context = {"site": site_of(desk.request), "page": page}
    if block and is_fragment(desk.request):
        html = templates().render_block(desk.words.code, name, block, context)
        return HTMLResponse(html, status)
    toast = toasts.toast_of(desk.request, desk.words)
    shell = setup_shell(desk)
    context["shell"] = replace(shell, toasts=(toast,)) if toast else shell
    context["strip"] = strip_of(desk)
    context["crumbs"] = crumbs
    response = HTMLResponse(templates().render(desk.words.code, name, context), status)
    if toast:
        toasts.forget(response)
    return response


def show_fragment(desk: Desk, template: str, page: Any, status: int = 200) -> Response:
    """A template that is only ever a part of a page."""
    context = {"site": site_of(desk.request), "page": page}
    html = templates().render(desk.words.code, f"setup/{template}", context)
    return HTMLResponse(html, status)


def strip_of(desk: Desk) -> StripView | None:
    count = desk.draft.count
    if not count:
        return None
    reviewing = desk.request.url.path == links.PUBLISH
    return StripView(
        title=desk.words.count(
            "%(count)s change is not published yet.",
            "%(count)s changes are not published yet.",
            count,
        ),
        text=desk.say("Only you and other administrators see the draft."),
        review_url="" if reviewing else links.PUBLISH,
        discard_url=f"{links.DRAFT}/discard",
        question=desk.words.count(
            "Throw away %(count)s change that is not published?",
            "Throw away %(count)s changes that are not published?",
            count,
        ),
    )

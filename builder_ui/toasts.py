"""A past-tense fact for the next setup page. It travels in a cookie as a code and a detail."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.ids import is_uuid
from fieldstone.web.contexts import ToastView
from fieldstone.web.pages.rendering import go_to
from fieldstone_builder.links import DRAFT
from fieldstone_builder.words import Words

COOKIE = "fs_setup_toast"
SECONDS = 30


def _texts(words: Words) -> Mapping[str, str]:
    return {
        "kept": words.say("Kept in the draft"),
        "same": words.say("Nothing was different"),
        "deleted": words.say("Will be deleted when the draft is published"),
        "restored": words.say("Will be back when the draft is published"),
        "undone": words.say("The change is out of the draft"),
        "discarded": words.say("The draft is discarded"),
        "reopened": words.say("The draft is back"),
        "not_reopened": words.say("Another draft was begun since; this one stays discarded"),
        "adopted": words.say("Its changes are in the draft now"),
        "published": words.say("Published"),
        "brought_back": words.say("The earlier version is in force again"),
    }


def leave(url: str, code: str, detail: str = "") -> Response:
    """To the next page, with the fact. `detail` is the id that an undo needs."""
    response = go_to(url)
    response.set_cookie(
        COOKIE, f"{code}.{detail}", max_age=SECONDS, path="/setup", httponly=True, samesite="lax"
    )
    return response


def toast_of(request: Request, words: Words) -> ToastView | None:
    code, _, detail = request.cookies.get(COOKIE, "").partition(".")
    text = _texts(words).get(code)
    if text is None:
        return None
    if code == "discarded" and is_uuid(detail):
        return ToastView(text=text, undo_url=f"{DRAFT}/reopen/{detail}", seconds=10)
    return ToastView(text=text)


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/setup")

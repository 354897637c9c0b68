"""A past-tense fact for the next page: "Deleted", with the way back. It travels in a cookie that
holds a code and ids only; words are found when it is shown."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.i18n import translate_plural
from fieldstone.kernel.ids import is_uuid
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.contexts import ToastView
from fieldstone.web.reader import Reader

COOKIE = "fs_toast"
SECONDS = 30

_TEXTS: Mapping[str, str] = {
    "created": "%(object)s created",
    "saved": "Saved",
    "deleted": "%(object)s moved to the recycle bin",
    "restored": "%(object)s restored",
    "view_kept": "View saved",
    "view_deleted": "View deleted",
    "view_back": "View restored",
}
_MANY: Mapping[str, tuple[str, str]] = {
    "deleted_many": (
        "%(count)s record moved to the recycle bin",
        "%(count)s records moved to the recycle bin",
    ),
    "restored_many": ("%(count)s record restored", "%(count)s records restored"),
}


def leave_toast(response: Response, code: str, object_name: str = "", detail: str = "") -> Response:
    """`detail` is the id that an undo needs, or a count."""
    value = f"{code}.{object_name}.{detail}"
    response.set_cookie(COOKIE, value, max_age=SECONDS, path="/", httponly=True, samesite="lax")
    return response


def toasts_of(request: Request, transaction: Transaction) -> tuple[ToastView, ...]:
    code, _, rest = request.cookies.get(COOKIE, "").partition(".")
    object_name, _, detail = rest.partition(".")
    reader = Reader.of(transaction)
    if code in _MANY and (detail.isascii() and detail.isdigit()) and len(detail) < 6:
        one, many = _MANY[code]
        return (ToastView(text=translate_plural(reader.locale.code, one, many, int(detail))),)
    if code not in _TEXTS or (object_name and object_name not in reader.snapshot.objects):
        return ()
    undo = ""
    if code == "deleted" and is_uuid(detail):
        undo = f"/o/{object_name}/{detail}/restore"
    if code == "view_deleted" and is_uuid(detail):
        undo = f"/o/{object_name}/views/{detail}/restore"
    noun = reader.noun(object_name) if object_name else ""
    text = reader.say(_TEXTS[code], {"object": noun})
    return (ToastView(text=text, undo_url=undo, seconds=10 if undo else 5),)


def forget_toast(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/")

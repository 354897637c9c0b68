"""/preferences: theme, density, language and time zone. Kept in cookies for this browser, and
for people who are signed in on their user record for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from zoneinfo import available_timezones

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Forbidden, Unauthenticated
from fieldstone.kernel.i18n import LOCALES
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.runtime.epoch import bump_access_epoch
from fieldstone.runtime.save import pipeline as save
from fieldstone.runtime.save.pipeline import Options
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.pages.rendering import DENSITIES, THEMES, go_to, is_fragment
from fieldstone.web.service import COOKIE, in_transaction, service_of

YEAR = 365 * 24 * 3600
_OWN_PATH = re.compile(r"^/(?![/\\])")
_COOKIES: Mapping[str, str] = {
    "theme": "fs_theme",
    "density": "fs_density",
    "language": "fs_locale",
}


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def own_path(text: str, otherwise: str = "/") -> str:
    """The address, if it is one of ours: a redirect never leads elsewhere."""
    return text if _OWN_PATH.match(text) and "\\" not in text else otherwise


async def set_preferences(request: Request) -> Response:
    """With or without a session."""
    require_same_site(request)
    form = await request.form()
    chosen = _chosen(form)
    if request.cookies.get(COOKIE):
        try:
            return await in_transaction(request, _keep)
        except Unauthenticated:
            return _answer(request, form, chosen)
    return _answer(request, form, chosen)


def require_same_site(request: Request) -> None:
    """For forms that are sent before anybody has signed in."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("cross_site")


async def _keep(request: Request, transaction: Transaction) -> Response:
    form = await request.form()
    chosen = _chosen(form)
    fields = transaction.snapshot.objects[USER_OBJECT].fields
    values = {name: value for name, value in chosen.items() if name in fields}
    if values:
        own = replace(transaction, session=replace(transaction.session, is_system=True))
        options = Options(single=True, pipeline=service_of(request).pipeline)
        await save.update(own, USER_OBJECT, [(own.session.user_id, None, values)], options)
        await bump_access_epoch(transaction.connection)
    return _answer(request, form, chosen)


def _chosen(form: FormData) -> dict[str, str]:
    """What the form asks for, by field of the user record; nonsense is left out."""
    offered = {
        "theme": ("theme", THEMES),
        "density": ("density", DENSITIES),
        "locale": ("language", LOCALES),
        "timezone": ("timezone", _zones()),
    }
    found = {}
    for name, (field, values) in offered.items():
        value = str(form.get(name) or "")
        if value and value in values:
            found[field] = value
    return found


def _answer(request: Request, form: FormData, chosen: Mapping[str, str]) -> Response:
    wanted = own_path(str(form.get("next") or "/"))
    by_script = is_fragment(request) or "next" not in form
    response = Response(status_code=204) if by_script else go_to(wanted)
    return remember(response, chosen)


def remember(response: Response, chosen: Mapping[str, str]) -> Response:
    for name, value in chosen.items():
        if name in _COOKIES and value:
            response.set_cookie(
                _COOKIES[name], value, max_age=YEAR, path="/", httponly=True, samesite="lax"
            )
    return response

"""The records somebody opened last, kept in this browser as ids only: their names are read anew,
with the reader's rights, whenever they are shown."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.ids import is_uuid
from fieldstone.runtime import records
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.contexts import NavItem
from fieldstone.web.reader import Reader
from fieldstone.web.value_views import record_url

COOKIE = "fs_recent"
KEPT = 10
DAYS = 30 * 24 * 3600

Visit = tuple[str, UUID]


def visits_of(request: Request, user_id: UUID) -> list[Visit]:
    """Newest first; those of another user of this browser are not shown."""
    owner, _, rest = request.cookies.get(COOKIE, "").partition("|")
    if owner != user_id.hex[-8:]:
        return []
    found: list[Visit] = []
    for part in rest.split("~")[:KEPT]:
        object_name, _, record_id = part.partition(".")
        if is_uuid(record_id):
            found.append((object_name, UUID(record_id)))
    return found


def remember_visit(
    request: Request,
    transaction: Transaction,
    response: Response,
    object_name: str,
    record_id: UUID,
) -> Response:
    user_id = transaction.session.user_id
    visit = (object_name, record_id)
    rest = [each for each in visits_of(request, user_id) if each != visit]
    kept = "~".join(f"{name}.{identity.hex}" for name, identity in [visit, *rest][:KEPT])
    value = f"{user_id.hex[-8:]}|{kept}"
    response.set_cookie(COOKIE, value, max_age=DAYS, path="/", httponly=True, samesite="lax")
    return response


async def recent_items(
    request: Request, transaction: Transaction, reader: Reader
) -> tuple[NavItem, ...]:
    """One query for each object among them."""
    visits = visits_of(request, transaction.session.user_id)
    wanted: dict[str, set[UUID]] = {}
    for object_name, record_id in visits:
        wanted.setdefault(object_name, set()).add(record_id)
    names = await records.names(transaction, wanted)
    return tuple(
        NavItem(
            label=names[visit] or reader.say("(no name)"),
            url=record_url(*visit),
            icon=reader.shape(visit[0]).icon,
            color=reader.shape(visit[0]).color,
            sub=reader.noun(visit[0]),
        )
        for visit in visits
        if visit in names
    )

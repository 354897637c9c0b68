"""/setup/versions/{number}/restore: what going back would do, and going back."""

from __future__ import annotations

from starlette.responses import Response

from fieldstone.kernel.errors import AppError, Conflict, Invalid, Unavailable
from fieldstone.metadata import changesets
from fieldstone.runtime import metadata_jobs
from fieldstone.runtime.granting import guard_of
from fieldstone.runtime.review import review_restore
from fieldstone.web.contexts import NoteView
from fieldstone.web.pages.rendering import go_to
from fieldstone.web.service import AfterCommit
from fieldstone_builder import links, toasts
from fieldstone_builder.contexts import CrumbView
from fieldstone_builder.desk import Desk
from fieldstone_builder.inputs import typed
from fieldstone_builder.publish.review import review_view
from fieldstone_builder.screen import show
from fieldstone_builder.versions.contexts import RestorePage
from fieldstone_builder.versions.pages import number_of, version_row

REFUSED = ("conflict", "invalid", "busy")


async def show_restore(desk: Desk) -> Response:
    return await _page(desk, status=200)


async def _page(desk: Desk, status: int, *notes: NoteView) -> Response:
    number = number_of(desk.path("number"))
    tenant = desk.transaction.session.tenant
    found = await review_restore(desk.transaction.connection, tenant, number)
    row = await version_row(desk, number)
    review = await review_view(desk, found)
    page = RestorePage(
        version=row,
        review=review,
        action=f"{links.version_url(number)}/restore",
        cancel_url=links.VERSIONS,
        base_version=desk.before.version,
        notes=(*_refused_notes(desk), *notes, *_draft_notes(desk)),
        nothing="" if review.count else desk.say("This version reads just like today's."),
    )
    crumbs = (
        CrumbView(label=desk.say("Versions"), url=links.VERSIONS),
        CrumbView(label=desk.say("Back to version %(number)s", {"number": number})),
    )
    return show(desk, "restore.html", page, crumbs=crumbs, status=status)


def _draft_notes(desk: Desk) -> tuple[NoteView, ...]:
    if not desk.draft.count:
        return ()
    return (
        NoteView(
            title=desk.say("The draft stays open."),
            text=desk.say("Its changes are then changes to the version that you go back to."),
            icon="pencil",
        ),
    )


def _refused_notes(desk: Desk) -> tuple[NoteView, ...]:
    words = {
        "conflict": desk.say("Somebody published in the meantime. Look over the plan once more."),
        "invalid": desk.say("The version does not fit what is there now; see the mistakes below."),
        "busy": desk.say("The tables are in use. Nothing has changed; try again in a moment."),
    }
    reason = words.get(desk.asked("refused"))
    return (NoteView(title=reason, kind="bad", icon="alert-circle"),) if reason else ()


async def restore(desk: Desk) -> Response | AfterCommit:
    number = number_of(desk.path("number"))
    form = await desk.form()
    url = f"{links.version_url(number)}/restore"
    if typed(form, "base_version") != str(desk.before.version):
        return go_to(f"{url}?refused=conflict")
    await changesets.components_at(desk.transaction.connection, number)
    return AfterCommit(lambda: _restore(desk, number, url))


async def _restore(desk: Desk, number: int, url: str) -> Response:
    transaction = desk.transaction
    session, tenant = transaction.session, transaction.session.tenant
    try:
        guard = guard_of(session)
        published = await changesets.restore_version(
            transaction.database, tenant, session, number, guard
        )
    except (Conflict, Invalid, Unavailable) as error:
        return go_to(f"{url}?refused={_reason(error)}")
    async with transaction.database.tenant(tenant) as connection:
        await metadata_jobs.start_leftovers(connection, session, published)
    return toasts.leave(f"{links.version_url(published.version)}?new=1", "brought_back")


def _reason(error: AppError) -> str:
    if isinstance(error, Conflict):
        return "conflict"
    return "invalid" if isinstance(error, Invalid) else "busy"

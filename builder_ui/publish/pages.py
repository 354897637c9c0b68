"""/setup/publish: the draft looked over, then published in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from starlette.responses import Response

from fieldstone.kernel.errors import AppError, Conflict, Invalid, NotFound, Unavailable
from fieldstone.kernel.ids import is_uuid
from fieldstone.metadata import changesets
from fieldstone.metadata import draft as store
from fieldstone.metadata.changesets import Changeset, Review
from fieldstone.metadata.components import Component
from fieldstone.metadata.publish import Published
from fieldstone.metadata.snapshots import Snapshots
from fieldstone.runtime import metadata_jobs, records
from fieldstone.runtime.granting import guard_of, refuse_grants
from fieldstone.runtime.review import review
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.contexts import NoteView
from fieldstone.web.pages.rendering import go_to
from fieldstone.web.problems import message
from fieldstone.web.service import AfterCommit
from fieldstone_builder import links, toasts
from fieldstone_builder.contexts import CrumbView, InputView
from fieldstone_builder.desk import Desk, desk_of
from fieldstone_builder.inputs import typed
from fieldstone_builder.publish.contexts import JobPage, OtherDraft, PublishPage
from fieldstone_builder.publish.review import review_view
from fieldstone_builder.screen import show

LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the form asks for: the draft as its reader saw it, against the version they saw."""

    draft: Changeset
    title: str
    base_version: int

    @property
    def published(self) -> Changeset:
        return replace(self.draft, title=self.title, base_version=self.base_version)


async def show_publish(desk: Desk) -> Response:
    return await _page(desk)


async def _page(
    desk: Desk, notes: tuple[NoteView, ...] = (), title: str = "", status: int = 200
) -> Response:
    crumbs = (CrumbView(label=desk.say("Publish")),)
    others = await _others(desk)
    draft = desk.draft.changeset
    if draft is None or not draft.operations:
        page = PublishPage(
            review=None,
            notes=(*_asked_notes(desk), *notes),
            others=others,
            empty=desk.say("Nothing waits to be published"),
            versions_url=links.VERSIONS,
            objects_url=links.OBJECTS,
        )
        return show(desk, "publish.html", page, crumbs=crumbs, status=status)
    connection, tenant = desk.transaction.connection, desk.transaction.session.tenant
    found = await review(connection, tenant, draft.operations)
    page = PublishPage(
        review=await review_view(desk, found, draft.operations),
        notes=(*_asked_notes(desk), *notes, *await _stale_notes(desk, draft, found)),
        action=links.PUBLISH,
        note=_note(desk, title),
        base_version=found.plan.before.version,
        mark=desk.draft.mark,
        submit=desk.words.count(
            "Publish %(count)s change", "Publish %(count)s changes", len(found.plan.steps)
        ),
        undo_url=f"{links.DRAFT}/undo",
        others=others,
    )
    return show(desk, "publish.html", page, crumbs=crumbs, status=status)


def _note(desk: Desk, title: str) -> InputView:
    return InputView(
        name="title",
        label=desk.say("Note"),
        kind="area",
        values=(("", title),),
        placeholder=desk.say("What changes, and for whom"),
        help=desk.say("Stands in the list of versions"),
        max_length=LONGEST_NOTE,
    )


def _asked_notes(desk: Desk) -> tuple[NoteView, ...]:
    """Why a publishing in the background was refused."""
    code = desk.asked("refused")
    if not code.replace("_", "").isalnum():
        return ()
    return (
        NoteView(
            title=desk.say("The publishing was refused; nothing has changed."),
            text=_error_text(desk, AppError(code)),
            kind="bad",
            icon="alert-circle",
        ),
    )


async def _stale_notes(desk: Desk, draft: Changeset, found: Review) -> tuple[NoteView, ...]:
    """Others have published changes of the same things since the draft was begun."""
    touched = {step.change.after.id for step in found.plan.steps}
    newer = [
        component
        for component in desk.before.components.values()
        if component.id in touched and component.since > draft.base_version
    ]
    if not newer:
        return ()
    names = desk.words.joined(desk.words.quoted(desk.words.label(each)) for each in newer[:6])
    return (
        NoteView(
            title=desk.say("Changed by others in the meantime: %(names)s.", {"names": names}),
            text=desk.say(
                "What you see below is your change on top of theirs, version %(version)s.",
                {"version": desk.before.version},
            ),
            kind="warn",
            icon="alert-triangle",
        ),
    )


async def _others(desk: Desk) -> tuple[OtherDraft, ...]:
    found = await store.others(desk.transaction.connection)
    authors = {each.created_by for each in found if each.created_by is not None}
    names = await records.names(desk.transaction, {"user": authors}) if authors else {}
    return tuple(
        OtherDraft(
            title=each.title or desk.say("Without a title"),
            text=desk.words.joined(
                part
                for part in (
                    names.get(("user", each.created_by), "") if each.created_by else "",
                    desk.words.moment(each.created_at),
                    desk.words.count("%(count)s change", "%(count)s changes", len(each.operations)),
                )
                if part
            ),
            adopt_url=f"{links.DRAFT}/adopt/{each.id}",
            discard_url=f"{links.DRAFT}/discard/{each.id}",
        )
        for each in found
    )


async def publish(desk: Desk) -> Response | AfterCommit:
    form = await desk.form()
    draft = desk.draft.changeset
    title = typed(form, "title")[:LONGEST_NOTE]
    if draft is None:
        return go_to(links.PUBLISH)
    if typed(form, "mark") != desk.draft.mark:
        return await _page(desk, (_changed_note(desk),), title, status=409)
    version = typed(form, "base_version")
    order = Order(
        draft=draft,
        title=title,
        base_version=int(version)
        if (version.isascii() and version.isdigit())
        else draft.base_version,
    )
    return await _begun(desk, order)


async def _begun(desk: Desk, order: Order) -> Response | AfterCommit:
    connection, session = desk.transaction.connection, desk.transaction.session
    found = await changesets.examined(connection, session.tenant, order.draft.operations)
    if found.problems:
        return await _page(desk, (), order.title, status=422)
    if await metadata_jobs.is_large(connection, found.plan):
        refuse_grants(session, found.plan)
        await store.entitle(connection, order.draft.id, order.title, order.base_version)
        job = await metadata_jobs.start_publishing(connection, session, order.published)
        return go_to(f"{links.PUBLISH}/jobs/{job}?changeset={order.draft.id}")
    return AfterCommit(lambda: _publish(desk, order))


def _changed_note(desk: Desk) -> NoteView:
    return NoteView(
        title=desk.say("The draft has changed since you opened this page."),
        text=desk.say("Look it over once more; nothing has been published."),
        kind="warn",
        icon="alert-triangle",
    )


async def _publish(desk: Desk, order: Order) -> Response:
    transaction = desk.transaction
    tenant, session = transaction.session.tenant, transaction.session
    try:
        published = await changesets.publish_draft(
            transaction.database, tenant, session, order.published, guard_of(session)
        )
    except (Conflict, Invalid, Unavailable) as error:
        return await _refused(desk, order, error)
    async with transaction.database.tenant(tenant) as connection:
        await store.entitle(connection, order.draft.id, order.title, order.base_version)
        await metadata_jobs.start_leftovers(connection, session, published)
    return toasts.leave(_done_url(published), "published")


def _done_url(published: Published) -> str:
    return f"{links.version_url(published.version)}?new=1"


async def _refused(desk: Desk, order: Order, error: AppError) -> Response:
    """The same page again, against what is published by now, with the reason on top."""
    transaction = desk.transaction
    tenant = transaction.session.tenant
    async with transaction.database.tenant(tenant) as connection:
        snapshot = await Snapshots().current(connection, tenant)
        again = Transaction(
            database=transaction.database,
            connection=connection,
            session=transaction.session,
            snapshot=snapshot,
        )
        fresh = await desk_of(desk.request, again)
        note = NoteView(
            title=_error_text(fresh, error),
            text=desk.say("Nothing has been published; the draft is as it was."),
            kind="bad",
            icon="alert-circle",
        )
        return await _page(fresh, (note,), order.title, status=error.status)


def _error_text(desk: Desk, error: AppError) -> str:
    """With labels in place of API names."""
    params = dict(error.params)
    if isinstance(error, Conflict) and "names" in error.details:
        labels = [desk.words.label(each) for each in _named(desk, error.details["names"])]
        params["names"] = desk.words.joined(desk.words.quoted(each) for each in labels)
    return message(error.code, params, desk.words.code, desk.after)


def _named(desk: Desk, names: Collection[str]) -> Iterable[Component]:
    return (each for each in desk.before.components.values() if each.name in names)


async def show_job(desk: Desk) -> Response:
    """A publishing in the background; the page asks /api/v1/jobs how far it is."""
    job = desk.path("id")
    if not is_uuid(job):
        raise NotFound("job_not_found")
    changeset = desk.asked("changeset")
    resume = f"{links.DRAFT}/resume/{changeset}" if is_uuid(changeset) else links.PUBLISH
    page = JobPage(
        job_id=job,
        url=f"/api/v1/jobs/{job}",
        publish_url=resume,
        version_url=f"{links.VERSIONS}/",
    )
    crumbs = (
        CrumbView(label=desk.say("Publish"), url=links.PUBLISH),
        CrumbView(label=desk.say("In progress")),
    )
    return show(desk, "publish_job.html", page, crumbs=crumbs)


def changeset_id(desk: Desk) -> UUID:
    """Raises NotFound."""
    text = desk.path("id")
    if not is_uuid(text):
        raise NotFound("changeset_not_found")
    return UUID(text)

"""/o/{object}/bulk/{action}: the dialog of the bulk bar. What would happen is tried and told
first; then it is done, at once or as a job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from fieldstone.formula.print import to_text
from fieldstone.kernel.errors import Invalid, NotFound
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import bulk_jobs
from fieldstone.runtime.bulk import Bulk, Tally, check, selected, trial
from fieldstone.runtime.save.batch import Action
from fieldstone.runtime.save.pipeline import MAX_RECORDS
from fieldstone.runtime.transaction import Transaction
from fieldstone.web import posted as posts
from fieldstone.web.api.bodies import uuid_of
from fieldstone.web.bulk_views import problem_of
from fieldstone.web.contexts import FieldValue, OptionView
from fieldstone.web.layouts import layout_of
from fieldstone.web.page_contexts import BulkPage, ReasonView, TrialView
from fieldstone.web.pages.draft import Draft, editable, linked_for, value_in
from fieldstone.web.pages.list import asked_of, query_of
from fieldstone.web.pages.list_cells import may_assign
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.pages.rendering import show_fragment
from fieldstone.web.pages.saving import by_input, problem_text
from fieldstone.web.reader import Reader
from fieldstone.web.service import service_of
from fieldstone.web.views import field_view

TEMPLATE = "fragments/bulk.html"
ACTIONS: Mapping[str, tuple[Action, str, str]] = {
    "edit": (Action.UPDATE, "Edit a field", "Change"),
    "assign": (Action.UPDATE, "Assign", "Assign"),
    "delete": (Action.DELETE, "Delete", "Delete"),
    "restore": (Action.RESTORE, "Restore", "Restore"),
}
NOT_HERE = frozenset({"many_to_many", "secret", "file", "image", "signature"})
"""What a history cannot give back, so that it could not be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the dialog was told so far."""

    reader: Reader
    name: str
    form: FormData
    bulk: Bulk
    draft: Draft
    field: Field | None

    @property
    def step(self) -> str:
        return str(self.form.get("step") or "")


async def show_bulk(request: Request, transaction: Transaction) -> Response:
    asked = await _asked(request, transaction)
    needs_value = asked.bulk.action is Action.UPDATE
    if needs_value and (asked.field is None or asked.step not in ("check", "run")):
        return _shown(request, transaction, asked, _page(asked))
    try:
        if asked.step == "run":
            return await _run(request, transaction, asked)
        await check(transaction, asked.bulk)
        count = await selected(transaction, asked.bulk)
        tally = await trial(transaction, asked.bulk, service_of(request).pipeline)
    except Invalid as error:
        told = by_input(asked.reader, error.problems)
        texts = tuple(text for each in told.values() for text in each)
        return _shown(request, transaction, asked, replace(_page(asked), problems=texts), 422)
    page = replace(_page(asked), trial=trial_view(asked.reader, count, tally))
    return _shown(request, transaction, asked, page)


async def _run(request: Request, transaction: Transaction, asked: _Asked) -> Response:
    job_id, _ = await bulk_jobs.run(transaction, asked.bulk, service_of(request).pipeline)
    return job_started(str(job_id))


def job_started(job_id: str) -> Response:
    """The page looks at the job from now on."""
    event = json.dumps({"fs:job": {"id": job_id}})
    return Response(status_code=204, headers={"hx-trigger": event})


def trial_view(reader: Reader, count: int, tally: Tally) -> TrialView:
    return TrialView(
        selected=count,
        tried=tally.seen,
        possible=tally.changed,
        unchanged=tally.unchanged,
        reasons=reason_views(reader, tally.as_json()),
    )


def reason_views(reader: Reader, tally: Mapping[str, Any]) -> tuple[ReasonView, ...]:
    """The most frequent first."""
    found = [
        ReasonView(text=problem_text(reader, problem_of(each)), count=each["count"])
        for each in tally.get("reasons") or ()
    ]
    return tuple(sorted(found, key=lambda each: -each.count))


async def _asked(request: Request, transaction: Transaction) -> _Asked:
    """Raises NotFound for an action or a field that there is not."""
    reader, form = Reader.of(transaction), await request.form()
    name, object_name = request.path_params["action"], request.path_params["object"]
    shape = transaction.grant(object_name).object
    if name not in ACTIONS or (name == "assign" and not may_assign(reader, object_name)):
        raise NotFound
    action = ACTIONS[name][0]
    wanted = "owner" if name == "assign" else str(form.get("field") or "")
    field = None
    if action is Action.UPDATE and wanted:
        field = shape.fields.get(wanted)
        if field is None or field not in fields_to_set(reader, object_name):
            raise NotFound
    draft = Draft(object=shape, layout=layout_of(transaction.snapshot, object_name, ""), row={})
    typed = posts.read(form, field, field.name) if field is not None else None
    if field is not None and typed is not None:
        draft = replace(draft, typed={field.name: typed})
        draft = replace(draft, linked=await linked_for(transaction, reader, [draft]))
    values = {field.name: posts.given(field, typed)} if field and typed is not None else {}
    bulk = Bulk(object=object_name, action=action, values=values)
    return _Asked(
        reader=reader,
        name=name,
        form=form,
        bulk=await _chosen(transaction, reader, bulk, form),
        draft=draft,
        field=field if field is not None else None,
    )


def fields_to_set(reader: Reader, object_name: str) -> list[Field]:
    return [
        field
        for field in reader.shape(object_name).fields.values()
        if editable(reader, field, {}, new=False)
        and reader.rights.may_read(object_name, field.name)
        and field.type.name not in NOT_HERE
    ]


async def _chosen(transaction: Transaction, reader: Reader, bulk: Bulk, form: FormData) -> Bulk:
    """With the ticked records, or all that the list holds."""
    if form.get("all") != "1":
        ids = [uuid_of(str(each)) for each in form.getlist("id")]
        return replace(bulk, ids=tuple(dict.fromkeys(ids))[:MAX_RECORDS])
    state = ListState.of_query(bulk.object, str(form.get("query") or ""))
    filter_ = query_of(reader, await asked_of(transaction, reader, state)).filter
    return replace(bulk, filter=to_text(filter_) if filter_ is not None else "")  # type: ignore[arg-type]  # a list's filter is a tree


def _page(asked: _Asked) -> BulkPage:
    reader = asked.reader
    _, title, go_label = ACTIONS[asked.name]
    hidden = [(name, str(asked.form.get(name) or "")) for name in ("all", "query")]
    if asked.bulk.ids is not None:
        hidden.extend(("id", str(each)) for each in asked.bulk.ids)
    words = {"objects": reader.noun(asked.bulk.object, "plural")}
    return BulkPage(
        title=reader.say("%(action)s: %(objects)s", {"action": reader.say(title), **words}),
        url=f"/o/{asked.bulk.object}/bulk/{asked.name}",
        hidden=tuple(hidden),
        fields=_choices(asked) if asked.name == "edit" else (),
        chosen=asked.field.name if asked.field is not None else "",
        item=_item(asked, asked.field) if asked.field is not None else None,
        danger=asked.bulk.action is Action.DELETE,
        go_label=reader.say(go_label),
    )


def _choices(asked: _Asked) -> tuple[OptionView, ...]:
    reader = asked.reader
    return tuple(
        OptionView(code=field.name, label=reader.label(field))
        for field in fields_to_set(reader, asked.bulk.object)
    )


def _item(asked: _Asked, field: Field) -> FieldValue:
    view = replace(field_view(asked.reader, field), depends_on="", needs=())
    return FieldValue(field=view, value=value_in(asked.reader, asked.draft, field))


def _shown(
    request: Request, transaction: Transaction, asked: _Asked, page: BulkPage, status: int = 200
) -> Response:
    transaction.grant(asked.bulk.object).require(
        "edit" if asked.bulk.action is Action.UPDATE else "delete"
    )
    return show_fragment(request, transaction, TEMPLATE, page, status)

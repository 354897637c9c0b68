"""Two people changed the same record: who changed what, and whose value is to stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from starlette.datastructures import FormData

from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.web import posted as posts
from fieldstone.web.form_contexts import ConflictItem, ConflictView
from fieldstone.web.page_contexts import ChangeView
from fieldstone.web.pages.draft import (
    Draft,
    form_fields,
    stored_posted,
    stored_view,
    value_in,
)
from fieldstone.web.reader import Reader
from fieldstone.web.value_views import Cell, value_view
from fieldstone.web.views import field_view

WAS = "_was"
KEEP = "keep."
THEIRS = "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """`draft` keeps only what this person changed, over what is stored now."""

    draft: Draft
    both: tuple[Field, ...]
    others: tuple[Field, ...]


def fingerprint(reader: Reader, draft: Draft) -> str:
    """What each field held when the form was made, for telling later who changed it."""
    marks = {
        field.name: posts.digest(reader, field, stored_posted(reader, draft, field))
        for field, _ in form_fields(reader, draft)
    }
    return orjson.dumps(marks).decode()


def fingerprint_of(form: FormData) -> Mapping[str, Any]:
    """Empty for a form that does not bring one, or a broken one."""
    try:
        found = orjson.loads(str(form.get(WAS) or "{}"))
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def without_theirs(draft: Draft, form: FormData) -> Draft:
    """Where the other's value was chosen, what was typed is dropped."""
    kept = {name: typed for name, typed in draft.typed.items() if form.get(KEEP + name) != THEIRS}
    return replace(draft, typed=kept)


def merged(reader: Reader, draft: Draft, was: Mapping[str, Any]) -> Merged:
    both, others, mine = [], [], {}
    for field, _ in form_fields(reader, draft):
        typed = draft.typed.get(field.name)
        if typed is None:
            continue
        mark = posts.digest(reader, field, typed)
        now = posts.digest(reader, field, stored_posted(reader, draft, field))
        before = was.get(field.name, now)
        if mark != before:
            mine[field.name] = typed
            if now not in (before, mark):
                both.append(field)
        elif now != before:
            others.append(field)
    return Merged(draft=replace(draft, typed=mine), both=tuple(both), others=tuple(others))


def conflict_view(reader: Reader, found: Merged, row: Mapping[str, Any]) -> ConflictView:
    draft = found.draft
    return ConflictView(
        who=_who(reader, draft, row),
        when=_when(reader, draft, row),
        items=tuple(
            ConflictItem(
                field=field_view(reader, field),
                input_name=KEEP + field.name,
                mine=value_in(reader, draft, field),
                theirs=stored_view(reader, draft, field),
            )
            for field in found.both
        ),
        others=tuple(
            ChangeView(label=reader.label(field), new=str(stored_view(reader, draft, field).text))
            for field in found.others
        ),
    )


def _who(reader: Reader, draft: Draft, row: Mapping[str, Any]) -> str:
    name = row.get("modified_by.name") or draft.linked.names.get(
        (USER_OBJECT, row.get("modified_by"))  # type: ignore[arg-type]  # None finds nothing
    )
    return str(name or reader.say("Somebody"))


def _when(reader: Reader, draft: Draft, row: Mapping[str, Any]) -> str:
    field, at = draft.object.fields["modified_at"], row.get("modified_at")
    return str(value_view(reader, Cell(field=field, value=at)).text) if at else ""

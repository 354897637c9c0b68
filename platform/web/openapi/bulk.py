"""Paths for changing many records at once."""

from __future__ import annotations

from fieldstone.runtime.bulk import MOST_IDS
from fieldstone.web.openapi.objects import Subject
from fieldstone.web.openapi.parts import (
    COUNT,
    FLAG,
    TEXT,
    Operation,
    in_path,
    listing,
    mapping,
    reference,
)
from fieldstone.web.openapi.values import ID, Schema
from fieldstone.web.reader import Reader

API = "/api/v1"
RESULT = "fieldstone.bulk"


def operations(subject: Subject) -> dict[str, dict[str, Operation]]:
    """For an object whose records the caller may change or delete."""
    if not (subject.may("edit") or subject.may("delete")):
        return {}
    chosen: dict[str, Schema] = {
        "ids": {**listing(ID), "maxItems": MOST_IDS},
        "filter": TEXT,
        "dry_run": FLAG,
    }
    if subject.may("edit"):
        chosen["set"] = subject.schema("update")
    if subject.may("delete"):
        chosen.update(delete=FLAG, restore=FLAG)
    made = Operation(
        id=f"{subject.name}.bulk",
        tag=subject.tag,
        summary=subject.say("Change many %(objects)s at once"),
        description=subject.say(
            "Which: `ids` or `filter`. What: `set`, `delete` or `restore`. With `dry_run` nothing "
            "is changed and the answer says what would be. A few are changed at once; many by a "
            "job, whose progress and result /api/v1/jobs/{id} tells."
        ),
        body=mapping(chosen, closed=True),
        answers={"200": reference(RESULT), "202": mapping({"job": ID, "status": TEXT}, ("job",))},
        refuses=("403", "404", "413", "422"),
    )
    return {f"{API}/bulk/{subject.name}": {"post": made}}


def undo(reader: Reader) -> dict[str, dict[str, Operation]]:
    made = Operation(
        id="jobs.undo",
        tag=reader.say("Jobs"),
        summary=reader.say("Take a bulk change back"),
        description=reader.say("Values that were changed since stay as they are."),
        parameters=(in_path("id"),),
        answers={"200": reference(RESULT), "202": mapping({"job": ID, "status": TEXT}, ("job",))},
        refuses=("404", "409"),
    )
    return {f"{API}/jobs/{{id}}/undo": {"post": made}}


def schemas() -> dict[str, Schema]:
    entry = mapping({"code": TEXT, "path": TEXT, "message": TEXT, "hint": TEXT})
    reason = mapping({**entry["properties"], "count": COUNT})
    failure = mapping({"id": ID, "problems": listing(entry)})
    counts = ("selected", "tried", "seen", "changed", "unchanged", "failed")
    parts = {
        "job": ID,
        "status": TEXT,
        **dict.fromkeys(counts, COUNT),
        "reasons": listing(reason),
        "failures": listing(failure),
    }
    return {RESULT: mapping(parts, ("changed", "failed"))}

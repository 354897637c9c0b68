"""Paths and schemas of one object's records, as far as the caller may use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fieldstone.metadata.snapshot import Field
from fieldstone.runtime.access import Grant
from fieldstone.runtime.query import MAX_LIMIT
from fieldstone.runtime.save.pipeline import MAX_RECORDS
from fieldstone.web.openapi.parts import (
    COUNT,
    FLAG,
    PROBLEM,
    TEXT,
    Operation,
    Paths,
    in_header,
    in_path,
    in_query,
    listing,
    mapping,
    or_null,
    reference,
)
from fieldstone.web.openapi.values import ID, Schema, accepted, answered
from fieldstone.web.reader import Reader

RECORDS = "/api/v1/records"
HISTORY = "fieldstone.history"
VERSION: Schema = {"type": "integer", "minimum": 1}
MANY = "many_to_many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The object that paths are made for, and who will read them."""

    reader: Reader
    grant: Grant

    @property
    def name(self) -> str:
        return self.grant.object.name

    @property
    def tag(self) -> str:
        return self.reader.noun(self.name, "plural")

    @property
    def words(self) -> Mapping[str, str]:
        return {"object": self.reader.noun(self.name), "objects": self.tag}

    def may(self, action: str) -> bool:
        return action in self.grant.actions

    def schema(self, purpose: str = "") -> dict[str, Any]:
        return reference(f"{self.name}.{purpose}" if purpose else self.name)

    def say(self, message: str) -> str:
        return self.reader.say(message, self.words)


def schemas_of(subject: Subject) -> dict[str, Any]:
    """The record as it is read, and as it is sent to create or change one."""
    grant = subject.grant
    found = {subject.name: _read(subject)}
    fields = [each for each in grant.fields() if each.name in grant.editable and not each.read_only]
    if subject.may("create"):
        needed = [each.name for each in fields if _must_be_given(each)]
        properties = {each.name: _property(subject, each, accepted(each)) for each in fields}
        found[f"{subject.name}.create"] = mapping(properties, needed, closed=True)
    if subject.may("edit"):
        kept = [each for each in fields if each.config.get("reparentable") is not False]
        properties = {each.name: _property(subject, each, accepted(each)) for each in kept}
        said = subject.reader.say("The version that was read; 409 when it is another by now")
        properties["version"] = {**VERSION, "description": said}
        found[f"{subject.name}.update"] = mapping(properties, closed=True)
    return found


def _read(subject: Subject) -> dict[str, Any]:
    properties = {
        each.name: _property(subject, each, answered(each)) for each in subject.grant.fields()
    }
    made = mapping(properties, ("id", "version"))
    described = subject.reader.text(subject.grant.object.body.get("description"))
    made["title"] = subject.reader.noun(subject.name)
    return {**made, "description": described} if described else made


def _property(subject: Subject, field: Field, schema: Mapping[str, Any]) -> dict[str, Any]:
    """With its label, its help, and the names of its choices."""
    reader = subject.reader
    parts = [reader.text(field.config.get("help"))]
    choices = [
        f"{code} = {reader.text(value.get('label')) or code}"
        for code, value in field.values.items()
        if not value.get("deleted")
    ]
    parts.append("; ".join(choices))
    if field.target and reader.may("read", field.target):
        parts.append(reader.say("ID of: %(object)s", {"object": reader.noun(field.target)}))
    described = "\n\n".join(part for part in parts if part)
    made = {"title": reader.label(field), **schema}
    return {**made, "description": described} if described else made


def _must_be_given(field: Field) -> bool:
    config = field.config
    has_default = config.get("default") is not None or config.get("default_formula")
    chosen = any(value.get("default") for value in field.values.values())
    return field.required and not (has_default or chosen or field.type.name == "boolean")


def paths_of(subject: Subject) -> Paths:
    many, one = f"{RECORDS}/{subject.name}", f"{RECORDS}/{subject.name}/{{id}}"
    paths: dict[str, dict[str, Operation]] = {many: {"get": _list(subject)}}
    paths[one] = {"get": _get(subject)}
    paths[f"{one}/history"] = {"get": _history(subject)}
    if subject.may("create"):
        paths[many]["post"] = _create(subject)
    if subject.may("edit"):
        paths[many]["patch"] = _update_many(subject)
        paths[one]["patch"] = _update(subject)
    if subject.may("delete"):
        paths[one]["delete"] = _delete(subject)
        paths[f"{one}/restore"] = {"post": _restore(subject)}
    if subject.may("create") and subject.may("edit"):
        for field in _keys(subject):
            paths[f"{many}/by/{field.name}/{{value}}"] = {"put": _upsert(subject, field)}
    return {
        path: {
            method: operation.document(method, subject.reader)
            for method, operation in methods.items()
        }
        for path, methods in paths.items()
    }


def _keys(subject: Subject) -> Iterator[Field]:
    """The fields whose value tells one record."""
    for field in subject.grant.fields():
        if field.unique and not field.system and field.name in subject.grant.editable:
            yield field


def _fields_parameter(subject: Subject) -> dict[str, Any]:
    said = subject.reader.say(
        "Names with commas between, dotted across links (owner.name); * is every field"
    )
    return in_query("fields", TEXT, said)


def _list(subject: Subject) -> Operation:
    say = subject.reader.say
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 50}
    counting = {"type": "string", "enum": ["none", "capped", "exact"], "default": "none"}
    page = mapping(
        {
            "records": listing(subject.schema()),
            "next": or_null(TEXT),
            "count": COUNT,
            "count_capped": FLAG,
        },
        ("records", "next"),
    )
    return Operation(
        id=f"{subject.name}.list",
        tag=subject.tag,
        summary=subject.say("List %(objects)s"),
        parameters=(
            _fields_parameter(subject),
            in_query("filter", TEXT, say("A formula, such as: name = 'x' && owner = $user.id")),
            in_query("sort", TEXT, say("Field names with commas between, - before a falling one")),
            in_query("limit", limit),
            in_query("cursor", TEXT, say("What the page before gave as next")),
            in_query("count", counting, say("capped counts to 2,000 and is fast")),
            in_query("deleted", FLAG, say("The recycle bin instead")),
        ),
        answers={"200": page},
        refuses=("404", "422"),
    )


def _get(subject: Subject) -> Operation:
    deleted = in_query("deleted", FLAG, subject.reader.say("The recycle bin instead"))
    return Operation(
        id=f"{subject.name}.get",
        tag=subject.tag,
        summary=subject.say("One record: %(object)s"),
        parameters=(in_path("id"), _fields_parameter(subject), deleted),
        answers={"200": subject.schema()},
        refuses=("404", "422"),
    )


def _partial(subject: Subject) -> dict[str, Any]:
    said = subject.reader.say("Saves the good records and answers problems for the others")
    return in_query("partial", FLAG, said)


def _warnings(subject: Subject) -> dict[str, Any]:
    said = subject.reader.say("With ask, rules that only warn refuse as well; else they are passed")
    return in_query("warnings", {"enum": ["ask", "pass"]}, said)


def _results(subject: Subject) -> dict[str, Any]:
    """In the order that was sent; a record that was left out is its problems."""
    refused = mapping({"problems": listing(reference(f"{PROBLEM}.entry"))}, ("problems",))
    return mapping({"records": listing({"anyOf": [subject.schema(), refused]})}, ("records",))


def _batch(schema: Schema) -> dict[str, Any]:
    records = {"type": "array", "items": schema, "maxItems": MAX_RECORDS}
    return mapping({"records": records}, ("records",), closed=True)


def _create(subject: Subject) -> Operation:
    say = subject.reader.say
    given = subject.schema("create")
    key = {"type": "string", "maxLength": 200}
    return Operation(
        id=f"{subject.name}.create",
        tag=subject.tag,
        summary=subject.say("Create one or several: %(object)s"),
        description=say("Either one record or a batch of at most %(count)s; all or none is saved.")
        % {"count": MAX_RECORDS},
        parameters=(
            _partial(subject),
            _warnings(subject),
            in_header("Idempotency-Key", key, say("A repeated request gets the first answer")),
        ),
        body={"anyOf": [given, _batch(given)]},
        answers={
            "201": {"anyOf": [subject.schema(), _results(subject)]},
            "207": _results(subject),
        },
        refuses=("403", "404", "409", "413", "422"),
    )


def _update_many(subject: Subject) -> Operation:
    given = {"type": "object", "properties": {"id": ID, "version": VERSION}, "required": ["id"]}
    return Operation(
        id=f"{subject.name}.update_many",
        tag=subject.tag,
        summary=subject.say("Change several: %(objects)s"),
        parameters=(_partial(subject), _warnings(subject)),
        body=_batch(given),
        answers={"200": _results(subject), "207": _results(subject)},
        refuses=("403", "404", "413", "422"),
    )


def _if_match(subject: Subject) -> dict[str, Any]:
    said = subject.reader.say("The version that was read; 409 when it is another by now")
    return in_header("If-Match", TEXT, said)


def _update(subject: Subject) -> Operation:
    return Operation(
        id=f"{subject.name}.update",
        tag=subject.tag,
        summary=subject.say("Change one: %(object)s"),
        parameters=(in_path("id"), _if_match(subject)),
        body=subject.schema("update"),
        answers={"200": subject.schema()},
        refuses=("403", "404", "409", "422"),
    )


def _delete(subject: Subject) -> Operation:
    return Operation(
        id=f"{subject.name}.delete",
        tag=subject.tag,
        summary=subject.say("Move to the recycle bin: %(object)s"),
        parameters=(in_path("id"), _if_match(subject)),
        answers={"204": None},
        refuses=("403", "404", "409", "413", "422"),
    )


def _restore(subject: Subject) -> Operation:
    return Operation(
        id=f"{subject.name}.restore",
        tag=subject.tag,
        summary=subject.say("Take out of the recycle bin: %(object)s"),
        parameters=(in_path("id"),),
        answers={"200": subject.schema()},
        refuses=("403", "404", "422"),
    )


def _history(subject: Subject) -> Operation:
    return Operation(
        id=f"{subject.name}.history",
        tag=subject.tag,
        summary=subject.say("What was changed, newest first: %(object)s"),
        parameters=(in_path("id"),),
        answers={"200": mapping({"entries": listing(reference(HISTORY))}, ("entries",))},
        refuses=("404",),
    )


def _upsert(subject: Subject, field: Field) -> Operation:
    words = {**subject.words, "field": subject.reader.label(field)}
    return Operation(
        id=f"{subject.name}.upsert_by_{field.name}",
        tag=subject.tag,
        summary=subject.reader.say("Create or change by %(field)s: %(object)s", words),
        parameters=(in_path("value", TEXT), _if_match(subject)),
        body=subject.schema("update"),
        answers={"200": subject.schema(), "201": subject.schema()},
        refuses=("403", "404", "409", "422"),
    )

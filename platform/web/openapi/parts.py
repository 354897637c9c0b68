"""What every path of the document is made of: operations, parameters, answers, refusals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fieldstone.web.openapi.values import ID, Schema
from fieldstone.web.reader import Reader

Paths = dict[str, dict[str, Any]]
PROBLEM = "fieldstone.problem"
ALWAYS = ("400", "401", "503")
SAFE = "get"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path. `answers` maps a status to the schema of its body, None for an
    empty one; `refuses` are the statuses of refusals besides those of every operation."""

    id: str
    tag: str
    summary: str
    description: str = ""
    parameters: tuple[Schema, ...] = ()
    body: Schema | None = None
    answers: Mapping[str, Schema | None] = field(default_factory=dict)
    refuses: tuple[str, ...] = ()
    open: bool = False
    """Needs no session."""

    def document(self, method: str, reader: Reader) -> dict[str, Any]:
        made: dict[str, Any] = {
            "operationId": self.id,
            "tags": [self.tag],
            "summary": self.summary,
            "responses": self._responses(reader),
        }
        if self.description:
            made["description"] = self.description
        if self.parameters:
            made["parameters"] = list(self.parameters)
        if self.body is not None:
            made["requestBody"] = {"required": True, "content": _json(self.body)}
        if self.open:
            made["security"] = []
        elif method != SAFE:
            made["security"] = [{"token": []}, {"cookie": [], "csrf": []}]
        return made

    def _responses(self, reader: Reader) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for status, schema in self.answers.items():
            made[status] = {"description": reader.say("Done")}
            if schema is not None:
                made[status]["content"] = _json(schema)
        refusals = {"$ref": f"#/components/responses/{PROBLEM}"}
        made.update(dict.fromkeys(sorted({*ALWAYS, *self.refuses}), refusals))
        return made


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def in_path(name: str, schema: Schema = ID, description: str = "") -> dict[str, Any]:
    found = {"name": name, "in": "path", "required": True, "schema": schema}
    return {**found, "description": description} if description else found


def in_query(name: str, schema: Schema, description: str = "") -> dict[str, Any]:
    found = {"name": name, "in": "query", "schema": schema}
    return {**found, "description": description} if description else found


def in_header(name: str, schema: Schema, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": schema, "description": description}


def mapping(
    properties: Mapping[str, Any], required: Iterable[str] = (), *, closed: bool = False
) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": dict(properties)}
    if required:
        made["required"] = list(required)
    if closed:
        made["additionalProperties"] = False
    return made


def listing(items: Schema) -> dict[str, Any]:
    return {"type": "array", "items": items}


TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time"}


def or_null(schema: Schema) -> dict[str, Any]:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, "null"]}

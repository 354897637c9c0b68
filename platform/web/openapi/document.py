"""The OpenAPI document of one tenant for one caller: only what they may use is in it."""

from __future__ import annotations

from typing import Any

from fieldstone.runtime.transaction import Transaction
from fieldstone.web.openapi import bulk, changing, formulas, general, kept
from fieldstone.web.openapi.objects import Subject, paths_of, schemas_of
from fieldstone.web.openapi.parts import PROBLEM, Operation, Paths, reference
from fieldstone.web.reader import Reader
from fieldstone.web.service import COOKIE

VERSION = "3.1.0"
MANAGE = "manage_metadata"


def document(transaction: Transaction) -> dict[str, Any]:
    reader = Reader.of(transaction)
    names = sorted(name for name in reader.snapshot.objects if reader.may("read", name))
    subjects = [Subject(reader=reader, grant=transaction.grant(name)) for name in names]
    paths: Paths = _documented(general.operations(reader, names), reader)
    paths.update(_documented(formulas.operations(reader, names), reader))
    paths.update(_documented(bulk.undo(reader), reader))
    paths.update(_documented(kept.operations(reader, names), reader))
    schemas = {
        **general.schemas(),
        **formulas.schemas(),
        **bulk.schemas(),
        **kept.schemas(),
    }
    for subject in subjects:
        paths.update(paths_of(subject))
        paths.update(_documented(bulk.operations(subject), reader))
        schemas.update(schemas_of(subject))
    if MANAGE in reader.rights.system:
        paths.update(_documented(changing.operations(reader), reader))
        schemas.update(changing.schemas())
    organization = transaction.session.organization or transaction.session.tenant.key
    return {
        "openapi": VERSION,
        "info": {
            "title": reader.say("%(organization)s: API", {"organization": organization}),
            "version": str(reader.snapshot.version),
            "description": reader.say(
                "Everything here is made from the organisation's own objects and from what you "
                "may see and do."
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {PROBLEM: _refusal(reader)},
            "securitySchemes": _security(reader),
        },
    }


def _documented(operations: dict[str, dict[str, Operation]], reader: Reader) -> Paths:
    return {
        path: {method: each.document(method, reader) for method, each in methods.items()}
        for path, methods in operations.items()
    }


def _refusal(reader: Reader) -> dict[str, Any]:
    return {
        "description": reader.say("Refused: what is wrong, where, and what to do"),
        "content": {"application/problem+json": {"schema": reference(PROBLEM)}},
    }


def _security(reader: Reader) -> dict[str, Any]:
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": reader.say("An API token"),
        },
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": reader.say("The cookie that signing in sets"),
        },
        "csrf": {
            "type": "apiKey",
            "in": "header",
            "name": "x-csrf-token",
            "description": reader.say("With the cookie, for everything that changes something"),
        },
    }

"""/api/v1/formula/…: checking a formula while it is written, trying it, and what it may name.

A fault of the formula is part of the answer; a refusal is for requests that cannot be understood.
With `draft` names are those of the metadata as it will be, for those who may change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.runtime import records
from fieldstone.runtime.formula_check import (
    BLANKS,
    RETURNS,
    Asked,
    Model,
    Usage,
    drafted,
    fields_after,
    found,
    published,
)
from fieldstone.runtime.formula_sealed import sealed
from fieldstone.runtime.formula_trial import Sample, tried
from fieldstone.runtime.transaction import Transaction
from fieldstone.web import formula_views as views
from fieldstone.web.api.bodies import answer, read_mapping, uuid_of
from fieldstone.web.reader import Reader

MOST_VALUES = 100
MOST_DECIMALS = 18


async def check_formula(request: Request, transaction: Transaction) -> Response:
    """{"object", "formula", "usage"?, "returns"?, "blanks"?, "record_object"?, "draft"?}"""
    data = await read_mapping(request)
    asked = _asked(data)
    model = await _model(transaction, data.get("draft"))
    scope = model.scope(asked.object, asked.record_object)
    return answer(views.check_json(_reader(transaction, model), found(asked, scope), scope))


async def evaluate_formula(request: Request, transaction: Transaction) -> Response:
    """As for a check, with "record_id"?, "values"? {path: value}, "scale"? and "expected"?. A
    formula with faults is not computed: they are the answer."""
    data = await read_mapping(request)
    asked, sample = _asked(data), _sample(data)
    model = await _model(transaction, data.get("draft"))
    scope = sealed(transaction, model.scope(asked.object, asked.record_object))
    reader = _reader(transaction, model)
    outcome = found(asked, scope)
    if outcome.checked is None:
        return answer(_not_computed(views.check_json(reader, outcome, scope)))
    trial = await tried(transaction, asked, outcome, scope, sample)
    names = await records.names(transaction, views.linked_ids(trial))
    return answer(views.trial_json(reader, asked, outcome, trial, names))


def _not_computed(check: Mapping[str, Any]) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "value": None,
        "display": "",
        "error": None,
        "unread": [],
        "steps": [],
    }
    return {"type": None, "type_label": "", **nothing, "faults": check["faults"]}


async def list_functions(_: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    return answer(
        {
            "functions": views.functions_json(reader),
            "parameters": views.parameters_json(reader),
        }
    )


async def list_names(request: Request, transaction: Transaction) -> Response:
    """?object=&path=: the fields that may follow the path, which may begin with a related list;
    before any path the lists as well."""
    params = request.query_params
    model = await _model(transaction, params.get("draft") == "true")
    scope = model.scope(params.get("object", ""))
    path = tuple(step for step in params.get("path", "").split(".") if step)
    reader = _reader(transaction, model)
    links = [] if path else scope.links()
    inner = scope.of_list(path[0]) if path else None
    begin = path[:1] if inner is not None else ()
    if inner is not None:
        scope, path = inner, path[1:]
    fields = fields_after(scope, path)
    trail = scope.trail(path)
    owner = trail[-1].target if trail else scope.object
    return answer(
        {
            "object": owner,
            "path": ".".join((*begin, *(each.name for each in trail))),
            "label": views.noun(reader, owner) if owner else "",
            "names": [views.name_json(reader, each) for each in fields],
            "lists": [views.list_json(reader, each, scope) for each in links],
        }
    )


async def _model(transaction: Transaction, draft: Any) -> Model:
    return await drafted(transaction) if draft is True else published(transaction)


def _reader(transaction: Transaction, model: Model) -> Reader:
    """Tells the model that was asked about; what may be named is the scope's business."""
    return Reader(
        snapshot=model.snapshot,
        rights=transaction.grant_rights(),
        locale=transaction.session.locale,
    )


def _asked(data: Mapping[str, Any]) -> Asked:
    """Raises Invalid with everything that is wrong with the request."""
    problems = [
        *_texts(data, ("object", "formula"), needed=True),
        *_texts(data, ("record_object",), needed=False),
        *_choices(data),
    ]
    scale = data.get("scale")
    if scale is not None and (type(scale) is not int or not 0 <= scale <= MOST_DECIMALS):
        problems.append(_out_of_range("scale", "maximum", MOST_DECIMALS))
    if data.get("draft") not in (None, True, False):
        wanted = {"wanted": "boolean"}
        problems.append(Problem(code="schema.wrong_type", path="draft", params=wanted))
    if problems:
        raise Invalid("query_invalid", problems=problems)
    return Asked(
        object=data["object"],
        text=data["formula"],
        usage=Usage(data.get("usage") or Usage.FORMULA),
        returns=data.get("returns") or "",
        scale=scale,
        blanks=data.get("blanks") or "",
        record_object=data.get("record_object") or "",
    )


def _out_of_range(path: str, rule: str, limit: int) -> Problem:
    params = {"rule": rule, "limit": limit}
    return Problem(code="schema.out_of_range", path=path, params=params)


def _texts(data: Mapping[str, Any], keys: tuple[str, ...], *, needed: bool) -> list[Problem]:
    found = []
    for key in keys:
        value = data.get(key)
        if value is None and needed:
            found.append(Problem(code="schema.missing", path=key, params={"key": key}))
        elif value is not None and not isinstance(value, str):
            wanted = {"wanted": "string"}
            found.append(Problem(code="schema.wrong_type", path=key, params=wanted))
    return found


_KNOWN: Mapping[str, tuple[str, ...]] = {
    "usage": tuple(Usage),
    "returns": RETURNS,
    "blanks": BLANKS,
}


def _choices(data: Mapping[str, Any]) -> list[Problem]:
    return [
        Problem(
            code="schema.not_one_of",
            path=key,
            params={"value": str(data[key])[:40], "known": ", ".join(known)},
        )
        for key, known in _KNOWN.items()
        if data.get(key) not in (None, "", *known)
    ]


def _sample(data: Mapping[str, Any]) -> Sample:
    values, record_id = data.get("values"), data.get("record_id")
    problems = _texts(data, ("record_id",), needed=False)
    if values is not None and not isinstance(values, dict):
        params = {"wanted": "object"}
        problems.append(Problem(code="schema.wrong_type", path="values", params=params))
    elif values and len(values) > MOST_VALUES:
        problems.append(_out_of_range("values", "maxProperties", MOST_VALUES))
    if problems:
        raise Invalid("query_invalid", problems=problems)
    return Sample(
        record_id=uuid_of(record_id) if record_id else None,
        values=values or {},
        expected=data.get("expected"),
        compared="expected" in data,
    )

"""/api/v1/query: groups and sums over the records that the caller may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.formula.ast import Node
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.lift import Lifted
from fieldstone.kernel.errors import BadRequest, Invalid, Problem
from fieldstone.runtime.filter_problems import formula_problems
from fieldstone.runtime.groups import group, parse_aggregate
from fieldstone.runtime.query import Aggregate, GroupQuery, parse_sort
from fieldstone.runtime.records import parse_filter
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.api.bodies import answer, read_mapping


async def run_query(request: Request, transaction: Transaction) -> Response:
    """{"object", "filter"?, "group_by"?: […], "aggregates": {name: "SUM(amount)"}, "sort"?,
    "limit"?} → {"rows": […]}"""
    data = await read_mapping(request)
    groups, measures = data.get("group_by", []), data.get("aggregates", {})
    if not isinstance(groups, list) or not all(isinstance(each, str) for each in groups):
        raise BadRequest("group_by_not_list")
    if not isinstance(measures, dict) or not all(isinstance(v, str) for v in measures.values()):
        raise BadRequest("aggregates_not_mapping")
    if not groups and not measures:
        raise BadRequest("query_empty")
    wanted = data.get("filter")
    rows = await group(
        transaction,
        GroupQuery(
            object=str(data.get("object") or ""),
            filter=filter_of(wanted),
            filter_text=wanted if isinstance(wanted, str) else "",
            group_by=tuple(groups),
            aggregates=_aggregates(measures),
            sort=parse_sort(_sort_text(data.get("sort"))),
            limit=_limit(data.get("limit", 200)),
        ),
    )
    return answer({"rows": rows})


def _aggregates(measures: Mapping[str, str]) -> tuple[Aggregate, ...]:
    """Raises Invalid with all that are none."""
    found: list[Aggregate] = []
    problems: list[Problem] = []
    for name, text in measures.items():
        try:
            found.append(parse_aggregate(name, text))
        except Invalid as error:
            problems.extend(error.problems)
    if problems:
        raise Invalid("query_invalid", problems=problems)
    return tuple(found)


def filter_of(raw: Any) -> Node | Lifted | None:
    """A filter as formula text or as its JSON tree."""
    if raw is None or isinstance(raw, str):
        return parse_filter(raw)
    try:
        from fieldstone.formula.json_tree import from_json

        return from_json(raw)
    except FormulaError as error:
        raise Invalid("filter_invalid", problems=formula_problems(error)) from error


def _sort_text(raw: Any) -> str:
    if isinstance(raw, list):
        return ",".join(str(each) for each in raw)
    return str(raw or "")


def _limit(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= 2000:
        raise BadRequest("bad_limit", limit=2000)
    return raw

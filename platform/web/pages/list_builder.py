"""The drawer in which the conditions of a list are made: rows, groups, and the formula of what is
neither."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.formula.print import to_text
from fieldstone.kernel.errors import Invalid
from fieldstone.kernel.ids import is_uuid
from fieldstone.metadata.snapshot import Field
from fieldstone.runtime import records
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.condition_words import Names
from fieldstone.web.conditions import parsed
from fieldstone.web.contexts import FieldValue, OptionView, ValueView
from fieldstone.web.filter_tree import (
    DEPTH,
    ROOT,
    Group,
    Part,
    Row,
    Text,
    acted,
    node_of,
    posted_tree,
    tree_of,
)
from fieldstone.web.list_contexts import (
    BuilderGroup,
    BuilderRow,
    BuilderView,
    ConditionView,
    PickableView,
    PickGroup,
)
from fieldstone.web.pages.list_filter import condition_view, offered_operators
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.pages.list_views import open_view
from fieldstone.web.pages.rendering import moved_to, show_fragment
from fieldstone.web.problems import problem_json
from fieldstone.web.reader import Reader

TEMPLATE = "pages/list_builder.html"
COUNTED = ("last_n_days", "next_n_days", "older_than_n_days")
Words = Mapping[str, str]


async def show_builder(request: Request, transaction: Transaction) -> Response:
    """The conditions of the list as they are."""
    state, reader = ListState.read(request), Reader.of(transaction)
    opened = await open_view(transaction, reader, state.object, state.view)
    text = opened.view.filter if state.filter is None else state.filter
    try:
        tree = tree_of(reader, state.object, parsed(text))
    except Invalid:
        tree = Group(parts=(Text(formula=text, editing=True),))
    if not tree.parts:
        tree = Group(parts=(Row(),))
    fields = pick_groups(reader, state.object, lambda each: bool(offered_operators(reader, each)))
    page = await _page(transaction, reader, state, tree, {})
    return show_fragment(request, transaction, TEMPLATE, replace(page, fields=fields))


async def change_builder(request: Request, transaction: Transaction) -> Response:
    """The drawer after a button or a choice; `apply` goes to the list with these conditions."""
    form = await request.form()
    state = ListState.of_query(request.path_params["object"], str(form.get("query") or ""))
    reader = Reader.of(transaction)
    transaction.grant(state.object)
    tree, act = posted_tree(reader, state.object, form), str(form.get("act") or "")
    problems: Words = {}
    if act == "apply":
        try:
            node = node_of(reader, state.object, tree)
            text = to_text(node) if node is not None else ""
            return moved_to(replace(state.at_start(), filter=text).url())
        except Invalid as error:
            problems = _words(transaction, error)
    page = await _page(transaction, reader, state, acted(tree, act), problems)
    return show_fragment(request, transaction, TEMPLATE, page, 422 if problems else 200)


def _words(transaction: Transaction, error: Invalid) -> Words:
    locale, snapshot = transaction.session.locale.code, transaction.snapshot
    found: dict[str, str] = {}
    for each in error.problems:
        message = problem_json(each, locale, snapshot)["message"]
        found[each.path] = f"{found[each.path]} {message}" if each.path in found else message
    return found


def pick_groups(
    reader: Reader, object_name: str, wanted: Callable[[Field], bool]
) -> tuple[PickGroup, ...]:
    """The readable fields of the object, and of the objects that its links lead to."""
    own = _pickable(reader, object_name, "", wanted)
    groups = [PickGroup(label=reader.noun(object_name), fields=own)]
    for field in reader.shape(object_name).fields.values():
        if not (field.is_reference and reader.rights.may_read(object_name, field.name)):
            continue
        found = _pickable(reader, field.target, f"{field.name}.", wanted)
        if found:
            groups.append(PickGroup(label=reader.label(field), fields=found))
    return tuple(groups)


def _pickable(
    reader: Reader, object_name: str, before: str, wanted: Callable[[Field], bool]
) -> tuple[PickableView, ...]:
    if not reader.may("read", object_name):
        return ()
    return tuple(
        PickableView(path=f"{before}{name}", label=reader.label(field))
        for name, field in reader.shape(object_name).fields.items()
        if name not in ("id", "version") and reader.rights.may_read(object_name, name)
        if wanted(field)
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the rows need besides themselves: the names of records, and problems by place."""

    names: Names
    problems: Words


async def _page(
    transaction: Transaction, reader: Reader, state: ListState, tree: Group, problems: Words
) -> BuilderView:
    wanted: dict[str, set[UUID]] = {}
    _gather(reader, state.object, tree, wanted)
    names = await records.names(transaction, wanted) if wanted else {}
    view = _group(reader, state.object, tree, ROOT, _Told(names, problems))
    return BuilderView(url=f"{state.path}/filter", query=state.query, tree=view)


def _gather(reader: Reader, object_name: str, part: Part, wanted: dict[str, set[UUID]]) -> None:
    if isinstance(part, Group):
        for each in part.parts:
            _gather(reader, object_name, each, wanted)
    elif isinstance(part, Row) and part.path:
        field = reader.trail(object_name, part.path)[-1]
        ids = {UUID(each) for each in part.values if is_uuid(each)}
        if field.is_reference and ids:
            wanted.setdefault(field.target, set()).update(ids)


def _group(reader: Reader, object_name: str, group: Group, place: str, told: _Told) -> BuilderGroup:
    parts: list[BuilderRow | BuilderGroup] = []
    for index, each in enumerate(group.parts):
        inner = f"{place}.{index}"
        if isinstance(each, Group):
            parts.append(_group(reader, object_name, each, inner, told))
        else:
            row = _row(reader, object_name, each, inner, told.names)
            parts.append(replace(row, problem=told.problems.get(inner, "")))
    nests = place.count(".") < DEPTH
    return BuilderGroup(place=place, any=group.any, parts=tuple(parts), nests=nests)


def _row(
    reader: Reader, object_name: str, part: Row | Text, place: str, names: Names
) -> BuilderRow:
    if isinstance(part, Text):
        return BuilderRow(place=place, formula=part.formula, is_formula=True, editing=part.editing)
    if not part.path:
        return BuilderRow(place=place)
    trail = reader.trail(object_name, part.path)
    view = condition_view(reader, trail[-1], part.operator, name=f"v.{place}")
    view, count = _with_values(reader, trail[-1], view, part, names)
    label = " › ".join(reader.label(each) for each in trail)
    return BuilderRow(place=place, path=part.path, label=label, condition=view, count=count)


def _with_values(
    reader: Reader, field: Field, view: ConditionView, row: Row, names: Names
) -> tuple[ConditionView, str]:
    if view.arity == "period":
        period, _, count = (row.values[0] if row.values else "this_month").partition(":")
        offered = tuple(each for each in view.periods if ":" not in each.code)
        counted = tuple(OptionView(code=each, label=_counted(reader, each)) for each in COUNTED)
        known = [*offered, *counted]
        if period not in {each.code for each in known}:
            whole = f"{period}:{count}" if count else period
            known.append(OptionView(code=whole, label=whole))
            return replace(view, periods=tuple(known), period=whole), ""
        count = (count or "7") if period in COUNTED else ""
        return replace(view, periods=tuple(known), period=period), count
    if view.arity == "many":
        items = tuple(ValueView(raw=each, text=each) for each in row.values)
        chosen = FieldValue(field=view.field, value=ValueView(items=items))
        return replace(view, inputs=(chosen,)), ""
    if view.inputs and row.values:
        raw = row.values[0]
        text = raw
        if field.is_reference and is_uuid(raw):
            text = names.get((field.target, UUID(raw)), reader.say("(not visible to you)"))
        value = ValueView(raw=raw, text=text)
        return replace(view, inputs=(replace(view.inputs[0], value=value),)), ""
    return view, ""


def _counted(reader: Reader, code: str) -> str:
    return {
        "last_n_days": reader.say("last … days"),
        "next_n_days": reader.say("next … days"),
        "older_than_n_days": reader.say("over … days ago"),
    }[code]

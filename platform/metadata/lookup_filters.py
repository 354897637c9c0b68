"""The filter of a lookup as a formula of the object that has the lookup:

    account = $record.account        on visit.contact is        contact.account = account

so that what loads, computes and compiles any formula of the object does so for filters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from operator import or_

from fieldstone.formula.ast import FieldRef, Node, Parameter, Path, with_children
from fieldstone.formula.check import MAX_HOPS, check
from fieldstone.formula.faults import FormulaError
from fieldstone.formula.parse import parse
from fieldstone.formula.summary import summed_up
from fieldstone.formula.typed import Checked, Needs, Typed, walk
from fieldstone.formula.types import BOOLEAN
from fieldstone.metadata.remember import per_snapshot
from fieldstone.metadata.scope import RECORD, ObjectScope
from fieldstone.metadata.snapshot import Field, Snapshot


@per_snapshot()
def required_filters(snapshot: Snapshot, object_name: str) -> Mapping[str, Checked]:
    """The filters that links must keep to, by the name of their field."""
    found = {
        field.name: seen_from_record(snapshot, field)
        for field in snapshot.objects[object_name].fields.values()
        if not field.config.get("filter_optional")
    }
    return {name: checked for name, checked in found.items() if checked is not None}


def seen_from_record(snapshot: Snapshot, field: Field) -> Checked | None:
    """None without a filter, and for one that fits the objects no more or takes more links than
    a formula may: no record can be judged by it."""
    text = str(field.config.get("filter") or "")
    if not text or field.target not in snapshot.objects:
        return None
    there = ObjectScope(snapshot, field.target, record_object=field.object)
    here = ObjectScope(snapshot, field.object)
    try:
        root = check(parse(text), there, expected=BOOLEAN).root
        own = {path: check(FieldRef(path), here).root for path in _own_paths(root)}
        found = summed_up(_seen(root, field.name, own))
    except FormulaError:
        return None
    return found if found.root.steps <= MAX_HOPS + 1 else None


def _own_paths(root: Typed) -> set[Path]:
    return {
        each.node.path
        for each in walk(root)
        if isinstance(each.node, Parameter) and each.node.root == RECORD
    }


def _seen(typed: Typed, link: str, own: Mapping[Path, Typed]) -> Typed:
    node = typed.node
    if isinstance(node, Parameter) and node.root == RECORD:
        return own[node.path]
    if typed.constant and not typed.needs & Needs.PARAMETERS:
        return typed
    operands = tuple([_seen(each, link, own) for each in typed.operands])
    over = typed.over and replace(typed.over, path=(link, *typed.over.path))
    return replace(
        typed,
        node=node if over else _node(node, operands, link),
        operands=operands,
        over=over,
        needs=reduce(or_, (each.needs for each in operands), typed.needs),
        fails=typed.fails or any(each.fails for each in operands),
    )


def _node(node: Node, operands: tuple[Typed, ...], link: str) -> Node:
    if isinstance(node, FieldRef):
        return replace(node, path=(link, *node.path))
    if isinstance(node, Parameter):
        return node
    return with_children(node, tuple([each.node for each in operands]))

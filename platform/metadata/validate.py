"""The rules that a tenant's metadata must keep. Each is small; all faults are found at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches

from fieldstone.formula.faults import Fault, FormulaError
from fieldstone.kernel.errors import Problem
from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.decimal import PRECISION, SCALE
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.formula_texts import formulas_of
from fieldstone.metadata.references import references
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.metadata.system_fields import PLATFORM_FIELDS, RESERVED_NAMES
from fieldstone.metadata.validate_cases import cases_hold
from fieldstone.metadata.validate_computed import (
    computed_fields_form_no_ring,
    indexed_formulas_can_be,
    rollups_fit,
)
from fieldstone.metadata.validate_display import displays_fit

MAX_OBJECTS = 1000
MAX_FIELDS = 500
PICKLISTS = ("picklist", "multi_picklist")

Rule = Callable[[Snapshot, Component], Iterator[Problem]]


def problems(
    snapshot: Snapshot, touched: Collection[Key] | None = None, before: Snapshot | None = None
) -> list[Problem]:
    """What is wrong with the components in `touched` and with those that mention them, now or
    in the state `before`; with None, with all. Paths read `kind.name.place`."""
    found = [*_limits(snapshot), *_platform_fields(snapshot)]
    wider = None if touched is None else _with_holders(touched, snapshot)
    for component in snapshot.components.values():
        if wider is not None and not _concerned(component, wider, snapshot, before):
            continue
        for rule in RULES:
            found.extend(
                Problem(
                    code=each.code,
                    path=f"{component.kind}.{component.name}.{each.path}".rstrip("."),
                    params=each.params,
                    message=each.message,
                    hint=each.hint,
                )
                for each in rule(snapshot, component)
            )
    return found


def _with_holders(touched: Collection[Key], snapshot: Snapshot) -> set[Key]:
    """And the fields whose values the touched ones are."""
    wider = set(touched)
    for kind, name in touched:
        if kind == "record_type":
            wider.add(("field", f"{name.partition('.')[0]}.record_type"))
    wider.update(
        each.key
        for each in snapshot.of_kind("field")
        if ("value_set", each.body.get("value_set")) in wider
    )
    return wider


def _concerned(
    component: Component, touched: Collection[Key], snapshot: Snapshot, before: Snapshot | None
) -> bool:
    """A formula's mention of what goes, or takes another name or type on the way, cannot be
    found any more afterwards: then the document mentions something else than it did."""
    if component.key in touched:
        return True
    mentions = references(component, snapshot)
    if any(each.target in touched for each in mentions):
        return True
    return before is not None and mentions != references(component, before)


def _limits(snapshot: Snapshot) -> Iterator[Problem]:
    if len(snapshot.objects) > MAX_OBJECTS:
        yield Problem(code="metadata.too_many_objects", params={"limit": MAX_OBJECTS})
    for name in snapshot.objects:
        if len(snapshot.of_object("field", name)) > MAX_FIELDS:
            yield Problem(
                code="metadata.too_many_fields", path=f"object.{name}", params={"limit": MAX_FIELDS}
            )


def _platform_fields(snapshot: Snapshot) -> Iterator[Problem]:
    """Signing in, files and the calendar rest on these."""
    for owner, fields in PLATFORM_FIELDS.items():
        if ("object", owner) in snapshot.hidden and ("object", owner) not in snapshot.components:
            yield Problem(
                code="metadata.needed_by_platform", path=f"object.{owner}", params={"name": owner}
            )
        for name, type_ in fields.items():
            key = ("field", f"{owner}.{name}")
            live = snapshot.components.get(key)
            gone = live is None and key in snapshot.hidden
            if gone or (live is not None and live.body.get("type") != type_):
                yield Problem(
                    code="metadata.needed_by_platform",
                    path=f"field.{owner}.{name}",
                    params={"name": key[1]},
                )


def mentions_exist(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    for each in references(component, snapshot):
        kind, name = each.target
        if each.target in snapshot.components or _is_system_field(each.target, snapshot):
            continue
        if each.target in snapshot.hidden:
            if each.hard:
                yield Problem(
                    code="metadata.mentions_deleted", path=each.path, params={"name": name}
                )
            continue
        known = [key[1] for key in snapshot.components if key[0] == kind]
        near = get_close_matches(name, known, n=1)
        yield Problem(
            code="metadata.mentions_unknown_near" if near else "metadata.mentions_unknown",
            path=each.path,
            params={"name": name, "near": near[0] if near else ""},
        )


def _is_system_field(target: Key, snapshot: Snapshot) -> bool:
    kind, name = target
    owner, _, local = name.partition(".")
    return kind == "field" and local in RESERVED_NAMES and ("object", owner) in snapshot.components


def defaults_fit(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    if component.kind != "field" or component.body.get("default") is None:
        return
    shape = snapshot.objects.get(component.parent)
    field = shape.fields.get(component.local_name) if shape else None
    if field is None:
        return
    try:
        value = field.type.parse(field.config["default"], Locale(), field.config)
    except BadValue as error:
        yield error.problem("default")
        return
    if field.type.name in PICKLISTS:
        yield from _gone(field, value if isinstance(value, list) else [value], "default")


def _gone(field: Field, named: Iterable[str], path: str) -> Iterator[Problem]:
    """Values that are still needed, but are not in the picklist or were taken out of it."""
    for code in named:
        value = field.values.get(code)
        if value is None:
            yield Problem(code="metadata.value_unknown", path=path, params={"value": code})
        elif value.get("deleted"):
            yield Problem(code="metadata.value_needed", path=path, params={"value": code})


def picklists_have_values(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    body = component.body
    if component.kind != "field" or body.get("type") not in PICKLISTS:
        return
    if not body.get("value_set") and not body.get("values"):
        yield Problem(code="metadata.picklist_empty", path="values")
    controlling = body.get("depends_on")
    if controlling:
        field = snapshot.get("field", f"{component.parent}.{controlling}")
        if field is not None and field.body.get("type") not in PICKLISTS:
            yield Problem(code="metadata.depends_on_not_picklist", path="depends_on")


def conditions_of_values_hold(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    """A value is offered with values of the controlling picklist that can be chosen."""
    controlling = component.body.get("depends_on") if component.kind == "field" else None
    shape = snapshot.objects.get(component.parent) if controlling else None
    field = shape.fields.get(component.local_name) if shape else None
    other = shape.fields.get(str(controlling)) if shape else None
    if field is None or other is None or other.type.name not in PICKLISTS:
        return
    for code, value in field.values.items():
        if not value.get("deleted"):
            yield from _gone(other, value.get("when", ()), f"values.{code}.when")


def one_default_value(_: Snapshot, component: Component) -> Iterator[Problem]:
    values = component.body.get("values") or {}
    chosen = [name for name, value in values.items() if value.get("default")]
    if len(chosen) > 1 and component.body.get("type") != "multi_picklist":
        yield Problem(
            code="metadata.several_defaults", path="values", params={"names": ", ".join(chosen)}
        )


def paths_fit(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    if component.kind != "path":
        return
    shape = snapshot.objects.get(component.parent)
    field = shape.fields.get(component.body["field"]) if shape else None
    if field is None:
        return
    if field.type.name != "picklist":
        yield Problem(code="metadata.path_not_picklist", path="field")
        return
    for stage in component.body["stages"]:
        if stage in field.values:
            yield from _gone(field, [stage], f"stages.{stage}")
        else:
            yield Problem(
                code="metadata.stage_unknown", path=f"stages.{stage}", params={"stage": stage}
            )


def formulas_compile(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    for each in formulas_of(snapshot, component):
        if each.scope.object not in snapshot.objects:
            continue
        try:
            each.checked()
        except FormulaError as error:
            for fault in error.faults:
                if not _told_as_deleted(fault, each.place, snapshot, component):
                    params = {**fault.params, "fault": fault}
                    yield Problem(code=fault.message_id, path=each.place, params=params)


def _told_as_deleted(fault: Fault, path: str, snapshot: Snapshot, component: Component) -> bool:
    """`mentions_exist` names what would be deleted; that it is unknown then says no more."""
    if fault.code not in ("UNKNOWN_FIELD", "UNKNOWN_PARAMETER"):
        return False
    name = str(fault.params["name"]).rpartition(".")[2].lower()
    return any(
        each.path == path
        and each.target in snapshot.hidden
        and each.target not in snapshot.components
        and each.target[1].rpartition(".")[2] == name
        for each in references(component, snapshot)
    )


def masters_form_no_ring(snapshot: Snapshot, component: Component) -> Iterator[Problem]:
    if component.kind != "field" or component.body.get("type") != "master_detail":
        return
    seen, current = [component.parent], str(component.body.get("target"))
    while current not in seen:
        seen.append(current)
        shape = snapshot.objects.get(current)
        if shape is None or shape.master is None:
            return
        current = shape.master.target
    yield Problem(
        code="metadata.master_ring", path="target", params={"ring": " → ".join([*seen, current])}
    )


def kinds_of_value_fit(_: Snapshot, component: Component) -> Iterator[Problem]:
    body = component.body
    if component.kind != "field" or not (body.get("unique") or body.get("external_id")):
        return
    if len(FIELD_TYPES[body["type"]].columns(body)) != 1 or body["type"] in NOT_UNIQUE:
        yield Problem(
            code="metadata.cannot_be_unique", path="unique", params={"type": body["type"]}
        )


NOT_UNIQUE = (
    "long_text", "rich_text", "json", "address", "person_name", "geo_point", "secret",
    "multi_picklist", "boolean", "file", "image", "signature",
)  # fmt: skip


def decimals_fit(_: Snapshot, component: Component) -> Iterator[Problem]:
    """The decimals are part of the digits."""
    body = component.body
    if component.kind != "field" or body.get("type") not in ("decimal", "percent", "currency"):
        return
    precision, scale = body.get("precision", PRECISION), body.get("scale", SCALE)
    if scale > precision:
        yield Problem(
            code="metadata.scale_too_large", path="scale", params={"precision": precision}
        )


RULES: tuple[Rule, ...] = (
    mentions_exist,
    defaults_fit,
    picklists_have_values,
    conditions_of_values_hold,
    one_default_value,
    paths_fit,
    displays_fit,
    formulas_compile,
    masters_form_no_ring,
    kinds_of_value_fit,
    decimals_fit,
    computed_fields_form_no_ring,
    rollups_fit,
    indexed_formulas_can_be,
    cases_hold,
)

"""Formulas as the API tells them: faults, names, functions and values, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from fieldstone.formula import display, faults
from fieldstone.formula.ast import Value
from fieldstone.formula.faults import Fault, Phrase
from fieldstone.formula.functions.base import Function
from fieldstone.formula.functions.catalogue import FUNCTIONS
from fieldstone.formula.typed import ID, Checked
from fieldstone.formula.types import Kind, Type
from fieldstone.kernel import pinyin
from fieldstone.kernel.i18n import pick
from fieldstone.metadata import terms
from fieldstone.metadata.field_types import displayed
from fieldstone.metadata.field_types.numerals import grouped
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.scope import PARAMETERS, Link, ObjectScope, type_of
from fieldstone.metadata.snapshot import Field
from fieldstone.metadata.values import to_json
from fieldstone.runtime.formula_check import Asked, Fix, Found
from fieldstone.runtime.formula_trial import Step, Trial, as_result
from fieldstone.web.reader import Reader

Names = Mapping[tuple[str, UUID], str]
MOST_DECIMALS = 18
LONGEST_TEXT = 200


def check_json(reader: Reader, found: Found, scope: ObjectScope) -> dict[str, Any]:
    checked = found.checked
    return {
        "type": str(checked.type.kind) if checked else None,
        "type_label": type_label(reader, checked.type) if checked else "",
        "faults": [
            fault_json(reader, fault, fix, scope)
            for fault, fix in zip(found.faults, found.fixes, strict=True)
        ],
        "warnings": [fault_json(reader, each, None, scope) for each in found.warnings],
        "fields": _read_json(reader, scope, checked) if checked else [],
        "computed": _paths_json(reader, scope, checked.computed if checked else ()),
        "volatile": bool(checked and checked.volatile),
        "indexable": found.indexable,
        "python_only": found.python_only,
    }


def _read_json(reader: Reader, scope: ObjectScope, checked: Checked) -> list[dict[str, Any]]:
    """The fields that it reads, those of related lists after the list's name. The ids that lists
    are found by are nobody's question."""
    anchors = {(*each.path, ID) for each in checked.lists}
    found = _paths_json(reader, scope, (path for path in checked.fields if path not in anchors))
    links = {link.key: link for link in scope.links()}
    for each in checked.lists:
        link = links.get(each.relation) if not each.path else None
        if link is None:
            continue
        inner, name = replace(scope, object=link.child), scope.called(link)
        for told in _paths_json(reader, inner, each.fields):
            label = f"{list_json(reader, link, scope)['label']} / {told['label']}"
            found.append({**told, "path": f"{name}.{told['path']}", "label": label})
    return found


def type_label(reader: Reader, type_: Type) -> str:
    """A noun: Number, Text …; of a link the object's own noun."""
    if type_.target and type_.target in reader.snapshot.objects:
        return noun(reader, type_.target)
    return reader.say(f"formula.type.{type_.kind}")


def noun(reader: Reader, name: str) -> str:
    """Like reader.noun, which would keep the snapshot of every draft in memory."""
    return terms.render(f"{{{name}.label}}", reader.snapshot, reader.locale.code)


def fault_json(reader: Reader, fault: Fault, fix: Fix | None, scope: ObjectScope) -> dict[str, Any]:
    code = reader.locale.code
    expected = fault.params.get("expected")
    return {
        "code": fault.message_id,
        "message": faults.message(fault, code),
        "hint": faults.hint(fault, code),
        "line": fault.line,
        "column": fault.column,
        "start": fault.span[0],
        "end": fault.span[1],
        "expected": expected.render(code) if isinstance(expected, Phrase) else "",
        "suggestion": fault.suggestion,
        "fix": _fix_json(reader, fault, fix, scope) if fix else None,
    }


def _fix_json(reader: Reader, fault: Fault, fix: Fix, scope: ObjectScope) -> dict[str, Any]:
    label = fix.text
    if fault.code == "UNKNOWN_FIELD":
        label = _path_label(reader, scope.trail(tuple(fix.text.split(".")))) or fix.text
    return {"start": fix.start, "end": fix.end, "text": fix.text, "label": label}


def _path_label(reader: Reader, trail: tuple[Field, ...]) -> str:
    return " / ".join(reader.label(each) for each in trail)


def _paths_json(
    reader: Reader, scope: ObjectScope, paths: Iterable[tuple[str, ...]]
) -> list[dict[str, Any]]:
    """Those the asker may name: a computed field whose result is published keeps its sources to
    itself."""
    return [path_json(reader, scope, path) for path in paths if scope.trail(path)]


def path_json(reader: Reader, scope: ObjectScope, path: tuple[str, ...]) -> dict[str, Any]:
    trail = scope.trail(path)
    kind = str(type_of(trail[-1]).kind) if trail else ""
    field_type = trail[-1].type.name if trail else ""
    label = _path_label(reader, trail)
    return {"path": ".".join(path), "label": label, "type": kind, "field_type": field_type}


def name_json(reader: Reader, field: Field) -> dict[str, Any]:
    """A field that may follow a path; `target` is the object that its own path leads to."""
    type_ = type_of(field)
    label = reader.label(field)
    spelling, initials = pinyin.spelled(label)
    return {
        "name": field.name,
        "label": label,
        "type": str(type_.kind),
        "type_label": type_label(reader, type_),
        "field_type": field.type.name,
        "target": field.target if field.is_reference else "",
        "pinyin": spelling,
        "initials": initials,
        "system": field.system,
        "values": [
            {"value": code, "label": reader.text(value.get("label"))}
            for code, value in field.values.items()
            if not value.get("deleted")
        ],
    }


def list_json(reader: Reader, link: Link, scope: ObjectScope) -> dict[str, Any]:
    """A related list; `target` is the object of its records."""
    label = terms.render(
        reader.snapshot.objects[link.child].plural, reader.snapshot, reader.locale.code
    )
    spelling, initials = pinyin.spelled(label)
    return {
        "name": scope.called(link),
        "label": label if link.name != link.long_name else f"{label} ({link.via})",
        "target": link.child,
        "pinyin": spelling,
        "initials": initials,
    }


def functions_json(reader: Reader) -> list[dict[str, Any]]:
    ordered = sorted(FUNCTIONS.values(), key=lambda each: each.name)
    return [_function_json(reader, each) for each in ordered]


def _function_json(reader: Reader, function: Function) -> dict[str, Any]:
    return {
        "name": function.name,
        "group": function.group,
        "group_label": reader.say(f"formula.group.{function.group}"),
        "signature": f"{function.name}({function.signature})",
        "documentation": pick(function.documentation, reader.locale.code),
        "examples": [{"formula": left, "equals": right} for left, right in function.examples],
        "python_only": function.python_only,
        "volatile": function.volatile,
        "usages": sorted(function.usages),
    }


def parameters_json(reader: Reader) -> list[dict[str, Any]]:
    return [
        {
            "name": "$" + ".".join((root, *path)),
            "type": str(type_.kind),
            "type_label": type_label(reader, type_),
        }
        for (root, path), type_ in PARAMETERS.items()
    ]


def linked_ids(trial: Trial) -> dict[str, set[UUID]]:
    """The records that values of the trial point at, for their names."""
    found: dict[str, set[UUID]] = {}
    for step in (trial.result, *trial.steps):
        if isinstance(step.value, UUID) and step.type.target:
            found.setdefault(step.type.target, set()).add(step.value)
    return found


def trial_json(
    reader: Reader, asked: Asked, found: Found, trial: Trial, names: Names
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": str(trial.result.type.kind),
        "type_label": type_label(reader, trial.result.type),
        "value": _json(trial.result.value),
        "display": result_text(reader, asked, trial.result, names),
        "error": _error_json(reader, trial.result),
        "faults": [],
        "unread": list(trial.unread),
        "steps": [_step_json(reader, found.text, step, names) for step in trial.steps],
    }
    if trial.passed is not None:
        made["passed"] = trial.passed
    return made


def _step_json(reader: Reader, text: str, step: Step, names: Names) -> dict[str, Any]:
    return {
        "start": step.start,
        "end": step.end,
        "text": text[step.start : step.end],
        "label": _path_label(reader, step.fields),
        "type": str(step.type.kind),
        "value": _json(step.value),
        "display": step_text(reader, step, names),
        "error": _error_json(reader, step),
    }


def _json(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else to_json(value)


def _error_json(reader: Reader, step: Step) -> dict[str, str] | None:
    if not step.error:
        return None
    words = faults.failure(step.error).render(reader.locale.code)
    known = step.error in faults.FAILURES
    message = reader.say("error.formula.const_error", {"error": words if known else step.error})
    return {"code": step.error, "message": message}


def result_text(reader: Reader, asked: Asked, step: Step, names: Names) -> str:
    """As a field with this result would show it."""
    value = step.value
    if asked.returns and value is not None and not step.error:
        kept = as_result(value, asked)
        return FIELD_TYPES["formula"].format(kept, reader.locale, asked.config)
    if isinstance(value, Decimal) and asked.scale is not None:
        return grouped(value, asked.scale)
    if isinstance(value, str) and step.type.kind is Kind.TEXT:
        return value
    return step_text(reader, step, names)


def step_text(reader: Reader, step: Step, names: Names) -> str:
    value = step.value
    if step.error:
        return f"#{step.error}!"
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, UUID):
        return names.get((step.type.target or "", value)) or str(value)
    if isinstance(value, str | frozenset):
        return _words(reader, step)
    if isinstance(value, display.Link | display.Picture):
        return displayed.DISPLAYED["HYPERLINK"].format(value, reader.locale, {})
    name = _FORMATS.get(step.type.kind, "")
    return FIELD_TYPES[name].format(value, reader.locale, {}) if name else str(value)


_FORMATS: Mapping[Kind, str] = {
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "datetime",
    Kind.TIME: "time",
}


def _words(reader: Reader, step: Step) -> str:
    """A text in quotes; a picklist's value by its label."""
    labels = step.fields[-1].values if step.fields else {}
    if step.type.kind is Kind.TEXT:
        text = str(step.value)
        return f'"{text[:LONGEST_TEXT]}…"' if len(text) > LONGEST_TEXT else f'"{text}"'
    codes = [step.value] if isinstance(step.value, str) else sorted(_codes(step.value))
    words = [reader.text(labels[code].get("label")) if code in labels else code for code in codes]
    return ("、" if reader.locale.code == "zh_CN" else ", ").join(words)


def _codes(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


def number_text(value: Decimal) -> str:
    """1,234.5: as many decimals as it has, at most eighteen."""
    exact = value.quantize(Decimal(1).scaleb(-MOST_DECIMALS), rounding=ROUND_HALF_UP)
    text = format(exact, ",f")
    return text.rstrip("0").rstrip(".") if "." in text else text

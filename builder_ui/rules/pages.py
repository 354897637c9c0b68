"""/setup/objects/{object}/rules: what a record must not be when it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from fieldstone.kernel.errors import NotFound, Problem
from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.snapshot import Object
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.checks import Faults, check, faults
from fieldstone_builder.contexts import ChoiceView, InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.formula.views import input_view
from fieldstone_builder.inputs import merged_text, text_inputs, ticked, typed, typed_text
from fieldstone_builder.marks import origin, state_tag
from fieldstone_builder.names import name_problem, new_name
from fieldstone_builder.objects.head import crumbs_of, head_of
from fieldstone_builder.objects.layouts import condition_text
from fieldstone_builder.rules.contexts import RulePage, RuleRow, RulesPage
from fieldstone_builder.screen import show

KIND = "validation_rule"
TAB = "rules"
NOTHING = Faults()
STAND_IN: Mapping[str, Any] = {"when": "FALSE", "message": {"en": "?"}}
"""For what lacks, so that the rest is checked all the same."""
Body = Mapping[str, Any]


async def list_rules(desk: Desk) -> Response:
    shape = desk.shape()
    rules = desk.after.of_object(KIND, shape.name)
    page = RulesPage(
        head=head_of(desk, shape, TAB),
        rows=tuple(_row(desk, shape, each) for each in rules),
        new_url=links.rule_url(shape.name, links.NEW_RULE),
    )
    return show(desk, "rules.html", page, crumbs=crumbs_of(desk, shape, _heading(desk)))


def _heading(desk: Desk) -> str:
    return desk.say("Validation rules")


def _row(desk: Desk, shape: Object, rule: Component) -> RuleRow:
    body = rule.body
    return RuleRow(
        message=desk.words.text(body.get("message")) or rule.local_name,
        api_name=rule.local_name,
        field=desk.words.field(shape.name, str(body["field"])) if body.get("field") else "",
        condition=condition_text(desk, shape.name, str(body.get("when") or "")),
        url=links.rule_url(shape.name, rule.local_name),
        origin=origin(desk, rule.pack),
        active=body.get("active") is not False,
        tag=state_tag(desk, desk.draft.state(*rule.key)),
    )


async def new_rule(desk: Desk) -> Response:
    return _page(desk, desk.shape(), None, {})


async def edit_rule(desk: Desk) -> Response:
    shape = desk.shape()
    rule = _rule(desk, shape)
    return _page(desk, shape, rule, rule.body)


def _rule(desk: Desk, shape: Object) -> Component:
    rule = desk.after.get(KIND, f"{shape.name}.{desk.path('rule')}")
    if rule is None:
        raise NotFound("component_not_found", kind=KIND, name=desk.path("rule")[:100])
    return rule


async def save_rule(desk: Desk) -> Response:
    """A new one without {rule} in the address."""
    shape, form = desk.shape(), await desk.form()
    rule = _rule(desk, shape) if "rule" in desk.request.path_params else None
    body = _read(form, rule.body if rule else {})
    message = body.get("message") or {}
    local = (
        rule.local_name if rule else new_name(desk, KIND, shape.name, typed(form, "name"), message)
    )
    key = (KIND, f"{shape.name}.{local or links.NEW_RULE.replace('-', '_')}")
    own = _own_problems(desk, key, body, is_new=rule is None)
    operations = edits.put(desk.before, desk.draft.operations, key, body)
    whole = edits.put(desk.before, desk.draft.operations, key, {**STAND_IN, **body})
    found = [*own, *check(desk.before, whole, [key]).problems]
    if found:
        told = faults(desk, found, key, lambda place: place.partition(".")[0])
        shown = {**body, "name": typed(form, "name")}
        return _page(desk, shape, rule, shown, told, status=422)
    changed = operations != desk.draft.operations
    await desk.keep(operations)
    return toasts.leave(links.object_url(shape.name, TAB), "kept" if changed else "same")


def _read(form: FormData, current: Body) -> dict[str, Any]:
    body = {**current, "when": typed(form, "when"), "field": typed(form, "field")}
    body["message"] = merged_text(current.get("message"), typed_text(form, "message"))
    for name, usual in (("active", True), ("after_rollups", False)):
        body.pop(name, None)
        if ticked(form, name) is not usual:
            body[name] = not usual
    body["severity"] = "warning" if ticked(form, "warns") else ""
    return {key: value for key, value in body.items() if value not in ("", {})}


def _own_problems(desk: Desk, key: Key, body: Body, *, is_new: bool) -> list[Problem]:
    """What lacks, each beside its input."""
    path = f"{key[0]}.{key[1]}"
    found = [
        Problem(code="setup.missing", path=f"{path}.{part}")
        for part in ("when", "message")
        if not body.get(part)
    ]
    named = name_problem(desk, key, key[1].partition(".")[2], body.get("message") or {})
    return [*found, *([named] if is_new and named else [])]


async def delete_rule(desk: Desk) -> Response:
    shape = desk.shape()
    rule = _rule(desk, shape)
    operations = edits.delete(desk.before, desk.draft.operations, rule.key)
    await desk.keep(operations)
    known = rule.key in desk.before.components
    return toasts.leave(links.object_url(shape.name, TAB), "deleted" if known else "undone")


def _page(
    desk: Desk,
    shape: Object,
    rule: Component | None,
    body: Body,
    told: Faults = NOTHING,
    status: int = 200,
) -> Response:
    base = links.object_url(shape.name, TAB)
    title = desk.words.text(rule.body.get("message")) or rule.local_name if rule else ""
    page = RulePage(
        head=head_of(desk, shape, TAB),
        title=title or desk.say("New validation rule"),
        action=links.rule_url(shape.name, rule.local_name) if rule else base,
        cancel_url=base,
        when=_when(desk, shape, rule, body, told),
        messages=_messages(desk, body, told),
        field=_field(desk, shape, body, told),
        api=_api(desk, rule, body, told),
        active=InputView(
            name="active",
            label=desk.say("Is applied"),
            kind="switch",
            checked=body.get("active") is not False,
        ),
        warns=InputView(
            name="warns",
            label=desk.say("Only warn: whoever saves may say that it is meant so"),
            kind="switch",
            checked=body.get("severity") == "warning",
        ),
        after_rollups=InputView(
            name="after_rollups",
            label=desk.say("Ask after the roll-ups"),
            help=desk.say("The rule then sees sums and counts that include what is being saved."),
            kind="switch",
            checked=body.get("after_rollups") is True,
        ),
        is_new=rule is None,
        derive_url=f"{links.DERIVE}?kind={KIND}&object={shape.name}",
        problems=told.summary(),
    )
    page = _with_rule(desk, page, rule) if rule else page
    crumbs = crumbs_of(desk, shape, page.title)
    return show(desk, "rule.html", page, crumbs=crumbs, status=status)


def _with_rule(desk: Desk, page: RulePage, rule: Component) -> RulePage:
    state = desk.draft.state(*rule.key)
    return replace(
        page,
        tag=state_tag(desk, state),
        undo_url=f"{links.DRAFT}/undo" if state else "",
        undo_name=f"{rule.kind}:{rule.name}",
        delete_url=f"{page.action}/delete",
        delete_question=desk.say(
            "Delete %(name)s with the next publishing?", {"name": desk.words.quoted(page.title)}
        ),
    )


def _when(desk: Desk, shape: Object, rule: Component | None, body: Body, told: Faults) -> InputView:
    key = rule.key if rule else (KIND, f"{shape.name}.")
    return InputView(
        name="when",
        label=desk.say("Refuse to save when"),
        kind="formula",
        values=(("", str(body.get("when") or "")),),
        placeholder="AND(ISBLANK(name), owner = $user.id)",
        help=desk.say("A condition over the record as it would be saved."),
        required=True,
        problems=told.at("when"),
        formula=input_view(key, body, "when", kept=rule is not None),
    )


def _messages(desk: Desk, body: Body, told: Faults) -> tuple[InputView, ...]:
    words = {"zh_CN": desk.say("Message in Chinese"), "en": desk.say("Message in English")}
    return text_inputs(
        desk,
        "message",
        words,
        body.get("message"),
        told,
        kind="area",
        required=True,
        max_length=500,
    )


def _field(desk: Desk, shape: Object, body: Body, told: Faults) -> InputView:
    chosen = str(body.get("field") or "")
    fields = [
        ChoiceView(
            value=each.name,
            label=desk.words.text(each.label),
            text=each.name,
            chosen=each.name == chosen,
        )
        for each in (*shape.own_fields, *_system(shape))
    ]
    whole = ChoiceView(value="", label=desk.say("Above the form"), chosen=not chosen)
    return InputView(
        name="field",
        label=desk.say("Show the message at"),
        kind="select",
        choices=(whole, *fields),
        problems=told.at("field"),
    )


def _system(shape: Object) -> list[Any]:
    return [shape.fields[name] for name in ("owner", "record_type") if name in shape.fields]


def _api(desk: Desk, rule: Component | None, body: Body, told: Faults) -> InputView:
    return InputView(
        name="name",
        label=desk.say("API name"),
        values=(("", rule.local_name if rule else str(body.get("name") or "")),),
        read_only=rule is not None,
        placeholder=desk.say("made from the message"),
        problems=told.at("name"),
        max_length=40,
    )

"""The panel in which a condition of a list is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fieldstone.kernel.errors import NotFound
from fieldstone.metadata.field_types.operators import OPERATORS, Operand
from fieldstone.metadata.snapshot import Field
from fieldstone.web.condition_words import operator_label
from fieldstone.web.conditions import MINE, MY_DEPARTMENT, operators_of
from fieldstone.web.contexts import BLANK, FieldValue, OptionView, ValueView
from fieldstone.web.list_contexts import Arity, ConditionView
from fieldstone.web.page_contexts import FilterView
from fieldstone.web.pages.list_state import ListState
from fieldstone.web.periods import OFFERED, period_text
from fieldstone.web.posted import Posted, typed_view
from fieldstone.web.reader import Reader
from fieldstone.web.views import field_view

_ARITIES: Mapping[Operand, Arity] = {
    Operand.NOTHING: "none",
    Operand.VALUE: "one",
    Operand.VALUES: "many",
    Operand.PERIOD: "period",
}
_OWN = (MINE, MY_DEPARTMENT)


def filter_view(reader: Reader, state: ListState, effective: str) -> FilterView:
    """`effective` is the filter that the new condition joins."""
    hidden = dict(replace(state, cursor="", back=(), at=0).params())
    hidden["filter"] = effective
    return FilterView(
        url=state.place,
        condition_url=f"{state.path}/condition",
        builder_url=builder_url(state),
        fields=_fields(reader, state.object),
        hidden=tuple(hidden.items()),
    )


def builder_url(state: ListState) -> str:
    query = state.query
    return f"{state.path}/filter?{query}" if query else f"{state.path}/filter"


def _fields(reader: Reader, object_name: str) -> tuple[OptionView, ...]:
    """What may be filtered by, by label."""
    shape, rights = reader.shape(object_name), reader.rights
    found = [
        OptionView(code=name, label=reader.label(field))
        for name, field in shape.fields.items()
        if rights.may_read(object_name, name) and offered_operators(reader, field)
        if name not in ("id", "version")
    ]
    return tuple(found)


def offered_operators(reader: Reader, field: Field) -> tuple[str, ...]:
    """Several values are ticked, so only fields that have values offer that; a set of free words
    is asked for one of them."""
    several = bool(field.values or field.config.get("open"))
    return tuple(
        name
        for name in operators_of(reader, field)
        if several or name in _OWN or OPERATORS[name].operand is not Operand.VALUES
    )


def condition_view(
    reader: Reader,
    field: Field,
    operator: str,
    typed: Posted | None = None,
    *,
    name: str = "v",
) -> ConditionView:
    """The form of one condition; an operator that does not fit becomes the first that does. What
    was typed stays when another operator is chosen. `name` is that of the inputs."""
    operators = offered_operators(reader, field)
    if not operators:
        raise NotFound
    chosen = operator if operator in operators else operators[0]
    arity: Arity = "none" if chosen in _OWN else _ARITIES[OPERATORS[chosen].operand]
    view = field_view(reader, field)
    if arity == "many" and not field.values:
        arity = "one"
    plain = replace(
        view,
        widget="text" if field.config.get("open") else view.widget,
        input_name=name,
        id=f"filter-{name.replace('.', '-')}",
        required=False,
        read_only=False,
        depends_on="",
        multiple=False,
        help="",
    )
    return ConditionView(
        name=name,
        field=view,
        operator=chosen,
        operators=tuple(
            OptionView(code=name, label=operator_label(reader, name, field)) for name in operators
        ),
        arity=arity,
        inputs=(FieldValue(field=plain, value=_kept(field, typed)),) if arity == "one" else (),
        periods=tuple(OptionView(code=name, label=period_text(reader, name)) for name in OFFERED),
        period="this_month",
    )


def _kept(field: Field, typed: Posted | None) -> ValueView:
    """Records are shown by their names, which nobody has read here: they are chosen anew."""
    if typed is None or field.target or "_object" in field.columns:
        return BLANK
    return typed_view(typed)

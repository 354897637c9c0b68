"""Formulas that sum up related lists: what may be said, how it is told when it may not, and what
is known of what they read. That both engines agree is tested with a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from unit.formula.samples import COMPUTED_SCOPE, CONTEXT, LINES, RECORD, SCOPE, line

from fieldstone.formula import faults
from fieldstone.formula.ast import Path
from fieldstone.formula.check import check
from fieldstone.formula.cost import LIST, cost_of
from fieldstone.formula.evaluate import evaluate
from fieldstone.formula.faults import Fault, FormulaError
from fieldstone.formula.json_tree import from_json, to_json
from fieldstone.formula.parse import parse
from fieldstone.formula.print import to_text
from fieldstone.formula.steps import steps
from fieldstone.formula.typed import Checked, moved
from fieldstone.formula.types import Kind
from fieldstone.formula.usage import Usage


def checked(text: str, usage: Usage = Usage.FIELD) -> Checked:
    return check(parse(text), COMPUTED_SCOPE, text=text, usage=usage)


def faults_of(text: str, usage: Usage = Usage.FIELD) -> tuple[Fault, ...]:
    with pytest.raises(FormulaError) as raised:
        checked(text, usage)
    return raised.value.faults


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("COUNT()", ["LIST_NEEDED"]),
        ("COUNT(1)", ["LIST_NEEDED"]),
        ("SUM(amount)", ["UNKNOWN_LIST"]),
        ("MAX(amount)", ["UNKNOWN_LIST"]),
        ("SUM(lnes.amount)", ["UNKNOWN_LIST"]),
        ("SUM(lines)", ["LIST_FIELD_NEEDED"]),
        ("FIRST(lines, lines.name)", ["LIST_FIELD_NEEDED"]),
        ("SUM(lines.amont)", ["UNKNOWN_FIELD"]),
        ("SUM(lines.name)", ["ARG_TYPE"]),
        ("SUM(lines.amount, lines.name)", ["ARG_TYPE"]),
        ("SUM(lines.amount, TRUE, TRUE)", ["ARG_COUNT"]),
        ("MAX(lines.amount, lines.amount > 1, lines.amount)", ["ARG_COUNT"]),
        ("MAX(lines.amount, 3)", ["ARG_TYPE"]),
        ("MAX(lines.status)", ["ARG_TYPE"]),
        ("SUM(lines.amount, amount > 1)", ["NOT_OF_LIST"]),
        ("SUM(lines.amount * quantity)", ["NOT_OF_LIST"]),
        ("SUM(lines.amount, lines)", ["LIST_FIELD_NEEDED"]),
        ("SUM(lines.amount, COUNT(lines) > 1)", ["NESTED_LIST"]),
        ("SUM(lines.task.billed)", ["NESTED_LIST"]),
        ("SUM(lines.amount, lines.task.billed > 1)", ["NESTED_LIST"]),
        ("ANY(lines)", ["ARG_COUNT"]),
        ("ANY(lines.amount, lines.amount > 1)", ["LIST_NEEDED"]),
        ("ANY(lines, lines.amount)", ["ARG_TYPE"]),
        ("FIRST(lines.name)", ["ARG_COUNT"]),
        ("FIRST(lines.name, lines.status)", ["ARG_TYPE"]),
        ("JOIN(lines.amount, ', ')", ["ARG_TYPE"]),
        ("JOIN(lines.name, name)", ["LITERAL_NEEDED"]),
        ("JOIN(lines.name, 1)", ["ARG_TYPE"]),
        ("lines", ["LIST_NOT_SUMMED"]),
        ("lines.amount * 2", ["LIST_NOT_SUMMED"]),
        ("LEN(lines.name)", ["LIST_NOT_SUMMED"]),
        ("COUNT(parent.lines)", ["UNKNOWN_LIST"]),
        ("COUNT(lines, ISCHANGED(lines.name))", ["NOT_ALLOWED_IN_CONTEXT"]),
        ("COUNT(lines, $old.name = 'x')", ["NOT_ALLOWED_IN_CONTEXT"]),
        ("COUNT_DISTINCT(lines.name)", ["UNKNOWN_FUNCTION", "LIST_NOT_SUMMED"]),
        ("SUM(lines.amont, lines.nam = 'x') + COUNT(x)", ["UNKNOWN_FIELD"] * 2 + ["UNKNOWN_LIST"]),
        (" + ".join(["COUNT(lines)"] * 6), ["TOO_MANY_LISTS"]),
    ],
)
def test_faults(text: str, codes: list[str]) -> None:
    assert [each.code for each in faults_of(text)] == codes


@pytest.mark.parametrize("usage", [Usage.FILTER, Usage.DEFAULT, Usage.VISIBILITY])
def test_only_where_the_records_are_known(usage: Usage) -> None:
    assert [each.code for each in faults_of("COUNT(lines) > 1", usage)] == [
        "NOT_ALLOWED_IN_CONTEXT"
    ]


def test_through_a_computed_field_where_lists_are_known() -> None:
    assert checked("billed > 1", Usage.FILTER).lists
    for usage in (Usage.DEFAULT, Usage.VISIBILITY):
        assert [each.code for each in faults_of("billed", usage)] == ["NOT_ALLOWED_IN_CONTEXT"]


@pytest.mark.parametrize("text", ["ISCHANGED(billed)", "PRIORVALUE(billed) > 1", "$old.billed > 1"])
def test_nobody_knows_the_list_of_a_record_before(text: str) -> None:
    codes = [each.code for each in faults_of(text, Usage.VALIDATION)]
    assert codes == ["NOT_ALLOWED_IN_CONTEXT"]


@pytest.mark.parametrize(
    ("text", "suggestion", "place"),
    [
        ("COUNT(lnes)", "lines", "lnes"),
        ("SUM(lnes.amount)", "lines.amount", "lnes.amount"),
        ("SUM({Order lines}.amount)", "lines.amount", "{Order lines}.amount"),
        ("SUM(lines.ammount)", "lines.amount", "lines.ammount"),
        ("CONT(lines)", "COUNT", "CONT(lines)"),
        ("COUNT_DISTINCT(lines.name)", "COUNTDISTINCT", "COUNT_DISTINCT(lines.name)"),
    ],
)
def test_suggestions(text: str, suggestion: str, place: str) -> None:
    fault = faults_of(text)[0]
    assert fault.suggestion == suggestion
    assert text[slice(*fault.span)] == place


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (
            "lines.amount + 1",
            "lines is a related list. Sum it up with a function such as COUNT(lines).",
            "lines 是相关列表，请用函数汇总，例如 COUNT(lines)。",
        ),
        (
            "SUM(lines.amount, amount > 1)",
            "amount is no field of the list lines. In here every name begins with that of the "
            "list, as in lines.field.",
            "amount 不是列表 lines 的字段。此处的名称都应以列表名开头，写法如 lines.field。",
        ),
        (
            "ANY(lines)",
            "ANY cannot take 1 values. Write ANY(list, condition).",
            "ANY 不能接受 1 个值，写法是 ANY(list, condition)。",
        ),
    ],
)
def test_messages(text: str, english: str, chinese: str) -> None:
    fault = faults_of(text)[0]
    assert faults.message(fault, "en") == english
    assert faults.message(fault, "zh_CN") == chinese


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("count(lines)", "COUNT(lines)"),
        ("COUNT({Order Lines})", "COUNT(lines)"),
        ("SUM({Order Lines}.Amount, lines.{Done On} > TODAY())",
         "SUM(lines.amount, lines.done_on > TODAY())"),
        ("FIRST(lines.name, lines.done_on, lines.amount > 1)",
         "FIRST(lines.name, lines.done_on, lines.amount > 1)"),
        ("JOIN(lines.name & 'x', ', ', lines.status IN ('won'))",
         'JOIN(lines.name & "x", ", ", lines.status IN ("won"))'),
        ("ANY(lines, lines.task.name = 'x')",
         'ANY(lines, lines.task.name = "x")'),
        ("MAX(lines.amount, lines.status = 'won') + MAX(amount, 2)",
         'MAX(lines.amount, lines.status = "won") + MAX(amount, 2)'),
    ],
)  # fmt: skip
def test_printed_with_declared_names_and_read_back(text: str, printed: str) -> None:
    node = checked(text).node
    assert to_text(node) == printed
    assert parse(printed) == node
    assert from_json(to_json(node)) == node


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("COUNT(lines)", Kind.NUMBER),
        ("AVG(lines.amount)", Kind.NUMBER),
        ("MAX(lines.done_on)", Kind.DATE),
        ("ANY(lines, lines.amount > 1)", Kind.BOOLEAN),
        ("FIRST(lines.status, lines.amount)", Kind.PICKLIST),
        ("FIRST(lines.task, lines.amount)", Kind.REFERENCE),
        ("JOIN(lines.name, '/')", Kind.TEXT),
    ],
)
def test_types(text: str, kind: Kind) -> None:
    assert checked(text).type.kind is kind


def test_what_is_read_is_told() -> None:
    found = checked("SUM(lines.amount, lines.task.owner.name = $user.name) + COUNT(lines) + amount")
    assert found.fields == (("id",), ("amount",))
    assert found.parameters == (("user", ("name",)),)
    (listed,) = found.lists
    assert (listed.relation, listed.path, listed.rows) == (LINES, (), (LINES,))
    assert listed.fields == (("amount",), ("task", "owner", "name"))
    assert not found.volatile
    assert checked("COUNT(lines, lines.done_on < TODAY())").volatile


def test_lists_of_a_record_that_this_one_points_at() -> None:
    found = checked("parent.billed")
    assert found.fields == (("parent", "id"),)
    assert [each.rows for each in found.lists] == [("parent", LINES)]
    root = moved(checked("COUNT(lines)").root, ("parent",))
    assert root.over is not None
    assert root.over.anchor == ("parent", "id")


def test_each_list_has_its_cost() -> None:
    assert cost_of(checked("COUNT(lines)").root) == LIST + 1
    assert cost_of(checked("COUNT(lines) + billed").root) > 2 * LIST


def value(text: str, *rows: Any) -> Any:
    record: dict[Path, Any] = {**RECORD, (LINES,): rows}
    return evaluate(checked(text), record, CONTEXT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("COUNT(lines)", 0),
        ("SUM(lines.amount)", 0),
        ("COUNTDISTINCT(lines.name)", 0),
        ("AVG(lines.amount)", None),
        ("MIN(lines.amount)", None),
        ("FIRST(lines.name, lines.amount)", None),
        ("JOIN(lines.name, ',')", None),
        ("ANY(lines, lines.amount > 1)", False),
        ("ALL(lines, lines.amount > 1)", True),
    ],
)
def test_of_nothing(text: str, expected: Any) -> None:
    assert value(text) == expected
    blank = line(None, None, None, None)
    if text.startswith(("SUM", "AVG", "MIN", "FIRST", "JOIN", "COUNTDISTINCT")):
        assert value(text, blank, blank) == expected


def test_blanks_stay_blank_where_the_formula_counts_them_as_zero() -> None:
    rows = (line("a", "10", None, None), line("b", None, None, None))
    found = check(parse("AVG(lines.amount) + factor"), SCOPE, blanks="zero", usage=Usage.FIELD)
    assert evaluate(found, {(LINES,): rows}, CONTEXT) == 10  # type: ignore[dict-item]  # of a list


def test_what_fails_for_one_record_is_left_out() -> None:
    rows = (line("a", "10", None, None), line("b", "0", None, None))
    assert value("SUM(1 / lines.amount)", *rows) == Decimal("0.1")
    assert value("COUNT(lines, 1 / lines.amount > 0)", *rows) == 1
    assert value("ALL(lines, 1 / lines.amount > 0)", *rows) is True
    assert value("JOIN(lines.name, ',')", *rows) == "a,b"


def test_the_one_made_first_and_last_among_equals() -> None:
    day = date(2024, 1, 1)
    rows = [line(name, "1", None, day) for name in ("a", "b")] + [line("c", "1", None, None)]
    assert value("FIRST(lines.name, lines.done_on)", *rows) == "a"
    assert value("LAST(lines.name, lines.done_on)", *rows) == "b"
    assert value("LAST(lines.name, lines.done_on, ISBLANK(lines.done_on))", *rows) == "c"


def test_a_sum_that_is_too_large() -> None:
    with pytest.raises(faults.EvaluationError) as raised:
        value("SUM(lines.amount * 1000000000000)", *[line("a", "600000000000", None, None)] * 2)
    assert raised.value.code == "OVERFLOW"


def test_step_by_step() -> None:
    text = "SUM(lines.amount, lines.status = 'won') * 2"
    found = {text[slice(*each.span)]: each.value for each in steps(checked(text), RECORD, CONTEXT)}
    assert found == {
        text: Decimal("61.00"),
        "SUM(lines.amount, lines.status = 'won')": Decimal("30.50"),
        "2": Decimal(2),
    }

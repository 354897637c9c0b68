"""Formulas at random: any tree the parser can make, and trees that pass the check."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from hypothesis import strategies as st

from fieldstone.formula.ast import (
    Binary,
    Call,
    FieldRef,
    InList,
    Literal,
    Node,
    Parameter,
    Unary,
)
from fieldstone.formula.functions.catalogue import FUNCTIONS

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
).map(lambda text: unicodedata.normalize("NFC", text))
NUMBERS = st.decimals(
    min_value=0, max_value=Decimal("9e20"), places=6, allow_nan=False, allow_infinity=False
) | st.integers(0, 10_000).map(Decimal)
NAMES = st.sampled_from(
    ["a", "b2", "_c", "名称", "in", "Not", "Deal Amount", "50 %", "$odd", "x y"]
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(tuple)
SIGNS = ("OR", "AND", "=", "<>", "<", "<=", ">", ">=", "+", "-", "&", "*", "/", "%", "^")

LEAVES: st.SearchStrategy[Node] = st.one_of(
    TEXTS.map(Literal),
    NUMBERS.map(Literal),
    st.sampled_from([True, False, None]).map(Literal),
    PATHS.map(FieldRef),
    st.builds(Parameter, st.sampled_from(["user", "org"]), PATHS),
    st.sampled_from(["today", "now"]).map(lambda root: Parameter(root, ())),
)


def _above(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(nodes, min_size=1, max_size=4).map(tuple)
    named = sorted(set(FUNCTIONS) - {"NOT", "TRUE", "FALSE"})
    return st.one_of(
        st.builds(Unary, st.sampled_from(["-", "+", "NOT"]), nodes),
        st.builds(Binary, st.sampled_from(SIGNS), nodes, nodes),
        st.builds(InList, nodes, some),
        st.builds(InList, nodes, st.lists(TEXTS.map(Literal), min_size=1).map(tuple)),
        st.builds(InList, nodes, st.lists(NUMBERS.map(Literal), min_size=1).map(tuple)),
        st.builds(Call, st.sampled_from([*named, "SUM", "F_1"]), some),
        st.sampled_from(["TRUE", "FALSE", "COUNT", "NOT"]).map(lambda name: Call(name, ())),
    )


NODES: st.SearchStrategy[Node] = st.recursive(LEAVES, _above, max_leaves=12)
"""What the parser can make."""


def _call(name: str, *operands: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.tuples(*operands).map(lambda nodes: Call(name, nodes))


def _binary(
    signs: str, left: st.SearchStrategy[Node], right: st.SearchStrategy[Node]
) -> st.SearchStrategy[Node]:
    return st.builds(Binary, st.sampled_from(signs.split()), left, right)


def _listed(value: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.builds(InList, value, st.lists(value, min_size=1, max_size=3).map(tuple))


def _field(*names: str) -> st.SearchStrategy[Node]:
    return st.sampled_from(names).map(lambda name: FieldRef(tuple(name.split("."))))


def _text(*texts: str) -> st.SearchStrategy[Node]:
    return st.sampled_from(texts).map(Literal)


NULL = st.just(Literal(None))
_OF_TEXT = ("UPPER", "LOWER", "TRIM", "REVERSE", "INITCAP", "CLEAN")
_OF_TWO_TEXTS = ("CONTAINS", "BEGINS", "ENDS", "LIKE", "EXACT", "IEQUALS")
_DAY_PARTS = ("YEAR", "MONTH", "DAY", "QUARTER", "WEEKDAY", "DAYOFYEAR", "WEEKNUM", "ISOWEEK",
              "ISOYEAR")  # fmt: skip
_MOVES = ("ADDMONTHS", "EDATE", "ADDDAYS", "WORKDAY")
_STATUS = _text("new", "open", "won", "lost")


class Typed:
    """Strategies by kind of value, each as deep as `depth`. The fields are those of samples."""

    def __init__(self, depth: int) -> None:
        below = Typed(depth - 1) if depth else None
        self.number: st.SearchStrategy[Node] = self._numbers(below)
        self.text: st.SearchStrategy[Node] = self._texts(below)
        self.date: st.SearchStrategy[Node] = self._dates(below)
        self.instant: st.SearchStrategy[Node] = self._instants(below)
        self.condition: st.SearchStrategy[Node] = self._conditions(below)

    def _numbers(self, below: Typed | None) -> st.SearchStrategy[Node]:
        leaves = st.one_of(
            _field("amount", "quantity", "ratio", "factor"),
            st.sampled_from(["0", "1", "2.5", "0.333333", "999999999999", "7"]).map(
                lambda text: Literal(Decimal(text))
            ),
            st.just(Parameter("user", ("level",))),
            NULL,
        )
        if below is None:
            return leaves
        number, text, date, instant = below.number, below.text, below.date, below.instant
        either = st.one_of(date, instant)
        digits = st.sampled_from(["0", "2", "18"]).map(lambda text: Literal(Decimal(text)))
        return st.one_of(
            leaves,
            _binary("+ - * / %", number, number),
            _binary("-", date, date),
            _binary("-", instant, instant),
            st.builds(Unary, st.sampled_from("+-"), number),
            _call("ROUND", number, st.one_of(digits, number)),
            st.one_of(*(_call(name, number) for name in ("ABS", "FLOOR", "CEILING"))),
            st.one_of(*(_call(name, number, number) for name in ("MOD", "MAX", "MIN"))),
            st.one_of(_call("LEN", text), _call("ASCII", text)),
            st.one_of(_call("FIND", text, text), _call("FIND", text, text, number)),
            _call("VALUE", text),
            st.one_of(*(_call(name, either) for name in _DAY_PARTS)),
            st.one_of(*(_call(n, instant) for n in ("HOUR", "MINUTE", "SECOND", "MILLISECOND"))),
            _call("WEEKNUM", either, number),
            _call("DATEDIF", date, date, _text("Y", "M", "D")),
            _call("DATETIME_DIFF", instant, instant, _text("second", "hours", "day", "month")),
            _call("UNIXTIMESTAMP", either),
            _call("NETWORKDAYS", date, date),
            self._choices(below, number),
        )

    def _texts(self, below: Typed | None) -> st.SearchStrategy[Node]:
        leaves = st.one_of(
            _field("name", "nickname", "parent.name"),
            _text("", "a", "石头", "Straße", "%", "_b", "12.50", "2024-02-29", "-3"),
            st.just(Parameter("user", ("name",))),
            NULL,
        )
        if below is None:
            return leaves
        number, text = below.number, below.text
        return st.one_of(
            leaves,
            _binary("&", text, text),
            _binary("+", _field("name", "nickname"), text),
            st.one_of(*(_call(name, text) for name in _OF_TEXT)),
            st.one_of(*(_call(name, text, number) for name in ("LEFT", "RIGHT", "REPT", "LPAD"))),
            st.one_of(*(_call(name, text, number, number) for name in ("MID", "SUBSTR"))),
            _call("SPLIT_PART", text, text, number),
            _call("RPAD", text, number, text),
            _call("SUBSTITUTE", text, text, text),
            _call("REPLACE", text, number, number, text),
            _call("TEXTJOIN", text, below.condition, text, text),
            _call("CONCATENATE", text, text, text),
            _call("FORMATDURATION", number, below.condition),
            _call("FORMATDURATION", below.instant, below.instant),
            st.one_of(
                _call("TEXT", st.one_of(number, below.date, below.instant)),
                _call("TEXT", _field("status", "alarm")),
            ),
            self._choices(below, text),
        )

    def _dates(self, below: Typed | None) -> st.SearchStrategy[Node]:
        leaves = st.one_of(
            _field("due", "parent.due"), st.just(Call("TODAY", ())), st.just(Parameter("today", ()))
        )
        if below is None:
            return leaves
        number, date = below.number, below.date
        units = _text("day", "week", "month", "quarter", "year")
        return st.one_of(
            leaves,
            _binary("+ -", date, number),
            _call("DATE", number, number, number),
            st.one_of(*(_call(name, date, number) for name in _MOVES)),
            _call("NEXTANNIVERSARY", st.one_of(below.instant, date)),
            _call("EOMONTH", date),
            _call("EOMONTH", date, number),
            _call("DATEVALUE", st.one_of(below.instant, below.text, date)),
            _call("STARTOF", st.one_of(below.instant, date), units),
            _call("ENDOF", st.one_of(below.instant, date), units),
            self._choices(below, date),
        )

    def _instants(self, below: Typed | None) -> st.SearchStrategy[Node]:
        leaves = st.one_of(_field("updated", "parent.updated"), st.just(Call("NOW", ())))
        if below is None:
            return leaves
        return st.one_of(
            leaves,
            _binary("+ -", below.instant, below.number),
            _call("ADDDAYS", below.instant, below.number),
            _call("FROMUNIXTIME", below.number),
            _call("DATETIMEVALUE", st.one_of(below.instant, below.text, below.date)),
            self._choices(below, below.instant),
        )

    def _choices(self, below: Typed, value: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        return st.one_of(
            _call("IF", below.condition, value, value),
            _call("BLANKVALUE", value, value),
            _call("COALESCE", value, value, value),
            _call("CASE", _field("status"), _STATUS, value, _STATUS, value, value),
            _call("CASE", below.text, below.text, value, value),
            _call("CASE", below.number, below.number, value, below.number, value, value),
        )

    def _conditions(self, below: Typed | None) -> st.SearchStrategy[Node]:
        leaves = st.one_of(
            _field("is_done"),
            st.sampled_from([True, False]).map(Literal),
            _call("ISPICKVAL", _field("status"), _text("won", "new", "")),
            _call("INCLUDES", _field("colors"), _text("red", "blue")),
            _call("EXCLUDES", _field("colors"), _text("red"), _text("green")),
            _binary("= <>", _field("status"), _STATUS),
            _binary("= <>", _field("owner"), st.just(Parameter("user", ("id",)))),
            st.builds(InList, _field("status"), st.lists(_STATUS, min_size=1).map(tuple)),
        )
        if below is None:
            return leaves
        condition, text, number = below.condition, below.text, below.number
        compare = "= <> < <= > >="
        any_value = st.one_of(text, number, below.date, below.instant, _field("colors", "owner"))
        moments = st.one_of(below.date, below.instant)
        periods = _text("today", "last_month", "next_quarter", "last_n_days:30", "n_years_ago:1",
                        "older_than_n_weeks:2")  # fmt: skip
        return st.one_of(
            leaves,
            st.one_of(*(_binary(compare, each, each) for each in (text, number, below.date))),
            _binary(compare, below.instant, below.instant),
            st.one_of(*(_listed(each) for each in (text, number, below.date))),
            _binary("AND OR", condition, condition),
            st.one_of(*(_call(name, condition, condition) for name in ("AND", "OR", "XOR"))),
            st.builds(Unary, st.just("NOT"), condition),
            st.one_of(*(_call(name, any_value) for name in ("ISBLANK", "ISNULL"))),
            st.one_of(*(_call(n, text, text) for n in _OF_TWO_TEXTS)),
            _call("REGEX", text, _text("[a-z]+", ".*", "(?i)a.*", "\\d+(\\.\\d*)?")),
            _call("INPERIOD", moments, periods),
            _call("IF", condition, condition, condition),
        )

"""What the functions about numbers must say, worked out by hand from their definitions: values
at ties, around zero, at the largest size and the finest scale, and blanks in every place.

`a`, `b` and `c` are numbers with up to 24 digits before the point and 18 after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from fieldstone.formula.scope import Named, Path, Relation
from fieldstone.formula.types import NUMBER, TEXT, Type

MAX = "999999999999999999999999"
"""The largest whole number."""
FULL = f"{MAX}.999999999999999999"
FINE = "0.000000000000000001"
HUNDRED = "100000000000000000000000"
"""10^23."""
TYPES = {"a": NUMBER, "b": NUMBER, "c": NUMBER, "t": TEXT}


@dataclass(frozen=True)
class NumberScope:
    """Implements fieldstone.formula.scope.Scope."""

    def resolve(self, path: Path) -> Named | None:
        type_ = TYPES.get(path[0]) if len(path) == 1 else None
        return Named(name=path[0], label="", type=type_) if type_ else None

    def names(self, path: Path) -> Iterable[Named]:
        return [Named(name=name, label="", type=type_) for name, type_ in TYPES.items()]

    def parameter(self, root: str, path: Path) -> Type | None:
        return None

    def relation(self, name: str) -> Relation | None:
        return None

    def relations(self) -> Iterable[Relation]:
        return ()


SCOPE = NumberScope()


@dataclass(frozen=True)
class Case:
    """`expected` is a number, TRUE or FALSE, a failure's code, or empty for blank."""

    text: str
    values: tuple[str, ...]
    expected: str

    @property
    def record(self) -> dict[Path, Decimal | None]:
        given = (*self.values, "", "", "")[:3]
        return {
            (name,): Decimal(value) if value else None
            for name, value in zip("abc", given, strict=True)
        }

    @property
    def failure(self) -> str:
        return self.expected if self.expected.isupper() and self.value is None else ""

    @property
    def value(self) -> Decimal | bool | None:
        if self.expected in ("TRUE", "FALSE"):
            return self.expected == "TRUE"
        try:
            return Decimal(self.expected) if self.expected else None
        except ArithmeticError:
            return None


def _cases(text: str, rows: str) -> list[Case]:
    """One case a line: the values, an arrow, what is expected; "-" is blank."""
    found = []
    for line in rows.strip().splitlines():
        given, _, expected = line.partition("->")
        words = tuple("" if word == "-" else _number(word) for word in given.split())
        wanted = expected.strip()
        found.append(Case(text, words, "" if wanted == "-" else _number(wanted)))
    return found


def _number(word: str) -> str:
    return (
        word.replace("MAX", MAX).replace("FULL", FULL).replace("FINE", FINE).replace("E23", HUNDRED)
    )


TABLES = {
    "ABS(a)": """
        0 -> 0
        -5.5 -> 5.5
        -FULL -> FULL
        -FINE -> FINE
        - -> -
    """,
    "SIGN(a)": """
        0 -> 0
        FINE -> 1
        -FINE -> -1
        FULL -> 1
        - -> -
    """,
    "SIGN(a / b * b - a)": """
        1 9 -> 0
        -1 7 -> 0
        1 0 -> DIV0
    """,
    "MOD(a, b)": """
        7 3 -> 1
        -7 3 -> -1
        7 -3 -> 1
        -7 -3 -> -1
        7.5 2.25 -> 0.75
        0 5 -> 0
        5 5 -> 0
        FULL FINE -> 0
        FULL 1 -> 0.999999999999999999
        FULL 7 -> 0.999999999999999999
        MAX 11 -> 0
        E23 7 -> 5
        FINE FULL -> FINE
        5 0 -> DIV0
        0 0 -> DIV0
        - 0 -> -
        - 3 -> -
        3 - -> -
    """,
    "QUOTIENT(a, b)": """
        7 2 -> 3
        -7 2 -> -3
        7 -2 -> -3
        -7 -2 -> 3
        1.999999999999999999 1 -> 1
        0.3 0.1 -> 3
        0 5 -> 0
        MAX 0.5 -> OVERFLOW
        FULL FINE -> OVERFLOW
        FULL 1 -> MAX
        5 0 -> DIV0
        - 0 -> -
        5 - -> -
    """,
    "MAX(a, b, c)": """
        1 2 3 -> 3
        -1 -2 -3 -> -1
        FULL -FULL 0 -> FULL
        - 1 2 -> -
        1 - 2 -> -
        1 2 - -> -
    """,
    "MIN(a, b, c)": """
        1 2 3 -> 1
        -1 -2 -3 -> -3
        FULL -FULL 0 -> -FULL
        - 1 2 -> -
        1 - 2 -> -
        1 2 - -> -
    """,
    "ROUND(a, b)": """
        2.345 2 -> 2.35
        -2.345 2 -> -2.35
        2.5 0 -> 3
        -2.5 0 -> -3
        0.5 0 -> 1
        -0.5 0 -> -1
        0.499999999999999999 0 -> 0
        2.5 0.9 -> 3
        2.5 -0.9 -> 3
        1250.5 -2 -> 1300
        1250 -2 -> 1300
        1249.999999999999999999 -2 -> 1200
        -50 -2 -> -100
        49 -2 -> 0
        FINE 18 -> FINE
        FINE 99 -> FINE
        FINE 17 -> 0
        1 -99 -> 0
        FULL 0 -> OVERFLOW
        -FULL 17 -> OVERFLOW
        MAX 0 -> MAX
        MAX -1 -> OVERFLOW
        0 5 -> 0
        - 2 -> -
        2.5 - -> -
    """,
    "ROUNDUP(a, b)": """
        2.341 2 -> 2.35
        -2.341 2 -> -2.35
        2.34 2 -> 2.34
        2.1 0 -> 3
        -2.1 0 -> -3
        2 0 -> 2
        FINE 0 -> 1
        -FINE 0 -> -1
        FINE 18 -> FINE
        FINE 17 -> 0.00000000000000001
        1201 -2 -> 1300
        1200 -2 -> 1200
        1 -23 -> E23
        1 -24 -> OVERFLOW
        FULL 0 -> OVERFLOW
        0 -24 -> 0
        - 2 -> -
        2.5 - -> -
    """,
    "ROUNDDOWN(a, b)": """
        2.349 2 -> 2.34
        -2.349 2 -> -2.34
        2.9 0 -> 2
        -2.9 0 -> -2
        -0.9 0 -> 0
        1299 -2 -> 1200
        FULL 0 -> MAX
        -FULL 17 -> -999999999999999999999999.99999999999999999
        FULL -24 -> 0
        - 2 -> -
        2.5 - -> -
    """,
    "TRUNC(a, b)": """
        2.349 2 -> 2.34
        -2.349 1.9 -> -2.3
        -1299 -2 -> -1200
        - 2 -> -
        2.5 - -> -
    """,
    "TRUNC(a)": """
        1.9 -> 1
        -1.9 -> -1
        -0.9 -> 0
        FULL -> MAX
        - -> -
    """,
    "INT(a)": """
        1.7 -> 1
        -1.2 -> -2
        -FINE -> -1
        -FULL -> OVERFLOW
        FULL -> MAX
        0 -> 0
        - -> -
    """,
    "MFLOOR(a)": """
        1.7 -> 1
        -1.2 -> -2
        -FULL -> OVERFLOW
        - -> -
    """,
    "MCEILING(a)": """
        1.2 -> 2
        -1.7 -> -1
        -0.5 -> 0
        FINE -> 1
        FULL -> OVERFLOW
        -FULL -> -MAX
        - -> -
    """,
    "FLOOR(a)": """
        1.7 -> 1
        -1.7 -> -1
        -0.5 -> 0
        -FULL -> -MAX
        - -> -
    """,
    "CEILING(a)": """
        1.3 -> 2
        -1.3 -> -2
        FINE -> 1
        -FINE -> -1
        0 -> 0
        -FULL -> OVERFLOW
        - -> -
    """,
    "FLOOR(a / b * b)": """
        1 9 -> 1
        -1 9 -> -1
        2 7 -> 2
    """,
    "CEILING(a / b * b)": """
        1 9 -> 1
        -1 9 -> -1
    """,
    "TRUNC(a / b * b, 1)": """
        1 9 -> 1
        0.1 9 -> 0.1
    """,
    "ROUNDUP(a / b - a / b, 0)": """
        1 9 -> 0
    """,
    "MROUND(a, b)": """
        7.13 0.05 -> 7.15
        7 3 -> 6
        8 3 -> 9
        7.5 5 -> 10
        -7.5 5 -> -10
        7.5 -5 -> 10
        -7.5 -5 -> -10
        2.4 5 -> 0
        0 5 -> 0
        5 0 -> 0
        0 0 -> 0
        1 3 -> 0
        0.000000000000000003 0.000000000000000002 -> 0.000000000000000004
        MAX 2 -> OVERFLOW
        499999999999999999999999 MAX -> 0
        499999999999999999999999.5 MAX -> MAX
        499999999999999999999999.499999999999999999 MAX -> 0
        - 5 -> -
        - 0 -> -
        5 - -> -
    """,
    "EVEN(a)": """
        1.5 -> 2
        2 -> 2
        2.000000000000000001 -> 4
        3 -> 4
        -1 -> -2
        -2 -> -2
        -2.1 -> -4
        0 -> 0
        FINE -> 2
        MAX -> OVERFLOW
        - -> -
    """,
    "ODD(a)": """
        1.5 -> 3
        1 -> 1
        1.000000000000000001 -> 3
        2 -> 3
        -1 -> -1
        -1.5 -> -3
        -2 -> -3
        0 -> 1
        FINE -> 1
        -FINE -> -1
        MAX -> MAX
        FULL -> OVERFLOW
        - -> -
    """,
    "SQRT(a)": """
        0 -> 0
        1 -> 1
        6.25 -> 2.5
        2 -> 1.414213562373095049
        0.000000000000000001 -> 0.000000001
        FULL -> 1000000000000
        E23 -> 316227766016.837933199889354443
        -FINE -> DOMAIN
        - -> -
    """,
    "EXP(a)": """
        0 -> 1
        1 -> 2.718281828459045235
        -1 -> 0.367879441171442322
        10 -> 22026.465794806716516958
        55 -> 769478526514201713818274.559012939399207077
        55.000000000000000001 -> OVERFLOW
        MAX -> OVERFLOW
        -55 -> 0
        -FULL -> 0
        -41 -> 0.000000000000000002
        - -> -
    """,
    "LN(a)": """
        1 -> 0
        10 -> 2.302585092994045684
        0.5 -> -0.693147180559945309
        FINE -> -41.446531673892822312
        FULL -> 55.262042231857096416
        0 -> DOMAIN
        -1 -> DOMAIN
        - -> -
    """,
    "LOG(a)": """
        1 -> 0
        1000 -> 3
        0.001 -> -3
        2 -> 0.301029995663981195
        E23 -> 23
        0 -> DOMAIN
        -1 -> DOMAIN
        - -> -
    """,
    "LOG10(a)": """
        1000 -> 3
        FINE -> -18
        0 -> DOMAIN
        - -> -
    """,
    "LOG(a, b)": """
        8 2 -> 3
        0.25 2 -> -2
        8 0.5 -> -3
        2 4 -> 0.5
        1 7 -> 0
        0 2 -> DOMAIN
        -8 2 -> DOMAIN
        8 0 -> DOMAIN
        8 -2 -> DOMAIN
        8 1 -> DOMAIN
        - 1 -> -
        0 - -> -
        - 2 -> -
        8 - -> -
    """,
    "POWER(a, b)": """
        2 10 -> 1024
        2 -1 -> 0.5
        -2 3 -> -8
        -2 2 -> 4
        -2 -3 -> -0.125
        4 0.5 -> 2
        2.25 9.5 -> 2216.837820053100585938
        8 0.333333333333333333 -> 1.999999999999999999
        0 0 -> 1
        7 0 -> 1
        0 5 -> 0
        0 2000 -> 0
        0 0.5 -> 0
        0 2000.5 -> 0
        0 -1 -> DIV0
        0 -0.5 -> DIV0
        -4 0.5 -> DOMAIN
        -1 1000 -> 1
        -1 999 -> -1
        -1 1001 -> OVERFLOW
        1.5 1000 -> OVERFLOW
        10 23 -> E23
        10 24 -> OVERFLOW
        -10 24 -> OVERFLOW
        10 41 -> OVERFLOW
        10 -18 -> FINE
        10 -1000 -> 0
        10 -1001 -> OVERFLOW
        FULL 1 -> FULL
        FULL 2 -> OVERFLOW
        MAX 1000 -> OVERFLOW
        FINE -2 -> OVERFLOW
        FINE 2 -> 0
        - 0 -> -
        - -1 -> -
        0 - -> -
        - 2000 -> -
        -4 - -> -
    """,
    "POWER(a, 2)": """
        3 -> 9
        -1.5 -> 2.25
        0.000000000001 -> 0
        0.000000001 -> FINE
        1000000000000 -> OVERFLOW
        FULL -> OVERFLOW
        0 -> 0
        - -> -
    """,
    "POWER(a, 0)": """
        0 -> 1
        FULL -> 1
        - -> -
    """,
    "IFERROR(a / b, c)": """
        6 3 1 -> 2
        6 0 1 -> 1
        6 0 - -> -
        - 0 1 -> -
        6 - 1 -> -
    """,
    "IFERROR(a / b, a / c)": """
        6 0 3 -> 2
        6 3 0 -> 2
        6 0 0 -> DIV0
    """,
    "ISERROR(a / b)": """
        6 0 -> TRUE
        6 3 -> FALSE
        - 0 -> FALSE
        6 - -> FALSE
    """,
    "ISERROR(ISERROR(a / b))": """
        6 0 -> FALSE
    """,
    "IFS(a > 1, b, a > 0, c, 1 / a)": """
        2 5 6 -> 5
        1 5 6 -> 6
        0 5 6 -> DIV0
        -1 5 6 -> -1
        - 5 6 -> -
        2 - 6 -> -
    """,
    "IFS(a / b > 1, 1, c / a > 1, 2, 3)": """
        6 3 1 -> 1
        1 1 5 -> 2
        1 0 5 -> DIV0
        0 1 5 -> DIV0
        6 3 - -> 1
    """,
    "SWITCH(a, b, 1, c, 2, 3)": """
        5 5 5 -> 1
        5 6 5 -> 2
        5 6 7 -> 3
        - - - -> 3
        5 - 5 -> 2
    """,
    "IN(a, b, c)": """
        5 5 - -> TRUE
        5 - 5 -> TRUE
        5 6 7 -> FALSE
        5 - - -> FALSE
        - - - -> FALSE
    """,
    "IN(a / 9 * 9, 1, b / c)": """
        1 5 5 -> TRUE
        1 5 0 -> DIV0
        2 4 2 -> TRUE
    """,
    "NULLVALUE(a, b)": """
        1 2 -> 1
        - 2 -> 2
        - - -> -
    """,
    "IFBLANK(a, 1 / b)": """
        1 0 -> 1
        - 0 -> DIV0
        - 4 -> 0.25
    """,
    "XOR(a > 1, b > 1, c > 1)": """
        2 1 1 -> TRUE
        2 2 1 -> FALSE
        2 2 2 -> TRUE
        - 2 1 -> TRUE
        - - - -> FALSE
    """,
}  # fmt: skip
CASES = [case for text, rows in TABLES.items() for case in _cases(text, rows)]

"""The page docs/reference/functions.md, made from the registry.

`python -m fieldstone.formula.reference > docs/reference/functions.md`"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from fieldstone.formula.functions.base import Argument, Function
from fieldstone.formula.functions.catalogue import FUNCTIONS, GROUPS
from fieldstone.formula.usage import Usage

TITLES = {
    "logic": "Logic",
    "picklist": "Picklists",
    "number": "Numbers",
    "text": "Texts",
    "date": "Dates and times",
    "list": "Related lists",
    "record": "The save itself",
}
PLACES = {
    Usage.FIELD: "computed fields",
    Usage.FILTER: "filters",
    Usage.VALIDATION: "validation rules",
    Usage.FLOW: "conditions of flows",
    Usage.DEFAULT: "defaults",
    Usage.VISIBILITY: "conditions of sections",
}
ANYWHERE = "Everywhere: also in lists, filters, sorts and reports"
PYTHON_ONLY = "Not in filters, sorts and reports: only where single records are computed"
_HEAD = """# Formula functions

Generated from `platform/formula/functions/`; change it there. In names, `[…]` may be left out and
`…` stands for more of the same.

A function with a blank operand gives blank unless its words say otherwise. A result that cannot be
computed (a division by zero, a text that is no number) is an error, which goes through to the
result of the whole formula; only IFERROR and ISERROR catch it. Numbers have at most 24 digits
before the point and 18 after it.

Every example is tested, in PostgreSQL too where it can be used there. They speak of this record, on
2024-05-15 at 10:30 UTC:

| field | value |
|---|---|
| `name`, `nickname` | `"Fieldstone"`, blank |
| `amount`, `quantity`, `factor` | 1250.50, 3, 0.333333 |
| `ratio`, a percent field | 40 %, which a formula sees as 0.4 |
| `is_done` | FALSE |
| `status`, of new, open, won and lost | `"open"` |
| `colors`, of red, green and blue | red and green |
| `due`, `updated`, `alarm` | 2024-05-31, 2024-05-14 23:15 UTC, 07:30 |
| `place` | 31.2304, 121.4737 |
| `owner` | a person |
| `parent`, another such record | blank, and so are its fields |
| `lines`, a related list | four records: see [Related lists](#related-lists) |"""
_LISTS = """These sum up the records that point at this one by a lookup or master-detail field.
Every name in such a call begins with that of the list and goes on with a field of its records,
computed ones included: `SUM(lines.amount, lines.status = "won")`.

A list is called by the API names of the other object and of its field that points here:
`line_by_task`. Where that is the only field of the object that does, the object's name with an s
will do (`lines`), and so will the plural label of the object in braces (`{Order Lines}`). A field
of this object with the same name comes first.

Blank values are left out, also where the formula counts blank numbers as 0, and so are values that
cannot be computed. A formula sums up lists at most 5 times, and never one inside another. Lists are
summed up in computed fields and validation rules; to filter by a sum, to sort or group by it, make
it a computed field. Every record that is not deleted counts, whoever asks; a computed field is
shown to those who may read all the fields that it is made of.

The records of `lines` in the examples, in the order in which they were made:

| `name` | `amount` | `status` | `done_on` |
|---|---|---|---|
| `"a"` | 10 | won | 2024-03-01 |
| `"b"` | 20.50 | won | 2024-01-01 |
| `"c"` | 30 | open | 2024-02-01 |
| blank | blank | open | blank |"""


def page() -> str:
    """The whole page in Markdown."""
    parts = [_HEAD, "\n".join(_index())]
    for group in GROUPS:
        parts.append(f"## {TITLES[group]}")
        parts += [_LISTS] if group == "list" else []
        parts += ["\n".join(_section(function)) for function in _functions(group)]
    return "\n\n".join(parts) + "\n"


def _functions(group: str) -> list[Function]:
    return [function for function in FUNCTIONS.values() if function.group == group]


def _index() -> Iterator[str]:
    for group in GROUPS:
        names = (f"[{each.name}](#{each.name.lower()})" for each in _functions(group))
        yield f"* {TITLES[group]}: {' '.join(names)}"


def _section(function: Function) -> Iterator[str]:
    yield f"### {function.name}"
    yield ""
    yield f"`{function.name}({function.signature})`"
    for locale in ("en", "zh_CN"):
        yield ""
        yield function.documentation[locale]
    yield ""
    if function.signature.arguments:
        yield f"* Takes {'; '.join(_argument(each) for each in function.signature.arguments)}"
    yield f"* {_place(function)}"
    if function.volatile:
        yield "* Tells another value another day, so a field with it is not stored"
    yield ""
    yield "| example | equals |"
    yield "|---|---|"
    for formula, result in function.examples:
        yield f"| {_code(formula)} | {_code(result)} |"


def _argument(argument: Argument) -> str:
    kinds = " or ".join(sorted(kind.replace("_", " ") for kind in argument.kinds)) or "any value"
    return f"`{argument.name}`: {kinds}{', written in quotes' if argument.literal else ''}"


def _place(function: Function) -> str:
    if function.to_sql is None and function.aggregate is not None:
        return "Only in computed fields and validation rules, about a related list"
    if function.usages:
        return f"Only in {_listed([PLACES[each] for each in Usage if each in function.usages])}"
    if function.to_sql is None and function.signature.arguments:
        return PYTHON_ONLY
    return ANYWHERE


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _code(text: str) -> str:
    """A bar would end the cell, and a backquote the code."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text.replace('|', chr(92) + '|')}{fence}"


if __name__ == "__main__":
    sys.stdout.write(page())

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
    "record": "The save itself",
}
PLACES = {
    Usage.FIELD: "computed fields",
    Usage.FILTER: "filters",
    Usage.VALIDATION: "validation rules",
    Usage.FLOW: "conditions of flows",
    Usage.DEFAULT: "defaults",
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
| `parent`, another such record | blank, and so are its fields |"""


def page() -> str:
    """The whole page in Markdown."""
    parts = [_HEAD, "\n".join(_index())]
    for group in GROUPS:
        parts.append(f"## {TITLES[group]}")
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

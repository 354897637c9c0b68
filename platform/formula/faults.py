"""What is wrong with a formula, as values: where, why, and what was probably meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fieldstone.formula.ast import NO_SPAN, Span
from fieldstone.formula.types import Kind
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.kernel.i18n import translate


@dataclass(frozen=True, slots=True)
class Phrase:
    """A word or a choice of words that a message mentions, told in the reader's language.
    Each part is a message id, or a sign such as ")" that needs no translation; `text` fills
    the place of that name."""

    parts: tuple[str, ...]
    text: str = ""

    def render(self, locale: str) -> str:
        params = {"text": self.text} if self.text else None
        words = [translate(locale, part, params) for part in self.parts]
        if len(words) < 2:
            return "".join(words)
        first = translate(locale, "formula.word.comma").join(words[:-1])
        return translate(locale, "formula.word.or", {"first": first, "last": words[-1]})

    def __str__(self) -> str:
        return self.render("en")


def word(name: str) -> Phrase:
    return Phrase((f"formula.word.{name}",))


def quoted(text: str) -> Phrase:
    return Phrase(("formula.word.quoted",), text)


def failure(code: str) -> Phrase:
    return Phrase((f"formula.failure.{code.lower()}",))


def kinds(*each: Kind) -> Phrase:
    return Phrase(tuple(f"formula.kind.{kind}" for kind in each))


CODES = frozenset({
    "SYNTAX", "BAD_CHARACTER", "BAD_ESCAPE", "UNCLOSED_TEXT", "UNCLOSED_COMMENT", "UNCLOSED_NAME",
    "EMPTY_NAME", "NUMBER_TOO_LONG", "TOO_LONG", "TOO_MANY_TOKENS", "TOO_MANY_NODES", "TOO_DEEP",
    "TOO_MANY_ARGUMENTS", "TOO_MANY_HOPS", "TOO_COSTLY", "UNKNOWN_FIELD", "UNKNOWN_PARAMETER",
    "UNKNOWN_FUNCTION", "ARG_COUNT", "ARG_TYPE", "RESULT_TYPE", "LITERAL_NEEDED", "NOT_A_VALUE",
    "NOT_ALLOWED_IN_CONTEXT", "CONST_ERROR", "BAD_PICKLIST_VALUE", "BAD_DATE", "BAD_DATETIME",
    "BAD_TIME", "BAD_REFERENCE", "BAD_UNIT", "BAD_ZONE", "BAD_PERIOD", "BAD_JSON",
    "BAD_REGEX", "BAD_PATTERN",
    "COMPUTED_TOO_DEEP", "COMPUTED_TOO_LARGE", "TOO_MANY_RELATIONSHIPS", "FIELD_NEEDED",
    "MIXED_POWER", "LIST_NEEDED", "LIST_FIELD_NEEDED", "LIST_NOT_SUMMED", "UNKNOWN_LIST",
    "NOT_OF_LIST", "NESTED_LIST", "TOO_MANY_LISTS",
})  # fmt: skip
"""What can be wrong with a formula before it is computed."""

FAILURES = frozenset(
    {"DIV0", "OVERFLOW", "DOMAIN", "BAD_NUMBER", "BAD_DATE", "BAD_TIME", "BAD_ARG", "TOO_LONG_TEXT"}
)
"""What can go wrong while it is computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`code` is one of CODES; its text is the message "error.formula.<code>".
    `line` and `column` count from 1; 0 while the text is not known."""

    code: str
    span: Span = NO_SPAN
    line: int = 0
    column: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)
    suggestion: str = ""

    @property
    def message_id(self) -> str:
        return f"formula.{self.code.lower()}"

    def problem(self, path: str = "", locale: str = "") -> Problem:
        """With a locale the texts are made; without one the edge makes them of `fault`."""
        place = {"fault": self, "line": self.line, "column": self.column}
        return Problem(
            code=self.message_id,
            path=path,
            params={**self.params, **place},
            message=message(self, locale) if locale else "",
            hint=hint(self, locale) if locale else "",
        )


class FormulaError(Invalid):
    """A formula that cannot be used. `faults` are all that were found, in the order of the text."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.span))
        super().__init__(problems=(fault.problem() for fault in self.faults))


class EvaluationError(ValueError):
    """One of FAILURES; `str(failure(code))` tells it in words."""

    def __init__(self, code: str, span: Span = NO_SPAN) -> None:
        super().__init__(code)
        self.code = code
        self.span = span


def message(fault: Fault, locale: str) -> str:
    """The whole sentence in this language."""
    params = {
        name: value.render(locale) if isinstance(value, Phrase) else value
        for name, value in fault.params.items()
    }
    return translate(locale, f"error.{fault.message_id}", params)


def hint(fault: Fault, locale: str) -> str:
    """'Did you mean …?', or nothing."""
    if not fault.suggestion:
        return ""
    return translate(locale, "formula.did_you_mean", {"suggestion": fault.suggestion})


def located(faults: Iterable[Fault], text: str) -> tuple[Fault, ...]:
    """The faults with the line and column that their spans have in this text."""
    return tuple(_located(fault, text) for fault in faults)


def _located(fault: Fault, text: str) -> Fault:
    before = text[: fault.span[0]]
    column = len(before) - (before.rfind("\n") + 1) + 1
    return replace(fault, line=before.count("\n") + 1, column=column)


def caret(text: str, fault: Fault) -> str:
    """The faulty line with a row of ^ under the place, for terminals and logs."""
    start, end = fault.span
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    line = text[first : last if last >= 0 else len(text)]
    left, marked = line[: start - first], line[start - first : max(end, start + 1) - first]
    return f"{line}\n{' ' * _width(left)}{'^' * max(1, _width(marked))}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)

"""The `page` of the formula editor."""

from __future__ import annotations

from dataclasses import dataclass

from fieldstone.web.contexts import ProblemView
from fieldstone_builder.contexts import FormulaSpot, GroupView


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaPage:
    """`record` is the one to try the formula on at first: (id, name); `props` is JSON for the
    script, `tests` what the form posts of the test cases."""

    action: str
    cancel_url: str
    text: str
    spot: FormulaSpot
    label: str
    hint: str
    placeholder: str
    props: str
    tests: str = ""
    tested: bool = False
    returns: str = ""
    lookup_url: str = ""
    record: tuple[str, str] | None = None
    used: tuple[GroupView, ...] = ()
    used_count: int = 0
    problems: tuple[ProblemView, ...] = ()
    errors: tuple[str, ...] = ()

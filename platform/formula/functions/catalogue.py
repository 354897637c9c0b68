"""Every function of the language, by its upper-case name."""

from __future__ import annotations

from dataclasses import replace

from fieldstone.formula.functions import (
    anniversaries,
    blanks,
    changes,
    choices,
    conversions,
    date_parts,
    dates,
    documents,
    encode,
    errors,
    finance,
    instants,
    letters,
    links,
    lists,
    logic,
    messages,
    numbers,
    padding,
    patterns,
    periods,
    picklists,
    places,
    powers,
    rounding,
    search,
    substitution,
    text,
    trigonometry,
    whole_numbers,
    workdays,
)
from fieldstone.formula.functions.base import Function
from fieldstone.kernel.registry import Registry

GROUPS = {
    "logic": (choices.FUNCTIONS, logic.FUNCTIONS, blanks.FUNCTIONS, errors.FUNCTIONS),
    "picklist": (picklists.FUNCTIONS,),
    "number": (
        numbers.FUNCTIONS,
        rounding.FUNCTIONS,
        whole_numbers.FUNCTIONS,
        powers.FUNCTIONS,
        trigonometry.FUNCTIONS,
        places.FUNCTIONS,
        finance.FUNCTIONS,
    ),
    "text": (
        text.FUNCTIONS,
        letters.FUNCTIONS,
        search.FUNCTIONS,
        patterns.FUNCTIONS,
        substitution.FUNCTIONS,
        padding.FUNCTIONS,
        conversions.FUNCTIONS,
        messages.FUNCTIONS,
        documents.FUNCTIONS,
        encode.FUNCTIONS,
        links.FUNCTIONS,
    ),
    "date": (
        dates.FUNCTIONS,
        instants.FUNCTIONS,
        date_parts.FUNCTIONS,
        periods.FUNCTIONS,
        anniversaries.FUNCTIONS,
        workdays.FUNCTIONS,
    ),
    "list": (lists.FUNCTIONS,),
    "record": (changes.FUNCTIONS,),
}

FUNCTIONS: Registry[Function] = Registry("formula function")
for _group, _parts in GROUPS.items():
    for _functions in _parts:
        for _function in _functions:
            FUNCTIONS.add(replace(_function, group=_group))


def is_structural(name: str, index: int) -> bool:
    """Whether this operand of the function decides what its SQL looks like."""
    function = FUNCTIONS.get(name)
    if function is None or not (function.signature.arguments or function.signature.repeated):
        return False
    signature = function.signature
    return index < len(signature.arguments) and signature.arguments[index].structural

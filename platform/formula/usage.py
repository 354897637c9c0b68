"""Where a formula stands, which decides what it may ask about the save it is part of."""

from __future__ import annotations

from enum import StrEnum


class Usage(StrEnum):
    FIELD = "field"
    """A computed field."""
    FILTER = "filter"
    """Which records: a list, a report, a sharing rule."""
    VALIDATION = "validation"
    FLOW = "flow"
    """The condition of a flow or another automation."""
    DEFAULT = "default"
    """The first value of a field in a new record."""

    VISIBILITY = "visibility"
    """Whether a part of a form is shown."""


KNOWS_OLD = frozenset({Usage.VALIDATION, Usage.FLOW})
"""Here the record as it was before the save is at hand."""
KNOWS_NEW = KNOWS_OLD | {Usage.DEFAULT}
"""Here it is known whether the record is new, and whether it is a copy."""
WITHOUT_LISTS = frozenset({Usage.DEFAULT, Usage.VISIBILITY})
"""Here the related lists of the record are not at hand."""

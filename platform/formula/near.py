"""The name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name with the fewest edits: at most two, and fewer than half of a short name;
    "" if none is that near. A swap of neighbours counts as one edit."""
    wanted = name.casefold()
    best, fewest = "", min(3, (len(wanted) + 1) // 2)
    for candidate in known:
        edits = _edits(wanted, candidate.casefold(), fewest)
        if edits < fewest:
            best, fewest = candidate, edits
    return best


def _edits(left: str, right: str, limit: int) -> int:
    if abs(len(left) - len(right)) >= limit:
        return limit
    before: list[int] = []
    above = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        row = [i]
        for j, other in enumerate(right, 1):
            edits = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                edits = min(edits, before[j - 2] + 1)
            row.append(edits)
        before, above = above, row
    return above[-1]

"""What a bulk change found, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.kernel.errors import Problem
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.web.problems import problem_json


def problem_of(told: Mapping[str, Any]) -> Problem:
    """A problem as runtime/bulk.py keeps it."""
    return Problem(
        code=str(told["code"]),
        path=str(told["path"]),
        params=told["params"],
        message=str(told["message"]),
        hint=str(told["hint"]),
    )


def worded(tally: Mapping[str, Any], locale: str, snapshot: Snapshot) -> dict[str, Any]:
    """The counts as they are; reasons and failures with their sentences."""

    def words(told: Mapping[str, Any]) -> dict[str, Any]:
        return problem_json(problem_of(told), locale, snapshot)

    counts = {name: tally.get(name, 0) for name in ("seen", "changed", "unchanged", "failed")}
    return {
        **counts,
        "reasons": [{**words(each), "count": each["count"]} for each in tally.get("reasons") or ()],
        "failures": [
            {"id": each["id"], "problems": [words(told) for told in each["problems"]]}
            for each in tally.get("failures") or ()
        ],
    }

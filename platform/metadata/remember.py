"""Answers about a snapshot, held by the snapshot itself: they go when it goes.

A process keeps the published snapshots, so requests find what earlier ones worked out. One that
is made to look at a draft takes all that was remembered of it along when the look is over."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from fieldstone.metadata.snapshot import Snapshot

P = ParamSpec("P")
R = TypeVar("R")
About = Callable[Concatenate[Snapshot, P], R]
MOST = 4096


def per_snapshot(most: int = MOST) -> Callable[[About[P, R]], About[P, R]]:
    """For pure functions whose first argument is a snapshot; the others must be hashable. With
    more than `most` answers of one function, a snapshot forgets those it has and begins again."""

    def remembering(function: About[P, R]) -> About[P, R]:
        @wraps(function)
        def remembered(snapshot: Snapshot, /, *args: P.args, **kwargs: P.kwargs) -> R:
            answers = snapshot.remembered.setdefault(function, {})
            key: Any = (args, tuple(kwargs.items())) if kwargs else args
            if key not in answers:
                answer = function(snapshot, *args, **kwargs)
                if len(answers) >= most:
                    answers.clear()
                answers[key] = answer
            found: R = answers[key]
            return found

        return remembered

    return remembering

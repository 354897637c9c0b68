"""Every generator that recipes can name."""

from __future__ import annotations

from fieldstone.kernel.errors import invariant
from fieldstone.runtime.demo.generators import choices, links, numbers, texts, times
from fieldstone.runtime.demo.generators.base import GENERATORS, Entry

MODULES = (choices, numbers, texts, times, links)
invariant(len(GENERATORS) > len(MODULES), "generators add themselves when they are imported")


def entry(name: str) -> Entry:
    return GENERATORS[name]

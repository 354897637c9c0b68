"""Trying formulas over computed fields that show more than the asker may read of their sources:
these count as what reading them gives, not as the formula they stand for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from fieldstone.formula.scope import Named, Path
from fieldstone.metadata.computed import sources
from fieldstone.metadata.scope import ObjectScope, Readable
from fieldstone.metadata.snapshot import Field, Snapshot
from fieldstone.runtime.formula_check import published
from fieldstone.runtime.transaction import Transaction


@dataclass(frozen=True)
class _Sealing(ObjectScope):
    """`published` and `may_read` are those that records are read with; `snapshot` may be ahead."""

    published: Snapshot = field(kw_only=True)
    may_read: Readable = field(kw_only=True)

    def resolve(self, path: Path) -> Named | None:
        named = super().resolve(path)
        if named is None or named.formula is None or not self._is_sealed(self.trail(path)[-1]):
            return named
        return replace(named, formula=None)

    def _is_sealed(self, asked: Field) -> bool:
        """May be read though what it is made of may not; a formula that the draft changes has
        no value yet."""
        shape = self.published.objects.get(asked.object)
        known = shape.fields.get(asked.name) if shape else None
        return (
            known is not None
            and known.formula == asked.formula
            and self.may_read(known.object, known.name)
            and not all(self.may_read(*each) for each in sources(self.published, known))
        )


def sealed(transaction: Transaction, scope: ObjectScope) -> ObjectScope:
    """The same names, for a formula that is to be computed."""
    model = published(transaction)
    return _Sealing(
        snapshot=scope.snapshot,
        object=scope.object,
        readable=scope.readable,
        record_object=scope.record_object,
        published=model.snapshot,
        may_read=model.readable,
    )

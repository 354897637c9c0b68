"""A formula's place as inputs and the page of the editor are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.metadata.components import Key
from fieldstone.runtime.formula_check import RETURNS
from fieldstone_builder import links
from fieldstone_builder.contexts import FormulaSpot
from fieldstone_builder.formula.spots import Spot, spot_at

Body = Mapping[str, Any]


def page_view(spot: Spot, body: Body) -> FormulaSpot:
    """On its own page, where what it returns is settled."""
    own = body if spot.place == "formula" else {}
    returns = str(own.get("returns") or "")
    return FormulaSpot(
        object=spot.object,
        usage=spot.usage.value,
        record_object=spot.record_object,
        returns=returns if returns in RETURNS else "",
        scale=str(own.get("scale", "")),
        blanks=str(own.get("blanks") or ""),
    )


def input_view(key: Key, body: Body, place: str, *, kept: bool) -> FormulaSpot | None:
    """In the form of its component; None while that does not say yet what the formula is about.
    `kept`: the component is there already, so that the formula has a page of its own."""
    spot = spot_at(key, body, place)
    if spot is None:
        return None
    computed = place == "formula"
    return FormulaSpot(
        object=spot.object,
        usage=spot.usage.value,
        record_object=spot.record_object,
        returns_from="o.returns" if computed else "",
        scale_from="o.scale" if computed else "",
        blanks_from="o.blanks" if computed else "",
        url=links.formula_url(key, place) if kept else "",
    )

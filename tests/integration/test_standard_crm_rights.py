"""Who reads the computed amounts of the standard CRM: whoever reads what they are made of."""

from __future__ import annotations

import pytest
from crm_world import Crm

from fieldstone.runtime.access import rights_of

pytestmark = pytest.mark.anyio

MONEY = (
    ("account", "order_total"),
    ("account", "received_total"),
    ("account", "receivable"),
    ("account", "payment_rate"),
)
"""The last two are computed from the first two."""
MARGINS = (
    ("quote_line", "margin"),
    ("quote", "margin_total"),
    ("order_line", "margin"),
    ("sales_order", "margin_total"),
)


async def test_those_who_sell_see_what_came_in(crm: Crm) -> None:
    for profile in ("sales_rep", "dept_supervisor", "sales_director", "finance"):
        rights = rights_of(crm.snapshot, (profile,))
        assert all(rights.may_read(*each) for each in MONEY), profile
        assert rights.may_read("sales_order", "outstanding")


async def test_a_sum_is_as_secret_as_what_it_sums_up(crm: Crm) -> None:
    """And what is computed from the sum as well."""
    for profile in ("marketing_manager", "service_agent"):
        rights = rights_of(crm.snapshot, (profile,))
        assert not any(rights.may_read(*each) for each in MONEY), profile
    assert rights_of(crm.snapshot, ("marketing_manager",)).may_read("campaign", "received")


async def test_margins_are_for_those_who_see_costs(crm: Crm) -> None:
    for profile in ("sales_director", "finance", "general_manager"):
        rights = rights_of(crm.snapshot, (profile,))
        assert all(rights.may_read(*each) for each in MARGINS), profile
    rep = rights_of(crm.snapshot, ("sales_rep",))
    assert not any(rep.may_read(*each) for each in MARGINS)
    assert rep.may_read("quote", "total")
    told = rights_of(crm.snapshot, ("sales_rep", "view_cost_margin"))
    assert all(told.may_read(*each) for each in MARGINS)

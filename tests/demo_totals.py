"""The computed totals of the standard CRM's demo data beside sums over its rows, in plain
decimals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from metadata_world import ACME, World

from fieldstone.metadata.backfill import drift_of
from fieldstone.metadata.computed import rollups
from fieldstone.runtime.query import MAX_LIMIT, Query, parse_sort
from fieldstone.runtime.records import fetch
from fieldstone.runtime.sign_in import system_session
from fieldstone.runtime.transaction import Transaction

Row = dict[str, Any]
CENT = Decimal("0.01")
EFFECTIVE = ("confirmed", "fulfilling", "completed")


async def check_totals(world: World) -> None:
    snapshot = await world.snapshot()
    async with world.installation.database.tenant(ACME) as connection:
        transaction = Transaction(
            database=world.installation.database,
            connection=connection,
            session=system_session(ACME),
            snapshot=snapshot,
        )
        for each in rollups(snapshot):
            drift = await drift_of(connection, snapshot, each)
            assert not drift.wrong, f"{each.field.object}.{each.field.name}: {drift.sample}"
        for header, line in (("quote", "quote_line"), ("sales_order", "order_line")):
            await _check_documents(transaction, header, line)
        await _check_cash(transaction)


async def _check_documents(transaction: Transaction, header: str, line: str) -> None:
    documents = {row["id"]: row for row in await _rows(transaction, header)}
    sums: dict[Any, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in await _rows(transaction, line):
        document = documents[row[header]]
        amount, tax = _amount(row, document, row["unit_price"], row["discount"] or Decimal(0))
        assert (row["amount"], row["tax"]) == (amount, tax)
        listed, _ = _amount(row, document, row["list_price"], Decimal(0))
        for name, value in (("subtotal", amount), ("tax_total", tax), ("list_total", listed)):
            sums[document["id"]][name] += value
    assert any(sums.values())
    for identity, document in documents.items():
        expected = sums[identity]
        for name in ("subtotal", "tax_total", "list_total"):
            assert document[name] == expected[name], name
        less = expected["subtotal"] - (document["extra_discount"] or 0)
        assert document["total"] == less + (document["shipping_fee"] or 0)
        listed = expected["list_total"]
        assert document["discount_rate"] == (_percent(listed - less, listed) if listed else 0)


def _amount(row: Row, document: Row, price: Decimal, discount: Decimal) -> tuple[Decimal, Decimal]:
    rate = 1 + Decimal(row["tax_rate"] or 0) / 100
    exact = row["quantity"] * price * (1 - discount / 100)
    amount = _cents(exact if document["price_includes_tax"] else exact * rate)
    return amount, _cents(amount - amount / rate)


async def _check_cash(transaction: Transaction) -> None:
    orders = {row["id"]: row for row in await _rows(transaction, "sales_order")}
    payments = [r for r in await _rows(transaction, "payment") if r["status"] == "confirmed"]
    refunds = [r for r in await _rows(transaction, "refund") if r["status"] == "completed"]
    received, refunded = _sums(payments, "sales_order"), _sums(refunds, "sales_order")
    assert sum(received.values()) > 0
    for identity, order in orders.items():
        net = received[identity] - refunded[identity]
        assert order["received"] == received[identity]
        assert (order["net_received"], order["outstanding"]) == (net, order["total"] - net)
        rate = _percent(net, order["total"]) if order["total"] else None
        assert order["payment_rate"] == rate
    by_plan = _sums(payments, "plan")
    for plan in await _rows(transaction, "payment_plan"):
        assert plan["outstanding"] == plan["amount"] - by_plan[plan["id"]]
    ordered = _sums((r for r in orders.values() if r["status"] in EFFECTIVE), "account", "total")
    by_account = _sums(payments, "account")
    back = _sums(refunds, "account")
    for account in await _rows(transaction, "account"):
        net = by_account[account["id"]] - back[account["id"]]
        assert account["order_total"] == ordered[account["id"]]
        assert account["receivable"] == ordered[account["id"]] - net


def _sums(rows: Iterable[Row], by: str, name: str = "amount") -> dict[Any, Decimal]:
    found: dict[Any, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row[by]] += row[name]
    return found


async def _rows(transaction: Transaction, object_name: str) -> list[Row]:
    found: list[Row] = []
    after = None
    while True:
        query = Query(object=object_name, sort=parse_sort("id"), limit=MAX_LIMIT, after=after)
        page = await fetch(transaction, query)
        found.extend(page.records)
        after = page.next
        if after is None:
            return found


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)

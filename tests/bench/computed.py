"""What computed fields cost: a list with five formulas beside the same list without, all deals
sorted by a formula, and a thousand lines saved under roll-ups of three levels beside lines that
nobody sums up."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import rows
from load import Ask, Target, ask_once, measure

Line = Callable[[bool, str, str], bool]
chance = random.Random(7)  # noqa: S311

LABEL = {"label": {"en": "Bench"}}
FORMULAS = {
    "tax": ("currency", "ROUND(amount * 0.13, 2)"),
    "grade": ("text", 'IF(amount > 50000, "A", IF(amount > 10000, "B", "C"))'),
    "closes_in": ("number", "close_date - TODAY()"),
    "company_label": ("text", 'company.name & " / " & TEXT(company.industry)'),
    "is_key": ("boolean", 'AND(amount > 1000, company.industry = "' + rows.INDUSTRIES[0] + '")'),
}
BONUS = 'IF(AND(ISPICKVAL(stage, "won"), amount > 100000), ROUND(amount * {rate}, 2), 0)'
SORTED = {"bonus": "0.02", "indexed_bonus": "0.03"}
"""Two rates: an index on a formula serves every field that has the same one."""


def _create(kind: str, name: str, **body: Any) -> dict[str, Any]:
    return {"op": "create", "kind": kind, "name": name, "body": {**LABEL, **body}}


def _object(name: str) -> dict[str, Any]:
    return _create("object", name, name_field={"type": "text"})


def _shop(prefix: str, *, summed: bool) -> list[dict[str, Any]]:
    """Three levels above the lines, with roll-ups or without."""
    client, contract, order, item = (
        f"{prefix}_{name}" for name in ("client", "contract", "order", "item")
    )
    made = [_object(name) for name in (client, contract, order, item)]
    made += [
        _create("field", f"{contract}.client", type="lookup", target=client),
        _create("field", f"{order}.contract", type="lookup", target=contract),
        _create("field", f"{item}.order", type="master_detail", target=order),
        _create("field", f"{item}.quantity", type="integer"),
        _create("field", f"{item}.price", type="currency"),
    ]
    if not summed:
        return made
    total, count = ({"type": "rollup", "function": each} for each in ("sum", "count"))
    return [
        *made,
        _create(
            "field", f"{item}.amount", type="formula", returns="currency",
            formula="ROUND(quantity * price, 2)",
        ),
        _create("field", f"{order}.total", **total, child=item, via="order", field="amount"),
        _create("field", f"{order}.lines", **count, child=item, via="order"),
        _create("field", f"{contract}.total", **total, child=order, via="contract", field="total"),
        _create("field", f"{client}.total", **total, child=contract, via="client", field="total"),
    ]  # fmt: skip


async def _publish(admin: Target, operations: list[dict[str, Any]]) -> None:
    body = {"title": "bench", "operations": operations}
    status, draft = await ask_once(admin, ("POST", "/api/v1/changesets", body))
    if status >= 300 or draft["problems"]:
        raise SystemExit(f"bench model: {status} {draft}")
    status, _ = await ask_once(admin, ("POST", f"/api/v1/changesets/{draft['id']}/publish", {}))
    if status != 200:
        raise SystemExit(f"bench model: status {status}")


async def _made(admin: Target, name: str, body: Any) -> Any:
    status, found = await ask_once(admin, ("POST", f"/api/v1/records/{name}", body))
    if status != 201:
        raise SystemExit(f"{name}: status {status} {found}")
    return found


def measured(
    line: Line, admin: Target, build_indexes: Callable[[], None], seconds: float, slices: int
) -> list[bool]:
    """`build_indexes` returns when the indexes that were asked for are there."""
    asyncio.run(_model(admin))
    build_indexes()
    return asyncio.run(_measured(line, admin, seconds, slices))


async def _model(admin: Target) -> None:
    fields = [
        _create("field", f"deal.{name}", type="formula", returns=returns, formula=text)
        for name, (returns, text) in FORMULAS.items()
    ]
    fields += [
        _create(
            "field", f"deal.{name}", type="formula", returns="currency",
            formula=BONUS.format(rate=rate), indexed=name.startswith("indexed"),
        )
        for name, rate in SORTED.items()
    ]  # fmt: skip
    shops = [*_shop("plain", summed=False), *_shop("summed", summed=True)]
    await _publish(admin, [*fields, *shops])


async def _measured(line: Line, admin: Target, seconds: float, slices: int) -> list[bool]:
    return [
        await _list(line, admin, seconds, slices),
        await _thousand_lines(line, admin, 3 * slices),
        *[await _sorted(line, admin, name, 5 * slices) for name in SORTED],
    ]


def _listed(*names: str) -> Callable[[], Ask]:
    def ask() -> Ask:
        text = f'stage = "{chance.choice(rows.STAGES)}" && amount > {chance.randint(1, 900_000)}'
        chosen = ",".join(("name", "stage", "amount", "close_date", "company", *names))
        path = f"/api/v1/records/deal?filter={quote(text)}&sort=-close_date&limit=50"
        return "GET", f"{path}&fields={chosen}", None

    return ask


async def _list(line: Line, admin: Target, seconds: float, slices: int) -> bool:
    ratios, rates = [], []
    for turn in range(slices + 1):
        plain = await measure(admin, _listed(), seconds=seconds, connections=8)
        five = await measure(admin, _listed(*FORMULAS), seconds=seconds, connections=8)
        if turn:  # the first one warms up
            ratios.append(plain.rate / max(five.rate, 0.001))
            rates.append(five.rate)
    ratio = statistics.median(ratios)
    figures = f"{statistics.median(rates):>7.0f}/s {ratio:>6.2f} x the time of the same without"
    spread = f"({min(ratios):.2f} to {max(ratios):.2f}; wanted at most 1.5)"
    return line(ratio <= 1.5, "list with 5 formulas", f"{figures} {spread}")


async def _sorted(line: Line, admin: Target, name: str, turns: int) -> bool:
    """The first page of all deals, the greatest first."""
    path = f"/api/v1/records/deal?fields=name,stage,amount,{name}&sort=-{name}&limit=50"
    times = []
    for _ in range(turns + 2):
        begun = time.perf_counter()
        status, found = await ask_once(admin, ("GET", path, None))
        times.append((time.perf_counter() - begun) * 1000)
        if status != 200 or len(found["records"]) != 50:
            raise SystemExit(f"{name}: status {status} {found}")
    took = statistics.median(times[2:])
    what = f"sort 100,000 by {name}"
    return line(
        took <= 1000, what, f"{took:>7.0f} ms (to {max(times[2:]):.0f}; wanted at most 1 s)"
    )


async def _thousand_lines(line: Line, admin: Target, turns: int) -> bool:
    orders = {}
    for prefix in ("plain", "summed"):
        client = await _made(admin, f"{prefix}_client", {"name": "C"})
        contract = await _made(admin, f"{prefix}_contract", {"name": "K", "client": client["id"]})
        body = {"records": [{"name": "O", "contract": contract["id"]} for _ in range(50)]}
        orders[prefix] = [
            each["id"] for each in (await _made(admin, f"{prefix}_order", body))["records"]
        ]

    async def timed(prefix: str) -> float:
        lines = [
            {
                "name": "L",
                "order": chance.choice(orders[prefix]),
                "quantity": chance.randint(1, 9),
                "price": f"{chance.randint(100, 99_999) / 100:.2f}",
            }
            for _ in range(1000)
        ]
        begun = time.perf_counter()
        await _made(admin, f"{prefix}_item", {"records": lines})
        return (time.perf_counter() - begun) * 1000

    pairs = [(await timed("plain"), await timed("summed")) for _ in range(turns + 2)][2:]
    ratios = sorted(summed / plain for plain, summed in pairs)
    ratio = statistics.median(ratios)
    took = statistics.median(summed for _, summed in pairs)
    figures = f"{took:>7.0f} ms {ratio:>6.2f} x the time without roll-ups"
    spread = f"({ratios[0]:.2f} to {ratios[-1]:.2f}; wanted at most 3)"
    return line(ratio <= 3, "1,000 lines, 3 levels", f"{figures} {spread}")

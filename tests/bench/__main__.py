"""`make bench`: the promises in figures, as ratios taken in one run against the floor server.

python tests/bench [seconds per measurement, default 4]"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
import rows
import setup
from load import Ask, Target, Wire, ask_once, measure

from fieldstone.kernel.embedded import EmbeddedServer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FLOOR_PORT, PRODUCT_PORT = 8190, 8191
CONNECTIONS = 8
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 4.0
chance = random.Random(42)  # noqa: S311


def deal_id() -> str:
    return str(setup.identity("deal", chance.randint(1, rows.DEALS)))


def amount() -> str:
    return f"{chance.randint(100, 90_000_000) / 100:.2f}"


def new_deal() -> dict[str, Any]:
    return {
        "name": f"New {chance.randint(1, 10**9)}",
        "company": str(setup.identity("company", chance.randint(1, rows.COMPANIES))),
        "stage": chance.choice(rows.STAGES),
        "amount": amount(),
        "close_date": f"2026-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
    }


API = "/api/v1/records/deal"


def listed() -> Ask:
    text = f'stage = "{chance.choice(rows.STAGES)}" && amount > {amount()}'
    fields = "name,stage,amount,close_date,company,company.name"
    path = f"{API}?filter={quote(text)}&sort=-close_date&limit=50&fields={fields}"
    return "GET", path, None


WORKLOADS: dict[str, tuple[float, Callable[[], Ask], Callable[[], Ask]]] = {
    # name: (what the ratio must reach, the floor's request, ours)
    "list of 50": (
        0.4,
        lambda: ("GET", f"/deal?stage={chance.choice(rows.STAGES)}&amount={amount()}", None),
        listed,
    ),
    "get one": (
        0.25,
        lambda: ("GET", f"/deal/{deal_id()}", None),
        lambda: ("GET", f"{API}/{deal_id()}?fields=*,company.name,company.industry", None),
    ),
    "create one": (
        0.25,
        lambda: ("POST", "/deal", new_deal()),
        lambda: ("POST", API, new_deal()),
    ),
    "update one": (
        0.25,
        lambda: ("PATCH", f"/deal/{deal_id()}", {"amount": amount()}),
        lambda: ("PATCH", f"{API}/{deal_id()}", {"amount": amount()}),
    ),
    "group and sum": (
        0.4,
        lambda: ("GET", "/group", None),
        lambda: (
            "POST",
            "/api/v1/query",
            {
                "object": "deal",
                "group_by": ["stage"],
                "aggregates": {"n": "COUNT()", "total": "SUM(amount)"},
            },
        ),
    ),
}


@contextmanager
def running(
    command: list[str], environment: dict[str, str], url: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process of its own, up when this begins."""
    with Path(os.devnull).open("w") as nowhere:
        process = subprocess.Popen(  # noqa: S603  # our own commands
            command, env={**os.environ, **environment}, stdout=nowhere, cwd=HERE
        )
    try:
        asyncio.run(_until_up(url, process))
        yield process
    finally:
        process.terminate()
        process.wait(30)


async def _until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    target = Target(base=url)
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"a server ended at once: {process.args!r}")
        try:
            wire = await Wire(target).open()
            await wire.send(target.raw(("GET", "/healthz", None)))
            wire.close()
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.05)
        else:
            return
    raise SystemExit("a server does not answer")


def floor_server(dsn: str) -> Any:
    command = [
        sys.executable, "-m", "uvicorn", "floor:app", "--port", str(FLOOR_PORT),
        "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    return running(command, {"FLOOR_DSN": dsn}, f"http://127.0.0.1:{FLOOR_PORT}")


def product_server(folder: Path) -> Any:
    command = [str(Path(sys.executable).parent / "fieldstone"), "serve", "--no-worker"]
    environment = {
        "FIELDSTONE_DATA": str(folder),
        "FIELDSTONE_PORT": str(PRODUCT_PORT),
        "FIELDSTONE_LOG_LEVEL": "warning",
    }
    return running(command, environment, f"http://127.0.0.1:{PRODUCT_PORT}")


def line(good: bool, name: str, rest: str) -> bool:
    print(f"{'ok  ' if good else 'LOW '}{name:<24}{rest}", flush=True)
    return good


def report(name: str, ours: float, floor: float, wanted: float) -> bool:
    ratio = ours / floor if floor else 0.0
    good = ratio >= wanted
    figures = f"{ours:>9.0f}/s  floor {floor:>7.0f}/s  {ratio:>5.2f} x"
    return line(good, name, f"{figures}  (wanted {wanted} x)")


def compare(tokens: dict[str, str]) -> list[bool]:
    floor = Target(base=f"http://127.0.0.1:{FLOOR_PORT}")
    product = Target(
        base=f"http://127.0.0.1:{PRODUCT_PORT}",
        headers={"Authorization": f"Bearer {tokens['user']}"},
    )
    results = []
    for name, (wanted, of_floor, of_product) in WORKLOADS.items():
        there = asyncio.run(measure(floor, of_floor, seconds=SECONDS, connections=CONNECTIONS))
        here = asyncio.run(measure(product, of_product, seconds=SECONDS, connections=CONNECTIONS))
        if here.errors:
            print(f"LOW {name}: {here.errors} errors")
        results.append(report(name, here.rate, there.rate, wanted) and not here.errors)
    results.append(_thousand(floor, product))
    results.append(asyncio.run(_add_field(product, tokens["admin"])))
    return results


def _thousand(floor: Target, product: Target) -> bool:
    """1,000 rows in one request, the median of several."""

    async def timed(target: Target, path: str, body: Callable[[], Any]) -> float:
        times = []
        for _ in range(7):
            data = body()
            begun = time.perf_counter()
            status, _ = await ask_once(target, ("POST", path, data))
            times.append(time.perf_counter() - begun)
            if not 200 <= status < 300:
                raise SystemExit(f"1,000 rows: status {status}")
        return sorted(times)[3] * 1000

    there = asyncio.run(timed(floor, "/deal", lambda: [new_deal() for _ in range(1000)]))
    here = asyncio.run(timed(product, API, lambda: {"records": [new_deal() for _ in range(1000)]}))
    good = here <= 4 * there
    figures = f"{here:>9.0f} ms floor {there:>7.0f} ms {here / there:>5.2f} x"
    return line(good, "1,000 rows at once", f"{figures}  (wanted at most 4 x)")


async def _add_field(product: Target, token: str) -> bool:
    """The longest wait of a reader while fields are added to the table with 100,000 rows."""
    waits: list[float] = []
    stop = asyncio.Event()

    async def read(make: Callable[[], Ask]) -> None:
        wire = await Wire(product).open()
        while not stop.is_set():
            begun = time.perf_counter()
            await wire.send(product.raw(make()))
            waits.append((time.perf_counter() - begun) * 1000)
        wire.close()

    readers = [asyncio.create_task(read(listed)) for _ in range(2)]
    readers.append(asyncio.create_task(read(WORKLOADS["get one"][2])))
    await asyncio.sleep(1)
    waits.clear()
    admin = Target(base=product.base, headers={"Authorization": f"Bearer {token}"})
    took = []
    for number in range(3):
        begun = time.perf_counter()
        body = {"type": "text", "label": {"en": "Extra"}}
        operation = {
            "op": "create", "kind": "field", "name": f"deal.extra_{number}", "body": body,
        }  # fmt: skip
        status, made = await ask_once(
            admin, ("POST", "/api/v1/changesets", {"title": "t", "operations": [operation]})
        )
        status, _ = await ask_once(admin, ("POST", f"/api/v1/changesets/{made['id']}/publish", {}))
        if status != 200:
            raise SystemExit(f"adding a field: status {status}")
        took.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(1)
    stop.set()
    await asyncio.gather(*readers)
    good = max(waits) <= 300
    figures = f"{max(took):>9.0f} ms, longest wait of a reader {max(waits):.0f} ms"
    return line(good, "add a field", f"{figures}  (wanted at most 300 ms)")


def idle(process: subprocess.Popen[bytes]) -> bool:
    time.sleep(2)
    size = psutil.Process(process.pid).memory_info().rss / 2**20
    good = size < 150
    return line(good, "idle web process", f"{size:>9.0f} MB  (wanted < 150 MB)")


def _is_loaded(chunk: str, names: list[str]) -> bool:
    """Does an entry import the chunk at once, and not only when an element needs it?"""
    static = ROOT / "platform/web/static"
    return any(
        f'from"./{chunk}"' in text or f'import"./{chunk}"' in text
        for name in names
        if name.endswith(".js")
        for text in [(static / name).read_text()]
    )


def assets() -> bool:
    """What a list page loads, gzipped."""
    static = ROOT / "platform/web/static"
    files = json.loads((static / "manifest.json").read_text())["files"]
    names = [files[name] for name in ("core.js", "list.js", "app.css", "text.zh_CN.js")]
    names += [path.name for path in static.glob("chunk-*.js") if _is_loaded(path.name, names)]
    size = sum(len(gzip.compress((static / name).read_bytes())) for name in names) / 1024
    good = size < 100
    return line(good, "JS and CSS of a list", f"{size:>9.1f} KB  (wanted < 100 KB)")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="fieldstone-bench-"))
    server = EmbeddedServer(folder)
    try:
        with psycopg.connect(server.admin_url, autocommit=True) as connection:
            connection.execute("create database floor")
        dsn = server.admin_url.replace("dbname=postgres", "dbname=floor").replace(
            "/postgres?", "/floor?"
        )
        print("loading", flush=True)
        setup.floor_tables(dsn)
        tokens = asyncio.run(setup.product(folder))
        results = []
        begun = time.perf_counter()
        with product_server(folder) as process:
            started = time.perf_counter() - begun
            good = started < 5
            line(good, "second start", f"{started:>9.1f} s   (wanted < 5 s)")
            results += [good, idle(process)]
            with floor_server(dsn):
                results += compare(tokens)
        results.append(assets())
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if not all(results):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

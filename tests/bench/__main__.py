"""`make bench`: the promises in figures, as ratios taken in one run against the floor server.

The floor and the product are measured in short slices that alternate, so that what else the
machine does in the meantime meets both alike; told are the median of the slices' ratios and how
far they lie apart. Beside it stands what a request costs each server in processor time, which a
busy machine changes less.

python tests/bench [seconds of a slice, default 2] [slices, default 5] [words of workloads …]"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import computed
import formulas
import psutil
import psycopg
import rows
import setup
from load import Ask, Result, Target, Wire, ask_once, measure

from fieldstone.kernel.embedded import EmbeddedServer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FLOOR_PORT, PRODUCT_PORT = 8190, 8191
CONNECTIONS = 8
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
SLICES = int(sys.argv[2]) if len(sys.argv) > 2 else 5
ONLY = sys.argv[3:]
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


def build_indexes(folder: Path, admin_url: str) -> None:
    """A worker works until the indexes on formulas of large tables are there."""
    command = [str(Path(sys.executable).parent / "fieldstone"), "worker"]
    environment = {**os.environ, "FIELDSTONE_DATA": str(folder), "FIELDSTONE_LOG_LEVEL": "warning"}
    url = admin_url.replace("/postgres?", "/fieldstone?").replace(
        "dbname=postgres", "dbname=fieldstone"
    )
    process = subprocess.Popen(command, env=environment)  # noqa: S603  # our own command
    try:
        deadline = time.monotonic() + 120
        with psycopg.connect(url, autocommit=True) as connection:
            while connection.execute(BUILT).fetchone() != (True,):
                if time.monotonic() > deadline:
                    raise SystemExit("the indexes on formulas are not built")
                time.sleep(0.2)
            connection.execute("ANALYZE")
    finally:
        process.terminate()
        process.wait(30)


BUILT = """
    SELECT count(*) >= 1 AND bool_and(i.indisvalid) FROM pg_index i
    WHERE i.indexprs IS NOT NULL AND pg_get_indexdef(i.indexrelid) LIKE '%CASE%'
"""


def line(good: bool, name: str, rest: str) -> bool:
    print(f"{'ok  ' if good else 'LOW '}{name:<24}{rest}", flush=True)
    return good


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One of the two, with what its process has used of the processor so far."""

    target: Target
    pid: int

    def cpu(self) -> float:
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    result: Result
    cpu: float

    @property
    def cost(self) -> float:
        """Milliseconds of the server's processor time for one request."""
        return self.cpu / max(self.result.count, 1) * 1000


def slice_of(server: Server, make: Callable[[], Ask], seconds: float) -> Slice:
    before = server.cpu()
    result = asyncio.run(measure(server.target, make, seconds=seconds, connections=CONNECTIONS))
    return Slice(result=result, cpu=server.cpu() - before)


def report(name: str, wanted: float, pairs: list[tuple[Slice, Slice]]) -> bool:
    """`pairs` are the floor's slice and the product's beside it."""
    ratios = sorted(ours.result.rate / floor.result.rate for floor, ours in pairs)
    errors = sum(ours.result.errors for _, ours in pairs)
    ratio = statistics.median(ratios)
    ours = statistics.median(ours.result.rate for _, ours in pairs)
    floor = statistics.median(floor.result.rate for floor, _ in pairs)
    cost = statistics.median(ours.cost for _, ours in pairs)
    least = statistics.median(floor.cost for floor, _ in pairs)
    figures = f"{ours:>7.0f}/s floor {floor:>6.0f}/s {ratio:>6.3f} x"
    spread = f"({ratios[0]:.2f} to {ratios[-1]:.2f}; wanted {wanted})"
    processor = f"{cost:.2f} ms CPU, floor {least:.2f}: {least / cost:.2f}"
    faults = f", {errors} errors" if errors else ""
    good = ratio >= wanted and not errors
    return line(good, name, f"{figures} {spread}  {processor}{faults}")


def compare(floor: Server, product: Server, tokens: dict[str, str]) -> list[bool]:
    results = []
    for name, (wanted, of_floor, of_product) in WORKLOADS.items():
        if ONLY and not any(word in name for word in ONLY):
            continue
        slice_of(floor, of_floor, 1)  # to warm up
        slice_of(product, of_product, 1)
        pairs = [
            (slice_of(floor, of_floor, SECONDS), slice_of(product, of_product, SECONDS))
            for _ in range(SLICES)
        ]
        results.append(report(name, wanted, pairs))
    if not ONLY or "1,000" in ONLY:
        results.append(asyncio.run(_thousand(floor, product)))
    if not ONLY or "field" in ONLY:
        results.append(asyncio.run(_add_field(product.target, tokens["admin"])))
    return results


async def _thousand(floor: Server, product: Server) -> bool:
    """1,000 rows in one request, by turns."""

    async def timed(server: Server, path: str, body: Any) -> float:
        begun = time.perf_counter()
        status, _ = await ask_once(server.target, ("POST", path, body))
        if not 200 <= status < 300:
            raise SystemExit(f"1,000 rows: status {status}")
        return (time.perf_counter() - begun) * 1000

    pairs = []
    for _ in range(2 + 3 * SLICES):
        there = await timed(floor, "/deal", [new_deal() for _ in range(1000)])
        here = await timed(product, API, {"records": [new_deal() for _ in range(1000)]})
        pairs.append((there, here))
    pairs = pairs[2:]  # the first ones warm up
    ratios = sorted(here / there for there, here in pairs)
    ratio = statistics.median(ratios)
    here = statistics.median(here for _, here in pairs)
    there = statistics.median(there for there, _ in pairs)
    spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
    figures = f"{here:>7.0f} ms floor {there:>5.0f} ms {ratio:>6.2f} x"
    return line(ratio <= 4, "1,000 rows at once", f"{figures} ({spread}; wanted at most 4)")


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
        results = formulas.measured(line, server.admin_url)
        begun = time.perf_counter()
        with product_server(folder) as process:
            started = time.perf_counter() - begun
            good = started < 5
            line(good, "second start", f"{started:>9.1f} s   (wanted < 5 s)")
            results += [good, idle(process)]
            with floor_server(dsn) as other:
                floor = Server(target=Target(base=f"http://127.0.0.1:{FLOOR_PORT}"), pid=other.pid)
                mine = {"Authorization": f"Bearer {tokens['user']}"}
                target = Target(base=f"http://127.0.0.1:{PRODUCT_PORT}", headers=mine)
                product = Server(target=target, pid=process.pid)
                results += compare(floor, product, tokens)
                if not ONLY or "computed" in ONLY:
                    bearer = {"Authorization": f"Bearer {tokens['admin']}"}
                    admin = Target(base=target.base, headers=bearer)
                    built = partial(build_indexes, folder, server.admin_url)
                    results += computed.measured(line, admin, built, SECONDS, SLICES)
        results.append(assets())
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if not all(results):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

"""What Prometheus reads at /metrics. Labels are route templates and task names, never a tenant or
a value, so that their number stays small."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from fieldstone.kernel.db import Database

__all__ = ["CONTENT_TYPE_LATEST", "JOBS", "JOB_SECONDS", "REQUESTS", "REQUEST_SECONDS", "text"]

REGISTRY = CollectorRegistry()

REQUESTS = Counter(
    "fieldstone_requests",
    "Requests answered, by route template.",
    ("method", "route", "status"),
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "fieldstone_request_seconds",
    "Time to answer a request, by route template.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
JOBS = Counter(
    "fieldstone_jobs",
    "Runs of jobs: done, again (to be repeated), failed, lost (cancelled or taken over).",
    ("task", "outcome"),
    registry=REGISTRY,
)
JOB_SECONDS = Histogram(
    "fieldstone_job_seconds",
    "Time of one run of a job.",
    ("task",),
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800),
    registry=REGISTRY,
)
_POOL = Gauge(
    "fieldstone_pool_connections",
    "Connections to the database: open, idle, and requests that wait for one.",
    ("pool", "state"),
    registry=REGISTRY,
)


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    count, time = _of_route(method, route, status)
    count.inc()
    time.observe(seconds)


@lru_cache(maxsize=4096)
def _of_route(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """Finding the series of some labels costs more than counting in it."""
    return REQUESTS.labels(method, route, status), REQUEST_SECONDS.labels(method, route)


def text(database: Database) -> bytes:
    """All figures of this process, in Prometheus' format."""
    for pool, figures in database.pool_figures().items():
        for state, count in figures.items():
            _POOL.labels(pool, state).set(count)
    return generate_latest(REGISTRY)

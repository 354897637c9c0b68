"""Figures: what is counted, and that no label grows with the number of tenants."""

from __future__ import annotations

from fieldstone.kernel.metrics import JOBS, REGISTRY, REQUESTS


def test_labels_are_few() -> None:
    allowed = {"method", "route", "status", "task", "outcome", "pool", "state", "le"}
    JOBS.labels("mail", "done").inc()
    REQUESTS.labels("GET", "/o/{object}", 200).inc()
    for family in REGISTRY.collect():
        for sample in family.samples:
            assert set(sample.labels) <= allowed, sample.name


def test_counting() -> None:
    JOBS.labels("counted", "done").inc()
    JOBS.labels("counted", "done").inc()
    labels = {"task": "counted", "outcome": "done"}
    assert REGISTRY.get_sample_value("fieldstone_jobs_total", labels) == 2

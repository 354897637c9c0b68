"""Logs name what happened and where, and never a value of a record."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from fieldstone.kernel.log import configure_logs, places
from fieldstone.kernel.settings import Settings


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def events(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_line_of_json_with_its_context(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    with bound_contextvars(tenant="acme", request_id="r1"):
        structlog.get_logger().info("published", version=7, title="新版本")
    structlog.get_logger().debug("too much")
    (event,) = events(capsys)
    assert {"event", "level", "timestamp", "tenant", "request_id", "version", "title"} == set(event)
    assert (event["tenant"], event["title"], event["level"]) == ("acme", "新版本", "info")


def test_an_exception_is_told_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    try:
        try:
            int("13800138000x")
        except ValueError as error:
            raise RuntimeError("Zhang San") from error
    except RuntimeError:
        structlog.get_logger().exception("save_failed")
    written = capsys.readouterr().err
    assert "13800138000" not in written
    assert "Zhang San" not in written
    event = json.loads(written)
    assert event["exception"][-1] == "RuntimeError"
    assert "ValueError" in event["exception"]
    assert any("test_log.py" in place for place in event["exception"])


def test_libraries_speak_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="json"))
    logging.getLogger("procrastinate").info("Starting job with arguments")
    logging.getLogger("psycopg").warning("a connection was lost")
    (event,) = events(capsys)
    assert (event["event"], event["level"]) == ("a connection was lost", "warning")


def test_text_is_for_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(Settings(log_format="text", log_level="warning"))
    structlog.get_logger().info("not this")
    structlog.get_logger().warning("this", tenant="acme")
    written = capsys.readouterr().err
    assert "not this" not in written
    assert "this" in written
    assert "tenant=acme" in written


def test_places_begin_with_the_cause() -> None:
    cause = KeyError("a")
    error = ValueError("b")
    error.__cause__ = cause
    assert places(error) == ["KeyError", "ValueError"]

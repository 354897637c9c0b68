"""Logs: one event a line, as JSON or for a terminal. Values of records never enter them: an
exception is written as its type and the places it passed through, without its text."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.contextvars import merge_contextvars

from fieldstone.kernel.settings import Settings

QUIET = ("alembic", "procrastinate", "uvicorn.access", "uvicorn.error", "psycopg.pool")
"""Libraries that tell more than an operator wants to read, and arguments with it."""

Event = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logs(settings: Settings) -> None:
    """Sends our events and the libraries' warnings to standard error, in one form."""
    chain = (
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_values,
    )
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(_level(settings)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(settings),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_level(settings))
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _level(settings: Settings) -> int:
    return logging.getLevelNamesMapping()[settings.log_level.upper()]


def _renderer(settings: Settings) -> structlog.typing.Processor:
    as_text = settings.log_format == "text" or (
        settings.log_format == "auto" and sys.stderr.isatty()
    )
    if as_text:
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def without_values(_logger: object, _method: str, event: Event) -> Event:
    """Replaces an exception by where it came from."""
    exc_info = _exc_info(event.pop("exc_info", None))
    if exc_info is not None:
        event["exception"] = places(exc_info[1])
    return event


def places(error: BaseException) -> list[str]:
    """The exception's type and every place it passed through, its causes first; no text, for that
    may quote a record."""
    found = [] if error.__cause__ is None else places(error.__cause__)
    frames = traceback.extract_tb(error.__traceback__)
    found += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return [*found, type(error).__qualname__]


def _exc_info(given: object) -> ExcInfo | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    if isinstance(given, tuple) and given[0] is not None:
        return given
    if given:
        kind, error, trace = sys.exc_info()
        if kind is not None and error is not None:
            return kind, error, trace
    return None

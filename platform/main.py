"""The composition root: puts the layers together and runs them as one process."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp

from fieldstone.kernel.catalogues import compile_stale
from fieldstone.kernel.i18n import CATALOGUES
from fieldstone.kernel.installation import Installation, InstallationError, opened
from fieldstone.kernel.log import configure_logs
from fieldstone.kernel.settings import Settings
from fieldstone.kernel.worker import work
from fieldstone.runtime import search_fill  # noqa: F401  # registers its task
from fieldstone.web.app import build_app
from fieldstone.web.health import health_routes
from fieldstone.web.service import Service
from fieldstone_builder.routes import ROUTES

SECONDS_FOR_REQUESTS = 10  # that are being answered when the server is told to stop
WAITING_CONNECTIONS = 2048

Step = Callable[[Installation], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What one process does. `first` runs before the address is announced."""

    settings: Settings
    web: bool = True
    worker: bool = True
    first: Step | None = None
    announce: Callable[[str], None] = print


def compose(installation: Installation) -> ASGIApp:
    """The web application on an installation."""
    service = Service(
        database=installation.database,
        directory=installation.directory,
        files=installation.files,
        settings=installation.settings,
    )
    return build_app(service, extra=[*ROUTES, *health_routes()])


def run(serving: Serving) -> None:
    """Serves until Ctrl-C or SIGTERM, then stops everything, the private database included.
    Raises InstallationError when it cannot start."""
    configure_logs(serving.settings)
    if serving.settings.development:
        compile_stale(CATALOGUES)
    run_async(_run(serving))


def run_async(work_to_do: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work_to_do)


async def _run(serving: Serving) -> None:
    with _listening(serving) as listener, _told_to_stop() as stop:
        async with opened(serving.settings) as installation:
            if serving.first is not None:
                await _unless(stop, serving.first(installation))
            if stop.is_set():
                return
            async with contextlib.AsyncExitStack() as running:
                stopped = asyncio.create_task(stop.wait())
                parts: list[asyncio.Task[None]] = []
                if serving.worker:
                    parts.append(await running.enter_async_context(_working(installation)))
                if listener is not None:
                    app = compose(installation)
                    parts.append(await running.enter_async_context(_serving(app, listener)))
                    serving.announce(address(serving.settings))
                await asyncio.wait((stopped, *parts), return_when=asyncio.FIRST_COMPLETED)
                for part in parts:
                    if part.done():
                        part.result()  # raises what ended it
                log.info("stopping")


@contextmanager
def _listening(serving: Serving) -> Iterator[socket.socket | None]:
    """The port is taken first: finding out that it cannot be had must not cost a start."""
    if not serving.web:
        yield None
        return
    host, port = serving.settings.host, serving.settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise _why_not(error, host, port) from error
        yield listener


def _why_not(error: OSError, host: str, port: int) -> InstallationError:
    if error.errno == errno.EADDRINUSE:
        return InstallationError(
            "Port %(port)s is taken by another program; set FIELDSTONE_PORT to a free one.",
            port=port,
        )
    return InstallationError(
        "Cannot listen on %(host)s, port %(port)s: %(reason)s.",
        host=host,
        port=port,
        reason=error.strerror,
    )


@contextmanager
def _told_to_stop() -> Iterator[asyncio.Event]:
    """Set by the first Ctrl-C or SIGTERM; a second Ctrl-C does not wait."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, told)
    loop.add_signal_handler(signal.SIGTERM, told)
    try:
        yield stop
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)


async def _unless(stop: asyncio.Event, step: Awaitable[None]) -> None:
    """Waits for a step, but not longer than until we are told to stop."""
    doing = asyncio.ensure_future(step)
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait((doing, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        return
    await doing


@asynccontextmanager
async def _working(installation: Installation) -> AsyncIterator[asyncio.Task[None]]:
    working = asyncio.create_task(work(installation))
    try:
        yield working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


class _Web(uvicorn.Server):
    """Leaves signals to us, who have more to stop than the web server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=WAITING_CONNECTIONS,
        timeout_graceful_shutdown=SECONDS_FOR_REQUESTS,
    )
    web = _Web(config)
    serving = asyncio.create_task(web.serve(sockets=[listener]))
    try:
        while not web.started and not serving.done():
            await asyncio.sleep(0.01)
        yield serving
    finally:
        web.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


def address(settings: Settings) -> str:
    """Where people reach this process."""
    if settings.public_url:
        return settings.public_url
    near = settings.host in ("0.0.0.0", "127.0.0.1", "::", "::1")  # noqa: S104  # only compared
    return f"http://{'localhost' if near else settings.host}:{settings.port}"

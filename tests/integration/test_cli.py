"""The commands as an operator runs them: processes of their own, with a private database."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # it has no stubs
import pytest
from conftest import folder_for_server

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 60


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One data folder for all tests of this file: making a database takes a second."""
    with folder_for_server() as folder:
        yield folder


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def environment(folder: Path, **more: str) -> dict[str, str]:
    ours = {"FIELDSTONE_DATA": str(folder), "FIELDSTONE_LOG_FORMAT": "json", "LANG": "C.UTF-8"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FIELDSTONE_")}
    return {**kept, **ours, "PYTHONPATH": str(ROOT / "src"), **more}


def command(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "fieldstone.cli", *words],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=SECONDS_TO_START,
        check=False,
    )


@contextmanager
def serving(folder: Path, port: int, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "fieldstone.cli", "serve", "--port", str(port), *words],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(SECONDS_TO_START)
        if process.stdout is not None:
            process.stdout.close()


def first_line(process: subprocess.Popen[str]) -> str:
    """Waits for what the process says first that is not an event of its log."""
    lines = iter(process.stdout or ())
    return next((line.strip() for line in lines if not line.startswith("{")), "")


def database_pid(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])


def ends(pid: int) -> bool:
    """The process is gone, or will be in a moment: its last act is to remove its pid file."""
    limit = time.monotonic() + 3
    while runs(pid) and time.monotonic() < limit:
        time.sleep(0.01)
    return not runs(pid)


def runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serve_announces_itself_and_stops_with_all_it_started(
    folder: Path, port: int, how: signal.Signals
) -> None:
    with serving(folder, port) as process:
        assert first_line(process) == f"Fieldstone is ready: http://localhost:{port}"
        assert httpx.get(f"http://localhost:{port}/readyz").json() == {"ready": True}
        database = database_pid(folder)
        os.killpg(process.pid, how)
        assert process.wait(20) == 0
        assert ends(database)
        assert not (folder / "postgres" / "postmaster.pid").exists()


def test_serve_recovers_from_being_killed_with_its_database(folder: Path, port: int) -> None:
    with serving(folder, port) as process:
        first_line(process)
        database = database_pid(folder)
        process.kill()
        process.wait()
        os.kill(database, signal.SIGKILL)
        assert ends(database)
    with serving(folder, port) as process:
        assert "ready" in first_line(process)


def test_a_database_that_outlived_its_process_is_taken_over_and_stopped(
    folder: Path, port: int
) -> None:
    with serving(folder, port) as process:
        first_line(process)
        database = database_pid(folder)
        process.kill()
        process.wait()
        assert runs(database)
    with serving(folder, port) as process:
        first_line(process)
        assert database_pid(folder) == database
        process.terminate()
        process.wait(20)
        assert ends(database)


def test_commands_work_beside_a_running_server(folder: Path, port: int) -> None:
    with serving(folder, port) as process:
        first_line(process)
        made = command(folder, "tenant", "create", "acme", "--name", "Acme")
        assert (made.returncode, made.stdout.strip()) == (0, "The organisation acme is ready.")
        assert httpx.get(f"http://localhost:{port}/readyz").status_code == 200
    listed = command(folder, "tenant", "list")
    assert re.match(r"acme\tactive\t\d{4}-\d\d-\d\d\n", listed.stdout)
    gone = command(folder, "tenant", "drop", "acme", "--yes")
    assert (gone.returncode, gone.stdout.strip()) == (0, "The organisation acme is gone.")
    none = command(folder, "tenant", "drop", "acme", "--yes", LANG="zh_CN.UTF-8")
    assert (none.returncode, none.stderr.strip()) == (1, "没有组织 acme。")


def test_a_refused_key_is_one_sentence(folder: Path) -> None:
    refused = command(folder, "tenant", "create", "Acme_Co")
    assert refused.returncode == 1
    assert refused.stderr.startswith('"Acme_Co" cannot be the key of an organisation.')
    assert refused.stderr.count("\n") == 1


def test_a_broken_pack_is_told_with_file_line_and_hint(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "pack.yaml").write_text("name: shop\nversion: 1.0.0\ntitle: {en: Shop}\n")
    (tmp_path / "objects" / "parcel.yaml").write_text(
        "name: parcel\nlabel: {en: Parcel}\nname_field: {type: text}\nfields:\n"
        "  size: {type: numbr, label: {en: Size}}\n"
    )
    checked = command(folder, "pack", "check", str(tmp_path))
    assert checked.returncode == 1
    assert checked.stdout.startswith('objects/parcel.yaml:5: "numbr" is not one of the choices.')
    assert "integer" in checked.stdout, "every choice, and not the nearest alone"


def test_a_taken_port_is_one_sentence_and_costs_no_database(tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        refused = command(tmp_path / "data", "serve", "--port", str(port))
    assert refused.returncode == 1
    sentence = f"Port {port} is taken by another program; set FIELDSTONE_PORT to a free one."
    assert refused.stderr.strip() == sentence
    assert not (tmp_path / "data").exists()


def test_an_unreachable_database_is_one_sentence(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    urls = {"FIELDSTONE_DATABASE_URL": url, "FIELDSTONE_OWNER_URL": url}
    refused = command(tmp_path, "migrate", **urls)
    assert refused.returncode == 1
    assert refused.stderr.startswith("The database cannot be used: ")
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_worker_alone_stops_cleanly(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "fieldstone.cli", "worker"],
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (folder / "postgres" / "postmaster.pid").exists():
        time.sleep(0.05)
        assert process.poll() is None
    time.sleep(0.5)
    process.terminate()
    _out, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "stopping" in errors


def test_doctor_looks_at_a_private_database(folder: Path) -> None:
    report = command(folder, "doctor")
    assert "✓ Both roles reach the database" in report.stdout
    assert "✓ The control schema is up to date" in report.stdout


def test_migrate_says_when_it_is_done(folder: Path) -> None:
    done = command(folder, "migrate")
    assert (done.returncode, done.stdout.strip()) == (0, "All tables are up to date.")

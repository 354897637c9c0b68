"""The private server: shared by who needs it, stopped by the last, and started after any crash."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it has no stubs
import psycopg
import pytest
from conftest import folder_for_server

from fieldstone.kernel.embedded import LONGEST_SOCKET, Commands, EmbeddedServer

DEEP = "a-folder-with-quite-a-long-name"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with folder_for_server() as folder:
        yield folder


def answers(server: EmbeddedServer) -> bool:
    try:
        psycopg.connect(server.admin_url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def value(server: EmbeddedServer, query: str) -> object:
    with psycopg.connect(server.admin_url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def test_the_last_one_out_stops_it(folder: Path) -> None:
    first, second = EmbeddedServer(folder), EmbeddedServer(folder)
    assert first.pid == second.pid
    first.stop()
    first.stop()
    assert answers(second)
    second.stop()
    assert not answers(second)


def test_it_serves_its_owner_only(folder: Path) -> None:
    server = EmbeddedServer(folder)
    assert value(server, "SHOW listen_addresses") == ""
    assert (folder / "postgres").stat().st_mode & 0o077 == 0
    server.stop()


def test_letters_of_all_scripts_are_letters(folder: Path) -> None:
    server = EmbeddedServer(folder)
    assert value(server, "SELECT upper('é') || lower('ÄÉ')") == "Éäé"
    assert value(server, "SELECT '客' ~ '^\\w$'") is True
    server.stop()


def test_a_stale_number_of_another_program_does_not_hold_it_up(folder: Path) -> None:
    pid_file = folder / "postgres" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{folder}/postgres\n1\n5432\n\n\n0 0\nready\n")
    server = EmbeddedServer(folder)
    assert psutil.Process(server.pid).name() == "postgres"
    server.stop()


def test_a_folder_that_was_half_made_is_made_again(data_folder: Path) -> None:
    (data_folder / "postgres.new").mkdir()
    (data_folder / "postgres.new" / "PG_VERSION").write_text("18")
    server = EmbeddedServer(data_folder)
    assert answers(server)
    assert not (data_folder / "postgres.new").exists()
    server.stop()


@pytest.fixture
def deep(data_folder: Path) -> Path:
    return data_folder / DEEP / DEEP / DEEP


def test_a_path_too_long_for_a_socket_gets_a_short_one(deep: Path) -> None:
    assert len(str(deep / "postgres")) > LONGEST_SOCKET
    sockets = Commands(deep / "postgres").admin_url.partition("host=")[2].partition(" ")[0]
    server = EmbeddedServer(deep)
    assert answers(server)
    assert Path(sockets).stat().st_mode & 0o077 == 0
    server.stop()
    Path(sockets).rmdir()

"""The database that compose.yaml makes is the one that `fieldstone doctor` asks for."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from fieldstone.kernel.postgres import Names, bootstrap_commands, database_grants

ROOT = Path(__file__).parents[2]
PASSWORD = re.compile(r"\$\{(\w+):\?[^}]*\}")


def test_compose_makes_the_roles_that_doctor_asks_for() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    script = PASSWORD.sub(r"<\1>", compose["configs"]["roles"]["content"])
    before, _, inside = script.partition("\\connect fieldstone\n")
    wanted = Names(
        owner="fieldstone_owner",
        login="fieldstone_login",
        database="fieldstone",
        owner_password="<FIELDSTONE_OWNER_PASSWORD>",
        login_password="<FIELDSTONE_LOGIN_PASSWORD>",
    )
    made = [_plain(command.sql.as_string()) for command in bootstrap_commands(wanted)]
    assert before.splitlines() == made
    assert inside.splitlines() == [_plain(each.as_string()) for each in database_grants(wanted)]


def _plain(statement: str) -> str:
    """Names that need no quotes are written without."""
    return statement.replace('"', "") + ";"


def test_the_processes_are_given_what_they_read() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    environment = compose["services"]["web"]["environment"]
    assert environment == compose["services"]["worker"]["environment"]
    assert environment["FIELDSTONE_DATABASE_URL"].endswith("@db/fieldstone")
    assert environment["FIELDSTONE_OWNER_URL"].endswith("@db/fieldstone")

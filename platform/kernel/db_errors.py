"""The driver's errors as ours, so that no other module needs to know the driver.

Text of the database never leaves this module: it may hold values of other people's records."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum

import psycopg
from psycopg import errors

from fieldstone.kernel.errors import BadRequest, Unavailable


class Constraint(StrEnum):
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign_key"
    CHECK = "check"
    NOT_NULL = "not_null"
    OTHER = "other"


class ConstraintError(Exception):
    """A constraint refused a write. `name` is the constraint's, `column` a NOT NULL column's."""

    def __init__(self, kind: Constraint, name: str, column: str) -> None:
        super().__init__(f"{kind} {name or column}")
        self.kind = kind
        self.name = name
        self.column = column


class LockBusyError(Exception):
    """Somebody holds the lock for longer than we wait; the same transaction may be tried again."""


class StatementTimeoutError(Exception):
    """The statement ran longer than it may."""


_KINDS: tuple[tuple[type[psycopg.Error], Constraint], ...] = (
    (errors.UniqueViolation, Constraint.UNIQUE),
    (errors.ForeignKeyViolation, Constraint.FOREIGN_KEY),
    (errors.RestrictViolation, Constraint.FOREIGN_KEY),
    (errors.CheckViolation, Constraint.CHECK),
    (errors.NotNullViolation, Constraint.NOT_NULL),
)
_BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)
_UNSTORABLE = (errors.UntranslatableCharacter, errors.CharacterNotInRepertoire)
_AWAY = (
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.TooManyConnections,
    errors.ConnectionFailure,
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
)
_SHARD = re.compile(r"_\d{5,}$")  # a sharded table's constraint carries the shard's number
_QUOTED = re.compile(r'constraint "([^"]+)"')


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    try:
        yield
    except psycopg.Error as error:
        known = translate(error)
        if known is error:
            raise
        raise known from error


def translate(error: psycopg.Error) -> Exception:
    for kind, constraint in _KINDS:
        if isinstance(error, kind):
            return _constraint_error(error, constraint)
    if isinstance(error, _BUSY):
        return LockBusyError()
    if isinstance(error, errors.QueryCanceled):
        return StatementTimeoutError()
    if isinstance(error, _AWAY):
        return Unavailable()
    if _is_unstorable(error):
        return BadRequest("bad_characters")
    lost = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
    if lost and not isinstance(error, psycopg.errors.PipelineAborted):
        return Unavailable()
    return error


def _is_unstorable(error: psycopg.Error) -> bool:
    """A NUL or half a surrogate pair, which the driver refuses in texts and the server in JSON."""
    by_driver = isinstance(error, psycopg.DataError) and error.sqlstate is None
    return by_driver or isinstance(error, _UNSTORABLE)


def _constraint_error(error: psycopg.Error, kind: Constraint) -> ConstraintError:
    name = error.diag.constraint_name or ""
    if not name:
        match = _QUOTED.search(error.diag.message_primary or "")
        name = match.group(1) if match else ""
    return ConstraintError(kind, _SHARD.sub("", name), error.diag.column_name or "")

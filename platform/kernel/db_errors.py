"""The driver's errors as ours, so that no other module needs to know the driver.

Text of the database never leaves this module: it may hold values of other people's records."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from types import TracebackType

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


class DeadlockError(LockBusyError):
    """Two transactions waited for each other; this one was ended at once, the other goes on."""


class StatementTimeoutError(Exception):
    """The statement ran longer than it may."""


class LostBeforehandError(Unavailable):
    """The connection was gone before the server had answered anything: what was to be done in it
    may be begun again."""


_KINDS: tuple[tuple[type[psycopg.Error], Constraint], ...] = (
    (errors.UniqueViolation, Constraint.UNIQUE),
    (errors.ForeignKeyViolation, Constraint.FOREIGN_KEY),
    (errors.RestrictViolation, Constraint.FOREIGN_KEY),
    (errors.CheckViolation, Constraint.CHECK),
    (errors.NotNullViolation, Constraint.NOT_NULL),
)
_BUSY = (errors.LockNotAvailable, errors.SerializationFailure)
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
_OTHERS: tuple[tuple[tuple[type[psycopg.Error], ...], Callable[[], Exception]], ...] = (
    ((errors.DeadlockDetected,), DeadlockError),
    (_BUSY, LockBusyError),
    ((errors.QueryCanceled,), StatementTimeoutError),
    (_AWAY, Unavailable),
    (
        (
            errors.NumericValueOutOfRange,
            errors.DatetimeFieldOverflow,
            errors.InvalidTextRepresentation,
        ),
        lambda: BadRequest("value_out_of_range"),
    ),
    # what is left are texts that PostgreSQL or the driver cannot take
    ((psycopg.DataError,), lambda: BadRequest("bad_characters")),
)
_SHARD = re.compile(r"_\d{5,}$")  # a sharded table's constraint carries the shard's number
_QUOTED = re.compile(r'constraint "([^"]+)"')


class translated:  # reads as a verb: with translated()
    """The driver's errors that leave this block are ours."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, psycopg.Error):
            known = translate(error)
            if known is not error:
                raise known from error


def translate(error: psycopg.Error) -> Exception:
    """Ours for theirs; the same error when it is one nobody expects."""
    for kind, constraint in _KINDS:
        if isinstance(error, kind):
            return _constraint_error(error, constraint)
    for kinds, make in _OTHERS:
        if isinstance(error, kinds):
            return make()
    lost = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
    if lost and not isinstance(error, psycopg.errors.PipelineAborted):
        return Unavailable()
    return error


def _constraint_error(error: psycopg.Error, kind: Constraint) -> ConstraintError:
    name = error.diag.constraint_name or ""
    if not name:
        match = _QUOTED.search(error.diag.message_primary or "")
        name = match.group(1) if match else ""
    return ConstraintError(kind, _SHARD.sub("", name), error.diag.column_name or "")

"""What can go wrong, as values: problems a person can mend, and the errors a request ends with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend. `code` is an entry of docs/errors.md and a gettext message id;
    `params` fill its text; `path` names the place: `fields.amount`, `records.3.amount`,
    `operations.0.body.label`. `message` and `hint` are set when the text is already made
    (a rule written by an admin); otherwise the edge renders them from `code` and `params`."""

    code: str
    path: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    hint: str = ""


class AppError(Exception):
    """Ends a request with an HTTP status. The edge turns it into a page or problem+json."""

    status = 500
    code = "internal"

    def __init__(
        self, code: str | None = None, *, problems: Iterable[Problem] = (), **params: Any
    ) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.params = params
        self.problems = tuple(problems)


class Invalid(AppError):
    """The input has problems; all of them are listed."""

    status = 422
    code = "invalid"

    @classmethod
    def one(cls, code: str, path: str = "", **params: Any) -> Invalid:
        return cls(problems=(Problem(code=code, path=path, params=params),))


class BadRequest(AppError):
    status = 400
    code = "bad_request"


class Unauthenticated(AppError):
    status = 401
    code = "unauthenticated"


class Forbidden(AppError):
    status = 403
    code = "forbidden"


class NotFound(AppError):
    status = 404
    code = "not_found"


class Conflict(AppError):
    """Somebody was faster. `details` holds both sides for the answer's body."""

    status = 409
    code = "conflict"

    def __init__(
        self,
        code: str | None = None,
        *,
        details: Mapping[str, Any] | None = None,
        problems: Iterable[Problem] = (),
        **params: Any,
    ) -> None:
        super().__init__(code, problems=problems, **params)
        self.details = dict(details or {})


class TooLarge(AppError):
    status = 413
    code = "too_large"


class TooMany(AppError):
    status = 429
    code = "too_many"


class Unavailable(AppError):
    """The database or another part is away for the moment; the same request may be tried again."""

    status = 503
    code = "unavailable"


class InvariantError(RuntimeError):
    """A promise of our own code is broken."""


def invariant(condition: object, promise: str) -> None:
    """Unlike `assert`, stays under `python -O`."""
    if not condition:
        raise InvariantError(promise)


def unreachable(promise: str) -> NoReturn:
    raise InvariantError(promise)

"""Errors as people and machines read them: RFC 9457 documents in the reader's language and in
the tenant's words."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

from fieldstone.formula import faults
from fieldstone.formula.faults import Fault
from fieldstone.kernel.errors import AppError, Conflict, Problem
from fieldstone.kernel.i18n import DEFAULT_LOCALE, negotiate, pick, translate
from fieldstone.metadata import terms
from fieldstone.metadata.snapshot import Snapshot

OBJECT_PARAMS = ("object", "objects")


def locale_of(request: Request) -> str:
    """The session's language; before sign-in the chosen one, else the browser's."""
    session = getattr(request.state, "session", None)
    if session is not None:
        return str(session.locale.code)
    chosen = request.cookies.get("fs_locale", "")
    if chosen in ("en", "zh_CN"):
        return chosen
    return negotiate(request.headers.get("accept-language", ""))


def message(
    code: str, params: Mapping[str, Any], locale: str, snapshot: Snapshot | None = None
) -> str:
    """The text of an error code; the code itself if it has none, so that nothing is hidden."""
    words = {name: _word(name, value, locale, snapshot) for name, value in params.items()}
    text = translate(locale, f"error.{code}", words)
    if text == f"error.{code}":
        text = translate(DEFAULT_LOCALE, f"error.{code}", words)
    return text


def _word(name: str, value: Any, locale: str, snapshot: Snapshot | None) -> Any:
    if isinstance(value, Mapping):
        label = {str(key): str(text) for key, text in value.items()}
        return terms.render(label, snapshot, locale) if snapshot else pick(label, locale)
    if name in OBJECT_PARAMS and snapshot is not None and isinstance(value, str):
        return terms.noun(snapshot, value, locale)
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return value


def problem_json(problem: Problem, locale: str, snapshot: Snapshot | None = None) -> dict[str, Any]:
    fault = problem.params.get("fault")
    if isinstance(fault, Fault):
        text, hint = faults.message(fault, locale), faults.hint(fault, locale)
        place = {"line": fault.line, "column": fault.column} if fault.line else {}
        return {"code": problem.code, "path": problem.path, "message": text, "hint": hint, **place}
    text = problem.message or message(problem.code, problem.params, locale, snapshot)
    hint = problem.hint
    if not hint:
        found = message(f"{problem.code}.hint", problem.params, locale, snapshot)
        hint = "" if found == f"error.{problem.code}.hint" else found
    return {"code": problem.code, "path": problem.path, "message": text, "hint": hint}


def error_json(error: AppError, request: Request) -> dict[str, Any]:
    locale = locale_of(request)
    snapshot = getattr(request.state, "snapshot", None)
    return {
        **(error.details if isinstance(error, Conflict) else {}),
        "type": f"/api/docs/errors#{error.code}",
        "title": message(error.code, error.params, locale, snapshot),
        "status": error.status,
        "code": error.code,
        "request_id": getattr(request.state, "request_id", ""),
        "problems": [problem_json(each, locale, snapshot) for each in error.problems],
    }


def http_error(status: int) -> AppError:
    """An AppError for a refusal of the framework: an unknown path, a wrong method."""
    error = AppError({404: "not_found", 405: "method_not_allowed"}.get(status, "bad_request"))
    error.status = status if status in {each.value for each in HTTPStatus} else 400
    return error

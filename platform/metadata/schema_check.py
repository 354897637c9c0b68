"""JSON Schema's findings as problems a person can mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from fieldstone.kernel.errors import Problem
from fieldstone.metadata.kinds.base import CODE, Kind
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.merge import Body


@lru_cache(maxsize=256)
def _validator(kind_name: str, type_name: str) -> Draft202012Validator:
    """Of one type where the kind has branches: there are dozens, and one is meant."""
    kind = KINDS[kind_name]
    return Draft202012Validator(kind.by_type.get(type_name, kind.schema))


def schema_problems(kind: Kind, body: Body, path: str) -> list[Problem]:
    """Every fault of the document, each with the path of its place."""
    named = body.get("type")
    validator = _validator(kind.name, named if isinstance(named, str) else "")
    errors = _leaves(validator.iter_errors(dict(body)))
    found = [problem for error in errors for problem in _problems(error, path)]
    unique = {(each.code, each.path, str(each.params)): each for each in found}
    return sorted(unique.values(), key=lambda problem: problem.path)


def _leaves(errors: Any) -> Iterator[ValidationError]:
    for error in errors:
        if error.context:
            yield from _leaves(error.context)
        else:
            yield error


def _problems(error: ValidationError, base: str) -> Iterator[Problem]:
    path = ".".join([base, *(str(step) for step in error.absolute_path)])
    teller = _TELLERS.get(str(error.validator), _out_of_range)
    return teller(error, path)


def _missing(error: ValidationError, path: str) -> Iterator[Problem]:
    instance: Any = error.instance
    wanted: Any = error.validator_value
    for key in wanted:
        if key not in instance:
            yield Problem(code="schema.missing", path=f"{path}.{key}", params={"key": key})


def _unknown_keys(error: ValidationError, path: str) -> Iterator[Problem]:
    schema: Any = error.schema
    instance: Any = error.instance
    known = list(schema.get("properties", {}))
    for key in instance:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            yield Problem(
                code="schema.did_you_mean" if near else "schema.unknown_key",
                path=f"{path}.{key}",
                params={"key": str(key)[:60], "near": near[0] if near else ""},
            )


def _not_one_of(error: ValidationError, path: str) -> Iterator[Problem]:
    choices: Any = error.validator_value
    known = [str(value) for value in choices]
    near = get_close_matches(str(error.instance), known, n=1)
    listed = ", ".join(dict.fromkeys((*near, *known)))
    params = {"value": str(error.instance)[:60], "known": listed}
    yield Problem(code="schema.not_one_of", path=path, params=params)


def _wrong_type(error: ValidationError, path: str) -> Iterator[Problem]:
    wanted = error.validator_value
    names = ", ".join(wanted) if isinstance(wanted, list) else str(wanted)
    yield Problem(code="schema.wrong_type", path=path, params={"wanted": names})


def _bad_name(error: ValidationError, path: str) -> Iterator[Problem]:
    code = "schema.bad_code" if error.validator_value == CODE["pattern"] else "schema.bad_name"
    yield Problem(code=code, path=path, params={"value": str(error.instance)[:60]})


def _out_of_range(error: ValidationError, path: str) -> Iterator[Problem]:
    params = {"rule": str(error.validator), "limit": str(error.validator_value)[:60]}
    yield Problem(code="schema.out_of_range", path=path, params=params)


_TELLERS: Mapping[str, Callable[[ValidationError, str], Iterator[Problem]]] = {
    "required": _missing,
    "additionalProperties": _unknown_keys,
    "enum": _not_one_of,
    "type": _wrong_type,
    "pattern": _bad_name,
}

"""Making inputs, and reading what was typed into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.datastructures import FormData

from fieldstone.kernel.i18n import LOCALES, Text
from fieldstone_builder.checks import Faults
from fieldstone_builder.contexts import InputView
from fieldstone_builder.desk import Desk


def languages(desk: Desk) -> tuple[str, ...]:
    """The reader's own first."""
    own = desk.words.code
    return (own, *(each for each in LOCALES if each != own))


def text_inputs(
    desk: Desk,
    name: str,
    labels: Mapping[str, str],
    text: Mapping[str, Any] | None,
    faults: Faults,
    **more: Any,
) -> tuple[InputView, ...]:
    """One input for each language of `labels`; a problem with the text stands at the first."""
    found: list[InputView] = []
    for code in (each for each in languages(desk) if each in labels):
        inputs = (f"{name}.{code}",) if found else (f"{name}.{code}", name)
        found.append(
            InputView(
                name=f"{name}.{code}",
                label=labels[code],
                values=(("", str((text or {}).get(code, ""))),),
                problems=faults.at(*inputs),
                required=bool(more.get("required")) and not found,
                **{key: value for key, value in more.items() if key != "required"},
            )
        )
    return tuple(found)


def typed(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def ticked(form: FormData, name: str) -> bool:
    return any(value in ("1", "true", "on") for value in form.getlist(name))


def chosen(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str) and value]


def typed_text(form: FormData, name: str) -> dict[str, str]:
    """What was typed in each language that the form asks for."""
    return {code: typed(form, f"{name}.{code}") for code in LOCALES if f"{name}.{code}" in form}


def merged_text(current: Text | None, given: Mapping[str, str]) -> dict[str, str]:
    """Languages that the form does not ask for stay; blank ones go."""
    return {code: text for code, text in {**(current or {}), **given}.items() if text}


def without_blanks(body: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """These keys go where nothing was typed."""
    blank = {key for key in keys if body.get(key) in (None, "", {}, [])}
    return {key: value for key, value in body.items() if key not in blank}

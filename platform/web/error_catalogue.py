"""Every error code with its text and its hint: for the page /api/docs/errors, and for
docs/errors.md, which `python -m fieldstone.web.error_catalogue > docs/errors.md` writes."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from fieldstone.kernel.catalogues import merged
from fieldstone.kernel.i18n import CATALOGUES

PREFIX = "error."
HINT = ".hint"
_PLACE = re.compile(r"%\((\w+)\)[sd]")
_AREAS = ("", "field", "record", "query", "filter", "formula", "metadata", "schema", "changeset")
_HEAD = """# Errors

Generated from the catalogues in `platform/kernel/locale/`; change the texts there and write the
page again with `python -m fieldstone.web.error_catalogue > docs/errors.md`.

A refused request is answered with an RFC 9457 document (`application/problem+json`) in the
caller's language: `code` says why the whole request was refused, and each entry of `problems`
has a `code` of its own, the `path` of its place, a `message` and, where there is something to
do, a `hint`. Words in ‹angle quotes› are filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEntry:
    code: str
    text: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorGroup:
    """Codes that begin alike; `name` is empty for those of whole requests."""

    name: str
    entries: tuple[ErrorEntry, ...]


@lru_cache(maxsize=4)
def texts(locale: str) -> Mapping[str, str]:
    """The texts of all codes and hints by their message ids."""
    return {
        str(message.id): str(message.string)
        for message in merged(CATALOGUES, locale)
        if str(message.id).startswith(PREFIX)
    }


def groups(locale: str) -> tuple[ErrorGroup, ...]:
    known = texts(locale)
    codes = sorted(
        key.removeprefix(PREFIX)
        for key in known
        if not (key.endswith(HINT) and key.removesuffix(HINT) in known)
    )
    names = sorted({_area(code) for code in codes}, key=_rank)
    return tuple(
        ErrorGroup(
            name=name,
            entries=tuple(_entry(code, known) for code in codes if _area(code) == name),
        )
        for name in names
    )


def _area(code: str) -> str:
    return code.partition(".")[0] if "." in code else ""


def _rank(name: str) -> tuple[int, str]:
    return (_AREAS.index(name) if name in _AREAS else len(_AREAS), name)


def _entry(code: str, known: Mapping[str, str]) -> ErrorEntry:
    return ErrorEntry(
        code=code,
        text=_shown(known[PREFIX + code]),
        hint=_shown(known.get(PREFIX + code + HINT, "")),
    )


def _shown(text: str) -> str:
    return _PLACE.sub(r"‹\1›", text).replace("%%", "%")


def page() -> str:
    """The whole of docs/errors.md."""
    chinese = {entry.code: entry for group in groups("zh_CN") for entry in group.entries}
    parts = [_HEAD]
    for group in groups("en"):
        parts.append(f"## {_title(group)}")
        parts.extend("\n\n".join(_lines(entry, chinese[entry.code])) for entry in group.entries)
    return "\n\n".join(parts) + "\n"


def _title(group: ErrorGroup) -> str:
    return f"Codes of {group.name}" if group.name else "Whole requests"


def _lines(english: ErrorEntry, chinese: ErrorEntry) -> Iterator[str]:
    yield f"### {english.code}"
    for entry in (english, chinese):
        yield entry.text
        if entry.hint:
            yield f"* {entry.hint}"


if __name__ == "__main__":
    sys.stdout.write(page())

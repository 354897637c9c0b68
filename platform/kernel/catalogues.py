"""Merges `locale/<locale>/*.po`, one file per area, into the one `fieldstone.mo` per locale that
gettext reads. The build does it; a development server does it again when a catalogue changes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from fieldstone.kernel.i18n import CATALOGUES, LOCALES

DOMAIN = "fieldstone"


class CatalogueError(ValueError):
    """The catalogues contradict each other or cannot be read."""


def compile_all(folder: Path) -> list[Path]:
    """Writes every locale's merged catalogue. Raises CatalogueError naming file and message."""
    return [_compile(folder, locale) for locale in LOCALES]


def compile_stale(folder: Path) -> list[Path]:
    """Only those whose sources are newer."""
    return [_compile(folder, locale) for locale in LOCALES if is_stale(folder, locale)]


def is_stale(folder: Path, locale: str) -> bool:
    target = compiled(folder, locale)
    sources = [folder / locale, *_sources(folder, locale)]  # the folder tells of removed files
    return not target.exists() or any(
        source.stat().st_mtime > target.stat().st_mtime for source in sources
    )


def compiled(folder: Path, locale: str) -> Path:
    return folder / locale / "LC_MESSAGES" / f"{DOMAIN}.mo"


def merged(folder: Path, locale: str) -> Catalog:
    """All messages of a locale."""
    whole = Catalog(locale=locale, domain=DOMAIN)
    for path in _sources(folder, locale):
        with path.open("rb") as source:
            part = read_po(source, locale=locale, abort_invalid=True)
        for message in part:
            if message.id and message.string:
                _add(whole, message.id, message.string, path)
    return whole


def _add(whole: Catalog, found: object, text: object, path: Path) -> None:
    message_id = tuple(found) if isinstance(found, list | tuple) else str(found)
    earlier = whole.get(message_id if isinstance(message_id, str) else message_id[0])
    if earlier is not None and earlier.string != text:
        raise CatalogueError(f"{path}: {message_id!r} has another text in another file")
    whole.add(message_id, text)  # type: ignore[arg-type]  # babel's own kinds of text


def _compile(folder: Path, locale: str) -> Path:
    target = compiled(folder, locale)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    with unfinished.open("wb") as output:
        write_mo(output, merged(folder, locale))
    unfinished.replace(target)
    return target


def _sources(folder: Path, locale: str) -> Iterator[Path]:
    yield from sorted((folder / locale).glob("*.po"))


if __name__ == "__main__":
    compile_all(CATALOGUES)

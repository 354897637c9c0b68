"""Everything that people read exists in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from architecture.messages import codes_in_python, messages_in_python, messages_in_templates
from architecture.source_tree import ROOT
from babel.messages.catalog import Catalog

from fieldstone.kernel.catalogues import CatalogueError, compile_all, is_stale, merged
from fieldstone.kernel.i18n import CATALOGUES, LOCALES

PLACE = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def catalogues() -> dict[str, Catalog]:
    return {locale: merged(CATALOGUES, locale) for locale in LOCALES}


def _texts(catalogue: Catalog) -> dict[str, list[str]]:
    """Message id -> its texts. Of a plural, both ids."""
    found: dict[str, list[str]] = {}
    for message in catalogue:
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        found.update({each: [str(text) for text in texts] for each in ids if each})
    return found


def test_every_text_is_there_in_chinese(catalogues: dict[str, Catalog]) -> None:
    known = _texts(catalogues["zh_CN"])
    said = {**messages_in_python(), **messages_in_templates()}
    missing = {text: place for text, place in said.items() if text not in known}
    assert not missing, "\n".join(f"{place}: {text}" for text, place in missing.items())


@pytest.mark.parametrize("locale", LOCALES)
def test_every_error_code_has_a_text(catalogues: dict[str, Catalog], locale: str) -> None:
    known = _texts(catalogues[locale])
    missing = {
        code: place for code, place in codes_in_python().items() if f"error.{code}" not in known
    }
    assert not missing, "\n".join(f"{place}: error.{code}" for code, place in missing.items())


def test_a_translation_has_the_places_of_its_text(catalogues: dict[str, Catalog]) -> None:
    english = _texts(catalogues["en"])
    wrong = []
    for text, translations in _texts(catalogues["zh_CN"]).items():
        allowed = set(PLACE.findall(" ".join(english.get(text, [text]))))
        for each in translations:
            if not set(PLACE.findall(each)) <= allowed:
                wrong.append(f"{text} -> {each}")
    assert not wrong, "\n".join(wrong)


def test_codes_have_texts_in_both_languages_or_in_none(catalogues: dict[str, Catalog]) -> None:
    coded = {
        locale: {text for text in _texts(catalogue) if text.startswith("error.")}
        for locale, catalogue in catalogues.items()
    }
    assert coded["en"] == coded["zh_CN"]


def test_chinese_keeps_its_spacing(catalogues: dict[str, Catalog]) -> None:
    """One space between Han and Latin letters or digits, and full-width punctuation."""
    tight = re.compile(r"[\u4e00-\u9fff](?:%\(|[A-Za-z0-9])|(?:\)s|[A-Za-z0-9])[\u4e00-\u9fff]")
    narrow = re.compile(r"[\u4e00-\u9fff][,;:?!]")
    wrong = [
        f"{text} -> {each}"
        for text, translations in _texts(catalogues["zh_CN"]).items()
        for each in translations
        if narrow.search(each) or tight.search(_without_words(each))
    ]
    assert not wrong, "\n".join(wrong)


def _without_words(text: str) -> str:
    """A place for a text in the reader's language needs no space around it."""
    return PLACE.sub("", text)


def test_two_files_may_not_disagree(tmp_path: Path) -> None:
    for locale in LOCALES:
        (tmp_path / locale).mkdir()
    first, second = (tmp_path / "en" / name for name in ("a.po", "b.po"))
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    first.write_text(head + 'msgid "error.one"\nmsgstr "One."\n', "utf-8")
    second.write_text(head + 'msgid "error.one"\nmsgstr "One."\n', "utf-8")
    compile_all(tmp_path)
    assert not is_stale(tmp_path, "en")
    second.write_text(head + 'msgid "error.one"\nmsgstr "Another."\n', "utf-8")
    assert is_stale(tmp_path, "en")
    with pytest.raises(CatalogueError, match=r"b\.po.*error\.one"):
        compile_all(tmp_path)


def test_templates_are_read_from_where_they_are() -> None:
    assert list((ROOT / "platform" / "web" / "templates").rglob("*.html"))
    assert messages_in_templates()

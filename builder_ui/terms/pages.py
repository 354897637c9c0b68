"""/setup/terms: what the organisation calls things. API names stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from fieldstone.kernel.errors import NotFound
from fieldstone.kernel.i18n import LOCALES
from fieldstone_builder import edits, links, toasts
from fieldstone_builder.checks import Faults, check, faults
from fieldstone_builder.contexts import CrumbView
from fieldstone_builder.desk import Desk
from fieldstone_builder.inputs import typed
from fieldstone_builder.marks import state_tag
from fieldstone_builder.screen import show, show_fragment
from fieldstone_builder.terms.contexts import (
    Segment,
    SetChoice,
    TermRow,
    TermsPage,
    WordCell,
)
from fieldstone_builder.terms.nouns import (
    TERM,
    default_word,
    english_plural,
    mentions,
    nouns,
    own_words,
    word,
)
from fieldstone_builder.terms.panel import panel_view, previews_of
from fieldstone_builder.words import Words

SET = "term_set"
FORMS = ("label", "plural", "measure")
NO_FAULTS = Faults()


async def list_terms(desk: Desk) -> Response:
    return _page(desk)


async def edit_term(desk: Desk) -> Response:
    noun = _noun(desk)
    return _page(desk, noun, own_words(desk.after, noun))


async def save_term(desk: Desk) -> Response:
    """Blank words are the pack's own again; with none left the term goes."""
    noun = _noun(desk)
    given = _read(await desk.form())
    operations = _with_words(desk, desk.draft.operations, noun, given)
    problems = check(desk.before, operations, [(TERM, noun)]).problems
    if problems:
        found = faults(desk, problems, (TERM, noun), lambda place: place)
        return _page(desk, noun, given, found, status=422)
    changed = operations != desk.draft.operations
    await desk.keep(operations)
    return toasts.leave(links.term_url(noun), "kept" if changed else "same")


async def reset_term(desk: Desk) -> Response:
    noun = _noun(desk)
    await desk.keep(_with_words(desk, desk.draft.operations, noun, {}))
    return toasts.leave(links.term_url(noun), "kept")


async def preview_term(desk: Desk) -> Response:
    noun = _noun(desk)
    given = _read(await desk.form())
    operations = _with_words(desk, desk.draft.operations, noun, given)
    after = check(desk.before, operations, [(TERM, noun)]).draft.after
    return show_fragment(desk, "term_preview.html", previews_of(desk, after, noun))


async def apply_set(desk: Desk) -> Response:
    """The words of a trade, all at once, into the draft."""
    name = typed(await desk.form(), "set")
    component = desk.after.get(SET, name)
    if component is None:
        raise NotFound("component_not_found", kind=SET, name=name[:100])
    operations = desk.draft.operations
    for noun, words in component.body["terms"].items():
        if noun in desk.after.objects or desk.after.get(TERM, noun):
            operations = _with_words(desk, operations, noun, words)
    changed = operations != desk.draft.operations
    await desk.keep(operations)
    return toasts.leave(f"{links.TERMS}?only=changed", "kept" if changed else "same")


def _noun(desk: Desk) -> str:
    noun = desk.path("noun")
    if noun not in nouns(desk.after):
        raise NotFound("component_not_found", kind=TERM, name=noun[:100])
    return noun


def _read(form: FormData) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name in FORMS:
        texts = {code: typed(form, f"{name}.{code}") for code in LOCALES}
        found[name] = {code: text for code, text in texts.items() if text}
    return found


def _with_words(
    desk: Desk, operations: tuple[Any, ...], noun: str, given: Mapping[str, Any]
) -> tuple[Any, ...]:
    """The operations with these words for the noun: a pack's term is changed or put back, one's
    own is made, changed or taken away."""
    key = (TERM, noun)
    body = _completed({name: dict(given.get(name) or {}) for name in FORMS})
    known = desk.before.get(*key)
    if known is not None and known.pack:
        return edits.put(desk.before, operations, key, {**(known.base or {}), **body})
    if not body:
        return edits.delete(desk.before, operations, key)
    return edits.put(desk.before, operations, key, body)


def _completed(words: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Chinese has no plural, and an English one is guessed where nobody gave it."""
    label, plural = words["label"], dict(words["plural"])
    if label.get("zh_CN"):
        plural["zh_CN"] = label["zh_CN"]
    elif "zh_CN" in plural:
        del plural["zh_CN"]
    if label.get("en") and not plural.get("en"):
        plural["en"] = english_plural(label["en"])
    found = {**words, "plural": plural}
    return {name: text for name, text in found.items() if text}


def _page(
    desk: Desk,
    noun: str = "",
    given: Mapping[str, Any] | None = None,
    found: Faults = NO_FAULTS,
    status: int = 200,
) -> Response:
    search, only = desk.asked("q").strip()[:100], desk.asked("only")
    rows = sorted((_row(desk, each, noun) for each in nouns(desk.after)), key=_order(desk))
    groups = {
        "": rows,
        "changed": [each for each in rows if each.zh.own or each.en.own],
        "missing": [each for each in rows if each.zh.missing or each.en.missing],
        "same": [each for each in rows if each.zh.same or each.en.same],
    }
    chosen = groups.get(only, rows)
    page = TermsPage(
        rows=tuple(each for each in chosen if _matches(each, search.casefold())),
        segments=_segments(desk, groups, only),
        sets=tuple(_set(desk, each.name) for each in _sets(desk)),
        search=search,
        url=links.TERMS,
        only=only,
        apply_url=f"{links.TERMS}/apply-set",
        panel=panel_view(desk, noun, given, found) if given is not None else None,
    )
    crumbs: tuple[CrumbView, ...] = (
        CrumbView(label=desk.say("Words"), url=links.TERMS if noun else ""),
    )
    if noun:
        crumbs = (*crumbs, CrumbView(label=desk.words.noun(noun)))
    return show(desk, "terms.html", page, crumbs=crumbs, block="rows", status=status)


def _sets(desk: Desk) -> Iterable[Any]:
    return sorted(desk.after.of_kind(SET), key=lambda each: (each.body.get("order", 0), each.name))


def _set(desk: Desk, name: str) -> SetChoice:
    component = desk.after.components[SET, name]
    code = desk.words.code
    words = [
        f"{desk.words.noun(noun)} → {own}"
        for noun, text in component.body["terms"].items()
        if (own := word(text, "label", code))
        and (noun in desk.after.objects or desk.after.get(TERM, noun))
    ]
    return SetChoice(
        name=name, label=desk.words.label(component), text=desk.words.joined(words[:4])
    )


def _order(desk: Desk) -> Any:
    def key(row: TermRow) -> tuple[bool, bytes]:
        shape = desk.after.objects.get(row.noun)
        in_menu = bool(shape and shape.features.get("in_menu"))
        return (not in_menu, Words.sort_key(row.noun))

    return key


def _row(desk: Desk, noun: str, current: str) -> TermRow:
    shape = desk.after.objects.get(noun)
    own = own_words(desk.after, noun)
    zh, en = word(own, "label", "zh_CN"), word(own, "label", "en")
    count = len(mentions(desk.after).get(noun, ()))
    plural = word(own, "plural", "en")
    return TermRow(
        noun=noun,
        url=links.term_url(noun),
        icon=shape.icon if shape else "language",
        color=shape.color if shape else "gray",
        zh=WordCell(
            default=default_word(desk.after, noun, "zh_CN"),
            own=zh,
            missing=bool(en and not zh),
            same=_same(desk, noun, "zh_CN"),
        ),
        en=WordCell(
            default=default_word(desk.after, noun, "en"),
            own=f"{en} / {plural}" if en and plural else en,
            missing=bool(zh and not en),
            same=_same(desk, noun, "en"),
        ),
        shown=f"{count:,}" if count else "",
        current=noun == current,
        tag=state_tag(desk, desk.draft.state(TERM, noun)),
    )


def _same(desk: Desk, noun: str, locale: str) -> str:
    """The API name of another object that is called the same."""
    if noun not in desk.after.objects:
        return ""
    return next((each for each in same_words(desk.after, locale).get(noun, ()) if each != noun), "")


def same_words(snapshot: Any, locale: str) -> Mapping[str, tuple[str, ...]]:
    """By object, all objects that have its name in this language."""
    called: dict[str, list[str]] = {}
    for name in snapshot.objects:
        called.setdefault(snapshot.term(name, locale).casefold(), []).append(name)
    return {name: tuple(each) for each in called.values() for name in each}


def _matches(row: TermRow, search: str) -> bool:
    texts = (row.noun, row.zh.default, row.zh.own, row.en.default, row.en.own)
    return not search or any(search in text.casefold() for text in texts)


def _segments(desk: Desk, groups: Mapping[str, list[TermRow]], only: str) -> tuple[Segment, ...]:
    labels = {
        "": desk.say("All"),
        "changed": desk.say("Changed"),
        "missing": desk.say("Untranslated"),
        "same": desk.say("Same words"),
    }
    return tuple(
        Segment(
            label=label,
            count=len(groups[name]),
            url=f"{links.TERMS}?only={name}" if name else links.TERMS,
            current=name == only or (not name and only not in labels),
        )
        for name, label in labels.items()
    )

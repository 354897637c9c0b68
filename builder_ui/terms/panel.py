"""The words of one noun: the form, and what they will look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldstone.kernel.i18n import translate
from fieldstone.metadata import terms
from fieldstone.metadata.components import Component
from fieldstone.metadata.snapshot import Snapshot
from fieldstone_builder import links
from fieldstone_builder.checks import Faults
from fieldstone_builder.contexts import InputView
from fieldstone_builder.desk import Desk
from fieldstone_builder.marks import state_tag
from fieldstone_builder.objects.contexts import FormView
from fieldstone_builder.terms.contexts import Preview, Sample, TermPanel
from fieldstone_builder.terms.nouns import TERM, default_word, mentions, own_words, word

SHOWN = 4
LANGUAGES = {"zh_CN": "中文", "en": "English"}


def panel_view(desk: Desk, noun: str, given: Mapping[str, Any], faults: Faults) -> TermPanel:
    shape = desk.after.objects.get(noun)
    state = desk.draft.state(TERM, noun)
    url = links.term_url(noun)
    count = len(mentions(desk.after).get(noun, ()))
    return TermPanel(
        title=desk.words.noun(noun),
        noun=noun,
        icon=shape.icon if shape else "language",
        color=shape.color if shape else "gray",
        form=FormView(
            action=url,
            submit=desk.say("Keep in the draft"),
            cancel_url=links.TERMS,
            problems=faults.summary(),
        ),
        inputs=_inputs(desk, noun, given, faults),
        previews=previews_of(desk, desk.after, noun),
        preview_url=f"{url}/preview",
        warnings=_warnings(desk, noun),
        shown=desk.words.count(
            "It stands in %(count)s text of the metadata.",
            "It stands in %(count)s texts of the metadata.",
            count,
        ),
        tag=state_tag(desk, state),
        reset_url=f"{url}/reset" if own_words(desk.after, noun) and not state else "",
        undo_url=f"{links.DRAFT}/undo" if state else "",
        undo_name=f"{TERM}:{noun}",
    )


def _inputs(
    desk: Desk, noun: str, given: Mapping[str, Any], faults: Faults
) -> tuple[InputView, ...]:
    fields = (
        ("label", "zh_CN", desk.say("Chinese")),
        ("measure", "zh_CN", desk.say("Chinese measure word")),
        ("label", "en", desk.say("English, one")),
        ("plural", "en", desk.say("English, several")),
    )
    return tuple(
        InputView(
            name=f"{form}.{code}",
            label=label,
            values=(("", word(given, form, code)),),
            placeholder=default_word(desk.after, noun, code, form),
            problems=faults.at(f"{form}.{code}", *((form,) if code == "zh_CN" else ())),
            max_length=80,
        )
        for form, code, label in fields
    )


def _warnings(desk: Desk, noun: str) -> tuple[str, ...]:
    """Other objects of the same name: the menu would show the word twice."""
    if noun not in desk.after.objects:
        return ()
    found: dict[str, None] = {}
    for code in LANGUAGES:
        mine = desk.after.term(noun, code).casefold()
        for other in desk.after.objects:
            if other != noun and desk.after.term(other, code).casefold() == mine:
                found[
                    desk.say(
                        "%(word)s is also what %(name)s is called. The menu would show it twice.",
                        {
                            "word": desk.words.quoted(terms.noun(desk.after, noun, code)),
                            "name": other,
                        },
                    )
                ] = None
    return tuple(found)


def previews_of(desk: Desk, after: Snapshot, noun: str) -> tuple[Preview, ...]:
    """The reader's own language first."""
    codes = sorted(LANGUAGES, key=lambda code: code != desk.words.code)
    return tuple(_preview(desk, after, noun, code) for code in codes)


def _preview(desk: Desk, after: Snapshot, noun: str, code: str) -> Preview:
    one, many = terms.noun(after, noun, code), terms.noun(after, noun, code, "plural")
    is_object = noun in after.objects
    return Preview(
        language=LANGUAGES[code],
        icon=after.objects[noun].icon if is_object else "language",
        menu=many if is_object else "",
        list_title=translate(code, "All %(objects)s", {"objects": many}) if is_object else "",
        new_button=translate(code, "New %(object)s", {"object": one}) if is_object else "",
        empty=translate(code, "No %(objects)s yet", {"objects": many}) if is_object else "",
        samples=tuple(_samples(desk, after, noun, code)),
    )


def _where(desk: Desk, component: Component) -> str:
    owner = desk.words.noun(component.parent) if component.parent else ""
    names = (desk.words.kind(component.kind), owner, desk.words.label(component))
    return " · ".join(dict.fromkeys(each for each in names if each))


def _samples(desk: Desk, after: Snapshot, noun: str, code: str) -> list[Sample]:
    found: dict[str, Sample] = {}
    for each in mentions(after).get(noun, ()):
        text = terms.render(each.text, after, code)
        found.setdefault(text, Sample(text=text, where=_where(desk, each.component)))
        if len(found) == SHOWN:
            break
    return list(found.values())

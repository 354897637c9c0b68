"""Page contexts as a small sales organisation would fill them, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from unit.web.sample_entry import home_page, signin_page
from unit.web.sample_form import conflict_page, form_page
from unit.web.sample_frame import Say, in_language, shell, site, with_toast
from unit.web.sample_list import empty_list, list_page
from unit.web.sample_record import record_page
from unit.web.sample_widgets import widgets_page, widgets_shown

from fieldstone.web.page_contexts import (
    ErrorPage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    template: str
    page: Callable[[Say], Any]
    current: str = "opportunity"
    framed: bool = True
    toasts: bool = False

    def context(self, locale: str, theme: str = "light") -> dict[str, Any]:
        say = in_language(locale)
        context: dict[str, Any] = {"site": site(theme), "page": self.page(say)}
        if self.framed:
            frame = shell(say, self.current)
            context["shell"] = frame if not self.toasts else with_toast(frame, say)
        return context


SAMPLES: Mapping[str, Sample] = {
    "signin": Sample(template="pages/signin.html", page=signin_page, framed=False),
    "list": Sample(template="pages/list.html", page=list_page),
    "list_filter": Sample(
        template="pages/list.html", page=lambda say: list_page(say, filtering=True)
    ),
    "list_empty": Sample(
        template="pages/list.html",
        page=lambda say: empty_list(say, filtered=False),
        current="account",
    ),
    "list_none": Sample(
        template="pages/list.html",
        page=lambda say: empty_list(say, filtered=True),
        current="account",
        toasts=True,
    ),
    "record": Sample(template="pages/record.html", page=record_page, current="account"),
    "record_history": Sample(
        template="pages/record.html",
        page=lambda say: record_page(say, tab="history"),
        current="account",
    ),
    "record_related": Sample(
        template="pages/record.html",
        page=lambda say: record_page(say, tab="related"),
        current="account",
    ),
    "form": Sample(template="pages/form.html", page=form_page, current="quote"),
    "form_conflict": Sample(template="pages/form.html", page=conflict_page, current="quote"),
    "widgets": Sample(template="pages/form.html", page=widgets_page, current=""),
    "widgets_shown": Sample(template="pages/record.html", page=widgets_shown, current=""),
    "home": Sample(template="pages/home.html", page=home_page, current="home"),
    "error_403": Sample(
        template="pages/error.html",
        page=lambda say: ErrorPage(status=403, request_id="7f3a-21c9", ask=say("何婧", "He Jing")),
    ),
    "error_404": Sample(
        template="pages/error.html",
        page=lambda _: ErrorPage(status=404, request_id="7f3a-21c9"),
        framed=False,
    ),
    "error_500": Sample(
        template="pages/error.html",
        page=lambda _: ErrorPage(status=500, request_id="7f3a-21c9", retry_url="/"),
        framed=False,
    ),
    "error_503": Sample(
        template="pages/error.html",
        page=lambda _: ErrorPage(status=503, request_id="7f3a-21c9", retry_url="/"),
        framed=False,
    ),
}

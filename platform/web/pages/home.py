"""/: what is mine, what I opened last, and the first steps of a new organisation."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from fieldstone.formula.ast import Binary, FieldRef
from fieldstone.kernel import clock
from fieldstone.kernel.errors import NotFound
from fieldstone.kernel.i18n import translate_plural
from fieldstone.metadata.field_types.days import show_day
from fieldstone.metadata.system_fields import USER_OBJECT
from fieldstone.runtime import records
from fieldstone.runtime.query import COUNT_CAP, Query
from fieldstone.runtime.transaction import Transaction
from fieldstone.web.conditions import ME, joined
from fieldstone.web.home_contexts import HomePage, ModuleCard, StepView
from fieldstone.web.pages.favourites import favourite_items
from fieldstone.web.pages.home_agenda import agenda_of
from fieldstone.web.pages.home_changes import changes_for
from fieldstone.web.pages.rendering import go_to, show, with_query
from fieldstone.web.pages.shell import APP_COOKIE, SETUP, App, apps_of, current_app
from fieldstone.web.pages.visits import recent_items
from fieldstone.web.reader import Reader

TEMPLATE = "pages/home.html"
CARDS = 8
"""Each card counts, so there are not too many."""
YEAR = 365 * 24 * 3600
MINE = Binary("=", FieldRef(("owner",)), ME)


async def show_home(request: Request, transaction: Transaction) -> Response:
    reader = Reader.of(transaction)
    app = current_app(request, apps_of(reader))
    cards = await _cards(transaction, reader, app)
    owned = [name for name in _objects(reader, app) if reader.shape(name).master is None][:CARDS]
    agenda = await agenda_of(transaction, reader, request.query_params.get("due", ""))
    page = HomePage(
        greeting=_greeting(reader, transaction),
        summary=_summary(reader, agenda.due_today if agenda else 0),
        agenda=agenda,
        changes=await changes_for(request, transaction, reader, owned),
        modules=cards,
        favourites=await favourite_items(transaction, reader),
        recents=await recent_items(request, transaction, reader),
        steps=await _steps(transaction, reader, cards),
    )
    return show(request, transaction, TEMPLATE, page, block="home_agenda")


def _greeting(reader: Reader, transaction: Transaction) -> str:
    hour = clock.now().astimezone(ZoneInfo(reader.locale.timezone)).hour
    words = (
        "Good morning, %(name)s"
        if hour < 12
        else "Good afternoon, %(name)s"
        if hour < 18
        else "Good evening, %(name)s"
    )
    return reader.say(words, {"name": transaction.session.user_name})


def _summary(reader: Reader, due: int) -> str:
    day = show_day(clock.today(reader.locale.timezone), reader.locale.code)
    if not due:
        return day
    words = translate_plural(
        reader.locale.code, "%(count)s thing is due.", "%(count)s things are due.", due
    )
    return reader.say("%(day)s. %(words)s", {"day": day, "words": words})


async def _cards(
    transaction: Transaction, reader: Reader, app: App | None
) -> tuple[ModuleCard, ...]:
    cards = []
    for name in list(_objects(reader, app))[:CARDS]:
        shape = reader.shape(name)
        mine = Query(object=name, filter=MINE)
        count = await records.count(transaction, mine) if shape.master is None else None
        may_create = reader.may("create", name)
        cards.append(
            ModuleCard(
                label=reader.noun(name, "plural"),
                url=f"/o/{name}",
                icon=shape.icon,
                color=shape.color,
                mine=min(count, COUNT_CAP) if count is not None else None,
                mine_url=with_query(f"/o/{name}", {"filter": joined([MINE])}),
                new_url=f"/o/{name}/new" if may_create else "",
                new_label=reader.say("New %(object)s", {"object": reader.noun(name)}),
            )
        )
    return tuple(cards)


def _objects(reader: Reader, app: App | None) -> Iterator[str]:
    for name, _ in app.items if app is not None else ():
        if reader.may("read", name):
            yield name


async def _steps(
    transaction: Transaction, reader: Reader, cards: tuple[ModuleCard, ...]
) -> tuple[StepView, ...]:
    """For whoever sets the organisation up, until all of it is done."""
    if "manage_metadata" not in reader.rights.system or not reader.may("read", USER_OBJECT):
        return ()
    people = await records.count(transaction, Query(object=USER_OBJECT))
    first = next((card.new_url for card in cards if card.new_url), "/")
    filled = any(card.mine for card in cards)
    adapted = any(each.delta or not each.pack for each in reader.snapshot.components.values())
    steps = (
        StepView(
            label=reader.say("Bring in your people"),
            text=reader.say("Everybody signs in with an account of their own."),
            url=f"/o/{USER_OBJECT}/new",
            icon="user-plus",
            done=people > 1,
        ),
        StepView(
            label=reader.say("Make it yours"),
            text=reader.say("Rename modules, add fields, arrange the pages."),
            url=SETUP,
            icon="adjustments",
            done=adapted,
        ),
        StepView(
            label=reader.say("Create the first record"),
            text=reader.say("One is enough to see how it all hangs together."),
            url=first,
            icon="plus",
            done=filled,
        ),
    )
    return () if all(step.done for step in steps) else steps


async def choose_app(request: Request, transaction: Transaction) -> Response:
    """Opens an app and remembers it."""
    reader = Reader.of(transaction)
    name = request.path_params["name"]
    if name not in {app.name for app in apps_of(reader)}:
        raise NotFound
    response = go_to("/")
    response.set_cookie(APP_COOKIE, name, max_age=YEAR, path="/", httponly=True, samesite="lax")
    return response

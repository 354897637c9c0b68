"""/setup/places: the pages of setup, for the command palette."""

from __future__ import annotations

from starlette.responses import Response

from fieldstone.kernel.pinyin import spelled
from fieldstone.web.api.bodies import answer
from fieldstone_builder.desk import Desk
from fieldstone_builder.links import HOME
from fieldstone_builder.rail import groups_of


async def list_places(desk: Desk) -> Response:
    items = [item for group in groups_of(desk) for item in group.items if item.url.startswith(HOME)]
    entries = [
        {
            "label": item.label,
            "url": item.url,
            "icon": item.icon,
            "color": item.color,
            "sub": desk.say("Setup"),
            "keys": " ".join(spelled(item.label)).strip(),
        }
        for item in items
    ]
    return answer([{"label": desk.say("Setup"), "items": entries}])

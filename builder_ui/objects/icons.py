"""Icons that an object can bear, by theme. All of them are among those that the sprite holds
for metadata (assets/icons.txt)."""

from __future__ import annotations

from fieldstone_builder.desk import Desk

_ICONS = {
    "people": """user users users-group user-check user-heart user-plus id id-badge-2 address-book
        heart mood-smile headset speakerphone school stethoscope""",
    "business": """building building-store building-bank building-factory building-hospital
        building-warehouse building-community briefcase businessplan certificate contract
        signature scale award trophy target""",
    "money": """coin coins cash wallet credit-card receipt receipt-2 report-money moneybag pig-money
        discount calculator currency-yuan currency-dollar""",
    "goods": """box package packages archive shopping-cart shopping-bag basket barcode qrcode tag
        tags gift ticket apple shirt bottle""",
    "work": """checklist checkbox clipboard clipboard-check clipboard-list list-check note notebook
        notes file file-text file-invoice file-description files folder calendar calendar-event
        clock alarm hourglass""",
    "talk": """mail message messages message-circle phone phone-call inbox bell news book books
        bulb flag star""",
    "places": """map map-pin world compass home home-2 hotel-service bed plane train bus car truck
        truck-delivery ship anchor parking road route""",
    "things": """tool tools hammer wand settings server database device-desktop device-laptop
        device-mobile cpu printer camera video microscope flask robot plug bolt droplet engine
        forklift tractor key lock shield""",
    "nature": """leaf plant tree sun cloud paw fish bug grape flame recycle wash weight heartbeat
        pill activity""",
}
OFFERED = {theme: tuple(names.split()) for theme, names in _ICONS.items()}


def themes(desk: Desk) -> tuple[tuple[str, tuple[str, ...]], ...]:
    words = {
        "people": desk.say("People"),
        "business": desk.say("Business"),
        "money": desk.say("Money"),
        "goods": desk.say("Goods"),
        "work": desk.say("Work and papers"),
        "talk": desk.say("Talk"),
        "places": desk.say("Places and transport"),
        "things": desk.say("Things"),
        "nature": desk.say("Nature and health"),
    }
    return tuple((words[theme], names) for theme, names in OFFERED.items())

"""The generators of demo recipes: what each makes, and from the same seed always the same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fieldstone.metadata.pack_files import load_yaml
from fieldstone.runtime.demo.days import Moment
from fieldstone.runtime.demo.model import Row, Unmakeable, World
from fieldstone.runtime.demo.recipes import read_recipes

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 18, 6, 30, tzinfo=UTC)  # a Wednesday afternoon in Shanghai
MOMENT = Moment(now=NOW, zone=ZONE)


def grown(text: str, existing: dict[str, Any] | None = None) -> World:
    read = read_recipes({"demo/a.yaml": load_yaml(text.encode())[0]})
    assert not read.problems, read.problems
    return World(read.program, MOMENT, existing)


def values(fields: str, count: int = 40) -> list[Row]:
    """The rows of a recipe with these fields."""
    lines = "\n".join(f"      {line}" for line in fields.strip().splitlines())
    return grown(f"recipes:\n  all:\n    object: x\n    count: {count}\n    fields:\n{lines}").rows(
        "all"
    )


def column(fields: str, name: str = "x", count: int = 40) -> list[Any]:
    return [row.get(name) for row in values(fields, count)]


def test_a_plain_value_stands_for_itself() -> None:
    row = values("text: blue\nnumber: 3\nexact: 0.1\nmany: [a, b]\nnothing: null", 1)[0]
    assert row.get("text") == "blue"
    assert row.get("exact") == Decimal("0.1")
    assert row.get("many") == ["a", "b"]
    assert row.get("nothing") is None


def test_the_same_seed_gives_the_same_rows_in_any_order_of_asking() -> None:
    fields = "x: {integer: 1..1000000}\ny: {integer: 1..1000000}"
    forward = [(row.get("x"), row.get("y")) for row in values(fields)]
    backward = [(row.get("y"), row.get("x")) for row in reversed(values(fields))]
    assert forward == [(x, y) for y, x in reversed(backward)]
    assert len(set(forward)) == 40


def test_choices_by_weight_alike_and_out_of_lists() -> None:
    weighted = Counter(column("x: {choice: {a: 9, b: 1}}", count=400))
    assert weighted["a"] > 300
    assert set(column("x: {choice: [a, b, c]}")) == {"a", "b", "c"}
    world = grown(
        "lists: {towns: [{name: Leeds, weight: 1}, {name: York, weight: 0}], sizes: {s: 1}}\n"
        "recipes: {all: {object: x, count: 9, fields: {t: {choice: towns}, s: {choice: sizes}}}}"
    )
    assert {row.follow(("t", "name")) for row in world.rows("all")} == {"Leeds"}
    assert {row.get("s") for row in world.rows("all")} == {"s"}


def test_shares_are_exact() -> None:
    assert Counter(column("x: {split: {a: 19, b: 14, c: 7}}")) == {"a": 19, "b": 14, "c": 7}
    assert Counter(column("x: {split: {a: 1, b: 1, c: 1}}")) == {"a": 14, "b": 13, "c": 13}
    fields = "s: {split: {on: 10, off: 30}}\nx: {split: {of: {a: 4, b: 6}, among: {s: 'on'}}}"
    rows = values(fields)
    assert Counter(row.get("x") for row in rows) == {"a": 4, "b": 6, None: 30}
    assert all((row.get("x") is None) == (row.get("s") == "off") for row in rows)


def test_cycles_maps_cases_and_chances() -> None:
    rows = values(
        "turn: {cycle: [a, b]}\n"
        "rank: {map: {of: turn, to: {a: 1}, else: {integer: 5..5}}}\n"
        "kind: {case: [{if: {turn: a, rank: {from: 1}}, then: first}, {else: other}]}\n"
        "maybe: {sometimes: {chance: 0.5, value: yes}}\nlucky: {chance: 0.0}\nsure: {chance: 1.0}"
    )
    assert [row.get("turn") for row in rows[:3]] == ["a", "b", "a"]
    assert [row.get("rank") for row in rows[:2]] == [1, 5]
    assert [row.get("kind") for row in rows[:2]] == ["first", "other"]
    assert {row.get("maybe") for row in rows} == {"yes", None}
    assert {row.get("lucky") for row in rows} == {False}
    assert {row.get("sure") for row in rows} == {True}


def test_some_of_keeps_the_order_of_its_items() -> None:
    for chosen in column("x: {some_of: {from: [a, b, c], count: 1..2}}"):
        assert chosen == sorted(set(chosen))
        assert len(chosen) in (1, 2)


def test_texts_fill_in_names_and_formats() -> None:
    rows = values(
        "a: blue\nd: {date: {between: 0d}}\nm: 1234567\nblank: null\n"
        "x: {text: '{a}/{$n:03}/{d:%Y%m}/{m:,}/{blank}.'}\ny: {text: ['{a}', green]}"
    )
    assert rows[6].get("x") == "blue/007/202603/1,234,567/."
    assert {row.get("y") for row in rows} == {"blue", "green"}
    world = grown(
        "lists: {notes: ['one {$n}', two]}\n"
        "recipes: {all: {object: x, count: 4, fields: {x: {text: {of: notes, by_turns: true}}}}}"
    )
    assert [row.get("x") for row in world.rows("all")] == ["one 1", "two", "one 3", "two"]


def test_patterns_never_repeat_their_digits() -> None:
    found = column("c: AB\nx: {pattern: '{c}-####-??'}", count=900)
    assert len({each[3:7] for each in found}) == 900
    assert all(each[:3] == "AB-" and each[8:].isupper() for each in found)
    assert len(set(column("x: {pattern: '#'}", count=10))) == 10


def test_slugs_speak_pinyin_and_tell_equal_names_apart() -> None:
    assert column("n: 王磊\nx: {slug: n}", count=1) == ["wanglei"]
    assert column("n: Ana Li\nx: {slug: {of: n, joiner: '.'}}", count=1) == ["ana.li"]
    unique = column("n: {cycle: [Ana, Ben]}\nx: {slug: {of: n, unique: true}}", count=4)
    assert unique == ["ana", "ben", "ana2", "ben2"]


def test_parts_that_are_blank_are_left_out() -> None:
    made = column("x: {make: {city: Leeds, district: null}}", count=1)
    assert made == [{"city": "Leeds"}]


def test_numbers_keep_to_their_bounds_and_steps() -> None:
    assert set(column("x: {integer: 2..4}")) == {2, 3, 4}
    steps = set(column("x: {number: {from: 0.5, to: 1.5, step: 0.5}}"))
    assert steps == {Decimal("0.5"), Decimal("1.0"), Decimal("1.5")}
    drawn = column("x: {lognormal: {median: 100, spread: 1.3, min: 10, step: 5}}", count=600)
    assert all(each % 5 == 0 and each >= 10 for each in drawn)
    ranked = sorted(drawn, reverse=True)
    assert 0.5 < sum(ranked[:120]) / sum(ranked) < 0.9  # a fifth has most of it
    capped = column("x: {lognormal: {median: 100, spread: 2, max: 150}}")
    assert max(capped) == 150


def test_sums_between_fields_are_exact() -> None:
    row = values(
        "q: 3\np: 19.99\nblank: null\n"
        "x: {round: {of: {multiply: [q, p, {subtract: [1, {divide: [15, 100]}]}]}, to: 0.01}}\n"
        "y: {add: [q, blank, 0.5]}\nz: {divide: [q, blank]}\nw: {whole: {divide: [7, 2]}}\n"
        "l: {least: [q, 2]}\ng: {greatest: [q, p]}",
        1,
    )[0]
    assert row.get("x") == Decimal("50.97")
    assert row.get("y") == Decimal("3.5")
    assert row.get("z") == 0
    assert row.get("w") == 3
    assert (row.get("l"), row.get("g")) == (2, Decimal("19.99"))


def test_days_follow_other_days_and_stop_at_a_limit() -> None:
    rows = values(
        "a: {date: {between: -30d..-20d}}\nb: {date: {between: 1d..40d, after: a, until: 0d}}\n"
        "c: {date: {weekdays: false}}\nd: '2026-03-01'\n"
        "e: {date: {between: 1d, after: d, weekdays: false}}"
    )
    today = MOMENT.today
    for row in rows:
        assert today - timedelta(30) <= row.get("a") <= today - timedelta(20)
        assert row.get("a") < row.get("b") <= today
        assert row.get("a").weekday() < 5
        assert row.get("c") == today
        assert row.get("e") == date(2026, 3, 2)


def test_instants_are_in_working_hours_and_never_too_late() -> None:
    rows = values(
        "a: {datetime: {between: -1d..0d, until: $now}}\n"
        "b: {datetime: {after: a, between: 0d..2d, until: $now}}\n"
        "c: {datetime: {between: -9d..-2d, hours: 20..22}}",
        200,
    )
    for row in rows:
        assert row.get("a") <= NOW
        assert row.get("a") <= row.get("b") <= NOW
        assert row.get("c").astimezone(ZONE).hour in (20, 21)


def test_later_counts_minutes_or_working_minutes() -> None:
    row = values(
        "a: {datetime: {between: '2d', hours: 17..18}}\n"  # a Friday, less than an hour to six
        "b: {later: {after: a, minutes: 90}}\n"
        "c: {later: {after: a, minutes: 90, working: 9..18}}\n"
        "day: {date: {between: 0d}}\nd: {later: {after: day, minutes: 61}}",
        1,
    )[0]
    assert row.get("b") - row.get("a") == timedelta(minutes=90)
    monday = row.get("c")
    assert monday.weekday() == 0
    assert monday.hour in (9, 10)
    assert row.get("d") == datetime(2026, 3, 18, 1, 1, tzinfo=ZONE)


def test_parts_of_days_and_minutes_between() -> None:
    row = values(
        "a: {date: {between: 'month_start+14d', weekdays: false}}\n"
        "b: {datetime: -1d}\nc: {later: {after: b, minutes: 75}}\n"
        "x: {minutes: {from: b, to: c}}\nq: {part: {of: a, take: quarter}}\n"
        "n: {part: {of: a, take: month_number}}",
        1,
    )[0]
    assert row.get("x") == 75
    assert row.get("q") == 1
    assert row.get("n") == 2026 * 12 + 2


FAMILY = """
recipes:
  orders:
    object: order
    count: 12
    fields:
      level: {cycle: [a, b]}
      total: {sum: {of: lines, field: amount}}
      big: {sum: {of: lines, field: amount, where: {amount: {from: 50}}}}
      lines: {count: lines}
      dearest: {max: {of: lines, field: amount}}
      usual: {average: {of: lines, field: amount}}
      oldest: {first: lines}
      paid: {sum: {of: payments, field: amount, same: {order: $self}}}
      _from: {datetime: -20d}
      _to: {datetime: -2d}
  lines:
    object: line
    per: orders
    where: {level: a}
    count: 1..3
    total: 14
    fields:
      amount: {integer: 10..99}
      number: {copy: $k}
      before: {previous: amount}
      after: {next: amount}
      at: {spread: {from: $parent._from, to: $parent._to}}
  payments:
    object: payment
    per: orders
    where: {level: a}
    count: 3
    fields:
      order: {copy: $parent}
      amount: {share: {of: $parent.total, percent: 33}}
"""


def test_children_add_up_and_siblings_know_each_other() -> None:
    world = grown(FAMILY)
    lines = world.rows("lines")
    assert len(lines) == 14
    for order in world.rows("orders"):
        own = [line for line in lines if line.parent is order]
        amounts = [line.get("amount") for line in own]
        assert bool(own) == (order.get("level") == "a")
        assert order.get("total") == sum(amounts)
        assert order.get("big") == sum(each for each in amounts if each >= 50)
        assert order.get("lines") == len(own)
        assert order.get("dearest") == max(amounts, default=None)
        assert order.get("paid") == order.get("total")
        if own:
            assert order.get("oldest") is own[0]
            assert order.get("usual") == sum(amounts) / Decimal(len(amounts))
            assert [line.get("number") for line in own] == list(range(1, len(own) + 1))
            assert [line.get("before") for line in own] == [None, *amounts[:-1]]
            assert [line.get("after") for line in own] == [*amounts[1:], None]
            times = [line.get("at") for line in own]
            assert times == sorted(times)
            assert times[0] == order.get("_from")
            assert len(own) == 1 or times[-1] == order.get("_to")


LINKS = """
groups: {everybody: [people, guests]}
recipes:
  people:
    object: person
    count: 10
    fields: {team: {cycle: [a, b]}, weight: {map: {of: $n, to: {1: 100}, else: 0.01}}}
  guests: {object: person, rows: [{team: c}]}
  visits:
    object: visit
    count: 10
    fields:
      team: {cycle: [a, b]}
      any: {ref: everybody}
      mate: {ref: {to: people, same: {team: team}}}
      heavy: {ref: {to: people, weight: weight}}
      guest: {ref: {to: everybody, where: {team: c}}}
      nobody: {ref: {to: people, where: {team: z}}}
      each: {ref: {to: people, pick: unique}}
      turn: {ref: {to: people, pick: cycle}}
      ends: [{ref: {to: people, pick: first}}, {ref: {to: people, pick: last}}]
      some: {refs: {to: people, count: 2..3}}
      all: {rows: {of: people, same: {team: team}}}
      name: {copy: [nobody.name, mate.team]}
  stays:
    object: stay
    per: visits
    count: 3
    fields: {who: {ref: {to: people, pick: distinct}}}
  steps:
    object: step
    per: visits
    each: all
    fields: {who: {copy: $item}}
"""


def test_links_find_rows() -> None:
    world = grown(LINKS)
    people, visits = world.rows("people"), world.rows("visits")
    for visit in visits:
        assert visit.get("any") in world.rows("everybody")
        assert visit.get("mate").get("team") == visit.get("team") == visit.get("name")
        assert visit.get("guest").recipe.name == "guests"
        assert visit.get("nobody") is None
        assert visit.get("turn") is people[visit.n - 1]
        assert visit.get("ends") == [people[0], people[-1]]
        assert len(set(visit.get("some"))) in (2, 3)
        assert len(visit.get("all")) == 5
    assert {visit.get("each") for visit in visits} == set(people)
    assert sum(visit.get("heavy") is people[0] for visit in visits) > 7
    for visit in visits:
        stays = [row.get("who") for row in world.rows("stays") if row.parent is visit]
        assert len(set(stays)) == 3
    assert len(world.rows("steps")) == 50


def test_a_walk_goes_along_the_path_to_its_end() -> None:
    walks = [
        (row.get("end"), row.get("walk"))
        for row in values(
            "end: {cycle: [b, won, lost]}\n"
            "walk: {walk: {along: [a, b, c], end: end, full: [won]}}\n"
        )
    ]
    for end, walk in walks:
        assert walk[0] == "a"
        assert walk[-1] == end
        if end == "b":
            assert walk == ["a", "b"]
        elif end == "won":
            assert walk == ["a", "b", "c", "won"]
        else:
            assert walk[:-1] == ["a", "b", "c"][: len(walk) - 1]
    skipped = column("end: won\nx: {walk: {along: [a, b, c, d], end: end, full: [won], skip: 0.5}}")
    assert {walk[0] for walk in skipped} == {"a"}
    assert len({tuple(walk) for walk in skipped}) > 3


def test_the_tenants_own_records_can_be_referred_to() -> None:
    text = """
recipes:
  known: {object: person, existing: true}
  visits: {object: visit, count: 3, fields: {who: {ref: {to: known, where: {name: Ada}}}}}
"""
    world = grown(text, {"known": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Ben"}]})
    assert [row.get("who").id for row in world.rows("visits")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("{a: 5}", True),
        ("{a: [4, 5]}", True),
        ("{a: [4]}", False),
        ("{a: {not: 5}}", False),
        ("{a: {not: [1, 2]}}", True),
        ("{a: {from: 5, to: 6}}", True),
        ("{a: {from: 5.1}}", False),
        ("{blank: null}", True),
        ("{blank: {from: 1}}", False),
        ("{a: {blank: false}, many: x}", True),
        ("{many: y}", False),
        ("{day: {to: '-10d'}}", True),
        ("{day: {from: '2026-01-01', to: {copy: $today}}}", True),
        ("{at: {from: '0d'}}", False),
        ("{at: {to: {copy: $now}}}", True),
        ("[{a: 1}, {a: 5}]", True),
        ("[{a: 1}, {a: 2}]", False),
    ],
)
def test_conditions(condition: str, holds: bool) -> None:
    found = column(
        "a: 5\nblank: null\nmany: [x]\nday: {date: '-20d'}\nat: {datetime: '-1d'}\n"
        f"x: {{case: [{{if: {condition}, then: true}}, {{else: false}}]}}",
        count=1,
    )
    assert found == [holds]


def test_the_first_case_that_fits_goes_before_the_fields() -> None:
    world = grown("""
recipes:
  all:
    object: x
    rows: [{n: 1}, {n: 2}, {n: 3, name: own}]
    fields: {name: usual, n: 0}
    when:
      - {if: {n: [1, 3]}, fields: {name: first}}
      - {if: {n: {to: 2}}, fields: {name: second, more: 1}}
""")
    assert [row.get("name") for row in world.rows("all")] == ["first", "second", "own"]
    assert [row.get("more") for row in world.rows("all")] == [1, 1, None]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ("a: {copy: b}\nb: {copy: a}", "demo.cycle"),
        ("a: {add: [b, 1]}\nb: blue", "demo.cannot_make"),
    ],
)
def test_what_cannot_be_made_is_told_with_its_place(fields: str, code: str) -> None:
    row = values(fields, 1)[0]
    with pytest.raises(Unmakeable) as caught:
        row.get("a")
    assert caught.value.code == code
    assert caught.value.recipe.name == "all"
    assert caught.value.field in ("a", "b")


def test_rows_that_wait_for_each_other_are_refused() -> None:
    world = grown(
        "recipes: {a: {object: x, per: b, fields: {n: 1}}, b: {object: x, per: a, fields: {n: 1}}}"
    )
    with pytest.raises(Unmakeable, match=r"demo\.cycle"):
        world.rows("a")

"""Rules that a regular expression can see. Each is tested on a good and a bad example first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from architecture.source_tree import ROOT, python_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`pattern` may match nowhere but in `rooms`."""

    name: str
    why: str
    pattern: str
    bad: str
    good: str
    rooms: tuple[str, ...] = ()


RULES = (
    Rule(
        name="no SQL text from values",
        why="values are bind parameters; identifiers come from kernel/ids.py",
        pattern=r"\b(?:text|SQL)\(\s*f[\"']",
        bad='text(f"SELECT {name}")',
        good='text("now()")',
        rooms=("platform/kernel/system_tables.py",),
    ),
    Rule(
        name="no other way to the database",
        why="pools and transactions are in kernel/db.py",
        pattern=r"\bcreate_(?:async_)?engine\(|\bAsyncConnectionPool\(",
        bad="engine = create_engine(url)",
        good="async with database.tenant(tenant) as connection:",
        rooms=("platform/kernel/db.py", "platform/kernel/migrations/run.py"),
    ),
    Rule(
        name="no other clock",
        why="tests and demo data set the time: kernel/clock.py",
        pattern=r"\bdatetime\.(?:now|utcnow|today)\(|\bdate\.today\(|\btime\.time\(",
        bad="now = datetime.now(UTC)",
        good="now = clock.now()",
        rooms=("platform/kernel/clock.py", "platform/kernel/worker.py"),
    ),
    Rule(
        name="no random ids",
        why="ids are time-ordered: kernel/ids.py",
        pattern=r"\buuid[14]\(",
        bad="id = uuid4()",
        good="id = ids.uuid7()",
    ),
    Rule(
        name="no assert",
        why="python -O removes it; use invariant() of kernel/errors.py",
        pattern=r"(?m)^\s*assert\b",
        bad="    assert rows",
        good='    invariant(rows, "a tenant has one state row")',
    ),
    Rule(
        name="no prints",
        why="events go through structlog; only the command line talks",
        pattern=r"(?m)^\s*print\(",
        bad='print("here")',
        good='log.info("published")',
        rooms=(
            "platform/cli.py",
            "platform/commands.py",
            "platform/kernel/migrations/draft.py",
            "platform/terminal.py",
        ),
    ),
    Rule(
        name="no snapshot kept alive by a cache",
        why="its answers are held by itself: metadata/remember.py",
        pattern=r"@(?:lru_)?cache\b[^\n]*\n(?:async )?def \w+\([^)]*\bSnapshot\b",
        bad="@lru_cache(maxsize=9)\ndef table_of(snapshot: Snapshot, name: str) -> Table:",
        good="@per_snapshot()\ndef table_of(snapshot: Snapshot, name: str) -> Table:",
    ),
    Rule(
        name="nothing left for later",
        why="what is not done is not here",
        pattern=r"\b(?:TODO|FIXME|XXX|HACK)\b",
        bad="# TODO: check",
        good="# a slow reader must not make others queue",
    ),
    Rule(
        name="no code from text",
        why="formulas have their own interpreter",
        pattern=r"(?<![\w.])(?:eval|exec)\(",
        bad="eval(text)",
        good="evaluate(formula, record)",
        rooms=("platform/formula/batch.py",),  # of source that it made itself
    ),
    Rule(
        name="no unreasoned silence",
        why="a type: ignore names its code and, after it, the reason",
        pattern=r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s+#\s*\S)",
        bad="x = y  # type: ignore[arg-type]",
        good="x = y  # type: ignore[arg-type]  # the library leaves it untyped",
    ),
    Rule(
        name="no wide catch but at an edge",
        why="catch what you can mend; the edges are few and named here",
        pattern=r"except (?:Base)?Exception\b",
        bad="except Exception:",
        good="except ConstraintError:",
        rooms=(
            "platform/kernel/db.py",
            "platform/kernel/job_run.py",
            "platform/kernel/relay.py",
            "platform/web/middleware.py",
        ),
    ),
    Rule(
        name="no path of one machine",
        why="it exists nowhere else",
        pattern=r"[\"' ](?:/home/|/root/|/Users/|/work/|/tmp/)",
        bad='"/home/me/data"',
        good="settings.data",
    ),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_tells_good_from_bad(rule: Rule) -> None:
    assert re.search(rule.pattern, rule.bad), "the bad example passes"
    assert not re.search(rule.pattern, rule.good), "the good example does not pass"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    found = [place for path in python_files() for place in _breaks(rule, path)]
    assert not found, f"{rule.why}: " + ", ".join(found)


def _breaks(rule: Rule, path: Path) -> list[str]:
    name = path.relative_to(ROOT).as_posix()
    if name in rule.rooms:
        return []
    content = path.read_text("utf-8")
    return [
        f"{name}:{content.count(chr(10), 0, match.start()) + 1}"
        for match in re.finditer(rule.pattern, content)
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_exception_from_a_rule_is_still_needed(rule: Rule) -> None:
    idle = [
        room
        for room in rule.rooms
        if not (ROOT / room).exists() or not re.search(rule.pattern, (ROOT / room).read_text())
    ]
    assert not idle, f"{rule.name}: {idle}"

"""Reading and checking recipes: every problem is found, each with file and line."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from fieldstone.metadata.pack_files import FileProblem, PackFiles, load_yaml, read_pack
from fieldstone.metadata.packs import candidate
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.runtime.demo.check import check_recipes, lines_of
from fieldstone.runtime.demo.generators.base import GENERATORS
from fieldstone.runtime.demo.recipes import read_recipes

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "demo_data.md"

MANIFEST = """
name: garden
version: 1.0.0
title: {en: Garden}
"""
PLANT = """
name: plant
label: {en: Plant}
name_field: {type: text}
fields:
  kind:
    type: picklist
    label: {en: Kind}
    required: true
    values: {tree: {label: {en: Tree}}, herb: {label: {en: Herb}}}
  height: {type: integer, label: {en: Height}}
  bed: {type: lookup, target: bed, label: {en: Bed}}
"""
BED = """
name: bed
label: {en: Bed}
name_field: {type: autonumber, format: "B{000}"}
fields:
  best: {type: lookup, target: plant, label: {en: Best}}
"""
LEAF = """
name: leaf
label: {en: Leaf}
name_field: {type: autonumber, format: "L{000}"}
fields:
  plant: {type: master_detail, target: plant, label: {en: Plant}}
  grown: {type: date, label: {en: Grown}}
"""


def garden(folder: Path, demo: str) -> Path:
    """A small pack with these recipes."""
    files = {
        "pack.yaml": MANIFEST,
        "objects/plant.yaml": PLANT,
        "objects/bed.yaml": BED,
        "objects/leaf.yaml": LEAF,
        "demo/all.yaml": demo,
    }
    for name, content in files.items():
        path = folder / "garden" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.lstrip("\n"), "utf-8")
    return folder / "garden"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The pack's objects over those of the base."""
    return candidate(garden(tmp_path_factory.mktemp("pack"), ""))


def problems(source: Path, snapshot: Snapshot) -> list[FileProblem]:
    return check_recipes(read_pack(source), snapshot, lines_of(source))


GOOD = """
recipes:
  beds:
    object: bed
    count: 2
    fields: {best: {ref: {to: plants, same: {bed: $self}}}}
  plants:
    object: plant
    count: 6
    fields:
      name: {text: "Plant {$n}"}
      kind: {split: {tree: 1, herb: 2}}
      bed: {ref: {to: beds, pick: cycle}}
      height: {sum: {of: leaves, field: _length}}
  leaves:
    object: leaf
    per: plants
    count: 1..3
    fields: {grown: {date: "-9d..0d"}, _length: 2}
"""


def test_good_recipes_have_no_problems(tmp_path: Path, snapshot: Snapshot) -> None:
    assert problems(garden(tmp_path, GOOD), snapshot) == []


def test_a_zip_has_the_same_lines(tmp_path: Path, snapshot: Snapshot) -> None:
    source = garden(tmp_path, GOOD.replace("tree: 1", "bush: 1"))
    with ZipFile(tmp_path / "garden.zip", "w") as archive:
        for path in source.rglob("*.yaml"):
            archive.write(path, path.relative_to(source).as_posix())
    (packed,) = problems(tmp_path / "garden.zip", snapshot)
    assert [packed] == problems(source, snapshot)
    assert (packed.file, packed.line) == ("demo/all.yaml", 11)


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("recipes:", "seeds: 1\nrecipes:", 1, "demo.unknown_key"),
        ("recipes:", "recipes: []\nx:", 1, "demo.not_mapping"),
        ("object: bed\n", "objects: bed\n", 3, "demo.unknown_key"),
        ("object: bed\n", "object: bee\n", 3, "demo.unknown_object"),
        ("count: 2", "rows: [1]", 4, "demo.not_mapping"),
        ("count: 2", "rows: {}", 2, "demo.how_many"),
        ("count: 2", "when: 5", 4, "demo.not_list"),
        ("count: 6", "count: 6\n    rows: [{kind: tree}]", 6, "demo.how_many"),
        ("count: 6", "count: 0", 6, "demo.how_many"),
        ("count: 1..3", "count: 3..1", 17, "demo.bad_argument"),
        ("count: 1..3", "count: 30000", 14, "demo.too_many_rows"),
        ("count: 1..3", "count: {choice: [tall]}", 17, "demo.cannot_make"),
        ("herb: 2", "herb: -2", 11, "demo.no_weight"),
        ('"-9d..0d"', "{between: 0d, months: {13: 2}}", 18, "demo.bad_argument"),
        ('{date: "-9d..0d"}', "{datetime: {hours: 9..9}}", 18, "demo.bad_argument"),
        ("same: {bed: $self}", "same: bed", 5, "demo.bad_argument"),
        ("per: plants", "per: plant", 16, "demo.unknown_recipe"),
        ("count: 6", "count: 6\n    like: other", 9, "demo.unknown_recipe"),
        ("tree: 1", "bush: 1", 11, "field.not_a_choice"),
        ("split: {tree: 1, herb: 2}", "split: {tree: 0}", 11, "demo.no_weight"),
        ("split: {tree", "splitt: {tree", 11, "demo.unknown_generator"),
        ("split: {tree: 1, herb: 2}", "choice: kinds", 11, "demo.unknown_list"),
        ("{$n}", "{number}", 10, "demo.unknown_name"),
        ("{$n}", "{$n:4}", 10, "demo.bad_argument"),
        ("to: beds, pick: cycle", "to: beds, pick: best", 12, "demo.bad_argument"),
        ("to: beds, pick: cycle", "pick: cycle", 12, "demo.missing_key"),
        ("to: beds, pick: cycle", "to: beds, where: 5", 12, "demo.bad_argument"),
        ("to: beds, pick", "to: leaves, pick", 12, "demo.wrong_target"),
        ("-9d..0d", "soon", 18, "demo.bad_span"),
        ("height:", "hight:", 13, "demo.unknown_field"),
        ("height:", "version:", 13, "demo.unknown_field"),
        ("height: {sum", "height: {copy: height}\n      _h: {sum", 13, "demo.cycle"),
        ("_length: 2", "_length: two", 13, "demo.cannot_make"),
        ("      kind: {split: {tree: 1, herb: 2}}\n", "", 6, "demo.required"),
        ("kind: {split: {tree: 1, herb: 2}}", "kind: {cycle: [tree, null]}", 11, "field.required"),
        ("height: {sum: {of: leaves, field: _length}}", "height: tall", 13, "field.not_a_number"),
        ("per: plants", "per: plants\n    where: {kind: bush}", 14, "demo.no_rows"),
        ("_length: 2", "_length: {part: {of: grown, take: hour}}", 18, "demo.bad_argument"),
        ("_length: 2", "_length: {number: {from: a, to: 2}}", 18, "demo.bad_argument"),
        ("_length: 2", "_length: {sometimes: {chance: 0.5}}", 18, "demo.missing_key"),
        ("_length: 2", "_length: {map: {of: grown, to: 5}}", 18, "demo.missing_key"),
        ("_length: 2", "_length: {case: 5}", 18, "demo.bad_argument"),
        ("_length: 2", "_length: {lognormal: {median: 0}}", 18, "demo.bad_argument"),
        ("_length: 2", "_length: {make: 5}", 18, "demo.bad_argument"),
        ("_length: 2", "_length: {text: 5}", 18, "demo.bad_argument"),
        ("_length: 2", "_length: {copy: 5}", 18, "demo.bad_argument"),
    ],
)
def test_each_problem_has_its_line(
    tmp_path: Path, snapshot: Snapshot, old: str, new: str, line: int, code: str
) -> None:
    assert old in GOOD
    found = problems(garden(tmp_path, GOOD.replace(old, new)), snapshot)
    assert (line, code) in [(each.line, each.problem.code) for each in found]


def test_a_condition_with_an_unknown_operator(tmp_path: Path, snapshot: Snapshot) -> None:
    wrong = GOOD.replace("pick: cycle", "where: {area: {from: 1, til: 2}}")
    assert [each.problem.code for each in problems(garden(tmp_path, wrong), snapshot)] == [
        "demo.unknown_key"
    ]


GARBAGE: tuple[Any, ...] = (
    *(None, 5, -1, 0.5, "x", "a..b", [], {}, [1], True, [None], {"x": 1}, {1: 2}, {"copy": 5}),
    *({"ref": []}, {"choice": {}}, {"split": {"of": 5}}, [[[]]], "$n", {"integer": "4..1"}),
)


def _places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items if isinstance(content, dict | list) else ():
        yield from (
            _places(value, (*path, key)) if isinstance(value, dict | list) else ((*path, key),)
        )


def test_garbage_is_a_problem_wherever_it_stands(snapshot: Snapshot) -> None:
    """A pack comes from outside: whatever it says, the check answers."""
    content = load_yaml(GOOD.encode())[0]
    places = list(_places(content))
    chosen = random.Random(7)  # noqa: S311  # no secret
    for _ in range(600):
        spoilt = deepcopy(content)
        *steps, last = chosen.choice(places)
        inner = spoilt
        for step in steps:
            inner = inner[step]
        inner[last] = deepcopy(chosen.choice(GARBAGE))
        pack = PackFiles(manifest={}, demo={"demo/all.yaml": spoilt})
        for problem in check_recipes(pack, snapshot):
            assert problem.file == "demo/all.yaml"


def test_names_count_for_all_files_together() -> None:
    one = load_yaml(b"recipes: {a: {object: x, count: 1}}")[0]
    read = read_recipes({"demo/a.yaml": one, "demo/b.yaml": one})
    assert [(each.file, each.problem.code) for each in read.problems] == [
        ("demo/b.yaml", "demo.name_twice")
    ]


def test_a_recipe_may_be_like_another() -> None:
    text = b"""
recipes:
  a: {object: x, count: 2, fields: {one: 1, two: 2}, when: [{if: {one: 1}, fields: {three: 3}}]}
  b: {like: a, count: 3, fields: {two: zwei}}
  c: {like: c, object: x, count: 1}
"""
    read = read_recipes({"demo/a.yaml": load_yaml(text)[0]})
    assert not read.problems
    assert read.program.recipes["b"].object == "x"
    assert read.program.recipes["b"].written == ["one", "two", "three"]
    assert read.program.recipes["b"].count == 3


def test_groups_may_hold_groups() -> None:
    text = b"""
groups: {all: [some, c], some: [a, b, missing], ring: [ring, a]}
recipes: {a: {object: x, count: 1}, b: {object: x, count: 1}, c: {object: x, count: 1}}
"""
    program = read_recipes({"demo/a.yaml": load_yaml(text)[0]}).program
    assert program.names("all") == ("a", "b", "c")
    assert program.names("a") == ("a",)
    assert set(program.names("ring")) == {"a"}


def test_every_generator_is_in_the_reference() -> None:
    table = PAGE.read_text("utf-8").partition("## Generators")[2]
    described = {
        name
        for row in re.findall(r"(?m)^\| ((?:`\w+` ?)+)\|", table)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert described == set(GENERATORS)


def test_the_example_of_the_reference_is_good(tmp_path: Path, snapshot: Snapshot) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert problems(garden(tmp_path, example), snapshot) == []

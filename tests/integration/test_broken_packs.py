"""A pack with mistakes: each is told with its file, its line and what to do, and nothing of the
pack is installed."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from api_world import World
from conftest import TENANT

from fieldstone.kernel.errors import Invalid
from fieldstone.metadata.packs import check_pack, install
from fieldstone.web.problems import problem_json

pytestmark = pytest.mark.anyio

MANIFEST = "name: shop\nversion: 1.0.0\ntitle: {en: Shop}\n"
OBJECT = """\
name: parcel
label: {en: Parcel, zh_CN: 包裹}
name_field: {type: text}
fields:
  weight: {type: decimal, label: {en: Weight}}
"""

FAULTS: tuple[tuple[str, str, int, str, str], ...] = (
    ("pack.yaml", "name: Shop!\nversion: 1.0.0\n", 1, "pack.bad_name", "Shop!"),
    ("pack.yaml", "name: shop\nversion: one\n", 1, "pack.bad_version", "one"),
    ("objects/parcel.yaml", "name: parcel\nlabel: {en: Parcel\n", 3, "pack.bad_yaml", ""),
    ("objects/parcel.yaml", "- parcel\n", 1, "pack.not_mapping", ""),
    ("objects/parcel.yaml", "a: &a [1]\nb: *a\n", 1, "pack.bad_yaml", ""),
    ("objects/parcel.yaml", "name: parcel\nname: parcel\n", 2, "pack.bad_yaml", ""),
    ("odd/x.yaml", "a: {}\n", 1, "pack.unknown_folder", "odd"),
    (
        "objects/parcel.yaml",
        OBJECT + "  height: {type: decimal}\n",
        6,
        "schema.missing",
        "label",
    ),
    (
        "objects/parcel.yaml",
        OBJECT + "  height:\n    type: decimal\n    label: {en: H}\n    sclae: 1\n",
        9,
        "schema.did_you_mean",
        "scale",
    ),
    (
        "objects/parcel.yaml",
        OBJECT + "  to: {type: lookup, label: {en: To}, target: persn}\n",
        6,
        "metadata.mentions_unknown",
        "persn",
    ),
    (
        "list_views/parcel.yaml",
        "parcel.heavy:\n  label: {en: Heavy}\n  columns: [name]\n  filter: wieght > 5\n",
        4,
        "formula.unknown_field",
        "wieght",
    ),
)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "text", "line", "code", "said"), FAULTS, ids=[f"{f[3]}-{f[4]}" for f in FAULTS]
)
async def test_file_line_and_text(
    world: World, tmp_path: Path, file: str, text: str, line: int, code: str, said: str
) -> None:
    files = {"pack.yaml": MANIFEST, "objects/parcel.yaml": OBJECT, file: text}
    pack = write(tmp_path / "shop", files)
    found = [each for each in check_pack(pack) if each.problem.code == code]
    assert [(each.file, each.line) for each in found] == [(file, line)]
    for locale in ("en", "zh_CN"):
        shown = problem_json(found[0].problem, locale)
        assert said in shown["message"] + shown["hint"]
        assert not shown["message"].startswith("error.")
    before = await world.caller("admin").get("/versions")
    with pytest.raises(Invalid) as refused:
        await install(world.installation.database, TENANT, pack)
    places = {each.path for each in refused.value.problems}
    assert f"{file}:{line}" in places
    assert await world.caller("admin").get("/versions") == before
    await world.caller("admin").get("/describe/parcel", status=404)


async def test_a_good_one_is_installed(world: World, tmp_path: Path) -> None:
    pack = write(tmp_path / "shop", {"pack.yaml": MANIFEST, "objects/parcel.yaml": OBJECT})
    assert check_pack(pack) == []
    await install(world.installation.database, TENANT, pack)
    made = await world.caller("admin").post("/records/parcel", {"name": "P", "weight": "1.5"})
    assert made["weight"] == "1.50"


@pytest.mark.parametrize("name", ["../evil.yaml", "/evil.yaml", "objects/../../evil.yaml"])
async def test_a_zip_cannot_reach_outside(tmp_path: Path, name: str) -> None:
    path = tmp_path / "shop.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("pack.yaml", MANIFEST)
        archive.writestr("objects/parcel.yaml", OBJECT)
        archive.writestr(name, "name: evil\n")
    assert check_pack(path) == []
    assert not (tmp_path / "evil.yaml").exists()


async def test_what_is_no_zip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "shop.zip"
    path.write_bytes(b"not a zip at all")
    assert "pack.not_a_zip" in {each.problem.code for each in check_pack(path)}


async def test_a_zip_that_blows_up_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.zip"
    with ZipFile(path, "w", compression=8) as archive:
        archive.writestr("pack.yaml", MANIFEST)
        for index in range(3):
            archive.writestr(f"demo/{index}.yaml", b" " * 1_999_000)
        archive.writestr("demo/big.yaml", b" " * 30_000_000)
    assert path.stat().st_size < 100_000
    assert "pack.too_large" in {each.problem.code for each in check_pack(path)}

"""Reading a pack: YAML files to components' documents, every problem with file, line and hint."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from fieldstone.kernel.errors import Problem
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.operations import Operation

MAX_ENTRIES = 5000
MAX_FILE_BYTES = 2_000_000
MAX_BYTES = 20_000_000
PACK_NAME = re.compile(r"^[a-z][a-z0-9_]{1,39}$")
SEMVER = re.compile(r"^\d+\.\d+\.\d+$")
OBJECT_PARTS = {
    "fields": "field",
    "record_types": "record_type",
    "paths": "path",
    "validation_rules": "validation_rule",
}
FOLDERS = {kind.folder: kind for kind in KINDS.values()}
FREE_FOLDERS = ("demo",)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileProblem:
    """A problem with where it is: `file` within the pack, `line` from 1."""

    file: str
    line: int
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    file: str
    lines: Mapping[tuple[str, ...], int]
    prefix: tuple[str, ...]

    def line(self, path: tuple[str, ...]) -> int:
        """The line of the nearest thing in the file to this path of the document."""
        steps = (*self.prefix, *path)
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps, 1)


@dataclass(slots=True, kw_only=True)
class PackFiles:
    """A pack as read: its manifest, its documents in the order to apply them, and where each
    stood. `demo` holds the recipes of demo data by file."""

    manifest: dict[str, Any]
    operations: list[Operation] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    demo: dict[str, Any] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)
    content_hash: str = ""

    @property
    def name(self) -> str:
        return str(self.manifest.get("name", ""))

    @property
    def version(self) -> str:
        return str(self.manifest.get("version", ""))


def read_pack(source: Path) -> PackFiles:
    """A folder or a zip. Never raises for what is in it: see `problems`."""
    pack = PackFiles(manifest={})
    digest = hashlib.sha256()
    for name, content in _files(source, pack):
        digest.update(name.encode() + b"\0" + content)
        _read_file(pack, name, content)
    _check_manifest(pack)
    _sort(pack)
    pack.content_hash = digest.hexdigest()
    return pack


def _files(source: Path, pack: PackFiles) -> Iterator[tuple[str, bytes]]:
    entries = sorted(_zip_entries(source, pack) if source.is_file() else _folder_entries(source))
    total = 0
    for index, (name, content) in enumerate(entries):
        total += len(content)
        if index >= MAX_ENTRIES or total > MAX_BYTES or len(content) > MAX_FILE_BYTES:
            _problem(pack, name, 1, "pack.too_large")
            return
        yield name, content


def _folder_entries(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*.yaml"):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _zip_entries(file: Path, pack: PackFiles) -> Iterator[tuple[str, bytes]]:
    """Sizes are looked at before anything is unpacked: a small file can hold very much."""
    try:
        with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
            entries = [each for each in archive.infolist() if _is_document(each.filename)]
            sizes = [each.file_size for each in entries]
            if (
                len(sizes) > MAX_ENTRIES
                or sum(sizes) > MAX_BYTES
                or max(sizes, default=0) > (MAX_FILE_BYTES)
            ):
                _problem(pack, file.name, 1, "pack.too_large")
                return
            for entry in entries:
                yield entry.filename.replace("\\", "/"), archive.read(entry)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        _problem(pack, file.name, 1, "pack.not_a_zip")


def _is_document(name: str) -> bool:
    """A YAML file inside the pack's own folder."""
    clean = name.replace("\\", "/")
    inside = ".." not in clean.split("/") and not clean.startswith("/")
    return clean.endswith(".yaml") and inside


def _read_file(pack: PackFiles, name: str, content: bytes) -> None:
    parsed = _parsed(pack, name, content)
    if parsed is None:
        return
    data, lines = parsed
    folder, _, _ = name.rpartition("/")
    if name == "pack.yaml":
        pack.manifest = data
    elif folder == "objects":
        _read_object(pack, name, data, lines)
    elif folder in FREE_FOLDERS:
        pack.demo[name] = data
    elif folder in FOLDERS:
        for key, body in data.items():
            place = Place(file=name, lines=lines, prefix=(str(key),))
            _add(pack, FOLDERS[folder].name, str(key), body, place)
    else:
        _problem(pack, name, 1, "pack.unknown_folder", folder=folder, known=", ".join(FOLDERS))


def _parsed(
    pack: PackFiles, name: str, content: bytes
) -> tuple[dict[str, Any], dict[tuple[str, ...], int]] | None:
    try:
        data, lines = load_yaml(content)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        _problem(pack, name, line, "pack.bad_yaml", detail=str(error.problem or ""))
        return None
    except (yaml.YAMLError, UnicodeDecodeError):
        _problem(pack, name, 1, "pack.bad_yaml", detail="")
        return None
    if not isinstance(data, dict):
        _problem(pack, name, 1, "pack.not_mapping")
        return None
    return data, lines


def _read_object(
    pack: PackFiles, file: str, data: dict[str, Any], lines: Mapping[tuple[str, ...], int]
) -> None:
    name = str(data.get("name", ""))
    own = {key: value for key, value in data.items() if key not in (*OBJECT_PARTS, "name")}
    _add(pack, "object", name, own, Place(file=file, lines=lines, prefix=()))
    for part, kind in OBJECT_PARTS.items():
        items = data.get(part) or {}
        if not isinstance(items, dict):
            _problem(pack, file, lines.get((part,), 1), "pack.not_mapping")
            continue
        for order, (local, body) in enumerate(items.items()):
            if isinstance(body, dict) and kind != "path":
                body = {"order": (order + 1) * 16, **body}
            place = Place(file=file, lines=lines, prefix=(part, str(local)))
            _add(pack, kind, f"{name}.{local}", body, place)


def _add(pack: PackFiles, kind: str, name: str, body: Any, place: Place) -> None:
    if not isinstance(body, dict):
        _problem(pack, place.file, place.line(()), "pack.not_mapping")
        return
    pack.operations.append(Operation(op="create", kind=kind, name=name, body=body))
    pack.places.append(place)


def _check_manifest(pack: PackFiles) -> None:
    if not PACK_NAME.match(pack.name):
        _problem(pack, "pack.yaml", 1, "pack.bad_name", name=pack.name[:60])
    if not SEMVER.match(pack.version):
        _problem(pack, "pack.yaml", 1, "pack.bad_version", version=pack.version[:60])


def _sort(pack: PackFiles) -> None:
    """Objects before their fields, value sets before both: the order of the kinds."""
    order = {name: index for index, name in enumerate(KINDS)}
    pairs = sorted(
        zip(pack.operations, pack.places, strict=True), key=lambda pair: order[pair[0].kind]
    )
    pack.operations = [operation for operation, _ in pairs]
    pack.places = [place for _, place in pairs]


def _problem(pack: PackFiles, file: str, line: int, code: str, **params: Any) -> None:
    problem = Problem(code=code, params=params)
    pack.problems.append(FileProblem(file=file, line=line, problem=problem))


class _Loader(yaml.CSafeLoader):
    """YAML without its surprises: `on`, `no` and dates stay the text they look like."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
    ]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))


def load_yaml(content: bytes) -> tuple[Any, dict[tuple[str, ...], int]]:
    """The data, and the line of every key and item by its path. Refuses aliases: they can blow
    a small file up to any size."""
    loader = _Loader(content.decode("utf-8-sig"))
    try:
        node = loader.get_single_node()
        if node is None:
            return None, {}
        lines: dict[tuple[str, ...], int] = {}
        _note_lines(node, (), lines, set())
        return loader.construct_document(node), lines
    finally:
        loader.dispose()


def _note_lines(
    node: yaml.Node, path: tuple[str, ...], lines: dict[tuple[str, ...], int], seen: set[int]
) -> None:
    if id(node) in seen or len(path) > 50:
        raise yaml.MarkedYAMLError(problem="alias", problem_mark=node.start_mark)
    seen.add(id(node))
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            step = (*path, str(key.value))
            if step in lines:
                raise yaml.MarkedYAMLError(
                    problem=f"duplicate key {key.value}", problem_mark=key.start_mark
                )
            lines[step] = key.start_mark.line + 1
            _note_lines(value, step, lines, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, (*path, str(index)), lines, seen)

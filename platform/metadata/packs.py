"""Installing a pack: the route of any change, with the pack's documents as its first step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

import fieldstone_packs
from fieldstone.kernel.db import Database
from fieldstone.kernel.errors import Invalid, Problem
from fieldstone.kernel.session import Session, Tenant
from fieldstone.kernel.system_tables import pack as pack_table
from fieldstone.metadata import validate
from fieldstone.metadata.operations import Components, Operation, Source, apply_operations
from fieldstone.metadata.pack_files import FileProblem, PackFiles, Place, read_pack
from fieldstone.metadata.publish import Proposal, Publication, Published, publish
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.store import snapshot_of

BASE = "base"


def built_in() -> dict[str, Path]:
    """The packs that come with the program, by name."""
    root = Path(next(iter(fieldstone_packs.__path__)))
    return {path.parent.name: path.parent for path in sorted(root.glob("*/pack.yaml"))}


def locate(name_or_path: str) -> Path:
    """A pack's folder or zip by the name of a built-in pack or by its path."""
    known = built_in()
    if name_or_path in known:
        return known[name_or_path]
    path = Path(name_or_path)
    if not path.exists():
        raise Invalid.one("pack.not_found", name=name_or_path, known=", ".join(known))
    return path


def check_pack(source: Path, others: Mapping[str, Path] | None = None) -> list[FileProblem]:
    """Everything wrong with a pack, as if it were installed over the packs it depends on."""
    pack = read_pack(source)
    components: Components = {}
    for needed in dependencies(pack, others or built_in()):
        components = _proposed(needed, components).components
    proposal = _proposed(pack, components)
    found = list(pack.problems)
    found.extend(_placed(pack, problem) for problem in proposal.problems)
    after = snapshot_of("", 1, proposal.components)
    own = {operation_key(operation) for operation in pack.operations}
    found.extend(_placed_by_key(pack, problem) for problem in validate.problems(after, own))
    return found


def candidate(source: Path, others: Mapping[str, Path] | None = None) -> Snapshot:
    """The metadata that a tenant with this pack and those it needs would have."""
    pack = read_pack(source)
    components: Components = {}
    for each in [*dependencies(pack, others or built_in()), pack]:
        components = _proposed(each, components).components
    return snapshot_of("", 1, components)


def operation_key(operation: Operation) -> tuple[str, str]:
    return (operation.kind, operation.name)


def dependencies(pack: PackFiles, others: Mapping[str, Path]) -> list[PackFiles]:
    """What must be installed before, in order; `base` is needed by all."""
    wanted = list(pack.manifest.get("depends") or {})
    if pack.name != BASE and BASE not in wanted:
        wanted.insert(0, BASE)
    found: list[PackFiles] = []
    for name in wanted:
        if name not in others:
            raise Invalid.one("pack.not_found", name=name, known=", ".join(others))
        needed = read_pack(others[name])
        found.extend(
            each
            for each in [*dependencies(needed, others), needed]
            if each.name not in {known.name for known in found}
        )
    return found


async def install(
    database: Database, tenant: Tenant, source: Path, session: Session | None = None
) -> list[Published]:
    """Installs the pack and what it depends on, each as one version; what is already there in
    the same version is left alone. Raises Invalid with every problem, file and line."""
    pack = read_pack(source)
    installed = await _installed(database, tenant)
    published = []
    for each in [*dependencies(pack, built_in()), pack]:
        if installed.get(each.name) == each.content_hash:
            continue
        if each.problems:
            raise _refusal(each.problems)
        publication = _publication(each, session)
        try:
            published.append(await publish(database, tenant, publication))
        except Invalid as error:
            raise _refusal([_at_home(each, problem) for problem in error.problems]) from error
    return published


def _publication(pack: PackFiles, session: Session | None) -> Publication:
    return Publication(
        title=pack.manifest.get("title") or pack.name,
        propose=_proposer(pack),
        user_id=session.user_id if session else None,
        pack={
            "name": pack.name,
            "version": pack.version,
            "content_hash": pack.content_hash,
            "manifest": pack.manifest,
        },
    )


async def _installed(database: Database, tenant: Tenant) -> dict[str, str]:
    """The content hash of each pack the tenant has."""
    async with database.tenant(tenant) as connection:
        rows = await connection.fetch(select(pack_table.c.name, pack_table.c.content_hash))
    return {row["name"]: row["content_hash"] for row in rows}


def _proposer(pack: PackFiles) -> Any:
    def propose(before: Components) -> Proposal:
        return _proposed(pack, before)

    return propose


def _proposed(pack: PackFiles, before: Components) -> Proposal:
    live = {each.key: each for each in before.values() if not each.deleted}
    operations = [
        Operation(
            op="update" if operation_key(each) in live else "create",
            kind=each.kind,
            name=each.name,
            body=each.body,
        )
        for each in pack.operations
    ]
    source = Source(pack=pack.name, pack_version=pack.version)
    applied = apply_operations(before, operations, source)
    return Proposal(
        components=applied.components,
        operations=applied.operations,
        problems=applied.problems,
        notices=applied.notices,
    )


def _refusal(found: Iterable[FileProblem]) -> Invalid:
    problems = [replace(each.problem, path=f"{each.file}:{each.line}") for each in found]
    return Invalid("pack_invalid", problems=problems)


def _at_home(pack: PackFiles, problem: Problem) -> FileProblem:
    """A problem of the pack's operations, or of the metadata that they lead to."""
    of_operation = problem.path.startswith("operations.")
    return _placed(pack, problem) if of_operation else _placed_by_key(pack, problem)


def _placed(pack: PackFiles, problem: Problem) -> FileProblem:
    """`operations.12.body.label` back to the file and line it came from."""
    steps = problem.path.split(".")
    place = pack.places[int(steps[1])]
    return _at(place, tuple(steps[3:] if steps[2:3] == ["body"] else steps[2:]), problem)


def _placed_by_key(pack: PackFiles, problem: Problem) -> FileProblem:
    """`field.quote.total.default` back to the file and line it came from."""
    for operation, place in zip(pack.operations, pack.places, strict=True):
        head = f"{operation.kind}.{operation.name}"
        if problem.path == head or problem.path.startswith(head + "."):
            longer = [
                each
                for each in pack.operations
                if f"{each.kind}.{each.name}".startswith(head + ".")
                and problem.path.startswith(f"{each.kind}.{each.name}")
            ]
            if not longer:
                return _at(place, tuple(problem.path[len(head) + 1 :].split(".")), problem)
    return FileProblem(file="pack.yaml", line=1, problem=problem)


def _at(place: Place, path: tuple[str, ...], problem: Problem) -> FileProblem:
    return FileProblem(file=place.file, line=place.line(path), problem=problem)

"""Operations of a changeset, applied to the components of a version. Pure.

An operation is {"op": create | update | delete | restore | rename, "kind", "name", "body"};
a rename's body is {"to": the new API name}."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from fieldstone.kernel.errors import Problem
from fieldstone.kernel.i18n import pick
from fieldstone.kernel.ids import API_NAME, API_NAME_LENGTH, derive_api_name, uuid7
from fieldstone.metadata.codec import decoded, decoded_patch
from fieldstone.metadata.codes import with_codes
from fieldstone.metadata.components import Component, delta_for
from fieldstone.metadata.kinds.base import Kind
from fieldstone.metadata.kinds.registry import KINDS
from fieldstone.metadata.merge import Body, patched
from fieldstone.metadata.physical import with_physical
from fieldstone.metadata.rename import renamed
from fieldstone.metadata.rollup_columns import with_fitting_rollups
from fieldstone.metadata.schema_check import schema_problems
from fieldstone.metadata.snapshot import Snapshot
from fieldstone.metadata.system_fields import RESERVED_NAMES

Components = Mapping[UUID, Component]
OPS = ("create", "update", "delete", "restore", "rename")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    op: str
    kind: str
    name: str
    body: Body = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"op": self.op, "kind": self.kind, "name": self.name, "body": dict(self.body)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """`operations` are as understood (names derived, new items in order); `notices` tell what was
    derived."""

    components: Components
    operations: tuple[Operation, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Whose operations these are: a pack's (they write the base) or the tenant's (the delta)."""

    pack: str = ""
    pack_version: str = ""


TENANT = Source()


def read_operations(raw: object) -> tuple[list[Operation], list[Problem]]:
    """Operations from JSON, with every problem of their shape."""
    if not isinstance(raw, list):
        return [], [Problem(code="changeset.operations_missing", path="operations")]
    operations, problems = [], []
    for index, entry in enumerate(raw):
        path = f"operations.{index}"
        problem = _shape_problem(entry, path)
        if problem:
            problems.append(problem)
            continue
        body = entry.get("body") or {}
        if entry["op"] == "create":  # the store of drafts keeps no order of its own
            body = decoded(KINDS[entry["kind"]], body)
        operations.append(
            Operation(
                op=entry["op"], kind=entry["kind"], name=str(entry.get("name") or ""), body=body
            )
        )
    return operations, problems


def _shape_problem(entry: object, path: str) -> Problem | None:
    if not isinstance(entry, Mapping):
        return Problem(code="changeset.operation_not_object", path=path)
    if entry.get("op") not in OPS:
        return Problem(
            code="changeset.unknown_op", path=f"{path}.op", params={"known": ", ".join(OPS)}
        )
    if not isinstance(entry.get("kind"), str) or entry["kind"] not in KINDS:
        return Problem(
            code="changeset.unknown_kind",
            path=f"{path}.kind",
            params={"kind": str(entry.get("kind"))[:60], "known": ", ".join(KINDS)},
        )
    if not isinstance(entry.get("body") or {}, Mapping):
        return Problem(code="changeset.body_not_object", path=f"{path}.body")
    return None


def apply_operations(
    components: Components, operations: Iterable[Operation], source: Source = TENANT
) -> Applied:
    """All operations in turn; a faulty one is reported and left out, the rest go on."""
    work = _Work(components, source)
    for index, operation in enumerate(operations):
        work.apply(operation, f"operations.{index}")
    return Applied(
        components=with_fitting_rollups(components, work.components),
        operations=tuple(work.done),
        problems=tuple(work.problems),
        notices=tuple(work.notices),
    )


class _Work:
    """The state of one application: the components so far and what was found."""

    def __init__(self, components: Components, source: Source) -> None:
        self.published = components
        self.components: dict[UUID, Component] = dict(components)
        self.live = {each.key: each for each in components.values() if not each.deleted}
        self.gone = {each.key: each for each in components.values() if each.deleted}
        self.source = source
        self.done: list[Operation] = []
        self.problems: list[Problem] = []
        self.notices: list[Problem] = []

    def apply(self, operation: Operation, path: str) -> None:
        kind = KINDS[operation.kind]
        {
            "create": self._create,
            "update": self._update,
            "delete": self._delete,
            "restore": self._restore,
            "rename": self._rename,
        }[operation.op](kind, operation, path)

    def _create(self, kind: Kind, operation: Operation, path: str) -> None:
        name = self._new_name(kind, operation, path)
        if not name:
            return
        operation = replace(operation, name=name)
        if (kind.name, name) in self.live:
            self._problem("metadata.name_taken", f"{path}.name", name=name)
            return
        body = self._with_codes(kind, decoded(kind, operation.body), {}, path)
        operation = replace(operation, body=body)
        if self._schema_faults(kind, body, path):
            return
        component = Component(
            id=uuid7(),
            kind=kind.name,
            name=name,
            pack=self.source.pack,
            pack_version=self.source.pack_version,
            base=body if self.source.pack else None,
            delta=None if self.source.pack else body,
        )
        self._put(with_physical(component, self.components.values()), operation)

    def _update(self, kind: Kind, operation: Operation, path: str) -> None:
        current = self.live.get((kind.name, operation.name))
        if current is None:
            self._problem("metadata.unknown", f"{path}.name", name=operation.name[:100])
            return
        if self.source.pack:
            body = decoded(kind, operation.body)
            updated = replace(
                current,
                base=body,
                pack=self.source.pack,
                pack_version=self.source.pack_version,
            )
        else:
            patch = decoded_patch(kind, current.body, operation.body)
            patch = self._with_codes(kind, patch, current.body.get("values") or {}, path)
            patch = keeping_values(kind, patch)
            operation = replace(operation, body=patch)
            body = patched(current.body, patch)
            updated = replace(current, delta=delta_for(current, body))
        if not self._schema_faults(kind, body, path) and self._unlocked(current, body, path):
            self._put(self._from_published(updated), operation)

    def _delete(self, kind: Kind, operation: Operation, path: str) -> None:
        current = self.live.get((kind.name, operation.name))
        if current is None:
            self._problem("metadata.unknown", f"{path}.name", name=operation.name[:100])
            return
        for component in self._with_parts(current, self.live.values()):
            self._hide(component)
        self.done.append(operation)

    def _restore(self, kind: Kind, operation: Operation, path: str) -> None:
        hidden = self.gone.get((kind.name, operation.name))
        if hidden is None or hidden.key in self.live:
            self._problem("metadata.not_deleted", f"{path}.name", name=operation.name[:100])
            return
        if hidden.parent and ("object", hidden.parent) not in self.live:
            self._problem("metadata.object_deleted", f"{path}.name", name=hidden.parent)
            return
        for component in self._with_parts(hidden, list(self.gone.values())):
            if component.key not in self.live:
                self._show(component)
        self.done.append(operation)

    def _rename(self, kind: Kind, operation: Operation, path: str) -> None:
        """Everything that names the field is written anew with it."""
        current = self.live.get((kind.name, operation.name))
        if current is None:
            self._problem("metadata.unknown", f"{path}.name", name=operation.name[:100])
            return
        wanted = str(operation.body.get("to") or "")
        if kind.name != "field" or current.pack:
            self._problem("metadata.name_fixed", f"{path}.name", name=operation.name[:100])
            return
        if not API_NAME.match(wanted) or len(wanted) > API_NAME_LENGTH or wanted in RESERVED_NAMES:
            self._problem("metadata.name_unusable", f"{path}.body.to", name=wanted[:100])
            return
        if ("field", f"{current.parent}.{wanted}") in self.live:
            self._problem("metadata.name_taken", f"{path}.body.to", name=wanted)
            return
        shape = Snapshot(tenant="", version=0, components=dict(self.live), hidden=dict(self.gone))
        changed = list(renamed(shape, current, wanted))
        del self.live[current.key]
        for each in changed:
            self.components[each.id] = each
            self.live[each.key] = each
        self.done.append(operation)

    @staticmethod
    def _with_parts(component: Component, among: Iterable[Component]) -> list[Component]:
        if component.kind != "object":
            return [component]
        return [component, *(each for each in among if each.parent == component.name)]

    def _from_published(self, component: Component) -> Component:
        """With the columns that the published ones lead to: what the same changeset thought of
        in between was never made."""
        published = self.published.get(component.id)
        fresh = replace(component, physical=published.physical if published else {})
        others = [each for each in self.components.values() if each.id != component.id]
        return with_physical(fresh, [*others, published] if published else others)

    def _put(self, component: Component, operation: Operation) -> None:
        self.components[component.id] = component
        self.live[component.key] = component
        self.done.append(operation)

    def _hide(self, component: Component) -> None:
        """As it was published: what the same changeset changed before is dropped, and what it
        made before never was."""
        del self.live[component.key]
        published = self.published.get(component.id)
        if published is None:
            del self.components[component.id]
            return
        hidden = replace(published, deleted=True)
        self.components[component.id] = hidden
        self.gone[component.key] = hidden

    def _show(self, component: Component) -> None:
        shown = replace(component, deleted=False)
        self.components[component.id] = shown
        self.live[component.key] = shown
        del self.gone[component.key]

    def _new_name(self, kind: Kind, operation: Operation, path: str) -> str:
        """The API name to use: the given one if it is good, else one derived from it."""
        owner, dot, local = operation.name.partition(".")
        if kind.of_object and (not dot or ("object", owner) not in self.live):
            self._problem("metadata.unknown_object", f"{path}.name", name=owner[:100])
            return ""
        given = local if kind.of_object else operation.name
        prefix = f"{owner}." if kind.of_object else ""
        if kind.name == "field" and given in RESERVED_NAMES:
            self._problem("metadata.name_reserved", f"{path}.name", name=given)
            return ""
        if API_NAME.match(given) and len(given) <= API_NAME_LENGTH:
            return prefix + given
        taken = {each[1].removeprefix(prefix) for each in self.live if each[0] == kind.name}
        derived = derive_api_name(given or _label(operation.body), taken | RESERVED_NAMES)
        if not derived:
            self._problem("metadata.name_missing", f"{path}.name")
            return ""
        if given:
            self.notices.append(
                Problem(
                    code="metadata.name_derived",
                    path=f"{path}.name",
                    params={"given": given[:100], "name": derived},
                )
            )
        return prefix + derived

    def _with_codes(
        self, kind: Kind, body: dict[str, Any], there: Mapping[str, Any], path: str
    ) -> dict[str, Any]:
        if self.source.pack:  # whose files say exactly what they mean
            return body
        coded, notices = with_codes(kind, body, there, f"{path}.body")
        self.notices.extend(notices)
        return coded

    def _schema_faults(self, kind: Kind, body: Body, path: str) -> bool:
        faults = schema_problems(kind, body, f"{path}.body")
        self.problems.extend(faults)
        return bool(faults)

    def _unlocked(self, current: Component, body: Body, path: str) -> bool:
        """What may never change once it exists: targets of links, the kind of name."""
        before = current.body
        locked = []
        if current.kind == "field":
            locked = [key for key in ("target", "targets") if before.get(key) != body.get(key)]
            if before.get("type") != body.get("type"):
                locked = []
                published = self.published.get(current.id)
                if published is not None and published.deleted:
                    self._problem("metadata.restore_first", f"{path}.body.type")
                    return False
        for key in locked:
            self._problem("metadata.locked", f"{path}.body.{key}", key=key)
        return not locked

    def _problem(self, code: str, path: str, **params: Any) -> None:
        self.problems.append(Problem(code=code, path=path, params=params))


def keeping_values(kind: Kind, patch: dict[str, Any]) -> dict[str, Any]:
    """Removing a picklist value hides it: records may hold it, and it can be brought back."""
    values = patch.get("values")
    if "values" not in kind.named_items or not isinstance(values, Mapping):
        return patch
    kept = {name: {"deleted": True} if item is None else item for name, item in values.items()}
    return {**patch, "values": kept}


def _label(body: Body) -> str:
    label = body.get("label")
    if isinstance(label, Mapping):
        return pick({k: str(v) for k, v in label.items()}, "en")
    return str(label or "")

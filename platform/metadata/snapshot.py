"""A snapshot: every published component of one tenant at one version, indexed and immutable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from fieldstone.kernel.i18n import Text, pick
from fieldstone.metadata.codec import ordered
from fieldstone.metadata.components import Component, Key
from fieldstone.metadata.field_types.base import FieldType
from fieldstone.metadata.field_types.polymorphic import ANY
from fieldstone.metadata.field_types.registry import FIELD_TYPES
from fieldstone.metadata.results import COMPUTED, result_of
from fieldstone.metadata.system_fields import NAME_FIELD_LABEL, SYSTEM_FIELDS, USER_OBJECT

Config = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of one object. `columns` are the physical names by ending; `config` is the body
    with the values of its value set filled in. The `type` of a computed field is that of its
    value."""

    id: UUID
    object: str
    name: str
    type: FieldType
    config: Config
    columns: Mapping[str, str]
    junction: str = ""
    system: bool = False
    pack: str = ""

    @property
    def label(self) -> Text:
        label: Text = self.config.get("label") or {"en": self.name}
        return label

    @property
    def column(self) -> str:
        return self.columns.get("", "")

    @property
    def computed(self) -> str:
        """formula, rollup, or empty for what people enter."""
        declared = self.config.get("type")
        return str(declared) if declared in COMPUTED else ""

    @property
    def formula(self) -> str:
        """The text of a formula field."""
        return str(self.config["formula"]) if self.computed == "formula" else ""

    @property
    def single(self) -> bool:
        """Has one value, stored or computed, that a query can name."""
        return bool(self.columns or self.formula)

    @property
    def required(self) -> bool:
        return bool(self.config.get("required")) or self.type.name == "master_detail"

    @property
    def unique(self) -> bool:
        return bool(self.config.get("unique") or self.config.get("external_id"))

    @property
    def read_only(self) -> bool:
        automatic = self.type.name == "autonumber" or bool(self.computed)
        return automatic or bool(self.config.get("read_only"))

    @property
    def target(self) -> str:
        return str(self.config.get("target") or "")

    @property
    def is_reference(self) -> bool:
        """A single link to a record of one known object."""
        return bool(self.target) and bool(self.columns)

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, Any]]:
        """A picklist's values in their order, removed ones included."""
        return dict(ordered(self.config.get("values")))


@dataclass(frozen=True, kw_only=True)
class Object:
    id: UUID
    name: str
    body: Config
    table: str
    fields: Mapping[str, Field]
    record_types: Mapping[str, Config]
    pack: str = ""

    @property
    def label(self) -> Text:
        label: Text = self.body["label"]
        return label

    @property
    def plural(self) -> Text:
        plural: Text = self.body.get("plural") or self.label
        return plural

    @property
    def icon(self) -> str:
        return str(self.body.get("icon") or "box")

    @property
    def color(self) -> str:
        return str(self.body.get("color") or "gray")

    @property
    def features(self) -> Config:
        features: Config = self.body.get("features") or {}
        return features

    @property
    def search_fields(self) -> tuple[str, ...]:
        wanted = self.body.get("search") or ["name"]
        return tuple(name for name in wanted if name in self.fields)

    @cached_property
    def master(self) -> Field | None:
        """The link to the record this one is a detail of."""
        return next((f for f in self.fields.values() if f.type.name == "master_detail"), None)

    @cached_property
    def stored(self) -> tuple[tuple[str, str, str], ...]:
        """Where a row keeps each field: its name, its column, and the column of the object's name
        where a link may lead to several objects."""
        return tuple(
            (f.name, f.column, f.columns.get("_object", ""))
            for f in self.fields.values()
            if f.columns
        )

    @cached_property
    def polymorphic(self) -> tuple[str, ...]:
        """The fields whose links may lead to several objects."""
        return tuple(name for name, _, of_object in self.stored if of_object)

    @cached_property
    def own_fields(self) -> tuple[Field, ...]:
        """What the object's document declares: the name, then the fields in their order."""
        return tuple(f for f in self.fields.values() if not f.system)


@dataclass(frozen=True)
class Snapshot:
    """`tenant` and `version` are its identity. `components` are the live ones by (kind, name);
    `hidden` the deleted ones, kept for restore."""

    tenant: str
    version: int
    components: Mapping[Key, Component]
    hidden: Mapping[Key, Component] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.tenant, self.version))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and (self.tenant, self.version, id(self.components)) == (
            other.tenant,
            other.version,
            id(other.components),
        )

    @cached_property
    def objects(self) -> Mapping[str, Object]:
        return MappingProxyType(
            {
                component.name: self._object(component)
                for component in self.of_kind("object")
                if component.physical.get("table")
            }
        )

    def of_kind(self, kind: str) -> Iterator[Component]:
        return iter(self._by_kind.get(kind, ()))

    def of_object(self, kind: str, object_name: str) -> tuple[Component, ...]:
        """The object's components of a kind, in their order."""
        return self._by_object.get((kind, object_name), ())

    def get(self, kind: str, name: str) -> Component | None:
        return self.components.get((kind, name))

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Component, ...]]:
        return _grouped(self.components.values(), lambda component: component.kind)

    @cached_property
    def _by_object(self) -> Mapping[tuple[str, str], tuple[Component, ...]]:
        return _grouped(
            (component for component in self.components.values() if component.parent),
            lambda component: (component.kind, component.parent),
        )

    @cached_property
    def children(self) -> Mapping[str, tuple[Field, ...]]:
        """For each object, the fields of other objects that point at it."""
        found: dict[str, list[Field]] = {}
        for shape in self.objects.values():
            for each in shape.fields.values():
                if each.target and not each.system:
                    found.setdefault(each.target, []).append(each)
        return {name: tuple(fields) for name, fields in found.items()}

    @cached_property
    def fields_by_id(self) -> Mapping[UUID, Field]:
        return {f.id: f for shape in self.objects.values() for f in shape.fields.values()}

    @cached_property
    def remembered(self) -> dict[Any, dict[Any, Any]]:
        """What remember.py keeps of it: answers by function and arguments."""
        return {}

    def term(self, noun: str, locale: str, form: str = "label") -> str:
        """What the tenant calls an object or another noun, as it is written: terms.py fills in
        the nouns it is made of. `form` is label, plural, measure. A term that has no word in
        this language leaves the object's own there."""
        kinds = (self.components.get((kind, noun)) for kind in ("term", "object"))
        bodies = [each.body for each in kinds if each is not None]
        forms = (form, "label") if form == "plural" else (form,)
        for body in bodies:
            for each in forms:
                if word := (body.get(each) or {}).get(locale):
                    return str(word)
        for body in bodies:
            for each in forms:
                if word := pick(body.get(each), locale):
                    return word
        return "" if ("object", noun) in self.components else noun

    @cached_property
    def _with_activities(self) -> list[str]:
        """The objects that tasks, calls and files may be attached to."""
        return [
            component.name
            for component in self.of_kind("object")
            if (component.body.get("features") or {}).get("activities")
        ]

    def _object(self, component: Component) -> Object:
        body = component.body
        record_types = {
            each.local_name: each.body for each in self.of_object("record_type", component.name)
        }
        fields: dict[str, Field] = {"name": _name_field(component, body)}
        for each in self.of_object("field", component.name):
            fields[each.local_name] = self._field(each)
        for name, config in SYSTEM_FIELDS.items():
            fields[name] = _system_field(component, name, config, record_types)
        return Object(
            id=component.id,
            name=component.name,
            body=body,
            table=component.physical["table"],
            fields=MappingProxyType(fields),
            record_types=record_types,
            pack=component.pack,
        )

    def _field(self, component: Component) -> Field:
        kind, config = result_of(component.body, self._body_of)
        value_set = self.components.get(("value_set", str(config.get("value_set"))))
        if value_set is not None:
            config["values"] = value_set.body.get("values", {})
        if config.get("type") == "user":
            config["target"] = USER_OBJECT
        if ANY in config.get("targets", ()):
            config["targets"] = self._with_activities
        return Field(
            id=component.id,
            object=component.parent,
            name=component.local_name,
            type=kind,
            config=config,
            columns=component.physical.get("columns", {}),
            junction=component.physical.get("junction", ""),
            pack=component.pack,
        )

    def _body_of(self, name: str) -> Config | None:
        """The document of `object.field`, those that nobody declared included."""
        component = self.components.get(("field", name))
        if component is not None:
            return component.body
        owner, _, local = name.partition(".")
        shape = self.components.get(("object", owner))
        if shape is None:
            return None
        return shape.body["name_field"] if local == "name" else SYSTEM_FIELDS.get(local)


def _grouped(components: Iterable[Component], key: Any) -> dict[Any, tuple[Component, ...]]:
    groups: dict[Any, list[Component]] = {}
    for component in components:
        groups.setdefault(key(component), []).append(component)
    return {
        name: tuple(sorted(group, key=lambda each: (each.body.get("order", 0), each.name)))
        for name, group in groups.items()
    }


def _name_field(component: Component, body: Config) -> Field:
    config = {"label": NAME_FIELD_LABEL, "length": 255, "required": True, **body["name_field"]}
    return Field(
        id=uuid5(component.id, "name"),
        object=component.name,
        name="name",
        type=FIELD_TYPES[config["type"]],
        config=config,
        columns={"": "name"},
        pack=component.pack,
    )


def _system_field(
    component: Component, name: str, config: Config, record_types: Mapping[str, Config]
) -> Field:
    if name == "record_type":
        values = {
            code: {"label": body["label"], "order": body.get("order", index)}
            for index, (code, body) in enumerate(record_types.items())
        }
        config = {**config, "values": values}
    if config["type"] == "user":
        config = {**config, "target": USER_OBJECT}
    return Field(
        id=uuid5(component.id, name),
        object=component.name,
        name=name,
        type=FIELD_TYPES[config["type"]],
        config=config,
        columns={"": name},
        system=True,
    )

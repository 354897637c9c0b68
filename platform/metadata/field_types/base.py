"""What one kind of field means. A kind is one class in one file; `registry.py` lists them.

Nine members, no more (docs/decisions/0004): what only one type needs stays in that type."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy.types import TypeEngine

from fieldstone.formula.types import Type
from fieldstone.kernel.errors import Problem
from fieldstone.kernel.i18n import Locale, Text

Config = Mapping[str, Any]
"""The field's body as its document says it: type, label, required … and the type's own keys.
A picklist's `values` are already those of its value set: {code: {"label", "color", "order"}}."""


class BadValue(ValueError):
    """A value that the type refuses. `code` is a message id of docs/errors.md."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def problem(self, path: str) -> Problem:
        return Problem(code=self.code, path=path, params=self.params)


class FieldType(ABC):
    name: ClassVar[str]
    label: ClassVar[Text]
    config_schema: ClassVar[Mapping[str, Any]] = {}
    """JSON Schema of the keys this type adds to a field's body; a key listed under
    "required" there must be given."""
    operators: ClassVar[tuple[str, ...]]
    """Comparisons that a filter on this field offers, in the order the builder shows them."""
    widget: ClassVar[str]
    """Name of the macros in templates/widgets/ that show, edit and filter the value."""

    @abstractmethod
    def columns(self, config: Config) -> Mapping[str, TypeEngine[Any]]:
        """The field's columns by ending: {"": Text()} for most; a polymorphic lookup adds
        "_object"; empty when the values live elsewhere (many to many)."""

    @abstractmethod
    def formula_type(self, config: Config) -> Type: ...

    @abstractmethod
    def parse(self, raw: Any, locale: Locale, config: Config) -> Any:
        """A JSON value, or the text a person typed or a file held, to the value that is
        stored; None for blank. Idempotent on its own results. Raises BadValue."""

    @abstractmethod
    def format(self, value: Any, locale: Locale, config: Config) -> str:
        """The value as a person reads it; "" for None. `parse(format(v)) == v` where the
        format loses nothing."""

"""All kinds, in the order in which a changeset applies them."""

from __future__ import annotations

from fieldstone.kernel.registry import Registry
from fieldstone.metadata.kinds import documents, shapes
from fieldstone.metadata.kinds.base import Kind

KINDS: Registry[Kind] = Registry("kind")
for _kind in (
    documents.VALUE_SET,
    shapes.OBJECT,
    shapes.FIELD,
    documents.RECORD_TYPE,
    documents.PATH_KIND,
    documents.VALIDATION_RULE,
    documents.LAYOUT,
    documents.LIST_VIEW,
    documents.COMPACT_LAYOUT,
    documents.APP,
    documents.TERM,
    documents.TERM_SET,
    documents.PERMISSION_SET,
):
    KINDS.add(_kind)

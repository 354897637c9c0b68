"""Every route of the builder. All of them need the permission to change the metadata."""

from __future__ import annotations

from starlette.routing import Route

from fieldstone_builder import home, names, places
from fieldstone_builder.designer import pages as designer
from fieldstone_builder.desk import reading, writing
from fieldstone_builder.fields import data, deletion, pages, table
from fieldstone_builder.formula import pages as formula
from fieldstone_builder.links import (
    BIN,
    DERIVE,
    DRAFT,
    FILL_RATES,
    FORMULA,
    HOME,
    NEW_FIELD,
    NEW_LAYOUT,
    NEW_OBJECT,
    NEW_RULE,
    NEW_VALUE_SET,
    OBJECTS,
    PLACES,
    PUBLISH,
    TERMS,
    VALUE_SETS,
    VERSIONS,
)
from fieldstone_builder.objects import index, layouts, overview, record_types, relations, wizard
from fieldstone_builder.publish import draft_pages
from fieldstone_builder.publish import pages as publish
from fieldstone_builder.rules import pages as rules
from fieldstone_builder.terms import pages as terms
from fieldstone_builder.value_sets import pages as value_sets
from fieldstone_builder.versions import pages as versions
from fieldstone_builder.versions import recycle, restore

_OBJECT = f"{OBJECTS}/{{object}}"
_FIELDS = f"{_OBJECT}/fields"
_FIELD = f"{_FIELDS}/{{field}}"
_TYPES = f"{_OBJECT}/record-types"
_LAYOUTS = f"{_OBJECT}/layouts"
_LAYOUT = f"{_LAYOUTS}/{{layout}}"
_RULES = f"{_OBJECT}/rules"
_RULE = f"{_RULES}/{{rule}}"
_SET = f"{VALUE_SETS}/{{name}}"
_VERSION = f"{VERSIONS}/{{number}}"

ROUTES: tuple[Route, ...] = (
    reading(HOME, home.show_home),
    reading(PLACES, places.list_places),
    reading(DERIVE, names.derive_name),
    reading(FORMULA, formula.show_formula),
    writing(FORMULA, formula.save_formula),
    reading(OBJECTS, index.list_objects),
    reading(NEW_OBJECT, wizard.show_new_object),
    writing(OBJECTS, wizard.create_object),
    reading(_OBJECT, overview.show_overview),
    writing(_OBJECT, overview.save_overview),
    writing(f"{_OBJECT}/delete", overview.delete_object),
    reading(f"{_OBJECT}/relations", relations.show_relations),
    reading(_LAYOUTS, layouts.show_layouts),
    writing(_LAYOUTS, designer.save_layout),
    reading(f"{_LAYOUTS}/{NEW_LAYOUT}", designer.new_layout),
    reading(_LAYOUT, designer.edit_layout),
    writing(_LAYOUT, designer.save_layout),
    writing(f"{_LAYOUT}/delete", designer.delete_layout),
    reading(f"{_OBJECT}/used-by", relations.show_used_by),
    reading(_TYPES, record_types.show_record_types),
    writing(_TYPES, record_types.save_record_type),
    writing(f"{_TYPES}/{{type}}", record_types.save_record_type),
    writing(f"{_TYPES}/{{type}}/delete", record_types.delete_record_type),
    reading(_RULES, rules.list_rules),
    writing(_RULES, rules.save_rule),
    reading(f"{_RULES}/{NEW_RULE}", rules.new_rule),
    reading(_RULE, rules.edit_rule),
    writing(_RULE, rules.save_rule),
    writing(f"{_RULE}/delete", rules.delete_rule),
    reading(_FIELDS, table.show_fields),
    writing(_FIELDS, pages.save_field),
    reading(f"{_FIELDS}/{FILL_RATES}", table.show_fill),
    reading(f"{_FIELDS}/{NEW_FIELD}", pages.new_field),
    reading(f"{_FIELDS}/{NEW_FIELD}/form", pages.redraw_field, "POST"),
    reading(f"{_FIELDS}/{NEW_FIELD}/form/preview", pages.preview_field, "POST"),
    reading(_FIELD, pages.edit_field),
    writing(_FIELD, pages.save_field),
    reading(f"{_FIELD}/form", pages.redraw_field, "POST"),
    reading(f"{_FIELD}/form/preview", pages.preview_field, "POST"),
    reading(f"{_FIELD}/trial", data.try_type, "POST"),
    reading(f"{_FIELD}/used", pages.show_used),
    reading(f"{_FIELD}/data", data.show_data),
    reading(f"{_FIELD}/uses", data.show_uses),
    reading(f"{_FIELD}/delete", deletion.ask_delete),
    writing(f"{_FIELD}/delete", deletion.delete_field),
    reading(VALUE_SETS, value_sets.list_sets),
    writing(VALUE_SETS, value_sets.save_set),
    reading(NEW_VALUE_SET, value_sets.new_set),
    reading(_SET, value_sets.edit_set),
    writing(_SET, value_sets.save_set),
    writing(f"{_SET}/delete", value_sets.delete_set),
    reading(f"{_SET}/uses", value_sets.show_set_uses),
    reading(TERMS, terms.list_terms),
    writing(f"{TERMS}/apply-set", terms.apply_set),
    reading(f"{TERMS}/{{noun}}", terms.edit_term),
    writing(f"{TERMS}/{{noun}}", terms.save_term),
    reading(f"{TERMS}/{{noun}}/preview", terms.preview_term, "POST"),
    writing(f"{TERMS}/{{noun}}/reset", terms.reset_term),
    reading(PUBLISH, publish.show_publish),
    writing(PUBLISH, publish.publish),
    reading(f"{PUBLISH}/jobs/{{id}}", publish.show_job),
    writing(f"{DRAFT}/discard", draft_pages.discard_draft),
    writing(f"{DRAFT}/undo", draft_pages.undo_change),
    writing(f"{DRAFT}/reopen/{{id}}", draft_pages.reopen_draft),
    writing(f"{DRAFT}/adopt/{{id}}", draft_pages.adopt_other),
    writing(f"{DRAFT}/discard/{{id}}", draft_pages.discard_other),
    writing(f"{DRAFT}/resume/{{id}}", draft_pages.resume_refused),
    reading(VERSIONS, versions.list_versions),
    reading(f"{VERSIONS}/compare", versions.compare_versions),
    reading(_VERSION, versions.show_version),
    reading(f"{_VERSION}/restore", restore.show_restore),
    writing(f"{_VERSION}/restore", restore.restore),
    reading(BIN, recycle.show_bin),
    writing(f"{BIN}/restore", recycle.restore_deleted),
)

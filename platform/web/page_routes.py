"""The routes of the generated pages, in one list."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from fieldstone.web.pages import (
    board,
    board_moves,
    bulk,
    bulk_job,
    calendar,
    cells,
    export,
    favourites,
    files,
    form,
    form_live,
    home,
    inline,
    list_builder,
    list_columns,
    lookup,
    palette,
    preferences,
    record,
    search,
    signin,
    view_actions,
)
from fieldstone.web.pages import list as lists
from fieldstone.web.routes import open_route, tenant_route

MANY = "/o/{object}"
ONE = "/o/{object}/{id:uuid}"
VIEW = "/o/{object}/views/{view}"


def page_routes() -> Sequence[Route]:
    return (
        open_route("/sign-in", signin.show_sign_in),
        open_route("/sign-in", signin.sign_in, "POST"),
        tenant_route("/sign-out", signin.sign_out, "POST"),
        open_route("/preferences", preferences.set_preferences, "POST"),
        tenant_route("/", home.show_home),
        tenant_route("/app/{name}", home.choose_app),
        tenant_route("/search", search.show_search),
        tenant_route("/search/suggest", search.suggest),
        tenant_route("/palette", palette.show_palette),
        tenant_route("/mine", palette.show_mine),
        tenant_route(MANY, lists.show_list),
        tenant_route(f"{MANY}/condition", lists.show_condition),
        tenant_route(f"{MANY}/bulk/{{action}}", bulk.show_bulk, "POST"),
        tenant_route("/bulk/{id:uuid}", bulk_job.show_job),
        tenant_route("/bulk/{id:uuid}/undo", bulk_job.undo_job, "POST"),
        tenant_route(f"{MANY}/export", export.export_list),
        tenant_route(f"{MANY}/filter", list_builder.show_builder),
        tenant_route(f"{MANY}/filter", list_builder.change_builder, "POST"),
        tenant_route(f"{MANY}/columns", list_columns.show_columns),
        tenant_route(f"{VIEW}/columns", list_columns.choose_columns, "POST"),
        tenant_route(f"{VIEW}/widths", list_columns.set_widths, "POST"),
        tenant_route(f"{MANY}/views", view_actions.create_view, "POST"),
        tenant_route(f"{VIEW}/save", view_actions.save_view, "POST"),
        tenant_route(f"{VIEW}/rename", view_actions.rename_view, "POST"),
        tenant_route(f"{VIEW}/undo", view_actions.undo_changes, "POST"),
        tenant_route(f"{VIEW}/pin", view_actions.pin_view, "POST"),
        tenant_route(f"{VIEW}/default", view_actions.default_view, "POST"),
        tenant_route(f"{VIEW}/delete", view_actions.delete_view, "POST"),
        tenant_route(f"{VIEW}/restore", view_actions.undelete_view, "POST"),
        tenant_route(f"{MANY}/board", board.show_board),
        tenant_route(f"{MANY}/board/lane", board.show_lane),
        tenant_route(f"{ONE}/board", board_moves.move_card, "POST"),
        tenant_route(f"{MANY}/calendar", calendar.show_calendar),
        tenant_route(f"{ONE}/calendar", calendar.move_entry, "POST"),
        tenant_route(f"{MANY}/new", form.show_new),
        tenant_route(f"{MANY}/new", form.create_record, "POST"),
        tenant_route(f"{MANY}/new/state", form_live.show_new_state, "POST"),
        tenant_route(ONE, record.show_record),
        tenant_route(f"{ONE}/edit", form.show_edit),
        tenant_route(f"{ONE}/edit", form.update_record, "POST"),
        tenant_route(f"{ONE}/state", form_live.show_edit_state, "POST"),
        tenant_route(f"{ONE}/delete", record.delete_record, "POST"),
        tenant_route(f"{ONE}/restore", record.restore_record, "POST"),
        tenant_route(f"{ONE}/star", favourites.show_star),
        tenant_route(f"{ONE}/star", favourites.toggle_star, "POST"),
        tenant_route(f"{ONE}/path/{{path}}/{{stage}}", record.move_stage, "POST"),
        tenant_route(f"{ONE}/field/{{field}}", inline.show_field),
        tenant_route(f"{ONE}/field/{{field}}", inline.save_field, "POST"),
        tenant_route(f"{ONE}/peek", record.show_peek),
        tenant_route(f"{ONE}/cell/{{field}}", cells.show_cell),
        tenant_route(f"{ONE}/cell/{{field}}", cells.save_cell, "POST"),
        tenant_route("/lookup/{object}/{field}", lookup.find_linked),
        tenant_route("/lookup-object/{target}", lookup.find_records),
        tenant_route("/regions", lookup.list_regions),
        tenant_route("/files", files.upload_file, "POST"),
        tenant_route("/files/{id:uuid}", files.download_file),
    )

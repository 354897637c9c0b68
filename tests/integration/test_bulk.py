"""One change of many records: tried first, at once or as a job, its result, and the way back."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from uuid import UUID

import psycopg
import pytest
from api_world import operation
from conftest import TENANT
from page_world import FRAGMENT, Office
from sqlalchemy import func, select

from fieldstone.kernel.job_run import run_job
from fieldstone.kernel.system_tables import history
from fieldstone.runtime.bulk_jobs import cause_of

pytestmark = pytest.mark.anyio

SITES = """
    INSERT INTO t_acme.site (id, version, name, size, created_at, modified_at)
    SELECT uuidv7(), 1, 'S' || n, 1, now(), now() FROM generate_series(1, %s) AS n
"""
RULE = operation(
    "validation_rule",
    "site.no_thirteen",
    {
        "label": {"en": "No thirteen", "zh_CN": "没有十三"},
        "message": {"en": "Thirteen stays as it is.", "zh_CN": "十三不能改。"},
        "when": "name = 'S13' AND size = 2",
        "field": "size",
    },
)


def filled(office: Office, count: int) -> None:
    with psycopg.connect(office.world.urls.owner) as raw:
        raw.execute(SITES, [count])


async def work(office: Office, job_id: str) -> None:
    await run_job(office.world.installation, TENANT.key, UUID(job_id))


async def sized(office: Office, size: int) -> int:
    found = await office.admin.get("/records/site", filter=f"size = {size}", count="exact", limit=1)
    return int(found["count"])


async def entries(office: Office, job_id: str) -> list[int]:
    """How often each record was changed by the job."""
    async with office.world.installation.database.tenant(TENANT) as connection:
        rows = await connection.fetch_tuples(
            select(func.count())
            .where(history.c.cause == cause_of(UUID(job_id)))
            .group_by(history.c.record_id)
        )
    return [row[0] for row in rows]


async def test_a_trial_changes_nothing_and_the_change_is_taken_back(office: Office) -> None:
    await office.admin.publish([RULE])
    filled(office, 500)
    change = {"filter": "size = 1", "set": {"size": 2}}
    told = await office.rep.post("/bulk/site", {**change, "dry_run": True}, 200)
    assert (told["selected"], told["tried"], told["changed"], told["failed"]) == (500, 500, 499, 1)
    assert told["reasons"][0] == {
        "code": "rule.refused", "path": "size", "message": "Thirteen stays as it is.",
        "hint": "", "count": 1,
    }  # fmt: skip
    assert await sized(office, 2) == 0

    started = await office.rep.post("/bulk/site", change, 202)
    assert await sized(office, 2) == 0
    await work(office, started["job"])
    shown = await office.rep.get(f"/jobs/{started['job']}")
    assert (shown["status"], shown["done"], shown["total"]) == ("done", 500, 500)
    assert shown["result"]["changed"] == 499 and len(shown["result"]["failures"]) == 1
    assert shown["result"]["reasons"][0]["message"] == "Thirteen stays as it is."
    assert await sized(office, 2) == 499

    one = (await office.admin.get("/records/site", filter='name = "S1"'))["records"][0]
    await office.admin.patch(f"/records/site/{one['id']}", {"size": 9})
    await office.admin.post(f"/jobs/{started['job']}/undo", {}, 404)  # not hers
    undone = await office.rep.post(f"/jobs/{started['job']}/undo", {}, 202)
    await work(office, undone["job"])
    assert await sized(office, 1) == 499 and await sized(office, 9) == 1
    left = (await office.rep.get(f"/jobs/{undone['job']}"))["result"]
    assert left["changed"] == 498 and left["reasons"][0]["code"] == "bulk.changed_since"
    await office.rep.post(f"/jobs/{started['job']}/undo", {}, 409)


async def test_ids_of_all_kinds_and_deleting(office: Office) -> None:
    made = await office.admin.post(
        "/records/site", {"records": [{"name": f"N{n}", "size": 1} for n in range(30)]}
    )
    ids = [each["id"] for each in made["records"]]
    await office.admin.delete(f"/records/site/{ids[0]}")
    told = await office.rep.post("/bulk/site", {"ids": ids, "set": {"size": 2}}, 200)
    assert (told["status"], told["changed"], told["failed"]) == ("done", 29, 1)
    assert told["reasons"][0]["code"] == "record.not_found"
    again = await office.rep.post("/bulk/site", {"ids": ids[1:], "set": {"size": 2}}, 200)
    assert (again["changed"], again["unchanged"]) == (0, 29)

    gone = await office.rep.post("/bulk/site", {"ids": ids[1:11], "delete": True}, 200)
    assert gone["changed"] == 10 and await sized(office, 2) == 19
    back = await office.rep.post(f"/jobs/{gone['job']}/undo", {}, 200)
    assert back["changed"] == 10 and await sized(office, 2) == 29


async def test_what_is_refused_before_anything_happens(office: Office) -> None:
    site = await office.admin.post("/records/site", {"name": "North", "size": 1})
    one: dict[str, Any] = {"ids": [site["id"]]}
    rep, looker = office.rep, office.world.caller("looker")
    for wrong in (one, {"set": {"size": 3}}, {**one, "delete": True, "set": {"size": 3}}):
        await rep.post("/bulk/site", wrong, 400)
    found = await rep.post("/bulk/site", {**one, "set": {"created_at": "x", "memo": "hush"}}, 422)
    assert [each["path"] for each in found["problems"]] == ["set.created_at", "set.memo"]
    await rep.post("/bulk/site", {"filter": "nothing = 1", "delete": True}, 422)
    await rep.post("/bulk/ledger", {"filter": "", "delete": True}, 404)
    await looker.post("/bulk/site", {**one, "set": {"size": 2}}, 403)
    await looker.post("/bulk/site", {**one, "delete": True, "dry_run": True}, 403)
    assert await sized(office, 1) == 1
    await rep.post("/bulk/site", {**one, "set": {"size": 2}}, 200)
    assert await sized(office, 2) == 1


async def test_a_worker_that_is_stopped_goes_on_where_it_was(office: Office) -> None:
    filled(office, 2500)
    tried = {"filter": "", "set": {"size": 2}, "dry_run": True}
    told = await office.rep.post("/bulk/site", tried, 200)
    assert (told["selected"], told["tried"], told["changed"]) == (2500, 2500, 2500)
    started = await office.rep.post("/bulk/site", {"filter": "", "set": {"size": 2}}, 202)
    running = asyncio.create_task(work(office, started["job"]))
    while not (await office.rep.get(f"/jobs/{started['job']}"))["done"]:
        await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert 0 < await sized(office, 2) < 2500, "it was stopped in the middle"
    await work(office, started["job"])
    assert await sized(office, 2) == 2500
    counts = await entries(office, started["job"])
    assert len(counts) == 2500 and set(counts) == {1}


async def test_rights_are_asked_again_when_the_job_runs(office: Office) -> None:
    filled(office, 60)
    change = {"filter": "", "set": {"size": 2}}
    first = await office.rep.post("/bulk/site", change, 202)
    me = (await office.rep.get("/session"))["user_id"]
    await office.admin.patch(f"/records/user/{me}", {"permission_sets": []})
    await work(office, first["job"])
    assert await sized(office, 2) == 0
    await office.admin.patch(f"/records/user/{me}", {"permission_sets": ["staff"]})
    assert (await office.rep.get(f"/jobs/{first['job']}"))["result"]["refused"]
    second = await office.rep.post("/bulk/site", change, 202)
    await work(office, second["job"])
    assert await sized(office, 2) == 60


async def test_the_dialog_tells_first_and_then_does(office: Office) -> None:
    rep = await office.browser("rep")
    filled(office, 60)
    page = await rep.get("/o/site?view=all")
    assert '/o/site/bulk/edit"' in page and '/o/site/bulk/delete"' in page
    ids = re.findall(r'name="id" value="([\w-]+)"', page.text)[:2]
    chosen = [("query", "view=all"), *(("id", each) for each in ids)]
    dialog = await rep.post("/o/site/bulk/edit", chosen, 200)
    assert '<option value="size">' in dialog and "memo" not in dialog
    asked = [*chosen, ("field", "size"), ("size", "2")]
    checked = await rep.post("/o/site/bulk/edit", [*asked, ("step", "check")], 200)
    assert "2 records selected" in checked and "2 can be changed" in checked
    assert await sized(office, 2) == 0
    done = await rep.post("/o/site/bulk/edit", [*asked, ("step", "run")], 204)
    job_id = re.search(r'"id": "([\w-]+)"', done.headers["hx-trigger"])
    assert job_id and await sized(office, 2) == 2
    panel = await rep.get(f"/bulk/{job_id.group(1)}", headers=FRAGMENT)
    assert "2 records changed." in panel and "/undo" in panel
    other = await office.browser("admin")
    await other.get(f"/bulk/{job_id.group(1)}", 404)

    everything = [("all", "1"), ("query", "view=all&filter=size+%3D+1")]
    check = await rep.post("/o/site/bulk/delete", everything, 200)
    assert "58 records selected" in check and "58 go to the recycle bin" in check
    run = await rep.post("/o/site/bulk/delete", [*everything, ("step", "run")], 204)
    job_id = re.search(r'"id": "([\w-]+)"', run.headers["hx-trigger"])
    assert job_id
    assert "Waiting for a worker" in await rep.get(f"/bulk/{job_id.group(1)}")
    await work(office, job_id.group(1))
    assert "58 records moved to the recycle bin." in await rep.get(f"/bulk/{job_id.group(1)}")
    assert await sized(office, 1) == 0
    bin_ = await rep.get("/o/site?bin=1")
    assert '/o/site/bulk/restore"' in bin_
    looker = await office.browser("looker")
    assert 'id="bulk"' not in await looker.get("/o/site")
    await looker.post("/o/site/bulk/delete", [*chosen, ("step", "run")], 403)

"""The list as a file: what it holds, in which encoding, for whom, and what a spreadsheet must not
take for a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any
from urllib.parse import unquote

import psycopg
import pytest
from conftest import TENANT
from page_world import Browser, Office
from sqlalchemy import select

from fieldstone.kernel.system_tables import audit

pytestmark = pytest.mark.anyio

EVIL = '=HYPERLINK("http://evil")'
MANY = """
    INSERT INTO t_acme.site (id, version, name, size, created_at, modified_at)
    SELECT uuidv7(), 1, 'S' || n, n, now(), now() FROM generate_series(1, %s) AS n
"""


async def bytes_of(browser: Browser, url: str) -> tuple[bytes, Any]:
    answer = await browser.http.get(url)
    assert answer.status_code == 200, answer.text
    return answer.content, answer.headers


def sheet(content: bytes) -> str:
    """The rows as XML, texts put in their places."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


async def test_what_is_shown_comes_as_csv_and_as_a_workbook(office: Office) -> None:
    admin = await office.browser("admin")
    site = await office.admin.post("/records/site", {"name": "@north"})
    given = [
        {"title": EVIL, "number": 1, "level": "a", "amount": "-1234.5", "site": site["id"]},
        {"title": "水, \"quoted\"", "number": 2, "level": "a", "amount": 7},
        {"title": "other", "number": 3, "level": "b"},
    ]  # fmt: skip
    await office.admin.post("/records/visit", {"records": given})
    at = "/o/visit/export?view=all&sort=-number&filter=level+%3D+%22a%22"
    content, headers = await bytes_of(admin, f"{at}&format=csv")
    assert content.startswith(b"\xef\xbb\xbf") and headers["content-type"].startswith("text/csv")
    assert re.search(r"Visits \d{4}-\d\d-\d\d\.csv$", unquote(headers["content-disposition"]))
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [each["Title"] for each in rows] == ['水, "quoted"', f"'{EVIL}"]
    assert rows[1]["Amount (CNY)"] == "-1,234.50" and rows[1]["Site"] == "'@north"
    assert rows[1]["Level"] == "A" and rows[0]["Sealed"] == ""

    chinese, headers = await bytes_of(admin, f"{at}&format=csv-gb18030")
    assert "gb18030" in headers["content-type"]
    assert chinese.decode("gb18030") == content.decode("utf-8-sig")

    book, headers = await bytes_of(admin, f"{at}&format=xlsx")
    rows_xml = sheet(book)
    assert "<f>" not in rows_xml and "<v>-1234.5</v>" in rows_xml and "HYPERLINK" in rows_xml
    async with office.world.installation.database.tenant(TENANT) as connection:
        noted = await connection.fetch(select(audit).where(audit.c.verb == "records.export"))
    assert [(each["subject"], each["details"]["count"]) for each in noted] == [("visit", 2)] * 3


async def test_only_with_the_right_and_only_what_may_be_read(office: Office) -> None:
    await office.admin.post("/records/visit", {"title": "One", "sealed": "hush"})
    rep, admin = await office.browser("rep"), await office.browser("admin")
    assert "/o/visit/export" not in await rep.get("/o/visit?view=all")
    await rep.get("/o/visit/export?view=all", 403)
    assert "/o/visit/export?format=csv&amp;view=all" in await admin.get("/o/visit?view=all")
    held, _ = await bytes_of(admin, "/o/visit/export?view=all&format=csv")
    assert b"hush" in held
    may = {"label": {"en": "Export", "zh_CN": "导出"}, "system": ["export"]}
    await office.admin.publish(
        [{"op": "create", "kind": "permission_set", "name": "exporter", "body": may}]
    )
    me = (await office.rep.get("/session"))["user_id"]
    await office.admin.patch(f"/records/user/{me}", {"permission_sets": ["staff", "exporter"]})
    seen, _ = await bytes_of(rep, "/o/visit/export?view=all&format=csv")
    assert b"One" in seen and b"hush" not in seen and b"Sealed" not in seen
    await rep.get("/o/ledger/export", 404)
    await rep.get("/o/visit/export?filter=sealed+%3D+%22x%22", 422)
    await rep.get("/o/visit/export?format=pdf", 404)


async def test_a_long_list_comes_whole_and_page_by_page(office: Office) -> None:
    with psycopg.connect(office.world.urls.owner) as raw:
        raw.execute(MANY, [5000])
    admin = await office.browser("admin")
    content, _ = await bytes_of(admin, "/o/site/export?format=csv&sort=size")
    lines = content.decode("utf-8-sig").splitlines()
    assert len(lines) == 5001 and lines[1].startswith("S1,") and lines[5000].startswith("S5000,")
    with psycopg.connect(office.world.urls.owner) as raw:
        raw.execute(MANY, [96_000])
    refused = await admin.get("/o/site/export?format=csv", 413)
    assert "101,000 rows" in refused and "100,000" in refused

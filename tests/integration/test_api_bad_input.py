"""What people and machines should not send: each gets a clear answer beside its place, in both
languages, and leaves nothing behind."""

from __future__ import annotations

import re
from typing import Any

import pytest
from api_world import Caller, World, codes

pytestmark = pytest.mark.anyio

JSON = {"content-type": "application/json"}
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def admin(shared: World) -> Caller:
    return shared.caller("admin")


@pytest.fixture(autouse=True)
async def nothing_is_left(admin: Caller) -> Any:
    """No record was made by a refused request."""
    yield
    for name in ("site", "visit"):
        assert (await admin.get(f"/records/{name}", count="exact"))["count"] == 0


@pytest.fixture(scope="module", autouse=True)
async def chinese(shared: World) -> Caller:
    """The same rights, read in Chinese."""
    admin, caller = shared.caller("admin"), shared.caller("looker")
    me = (await caller.get("/session"))["user_id"]
    await admin.patch(f"/records/user/{me}", {"profile": "administrator"})
    return caller


VALUES: tuple[tuple[str, Any, str], ...] = (
    ("title", "x" * 41, "field.too_long"),
    ("title", "a\nb", "field.line_break"),
    ("title", "a\0b", "field.control_character"),
    ("title", "a\x1bb", "field.control_character"),
    ("title", ["x"], "field.not_text"),
    ("title", {"a": 1}, "field.not_text"),
    ("title", True, "field.not_text"),
    ("note", "x" * 2001, "field.too_long"),
    ("email", "nobody", "field.not_an_email"),
    ("email", "a@b@c.example", "field.not_an_email"),
    ("phone", "12", "field.not_a_phone"),
    ("phone", "call me", "field.not_a_phone"),
    ("url", "javascript:alert(1)", "field.url_scheme"),
    ("url", "http://", "field.not_a_url"),
    ("number", "many", "field.not_a_number"),
    ("number", 1.5, "field.not_whole"),
    ("number", "1.5", "field.not_whole"),
    ("number", 10**18, "field.too_many_digits"),
    ("number", "1e999", "field.too_many_digits"),
    ("number", "NaN", "field.not_a_number"),
    ("number", "Infinity", "field.not_a_number"),
    ("number", True, "field.not_a_number"),
    ("number", [], "field.not_a_number"),
    ("quantity", "1.2345", "field.too_many_decimals"),
    ("quantity", "1" * 10, "field.too_many_digits"),
    ("quantity", "-", "field.not_a_number"),
    ("amount", "0.001", "field.too_many_decimals"),
    ("amount", "USD 5", "field.other_currency"),
    ("amount", "9" * 30, "field.too_many_digits"),
    ("share", "half", "field.not_a_number"),
    ("active", "maybe", "field.not_a_boolean"),
    ("active", 2, "field.not_a_boolean"),
    ("planned_on", "2026-02-30", "field.not_a_date"),
    ("planned_on", "31/12/2026", "field.not_a_date"),
    ("planned_on", "0000-01-01", "field.date_out_of_range"),
    ("planned_on", "10000-01-01", "field.not_a_date"),
    ("planned_on", "2026-01-01T10:00", "field.date_with_time"),
    ("planned_on", 20260101, "field.not_a_date"),
    ("starts_at", "tomorrow", "field.not_a_datetime"),
    ("starts_at", "9999-12-31T23:59:59-12:00", "field.date_out_of_range"),
    ("starts_at", "0001-01-01T00:00:00+14:00", "field.date_out_of_range"),
    ("starts_at", "infinity", "field.not_a_datetime"),
    ("clock", "25:00", "field.not_a_time"),
    ("took", "a while", "field.not_a_duration"),
    ("level", "zz", "field.not_a_choice"),
    ("level", ["a"], "field.not_text"),
    ("kinds", ["x", "zz"], "field.not_a_choice"),
    ("kinds", {"x": 1}, "field.not_a_list"),
    ("host", "nobody", "field.not_an_id"),
    ("host", 7, "field.not_an_id"),
    ("site", "00000000-0000-0000-0000-000000000000", "field.link_not_found"),
    ("about", "site", "field.not_a_record"),
    (
        "about",
        {"object": "user", "id": "00000000-0000-0000-0000-000000000000"},
        "field.wrong_object",
    ),
    ("about", {"object": "site", "id": "x"}, "field.not_an_id"),
    ("guests", ["x"], "field.not_an_id"),
    ("guests", ["00000000-0000-0000-0000-000000000000"], "field.link_not_found"),
    ("paper", "x", "field.not_an_id"),
    ("person", {"nick": "x"}, "field.unknown_part"),
    ("address", {"planet": "x"}, "field.unknown_part"),
    ("region", "Atlantis", "field.unknown_region"),
    ("place", {"lat": 91, "lng": 0}, "field.not_a_point"),
    ("place", "here", "field.not_a_point"),
    ("stars", 6, "field.out_of_range"),
    ("stars", 0, "field.out_of_range"),
    ("colour", "blue-ish", "field.not_a_color"),
    ("data", "{", "field.not_json"),
    ("data", {"a": "\0"}, "field.control_character"),
    ("data", {"a": "x" * 70_000}, "field.json_too_large"),
    ("pin", "••••", "field.secret_mask"),
    ("zzz", 1, "field.unknown"),
    ("sealde", 1, "field.unknown_near"),
    ("Title", "x", "field.unknown_near"),
    ("title ", "x", "field.unknown_near"),
    ("title; drop table visit", "x", "field.unknown"),
    ("", "x", "field.unknown"),
    ("a\0b", "x", "field.unknown"),
    ("deleted_at", "2026-01-01", "field.unknown_near"),
    ("x" * 500, 1, "field.unknown"),
)


@pytest.mark.parametrize(
    ("name", "value", "code"), VALUES, ids=[f"{n[:20]}={str(v)[:20]!a}" for n, v, _ in VALUES]
)
async def test_a_value_that_does_not_fit(
    admin: Caller, chinese: Caller, name: str, value: Any, code: str
) -> None:
    refused = await admin.post("/records/visit", {name: value}, status=422)
    (problem,) = refused["problems"]
    assert (problem["path"], problem["code"]) == (name[:80], code)
    told = await chinese.post("/records/visit", {name: value}, status=422)
    assert HAN.search(told["problems"][0]["message"]), told
    for each in (problem, told["problems"][0]):
        assert each["message"]
        assert not each["message"].startswith("error."), each
        assert "%(" not in each["message"] + each["hint"]
        assert "\0" not in each["message"] + each["hint"]
    in_batch = await admin.post("/records/visit", {"records": [{}, {name: value}]}, status=422)
    assert list(codes(in_batch)) == [f"records.1.{name[:80]}".rstrip(".")]


async def test_all_faults_of_a_record_at_once(admin: Caller) -> None:
    given = {"number": "x", "planned_on": "x", "zzz": 1, "title": "x" * 99}
    refused = await admin.post("/records/visit", given, status=422)
    assert len(refused["problems"]) == 4
    assert refused["title"] == "Some values need attention. Nothing was saved."


BODIES: tuple[tuple[bytes, str, int], ...] = (
    (b"{", "bad_json", 400),
    (b"{'name': 1}", "bad_json", 400),
    (b'{"name": NaN}', "bad_json", 400),
    (b'{"name": Infinity}', "bad_json", 400),
    (b'{"name": 1e999}', "bad_json", 400),
    (b'{"name": "\\ud800"}', "bad_json", 400),
    (b'{"name": "\\udc00\\ud800"}', "bad_json", 400),
    (b'{"name": "\xed\xa0\x80"}', "bad_json", 400),
    (b'{"name": "\xff"}', "bad_json", 400),
    (b"\xef\xbb\xbf{}", "bad_json", 400),
    (b'{"name": "a\x00b"}', "bad_json", 400),
    (b"{} {}", "bad_json", 400),
    (b'{"name": 1,}', "bad_json", 400),
    (b"[]", "json_object_expected", 400),
    (b'"x"', "json_object_expected", 400),
    (b"null", "json_object_expected", 400),
    (b"5", "json_object_expected", 400),
    (b'{"a":' * 60 + b"1" + b"}" * 60, "json_too_deep", 400),
    (b"[" * 100_000 + b"]" * 100_000, "bad_json", 400),
    (b'{"records": 5}', "records_not_list", 400),
    (b'{"records": [5]}', "records_not_list", 400),
    (b'{"records": [[]]}', "records_not_list", 400),
)


@pytest.mark.parametrize(("body", "code", "status"), BODIES, ids=[str(b[0][:24]) for b in BODIES])
async def test_a_body_that_is_not_what_is_expected(
    admin: Caller, body: bytes, code: str, status: int
) -> None:
    answer = await admin.call("POST", "/records/site", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    if code == "bad_json":
        assert "line" in answer.json()["title"]


async def test_a_body_that_is_not_json(admin: Caller) -> None:
    for kind in ("text/plain", "application/xml", ""):
        answer = await admin.call(
            "POST", "/records/site", content=b'{"name": "N"}', headers={"content-type": kind}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "json_expected")


async def test_a_body_that_is_too_large(admin: Caller) -> None:
    body = b'{"name": "' + b"x" * 11_000_000 + b'"}'
    answer = await admin.call("POST", "/records/site", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert "10 MB" in answer.json()["title"]


async def test_a_batch_that_is_too_large(admin: Caller) -> None:
    rows = [{"name": f"S{index}"} for index in range(10_000)]
    refused = await admin.post("/records/site", {"records": rows}, status=413)
    assert refused["code"] == "too_many_records"
    assert refused["title"] == "At most 2000 records in one request; there are 10000."


@pytest.mark.parametrize(
    "path",
    [
        "/records/site/zzz",
        "/records/site/%00",
        "/records/site/..%2f..%2fetc",
        "/records/site/' OR 1=1",
        "/records/zzz/00000000-0000-0000-0000-000000000000",
        "/records/%00",
        "/records/SITE",
        "/records/fs_state",
        "/records/pg_class",
        "/records/" + "x" * 3000,
        "/describe/%00",
        "/jobs/zzz",
        "/jobs/00000000-0000-0000-0000-000000000000",
        "/metadata/object/%00",
        "/metadata/%00",
        "/changesets/%00",
    ],
)
async def test_an_address_of_nothing(admin: Caller, path: str) -> None:
    refused = await admin.get(path, status=404)
    assert refused["code"].endswith("not_found")
    assert "\0" not in str(refused)


LISTS: tuple[dict[str, str], ...] = (
    {"filter": "title = 'a\0b'"},
    {"filter": "title = '\u0000'"},
    {"filter": "CONTAINS(title, '\0')"},
    {"filter": "a\0b = 1"},
    {"filter": "("},
    {"filter": "(" * 5000},
    {"filter": "number = " + "1" * 5000},
    {"filter": "number = 1" + "0" * 50},
    {"filter": "1/0 = 1"},
    {"filter": "number / 0 = 1"},
    {"filter": "title = 1"},
    {"filter": "planned_on = 'x'"},
    {"filter": "planned_on > DATE(2026, 13, 45)"},
    {"filter": "site = 'x'"},
    {"filter": "host = 5"},
    {"filter": ".".join(["site"] * 9)},
    {"filter": "site." * 2000 + "name = 'x'"},
    {"filter": "title = 'x' OR " * 2000 + "TRUE"},
    {"filter": "REGEX(title, '(a+)+$')"},
    {"filter": "REPT('x', 1000000000) = title"},
    {"filter": "INPERIOD(planned_on, 'whenever')"},
    {"filter": "INPERIOD(planned_on, 'last_n_days:99999999999')"},
    {"filter": "ISNEW()"},
    {"filter": "guests = 'x'"},
    {"filter": "title; DROP TABLE visit"},
    {"fields": "a" * 5000},
    {"fields": ",".join(["parent"] * 2000)},
    {"fields": "site." + "parent." * 500 + "name"},
    {"fields": "\0"},
    {"sort": "\0"},
    {"sort": "site." + "parent." * 500 + "name"},
    {"sort": ",".join(f"-zz{index}" for index in range(500))},
    {"cursor": "\0"},
    {"cursor": "W1sibiIsIk5hTiJdXQ"},
    {"cursor": "x" * 10_000},
)


@pytest.mark.parametrize("params", LISTS, ids=[str(each)[:50] for each in LISTS])
async def test_a_list_that_cannot_be(admin: Caller, params: dict[str, str]) -> None:
    answer = await admin.call("GET", "/records/visit", params=params)
    assert answer.status_code in (200, 400, 422), answer.text
    for problem in answer.json().get("problems", ()):
        assert problem["message"]
        assert not problem["message"].startswith("error.")


OPERATIONS: tuple[Any, ...] = (
    {"op": "create", "kind": "object", "name": "x", "body": {}},
    {"op": "create", "kind": "object", "name": "x", "body": {"label": "X"}},
    {"op": "create", "kind": "object", "name": "x", "body": {"label": {}, "name_field": 1}},
    {"op": "create", "kind": "field", "name": "site", "body": {"type": "text"}},
    {"op": "create", "kind": "field", "name": "site.", "body": {"type": "text"}},
    {"op": "create", "kind": "field", "name": ".x", "body": {"type": "text"}},
    {"op": "create", "kind": "field", "name": "site.x.y", "body": {"type": "text"}},
    {"op": "create", "kind": "field", "name": "site.x", "body": {"type": []}},
    {"op": "create", "kind": "field", "name": "site.x", "body": {"type": {"a": 1}}},
    {"op": "create", "kind": "field", "name": "site.x", "body": {"type": "lookup"}},
    {
        "op": "create",
        "kind": "field",
        "name": "site.x",
        "body": {"type": "lookup", "target": "zzz", "label": {"en": "X"}},
    },
    {
        "op": "create",
        "kind": "field",
        "name": "site.x",
        "body": {"type": "picklist", "label": {"en": "X"}, "values": {"a": None}},
    },
    {
        "op": "create",
        "kind": "field",
        "name": "site.x",
        "body": {"type": "picklist", "label": {"en": "X"}, "values": [{"a": 5}]},
    },
    {
        "op": "create",
        "kind": "field",
        "name": "site.x",
        "body": {"type": "text", "label": {"en": "X"}, "default_formula": "1 +"},
    },
    {
        "op": "create",
        "kind": "field",
        "name": "site.x",
        "body": {"type": "decimal", "label": {"en": "X"}, "precision": 2, "scale": 9},
    },
    {"op": "update", "kind": "field", "name": "site.size", "body": {"values": {"a": 1}}},
    {"op": "update", "kind": "field", "name": "visit.level", "body": {"values": None}},
    {"op": "update", "kind": "field", "name": "visit.site", "body": {"target": "visit"}},
    {"op": "update", "kind": "object", "name": "site", "body": {"label": None}},
    {"op": "update", "kind": "object", "name": "site", "body": {"search": ["zzz"]}},
    {"op": "delete", "kind": "object", "name": "user", "body": {}},
    {"op": "restore", "kind": "object", "name": "site", "body": {}},
    {"op": "create", "kind": "app", "name": "x", "body": {"label": {"en": "a"}, "items": [[]]}},
    {
        "op": "create",
        "kind": "list_view",
        "name": "site.v",
        "body": {"label": {"en": "V"}, "columns": ["name"], "filter": "(" * 4000},
    },
    {
        "op": "create",
        "kind": "permission_set",
        "name": "p",
        "body": {"label": {"en": "P"}, "objects": {"zzz": {"rights": ["fly"]}}},
    },
    {"op": "create", "kind": "field", "name": "site.x\0", "body": {"type": "text"}},
    {
        "op": "create",
        "kind": "term",
        "name": "nul",
        "body": {"label": {"en": "a\0b"}},
    },
    {"op": "create", "kind": "field", "name": 5, "body": {"type": "text"}},
    {"op": "create", "kind": "field", "name": ["x"], "body": {"type": "text"}},
    {"op": ["create"], "kind": "field", "name": "site.x"},
    {"op": "create", "kind": {"a": 1}, "name": "site.x"},
)


@pytest.mark.parametrize("operation", OPERATIONS, ids=[str(each)[:70] for each in OPERATIONS])
async def test_a_change_that_cannot_be(admin: Caller, chinese: Caller, operation: Any) -> None:
    """Told at once; and publishing it anyway changes nothing."""
    before = (await admin.get("/session"))["metadata_version"]
    answer = await admin.call("POST", "/changesets", json={"operations": [operation]})
    assert answer.status_code in (201, 400, 422), answer.text
    body = answer.json()
    assert body["problems"] or answer.status_code == 400, "it is refused"
    for problem in body["problems"]:
        assert problem["path"]
        assert problem["message"]
        assert not problem["message"].startswith("error."), problem
        assert "%(" not in problem["message"] + problem["hint"], problem
    told = (await chinese.call("POST", "/changesets", json={"operations": [operation]})).json()
    for problem in told["problems"]:
        assert HAN.search(problem["message"]), problem
    if answer.status_code == 201:
        await admin.post(f"/changesets/{body['id']}/publish", status=422)
    assert (await admin.get("/session"))["metadata_version"] == before


async def test_titles_of_any_kind(admin: Caller) -> None:
    for title in ("x" * 5000, 5, None, ["x"], "'; --"):
        await admin.post("/changesets", {"title": title, "operations": []})
    refused = await admin.post("/changesets", {"title": "a\0b", "operations": []}, status=400)
    assert refused["code"] == "bad_characters"

"""Conditions in rows and groups: from the formula into the drawer and back, nothing lost."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from page_world import FRAGMENT, Browser, Office, Shown, Values

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


async def opened(browser: Browser, formula: str) -> Shown:
    return await browser.get(f"/o/visit/filter?view=all&filter={quote(formula)}", headers=FRAGMENT)


def sent(page: Shown) -> Values:
    """What the drawer's form would post."""
    found: Values = []
    form = page.text.partition("</form>")[0]
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        ticked = given.get("type") not in ("checkbox", "radio") or " checked" in tag
        if "name" in given and ticked:
            found.append((given["name"], unescape(given.get("value", ""))))
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        options = re.findall(r'<option value="([^"]*)"([^>]*)>', body)
        chosen = [value for value, more in options if "selected" in more]
        found.append((name, unescape((chosen or [options[0][0]])[0])))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found.append((name, unescape(text)))
    return [each for each in found if each[0] != "csrf_token"]


async def post(browser: Browser, values: Values, act: str, status: int = 200) -> Shown:
    data: dict[str, list[str]] = {}
    for name, value in [*values, ("act", act)]:
        data.setdefault(name, []).append(value)
    headers = {**FRAGMENT, "x-csrf-token": browser.token}
    answer = await browser.http.post("/o/visit/filter", data=data, headers=headers)
    assert answer.status_code == status, answer.text
    return Shown(status=status, text=answer.text, headers=dict(answer.headers))


def formula_of(applied: Shown) -> str:
    query = parse_qs(urlsplit(applied.headers["hx-redirect"]).query)
    return str(query.get("filter", [""])[0])


async def test_every_kind_of_condition_goes_there_and_back(office: Office, rep: Browser) -> None:
    site = await office.admin.post("/records/site", {"name": "North"})
    rows = [
        "amount > 1234.5", "level IN ('a', 'b')", "level = 'a'", "CONTAINS(LOWER(title), 'ab')",
        "host = $user.id", "host.department = $user.department", "active = TRUE", "share >= 0.45",
        "planned_on < DATEVALUE('2026-05-01')", "INPERIOD(created_at, 'last_n_days:12')",
        "INPERIOD(planned_on, 'this_quarter')", "starts_at > DATETIMEVALUE('2026-05-01 02:00:00')",
        "ISBLANK(note)", "NOT ISBLANK(site)", f"site = '{site['id']}'", "site.size > 3",
        "INCLUDES(kinds, 'x', 'y')", "number <> 7",
    ]  # fmt: skip
    whole = " AND ".join(rows[:9]) + " AND (" + " OR ".join(rows[9:14]) + " OR ("
    whole += " AND ".join(rows[14:]) + "))"
    page = await opened(rep, whole)
    assert "North" in page and "Site › Size" in page and "is in my department" in page
    assert "<code" not in page.text, re.findall(r"<code.*?</code>", page.text)
    again = formula_of(await post(rep, sent(page), "apply", 204))
    assert "<code" not in (await opened(rep, again)).text
    assert formula_of(await post(rep, sent(await opened(rep, again)), "apply", 204)) == again
    for each in ("amount > 1234.5", "$user.department", "last_n_days:12", "2026-05-01 02:00:00"):
        assert each in again
    assert (await rep.get(f"/o/visit?view=all&filter={quote(again)}")).status == 200


async def test_what_is_no_row_stays_a_formula(rep: Browser) -> None:
    odd = "LEN(title) > 3 AND planned_on < TODAY() - 3 AND CONTAINS(title, 'Ab')"
    page = await opened(rep, f"{odd} AND NOT (level = 'a' AND number > 3)")
    assert page.text.count("<code") == 4
    assert formula_of(await post(rep, sent(page), "apply", 204)).startswith("LEN(title) > 3 AND")
    edited = await post(rep, sent(page), "edit:r.0")
    assert edited.text.count("<textarea") == 1
    values = [(n, "LEN(title) >" if n == "t.r.0" else v) for n, v in sent(edited)]
    refused = await post(rep, values, "apply", 422)
    assert 'aria-invalid="true"' in refused and "LEN(title) &gt;" in refused


async def test_buttons_change_the_tree_and_all_problems_show_at_once(rep: Browser) -> None:
    page = await opened(rep, "amount > 5")
    assert 'data-path="site.size"' in page and 'data-path="sealed"' not in page
    page = await post(rep, sent(page), "group:r")
    page = await post(rep, [*sent(page), ("any.r", "1")], "add:r.1")
    values = [(n, {"f.r.1.0": "level", "f.r.1.1": "amount"}.get(n, v)) for n, v in sent(page)]
    page = await post(rep, values, "look")
    assert 'name="op.r.1.0"' in page and 'name="op.r.1.1"' in page
    values = [each for each in sent(page) if each[0] not in ("v.r.0", "v.r.1.1", "v.r.1.0")]
    wrong = [*values, ("v.r.0", "lots"), ("v.r.1.1", "many"), ("v.r.1.0", "a")]
    refused = await post(rep, wrong, "apply", 422)
    assert len(re.findall(r'class="st-err"', refused.text)) == 2 and 'value="lots"' in refused
    right = [*values, ("v.r.0", "50"), ("v.r.1.1", "70"), ("v.r.1.0", "a")]
    applied = formula_of(await post(rep, right, "apply", 204))
    assert applied == 'amount > 50.00 OR (level IN ("a") OR amount = 70.00)'
    dropped = await post(rep, right, "drop:r.1")
    assert formula_of(await post(rep, sent(dropped), "apply", 204)) == "amount > 50.00"
    hidden = [("query", "view=all"), ("any.r", "0"), ("f.r.0", "sealed"), ("op.r.0", "=")]
    assert formula_of(await post(rep, [*hidden, ("v.r.0", "x")], "apply", 204)) == ""


async def test_groups_are_told_in_words(office: Office, rep: Browser) -> None:
    await office.admin.post("/records/visit", {"title": "T", "level": "a", "number": 2})
    formula = "(level = 'a' OR number > 3 AND active = TRUE) AND number < 9"
    page = await rep.get(f"/o/visit?view=all&filter={quote(formula)}")
    assert re.search(r"Any of\s*<b[^>]*>Level A or \(Number greater than 3 and Active", page.text)
    assert page.text.count("Remove the condition") == 2

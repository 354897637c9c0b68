"""Uploads and downloads: what is taken, what it becomes, and who may read it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from page_world import Browser, Office
from PIL import Image

pytestmark = pytest.mark.anyio

GPS = 0x8825


@pytest.fixture
async def rep(office: Office) -> Browser:
    return await office.browser("rep")


def picture(kind: str = "JPEG", size: tuple[int, int] = (1200, 600)) -> bytes:
    """With a turn and a place in its EXIF data, as phones write them."""
    image = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(GPS)[1] = "N"
    target = BytesIO()
    image.save(target, kind, exif=exif)
    return target.getvalue()


async def send(browser: Browser, name: str, content: bytes, status: int = 201) -> dict[str, Any]:
    response = await browser.http.post(
        "/files",
        files={"file": (name, content, "text/html")},
        headers={"x-csrf-token": browser.token, "accept": "application/json"},
    )
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_a_document_comes_back_as_it_was(office: Office, rep: Browser) -> None:
    content = b"%PDF-1.7\n" + b"x" * 300_000
    stored = await send(rep, "../a/Contract 合同.pdf", content)
    assert stored["name"] == "Contract 合同.pdf" and stored["size"] == len(content)
    answer = await rep.http.get(stored["url"])
    assert answer.content == content
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Contract")
    assert answer.headers["x-content-type-options"] == "nosniff"
    record = await office.admin.get(f"/records/file/{stored['id']}")
    assert record["media_type"] == "application/pdf" and len(record["sha256"]) == 64


async def test_a_picture_is_turned_stripped_and_made_small(rep: Browser) -> None:
    stored = await send(rep, "photo.JPG", picture())
    whole = await rep.http.get(stored["url"])
    assert whole.headers["content-disposition"].startswith("inline")
    assert b"Secret Camera" not in whole.content
    with Image.open(BytesIO(whole.content)) as image:
        assert image.size == (600, 1200) and not dict(image.getexif())
    small = await rep.http.get(stored["thumb"])
    with Image.open(BytesIO(small.content)) as image:
        assert image.format == "WEBP" and max(image.size) == 320


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<html></html>", "file.type_not_allowed"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file.type_not_allowed"),
        ("run.exe", b"MZ\x90\x00", "file.type_not_allowed"),
        ("no_ending", b"hello", "file.type_not_allowed"),
        ("notes.txt", b"<!DOCTYPE html><script>", "file.type_differs"),
        ("notes.txt", b"\x00\x01\x02", "file.type_differs"),
        ("contract.pdf", b"MZ\x90\x00 not a document", "file.type_differs"),
        ("book.xlsx", b"a,b,c", "file.type_differs"),
        ("photo.png", b"<svg></svg>", "file.not_an_image"),
        ("photo.png", picture()[:200], "file.not_an_image"),
    ],
)
async def test_what_is_dangerous_or_not_what_it_says_is_refused(
    office: Office, rep: Browser, name: str, content: bytes, code: str
) -> None:
    refused = await send(rep, name, content, 422)
    assert refused["problems"][0]["code"] == code and refused["problems"][0]["message"]
    assert (await office.admin.get("/records/file"))["records"] == []
    await send(rep, "notes.csv", "编号,名称\n1,甲".encode("gb18030"))


async def test_a_file_that_is_too_large_is_refused(rep: Browser) -> None:
    await send(rep, "big.pdf", b"%PDF-" + b"0" * (25 * 1024 * 1024), 413)
    await send(rep, "fits.pdf", b"%PDF-" + b"0" * (1024 * 1024))


async def test_pictures_of_absurd_size_are_not_opened(rep: Browser) -> None:
    target = BytesIO()
    Image.new("1", (9000, 9000)).save(target, "PNG")
    refused = await send(rep, "bomb.png", target.getvalue(), 422)
    assert refused["problems"][0]["code"] == "file.too_many_pixels"


async def test_uploading_needs_the_right_and_the_token(office: Office) -> None:
    looker = await office.browser("looker")
    await send(looker, "a.txt", b"hello", 404)
    rep = await office.browser("rep")
    response = await rep.http.post("/files", files={"file": ("a.txt", b"hello")})
    assert response.status_code == 403
    await send(rep, "a.txt", b"hello")


async def test_a_file_is_read_through_the_record_that_holds_it(office: Office) -> None:
    admin, rep = await office.browser("admin"), await office.browser("rep")
    paper = await send(admin, "paper.pdf", b"%PDF-1.7 paper")
    assert (await rep.http.get(paper["url"])).status_code == 404
    visit = await office.admin.post("/records/visit", {"title": "T", "paper": paper["id"]})
    other = await office.admin.post("/records/visit", {"title": "Other"})
    at = f"{paper['url']}?at=visit.paper.{visit['id']}"
    assert f"/files/{paper['id']}?at=visit.paper.{visit['id']}" in await rep.get(
        f"/o/visit/{visit['id']}"
    )
    assert (await rep.http.get(at)).content == b"%PDF-1.7 paper"
    for wrong in (
        f"visit.paper.{other['id']}", f"visit.picture.{visit['id']}", f"visit.title.{visit['id']}",
        f"visit.sealed.{visit['id']}", f"ledger.name.{visit['id']}", "visit.paper", "x.y.z",
    ):  # fmt: skip
        assert (await rep.http.get(f"{paper['url']}?at={wrong}")).status_code == 404
    await office.admin.delete(f"/records/visit/{visit['id']}")
    assert (await rep.http.get(at)).status_code == 404
    assert (await admin.http.get(paper["url"])).status_code == 200


async def test_a_field_one_may_not_read_opens_no_file(office: Office) -> None:
    body = {"type": "file", "label": {"en": "Hidden paper"}}
    await office.admin.publish(
        [{"op": "create", "kind": "field", "name": "visit.hidden_paper", "body": body},
         {"op": "update", "kind": "permission_set", "name": "staff",
          "body": {"objects": {"visit": {"fields": {"hidden_paper": "none"}}}}}]
    )  # fmt: skip
    admin = await office.browser("admin")
    paper = await send(admin, "paper.pdf", b"%PDF-1.7 paper")
    visit = await office.admin.post("/records/visit", {"hidden_paper": paper["id"]})
    at = f"{paper['url']}?at=visit.hidden_paper.{visit['id']}"
    rep = await office.browser("rep")
    assert (await rep.http.get(at)).status_code == 404
    await office.admin.publish(
        [{"op": "update", "kind": "permission_set", "name": "staff",
          "body": {"objects": {"visit": {"fields": {"hidden_paper": "read"}}}}}]
    )  # fmt: skip
    assert (await rep.http.get(at)).status_code == 200


async def test_a_file_goes_into_a_form_and_out_again(office: Office, rep: Browser) -> None:
    paper = await send(rep, "paper.pdf", b"%PDF-1.7 paper")
    photos = [await send(rep, f"p{n}.png", picture("PNG", (40 + n, 40))) for n in range(2)]
    form = (await rep.get("/o/visit/new")).form
    kept = [(name, value) for name, value in form if name not in ("paper", "picture")]
    pictures = [("picture", photo["id"]) for photo in photos]
    answer = await rep.post("/o/visit/new", [*kept, ("paper", paper["id"]), *pictures])
    url = answer.headers["location"]
    page = await rep.get(url)
    assert "paper.pdf" in page and page.text.count("size=thumb") >= 2
    form = (await rep.get(f"{url}/edit")).form
    assert ("paper", paper["id"]) in form and ("picture", photos[1]["id"]) in form
    less = [pair for pair in form if pair not in (("paper", paper["id"]), pictures[0])]
    await rep.post(f"{url}/edit", [*less, ("paper", "")])
    stored = await office.admin.get(f"/records/visit/{url.rpartition('/')[2]}")
    assert stored["paper"] is None and stored["picture"] == [photos[1]["id"]]

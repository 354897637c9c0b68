"""What may be uploaded, and what becomes of it: types by content, pictures without the data that
cameras put into them, and a small copy for lists."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

import puremagic
from PIL import Image, ImageOps, UnidentifiedImageError

from fieldstone.kernel.errors import Invalid

HEAD = 4096
MOST_PIXELS = 50_000_000
THUMB = (320, 320)
THUMB_TYPE = "image/webp"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
TYPES: Mapping[str, str] = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf", "zip": "application/zip",
    "docx": f"{_OFFICE}wordprocessingml.document", "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "doc": "application/msword", "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "odt": f"{_OPEN}text", "ods": f"{_OPEN}spreadsheet", "odp": f"{_OPEN}presentation",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/wav", "mp4": "video/mp4",
    "txt": "text/plain", "csv": "text/csv", "md": "text/markdown",
}  # fmt: skip
"""Endings that are taken, and the type each is served as."""
_TEXTS = frozenset({"txt", "csv", "md"})
_STARTS: Mapping[str, tuple[bytes, ...]] = {
    "zip": (b"PK\x03\x04", b"PK\x05\x06"),
    "doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "wav": (b"RIFF",),
    "pdf": (b"%PDF-",),
}
_LIKE: Mapping[str, str] = {
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp"), "zip"),
    **dict.fromkeys(("xls", "ppt"), "doc"),
}
_PICTURES: Mapping[str, str] = {
    "PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp",
}  # fmt: skip
SAFE_INLINE = frozenset(_PICTURES.values())
"""What a browser may show by itself; everything else is only ever saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    content: bytes
    media_type: str
    width: int
    height: int
    thumb: bytes


def ending_of(name: str) -> str:
    return PurePath(name).suffix.lower().lstrip(".")


def media_type(name: str, head: bytes) -> str:
    """The type by the file's ending, when its first bytes agree. Raises Invalid."""
    ending = ending_of(name)
    if ending not in TYPES:
        raise Invalid.one("file.type_not_allowed", "file", name=name[:100])
    if not _agrees(ending, head):
        raise Invalid.one("file.type_differs", "file", name=name[:100])
    return TYPES[ending]


def _agrees(ending: str, head: bytes) -> bool:
    if TYPES[ending] in SAFE_INLINE:
        return True  # decoding it will tell
    if ending in _TEXTS:
        return b"\x00" not in head and not _looks_active(head)
    starts = _STARTS.get(_LIKE.get(ending, ending))
    if starts is not None:
        return head.startswith(starts)
    return ending in _guessed(head)


def _guessed(head: bytes) -> set[str]:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return set()
    return {match.extension.lstrip(".") for match in matches}


def _looks_active(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"mz", b"#!"))


def picture(content: bytes) -> Picture:
    """The picture turned upright and without what the camera wrote into it. Raises Invalid for
    what is no picture, or too large to open."""
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            return _opened(content)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Invalid.one("file.not_an_image", "file") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Invalid.one("file.too_many_pixels", "file", limit=MOST_PIXELS // 10**6) from error


def _opened(content: bytes) -> Picture:
    with Image.open(BytesIO(content)) as image:
        kind = str(image.format)
        if kind not in _PICTURES:
            raise UnidentifiedImageError
        if image.width * image.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        moving = getattr(image, "is_animated", False)
        upright = ImageOps.exif_transpose(image)
        return Picture(
            content=content if moving else _written(upright, kind, image.info.get("icc_profile")),
            media_type=_PICTURES[kind],
            width=upright.width,
            height=upright.height,
            thumb=_thumb(upright),
        )


def _written(image: Image.Image, kind: str, profile: bytes | None) -> bytes:
    target = BytesIO()
    clean = image.copy()
    clean.info = {}
    extra = {"icc_profile": profile} if profile else {}
    quality = {} if kind == "PNG" else {"quality": 90}
    clean.save(target, kind, **extra, **quality)
    return target.getvalue()


def _thumb(image: Image.Image) -> bytes:
    small = image.convert(
        "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
    )
    small.thumbnail(THUMB)
    target = BytesIO()
    small.save(target, "WEBP", quality=80)
    return target.getvalue()

"""Ids and names: UUIDv7, physical names of the database, API names derived from labels."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Container
from uuid import UUID

from fieldstone.kernel import clock

API_NAME = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
API_NAME_LENGTH = 40
PHYSICAL_LENGTH = 55  # PostgreSQL's 63 less room for index and constraint endings


def uuid7() -> UUID:
    """A time-ordered id (RFC 9562): 48 bits of milliseconds, 74 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    value = (milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def uuid7_many(count: int) -> list[UUID]:
    """`count` ids in ascending order, so that a batch keeps the order it was sent in."""
    milliseconds = int(clock.now().timestamp() * 1000)
    high = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | 0b10 << 62
    step = 2**74 // (count + 1)
    base = secrets.randbits(74) % step
    noise = secrets.token_bytes(5 * count)
    ids = []
    for index in range(count):
        bits = base + index * step + int.from_bytes(noise[5 * index : 5 * index + 5])
        ids.append(UUID(int=high | (bits >> 62 & 0xFFF) << 64 | bits & (2**62 - 1)))
    return ids


def is_uuid(raw: str) -> bool:
    try:
        UUID(raw)
    except ValueError:
        return False
    return True


def derive_api_name(label: str, taken: Container[str] = ()) -> str:
    """An API name for a label: Chinese by pinyin, other scripts folded to ASCII, numbered if
    taken: 客户级别 → ke_hu_ji_bie, "Planned on" → planned_on. Empty when nothing is left."""
    words = re.findall(r"[A-Za-z0-9]+", _to_ascii(_snake(label)))
    name = re.sub(r"^[0-9_]+", "", "_".join(word.lower() for word in words))
    name = name[:API_NAME_LENGTH].rstrip("_")
    if not name:
        return ""
    candidate, number = name, 2
    while candidate in taken:
        ending = f"_{number}"
        candidate = name[: API_NAME_LENGTH - len(ending)].rstrip("_") + ending
        number += 1
    return candidate


def _snake(label: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", label)


def _to_ascii(label: str) -> str:
    if any("\u3400" <= char <= "\u9fff" for char in label):
        from pypinyin import lazy_pinyin  # 20 MB of tables, wanted only when a name is derived

        label = " ".join(lazy_pinyin(label))
    folded = unicodedata.normalize("NFKD", label)
    return folded.encode("ascii", "ignore").decode()


def physical_name(api_name: str, taken: Container[str]) -> str:
    """A table or column name, fixed for ever: the API name, numbered if another has it."""
    base = re.sub(r"[^a-z0-9_]", "_", api_name.lower())[:PHYSICAL_LENGTH] or "x"
    candidate, number = base, 2
    while candidate in taken:
        candidate = f"{base[: PHYSICAL_LENGTH - 5]}_{number}"
        number += 1
    return candidate

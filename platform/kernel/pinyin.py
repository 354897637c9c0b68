"""Chinese as it is typed in Latin letters: what people find 客户级别 by."""

from __future__ import annotations

from functools import lru_cache


def has_han(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in text)


def spelled(text: str) -> tuple[str, str]:
    """(pinyin, initials): 客户级别 → ("kehujibie", "khjb"); blank for a text without Han."""
    if not has_han(text):
        return "", ""
    read = syllables(text)
    return "".join(read), "".join(part[0] for part in read)


@lru_cache(maxsize=20_000)
def syllables(text: str) -> tuple[str, ...]:
    """客户 A → ("ke", "hu", "a")."""
    from pypinyin import lazy_pinyin  # 20 MB of tables, wanted only where Chinese is read

    return tuple(part.strip().lower() for part in lazy_pinyin(text) if part.strip())

"""Chinese as it is typed in Latin letters: what people find 客户级别 by."""

from __future__ import annotations

from functools import lru_cache


def has_han(text: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in text)


@lru_cache(maxsize=20_000)
def spelled(text: str) -> tuple[str, str]:
    """(pinyin, initials): 客户级别 → ("kehujibie", "khjb"); blank for a text without Han."""
    if not has_han(text):
        return "", ""
    from pypinyin import lazy_pinyin  # 20 MB of tables, wanted only where somebody searches

    syllables = [part.strip().lower() for part in lazy_pinyin(text) if part.strip()]
    return "".join(syllables), "".join(part[0] for part in syllables)

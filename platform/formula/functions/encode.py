"""Texts made safe for where they are put: HTML, an address, a script."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from fieldstone.formula.functions.base import Function, Signature, returns, strict
from fieldstone.formula.functions.lengths import not_too_long
from fieldstone.formula.functions.text import TEXT_ARGUMENT
from fieldstone.formula.types import TEXT

_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_BY_NAME = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", "'": "\\'", '"': '\\"'}
_BY_CODE = (*range(1, 32), 127, *map(ord, "<>&"), 0x2028, 0x2029)
_SCRIPT = str.maketrans({chr(code): f"\\u{code:04X}" for code in _BY_CODE} | _BY_NAME)
"""Also what would end the script's element, and what ends a line for a script only."""


def _function(
    name: str,
    encode: Callable[[str], str],
    words: tuple[str, str],
    examples: tuple[tuple[str, str], ...],
) -> Function:
    return Function(
        name=name,
        signature=Signature((TEXT_ARGUMENT,)),
        rule=returns(TEXT),
        evaluate=strict(lambda text: not_too_long(encode(text))),
        to_sql=None,
        fails=True,
        documentation={"en": words[0], "zh_CN": words[1]},
        examples=(*examples, (f"{name}(nickname)", "NULL")),
    )


FUNCTIONS = (
    _function(
        "HTMLENCODE",
        lambda text: text.translate(_HTML),
        (
            "The text with &, <, > and quotes written so that HTML shows them. Pages do this by "
            "themselves; it is for HTML that is sent elsewhere.",
            "把 &、<、> 和引号写成 HTML 能显示的形式。页面会自动这样做，此函数用于发往别处的 "
            "HTML。",
        ),
        (("HTMLENCODE(\"a < b & \\'c\\'\")", '"a &lt; b &amp; &#39;c&#39;"'),),
    ),
    _function(
        "URLENCODE",
        lambda text: quote(text, safe=""),
        (
            "The text as a part of a web address: everything but letters, digits and - . _ ~ is "
            "written with %, in UTF-8.",
            "文本作为网址一部分的写法：除字母、数字和 - . _ ~ 外，都按 UTF-8 用 % 表示。",
        ),
        (
            ('URLENCODE("a b&c=石")', '"a%20b%26c%3D%E7%9F%B3"'),
            ('"https://example.com/?q=" & URLENCODE(name)', '"https://example.com/?q=Fieldstone"'),
        ),
    ),
    _function(
        "JSENCODE",
        lambda text: text.translate(_SCRIPT),
        (
            "The text as it is written between quotes in JavaScript. What could end the quotes or "
            "the script is written with a backslash.",
            "文本在 JavaScript 引号内的写法：可能结束引号或脚本的字符用反斜杠表示。",
        ),
        (
            ('JSENCODE("it\\\'s")', '"it\\\\\'s"'),
            ('JSENCODE("</a>")', '"\\\\u003C/a\\\\u003E"'),
        ),
    ),
)

"""Links and pictures. They are values to be shown, never HTML: a page writes the element."""

from __future__ import annotations

import re
from decimal import Decimal

from fieldstone.formula import arithmetic
from fieldstone.formula.ast import Value
from fieldstone.formula.display import Link, Picture
from fieldstone.formula.faults import EvaluationError
from fieldstone.formula.functions.base import (
    Argument,
    Function,
    Signature,
    plain,
    returns,
)
from fieldstone.formula.types import LINK, PICTURE, Kind

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
PICTURE_SCHEMES = frozenset({"http", "https"})
TARGETS = frozenset({"_self", "_blank", "_parent", "_top"})
LONGEST_ADDRESS = 2_000
LARGEST_SIDE = 4_000

_TEXT, _NUMBER = frozenset({Kind.TEXT}), frozenset({Kind.NUMBER})
_SCHEME = re.compile(r"([^/?#:]*):")
_UNUSABLE = re.compile(r"[\x00-\x20\x7f-\xa0\\]")
"""Browsers leave some of these out and take others for a slash, and so might find a scheme where
there seems to be none."""


def _link(url: Value, label: Value = None, target: Value = None) -> Value:
    if not isinstance(url, str):
        return None
    where = target if isinstance(target, str) else "_self"
    if where not in TARGETS:
        raise EvaluationError("BAD_ARG")
    return Link(_address(url, SCHEMES), label if isinstance(label, str) else url.strip(), where)


def _picture(url: Value, alt: Value, height: Value = None, width: Value = None) -> Value:
    if not isinstance(url, str):
        return None
    text = alt if isinstance(alt, str) else ""
    return Picture(_address(url, PICTURE_SCHEMES), text, _side(height), _side(width))


def _address(url: str, schemes: frozenset[str]) -> str:
    """Absolute with one of the schemes, or relative."""
    address = url.strip()
    scheme = _SCHEME.match(address)
    if len(address) > LONGEST_ADDRESS or _UNUSABLE.search(address):
        raise EvaluationError("BAD_ARG")
    if scheme and scheme[1].lower() not in schemes:
        raise EvaluationError("BAD_ARG")
    return address


def _side(pixels: Value) -> int | None:
    if not isinstance(pixels, Decimal):
        return None
    side = arithmetic.truncated(pixels)
    if not 0 < side <= LARGEST_SIDE:
        raise EvaluationError("BAD_ARG")
    return side


FUNCTIONS = (
    Function(
        name="HYPERLINK",
        signature=Signature(
            (Argument("url", _TEXT), Argument("label", _TEXT), Argument("target", _TEXT)),
            optional=1,
        ),
        rule=returns(LINK),
        evaluate=plain(_link),
        to_sql=None,
        fails=True,
        documentation={
            "en": "A link to an address that begins with http:, https:, mailto: or tel:, or is "
            "relative; other ones are an error. A blank label means the address. `target` is "
            "_self, _blank, _parent or _top.",
            "zh_CN": "指向某个地址的链接：以 http:、https:、mailto: 或 tel: 开头，或为相对地址，"
            "其他地址是错误。label 为空时显示地址。target 可为 _self、_blank、_parent 或 _top。",
        },
        examples=(
            (
                'HYPERLINK("https://example.com/?q=" & name, name, "_blank")',
                'HYPERLINK("https://example.com/?q=Fieldstone", "Fieldstone", "_blank")',
            ),
            ('HYPERLINK("/help", nickname)', 'HYPERLINK("/help", "/help", "_self")'),
            ('HYPERLINK(nickname, "no address")', "NULL"),
        ),
    ),
    Function(
        name="IMAGE",
        signature=Signature(
            (
                Argument("url", _TEXT),
                Argument("alt", _TEXT),
                Argument("height", _NUMBER),
                Argument("width", _NUMBER),
            ),
            optional=2,
        ),
        rule=returns(PICTURE),
        evaluate=plain(_picture),
        to_sql=None,
        fails=True,
        documentation={
            "en": "A picture from an address that begins with http: or https:, or is relative; "
            "other ones are an error. `alt` says what it shows to those who do not see it; height "
            "and width are in pixels.",
            "zh_CN": "来自某个地址的图片：以 http: 或 https: 开头，或为相对地址，其他地址是错误。"
            "alt 是给看不到图片的人的说明；高度和宽度以像素计。",
        },
        examples=(
            (
                'IMAGE("/img/" & TEXT(status) & ".png", "Status", 16, 16)',
                'IMAGE("/img/open.png", "Status", 16, 16)',
            ),
            ('IMAGE(nickname, "nothing")', "NULL"),
        ),
    ),
)

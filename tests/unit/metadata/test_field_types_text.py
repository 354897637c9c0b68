"""Text and the types that are text with a shape: addresses of mail and web, phones, colours."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from fieldstone.kernel.i18n import Locale
from fieldstone.metadata.field_types.base import BadValue
from fieldstone.metadata.field_types.registry import FIELD_TYPES

ZH = Locale(code="zh_CN", timezone="Asia/Shanghai")
EN = Locale(code="en")


def parse(name: str, raw: Any, **config: Any) -> Any:
    return FIELD_TYPES[name].parse(raw, ZH, config)


def refusal(name: str, raw: Any, **config: Any) -> str:
    with pytest.raises(BadValue) as refused:
        parse(name, raw, **config)
    return refused.value.code


def test_text_is_nfc_and_without_blanks_at_its_ends() -> None:
    assert parse("text", " \u3000e\u0301t\u200b ") == unicodedata.normalize("NFC", "e\u0301t")
    assert parse("long_text", "a\r\nb\rc\td \n") == "a\nb\nc\td"
    assert parse("text", 12) == "12"
    assert parse("text", 0.1) == "0.1"


def test_one_line_is_one_line() -> None:
    for raw in ("a\nb", "a\rb", "a\tb", "a\u2028b", "a\x85b"):
        assert refusal("text", raw) == "field.line_break"
    assert parse("text", "a\n") == "a"


@pytest.mark.parametrize("raw", [True, [], {}, float("nan"), 10**500])
def test_only_text_is_text(raw: Any) -> None:
    assert refusal("text", raw) == "field.not_text"


@pytest.mark.parametrize("name", ["text", "long_text", "rich_text"])
def test_length_counts_code_points(name: str) -> None:
    wrap = "<p>{}</p>" if name == "rich_text" else "{}"
    room = 20 - len(wrap) + 2
    assert parse(name, wrap.format("𠮷" * room), length=20)
    with pytest.raises(BadValue) as refused:
        parse(name, wrap.format("𠮷" * (room + 1)), length=20)
    assert refused.value.code == "field.too_long"
    assert refused.value.params == {"limit": 20, "length": 21}


def test_default_lengths() -> None:
    assert parse("text", "x" * 255)
    assert refusal("text", "x" * 256) == "field.too_long"
    assert parse("long_text", "x" * 32_000)
    assert refusal("long_text", "x" * 32_001) == "field.too_long"


def test_indexed_text_must_fit_an_index_entry() -> None:
    long = "中" * 601
    assert parse("text", long, length=2000) == long
    for key in ("unique", "indexed", "external_id"):
        assert refusal("text", long, length=2000, **{key: True}) == "field.too_long_for_index"
        assert parse("text", "中" * 600, length=2000, **{key: True})
        assert parse("text", "x" * 1800, length=2000, **{key: True})


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("<p>hi<script>alert(1)</script></p>", "<p>hi</p>"),
        ('<p onclick="x()" hx-get="/x" data-hx-post="/y" style="color:red">hi</p>', "<p>hi</p>"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        (
            '<a href="https://a.cn" target="_blank">x</a>',
            '<a href="https://a.cn" rel="noopener noreferrer">x</a>',
        ),
        ('<img src="/f/1" onerror="x()">', '<img src="/f/1">'),
        ("<iframe src=//x></iframe><b>y</b>", "<b>y</b>"),
        ("<svg><script>1</script></svg><i>z</i>", "<i>z</i>"),
        ("<b>open", "<b>open</b>"),
        ("plain & simple\nnext", "<p>plain &amp; simple<br>next</p>"),
        ("1 < 2", "<p>1 &lt; 2</p>"),
        ("<unknown>gone</unknown>", "<p>gone</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("<p><br></p>", None),
        ("<p>&nbsp;</p>", None),
    ],
)
def test_rich_text_is_cleaned(raw: str, stored: str | None) -> None:
    assert parse("rich_text", raw) == stored
    assert parse("rich_text", stored) == stored


def test_rich_text_is_shown_as_words() -> None:
    source = '<h1>Title</h1><p>a <b>b</b>c &amp; d<br>e</p><img src="/x" alt="1 > 0">'
    assert FIELD_TYPES["rich_text"].format(source, EN, {}) == "Title a bc & d e"
    assert refusal("rich_text", "<!-- " + "x" * 90 + " -->", length=10) == "field.too_long"


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("Jane.Doe+x@Example.COM", "Jane.Doe+x@example.com"),
        ("mailto:a@b.cn", "a@b.cn"),
        ("a＠b．cn", "a@b.cn"),
        ("wang@例子.公司", "wang@例子.公司"),
        ("o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"),
    ],
)
def test_email_addresses(raw: str, stored: str) -> None:
    assert parse("email", raw) == stored


@pytest.mark.parametrize(
    "raw",
    [
        "a",
        "a@b",
        "@b.cn",
        "a@",
        "a b@c.cn",
        ".a@b.cn",
        "a.@b.cn",
        "a..b@c.cn",
        "a@b..cn",
        "a@-b.cn",
        "a@1.2.3.4",
        "a@b.cn, c@d.cn",
        "Jane <a@b.cn>",
        f"{'x' * 65}@b.cn",
        "a@b_.cn",
    ],
)
def test_what_is_no_email_address_is_refused(raw: str) -> None:
    assert refusal("email", raw) == "field.not_an_email"


def test_email_addresses_have_a_length() -> None:
    assert refusal("email", f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 60}.cn") == (
        "field.too_long"
    )


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("example.com", "https://example.com"),
        ("Example.com:8080/Path", "https://example.com:8080/Path"),
        ("//example.com/x", "https://example.com/x"),
        ("HTTP://EXAMPLE.com/A?b=C#d", "http://example.com/A?b=C#d"),
        ("例子.中国/路", "https://例子.中国/路"),
        ("http://localhost:8000/", "http://localhost:8000/"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("mailto:Jane@Example.com?subject=x", "mailto:Jane@example.com?subject=x"),
        ("tel:+86-10-1234", "tel:+86-10-1234"),
    ],
)
def test_links(raw: str, stored: str) -> None:
    assert parse("url", raw) == stored


@pytest.mark.parametrize(
    "raw",
    ["javascript:alert(1)", "JavaScript://a.cn/%0aalert(1)", "data:text/html,x", "ftp://a.cn"],
)
def test_links_of_other_schemes_are_refused(raw: str) -> None:
    assert refusal("url", raw) == "field.url_scheme"


@pytest.mark.parametrize(
    "raw",
    [
        "foo",
        "https://",
        "https://a b.cn",
        "https://u:p@a.cn",
        "https://a.cn\\@b.cn",
        "/relative",
        "https://a.cn:99999",
        "https://[::1",
        "https://<b>.cn",
        'https://a.cn/"x',
        "tel:abc",
        "#x",
    ],
)
def test_what_is_no_link_is_refused(raw: str) -> None:
    assert refusal("url", raw) == "field.not_a_url"


@pytest.mark.parametrize(
    ("raw", "stored", "shown"),
    [
        ("13800138000", "+8613800138000", "138 0013 8000"),
        ("+86 138-0013-8000", "+8613800138000", "138 0013 8000"),
        ("0086 13800138000", "+8613800138000", "138 0013 8000"),
        ("１３８００１３８０００", "+8613800138000", "138 0013 8000"),
        ("tel:+8613800138000", "+8613800138000", "138 0013 8000"),
        ("021-55550000", "+862155550000", "021 5555 0000"),
        ("400-820-8820", "+864008208820", "400 820 8820"),
        ("95588", "+8695588", "95588"),
        ("+1 202-555-0100", "+12025550100", "+1 202-555-0100"),
        ("021-55550000 转 801", "+862155550000;ext=801", "021 5555 0000 转 801"),
        ("021-55550000 ext. 801", "+862155550000;ext=801", "021 5555 0000 转 801"),
        ("021-55550000分机801", "+862155550000;ext=801", "021 5555 0000 转 801"),
    ],
)
def test_phone_numbers(raw: str, stored: str, shown: str) -> None:
    assert parse("phone", raw) == stored
    assert FIELD_TYPES["phone"].format(stored, ZH, {}) == shown
    assert parse("phone", shown) == stored


def test_phone_numbers_of_another_home() -> None:
    config = {"country": "US"}
    assert parse("phone", "(202) 555-0100", **config) == "+12025550100"
    assert FIELD_TYPES["phone"].format("+12025550100", EN, config) == "(202) 555-0100"
    assert FIELD_TYPES["phone"].format("+8613800138000", EN, config) == "+86 138 0013 8000"
    assert FIELD_TYPES["phone"].format("+12025550100;ext=7", EN, config) == (
        "(202) 555-0100 ext. 7"
    )


@pytest.mark.parametrize(
    "raw", ["123", "12345678901", "1380013800", "call me", "+86", "+999123456"]
)
def test_what_is_no_phone_number_is_refused(raw: str) -> None:
    assert refusal("phone", raw) == "field.not_a_phone"


def test_a_phone_number_that_cannot_be_read_is_shown_as_it_is() -> None:
    assert FIELD_TYPES["phone"].format("12", EN, {}) == "12"


def test_colours() -> None:
    for raw in ("#2F4FC9", "2f4fc9"):
        assert parse("color", raw) == "#2f4fc9"
    assert parse("color", "#abc") == "#aabbcc"
    for wrong in ("red", "#12345", "#gggggg", 123456):
        assert refusal("color", wrong) == "field.not_a_color"


def test_a_secret_is_never_shown_and_its_mask_never_stored() -> None:
    secret = FIELD_TYPES["secret"]
    assert secret.format(parse("secret", "hunter2"), EN, {}) == "••••••"
    assert refusal("secret", "••••••") == "field.secret_mask"
    assert secret.operators == ()

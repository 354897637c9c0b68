"""Rows as files for spreadsheets: CSV as it is read, XLSX with real numbers and days. A text that a
spreadsheet would take for a formula stays a text."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it ships none

from fieldstone.web.contexts import ValueView

ENCODINGS = {"csv": "utf-8", "csv-gb18030": "gb18030"}
BOM = b"\xef\xbb\xbf"
BLOCK = 64 * 1024
LONGEST_CELL = 32_767
"""What Excel holds in one cell."""
EXACT_DIGITS = 15
"""Of a number in Excel; one with more is written as text, lest it be rounded."""
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[\d,]+(\.\d+)?%?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value and how it reads. `kind` is the type of its field."""

    value: Any
    view: ValueView
    kind: str

    @property
    def text(self) -> str:
        return "" if self.view.blank else str(self.view.text)


Rows = AsyncIterator[Sequence[Sequence[Cell]]]


def harmless(text: str) -> str:
    """With an apostrophe before what would begin a formula; numbers begin none."""
    if text.startswith(_RISKY) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


async def csv_file(heads: Sequence[str], pages: Rows, kind: str) -> AsyncIterator[bytes]:
    """Page by page; a character that the encoding lacks becomes a question mark."""
    encoding = ENCODINGS[kind]
    yield (BOM if encoding == "utf-8" else b"") + _lines([heads], encoding)
    async for page in pages:
        yield _lines([[cell.text for cell in row] for row in page], encoding)


def _lines(rows: Sequence[Sequence[str]], encoding: str) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([harmless(text) for text in row] for row in rows)
    return written.getvalue().encode(encoding, errors="replace")


async def xlsx_file(
    heads: Sequence[str], pages: Rows, timezone: str, name: str
) -> AsyncIterator[bytes]:
    """Rows go to disk as they come, so that memory does not grow with them."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "list.xlsx"
        sheet = _Sheet(target, timezone, name)
        sheet.head(heads)
        async for page in pages:
            await asyncio.to_thread(sheet.add, page)
        await asyncio.to_thread(sheet.close)
        with target.open("rb") as content:
            while block := content.read(BLOCK):
                yield block


class _Sheet:
    """One worksheet on its way to disk."""

    def __init__(self, target: Path, timezone: str, name: str) -> None:
        options = {"constant_memory": True, "tmpdir": str(target.parent)}
        self._book = Workbook(str(target), options)
        self._sheet = self._book.add_worksheet(_sheet_name(name))
        self._zone = ZoneInfo(timezone)
        self._formats = {
            kind: self._book.add_format({"num_format": shape}) for kind, shape in _FORMATS.items()
        }
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._next = 1

    def head(self, heads: Sequence[str]) -> None:
        self._sheet.freeze_panes(1, 0)
        for index, text in enumerate(heads):
            self._sheet.set_column(index, index, max(12, min(40, 2 * len(text) + 4)))
            self._sheet.write_string(0, index, text, self._bold)

    def add(self, page: Sequence[Sequence[Cell]]) -> None:
        for row in page:
            for index, cell in enumerate(row):
                self._write(index, cell)
            self._next += 1

    def _write(self, index: int, cell: Cell) -> None:
        value, place = cell.value, (self._next, index)
        if value is None or cell.view.blank:
            return
        shape = self._formats.get(cell.kind)
        if isinstance(value, bool):
            self._sheet.write_boolean(*place, value)
        elif isinstance(value, int | Decimal) and _fits(value):
            self._sheet.write_number(*place, float(value), shape)
        elif isinstance(value, datetime):
            local = value.astimezone(self._zone).replace(tzinfo=None)
            self._day(place, local, shape, cell)
        elif isinstance(value, date | time):
            self._day(place, value, shape, cell)
        else:
            self._sheet.write_string(*place, cell.text[:LONGEST_CELL])

    def _day(self, place: tuple[int, int], value: Any, shape: Any, cell: Cell) -> None:
        """Excel knows no day before 1900."""
        if getattr(value, "year", 1900) < 1900:
            self._sheet.write_string(*place, cell.text)
        else:
            self._sheet.write_datetime(*place, value, shape)

    def close(self) -> None:
        self._book.close()


_FORMATS: Mapping[str, str] = {
    "integer": "0",
    "decimal": "#,##0.########",
    "currency": "#,##0.00",
    "percent": "0.########%",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "time": "hh:mm",
}


def _fits(value: int | Decimal) -> bool:
    digits = str(abs(value)).replace(".", "").strip("0")
    return len(digits) <= EXACT_DIGITS


def _sheet_name(name: str) -> str:
    """Excel allows 31 characters and not all of them."""
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() or "1"

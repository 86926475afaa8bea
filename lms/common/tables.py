"""Tables in and out: CSV as offices in Kyrgyzstan save it, and XLSX, both with every cell as text.

A file from outside is hostile until read: its size, rows, columns and unpacked size are capped, a document type
declaration in its XML is refused, and what is written out can never start a formula.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from lms.common.errors import ActionError

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 1000
MAX_COLUMNS = 40
MAX_CELL = 500
# Excel's, for the name of a sheet.
MAX_TITLE = 31
MAX_UNPACKED = 12 * 1024 * 1024
MAX_RATIO = 200
# Opening and closing tags of one part of an XLSX: the largest table allowed has some 160,000.  A row is read whole
# before its columns are counted, and a million empty cells in it take half a minute.
MAX_TAGS = 250_000
DELIMITERS = (";", ",", "\t")
# Of one kind in a CSV, for the same reason: the largest table allowed has some 40,000, and texts have commas in them.
MAX_DELIMITERS = 100_000
# Among them the wide signs of an East Asian keyboard.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TableRefused(ActionError):
    code = "table_refused"
    message = _("This file cannot be read as a table. Save it as XLSX or as CSV (UTF-8) and send it again.")


class TableTooLarge(TableRefused):
    code = "table_too_large"
    message = _("The file is too large: at most %(rows)s rows, %(columns)s columns and 2 MB.")

    def __init__(self) -> None:
        super().__init__(rows=MAX_ROWS, columns=MAX_COLUMNS)


class OldExcel(TableRefused):
    code = "old_excel"
    message = _("This is a file of an old Excel (.xls). Save it as .xlsx or as CSV and send it again.")


class TableEmpty(TableRefused):
    code = "table_empty"
    message = _("The file has no rows below its header.")


class Readable(Protocol):
    """An uploaded or stored file."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Row:
    """A row that is not empty, under the number that a spreadsheet shows beside it, up to its last filled cell."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """The first row that is not empty, and the others."""

    header: list[str]
    rows: list[Row]


def read_table(upload: Readable) -> Table:
    """A CSV or XLSX file, told apart by its first bytes.  Raises TableRefused or one of its kinds."""
    filled = read_rows(upload)
    if len(filled) < 2:
        raise TableEmpty
    return Table(header=filled[0].cells, rows=filled[1:])


def read_rows(upload: Readable, *, max_tags: int = MAX_TAGS) -> list[Row]:
    """The same without a header: every row that is not empty.  Raises TableRefused or one of its kinds.

    `max_tags`: as MAX_TAGS, where the table has fewer columns.
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TableTooLarge
    if data.startswith(_OLD_EXCEL):
        raise OldExcel
    lines = _xlsx_lines(data, max_tags) if data.startswith(_ZIP) else _csv_lines(data)
    return [row for row in _numbered(lines) if row.cells]


def _numbered(lines: Iterable[Sequence[Any]]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if number > MAX_ROWS + 1:
            raise TableTooLarge
        if any(as_text(cell) for cell in line[MAX_COLUMNS:]):
            raise TableTooLarge
        cells = [as_text(cell) for cell in line[:MAX_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        yield Row(number, cells)


def as_text(value: Any) -> str:
    """A cell as the text that a person reads: a code that a spreadsheet made a number is a code again."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = " ".join(str(value).replace("\x00", "").split())
    if len(text) > MAX_CELL:
        raise TableTooLarge
    return text


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _csv_lines(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    if max(map(text.count, DELIMITERS)) > MAX_DELIMITERS:
        raise TableTooLarge
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    except csv.Error as error:
        raise TableRefused from error


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one (Excel's "Unicode text"), else Windows-1251."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TableRefused


def _delimiter(text: str) -> str:
    header, *_rest = re.split("[\r\n]", text.lstrip(" \r\n"), maxsplit=1)
    return max(DELIMITERS, key=header.count)


# ── XLSX ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _xlsx_lines(data: bytes, max_tags: int) -> Iterator[Sequence[Any]]:
    _require_harmless(data, max_tags)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # The size that a file claims is not believed: it would fill memory with empty cells.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1, values_only=True)
    except TableRefused:
        raise
    except Exception as error:  # a broken file can fail anywhere inside the reader
        raise TableRefused from error


def _require_harmless(data: bytes, max_tags: int) -> None:
    """Refuses archives that unpack to too much, or that declare a document type (entities)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(len(data), 1):
                raise TableTooLarge
            for entry in entries:
                _require_modest(archive.read(entry), max_tags)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise TableRefused from error


def _require_modest(part: bytes, max_tags: int) -> None:
    # Without the zeros, XML in two bytes a letter says the same.
    if b"<!DOCTYPE" in part.replace(b"\x00", b""):
        raise TableRefused
    if part.count(b"<") > max_tags:
        raise TableTooLarge


# ── Out ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def harmless(value: object) -> str:
    """The cell as text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(header: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with its mark and semicolons: what Excel opens right in Kyrgyz and Russian."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow([harmless(cell) for cell in header])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def write_xlsx(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    choices: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """One sheet, every cell as text: long codes stay whole.

    `choices` are words that the program which opens the file offers below a head, from a second sheet; others may be
    written all the same.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:MAX_TITLE])
    sheet.freeze_panes = "A2"
    _write_rows(sheet, header, rows)
    if choices:
        offered = book.create_sheet(str(_("Words to choose"))[:MAX_TITLE])
        _write_rows(offered, list(choices), zip_longest(*choices.values(), fillvalue=""))
        for place, (head, words) in enumerate(choices.items(), start=1):
            sheet.data_validations.append(_choice(header.index(head) + 1, offered.title, place, len(words)))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_rows(sheet: Any, header: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
    for number in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 22
    for row in (header, *rows):
        sheet.append([_text_cell(sheet, value) for value in row])


def _choice(column: int, sheet: str, place: int, words: int) -> DataValidation:
    """Below the head of `column` the words of that sheet: `words` of them in its column `place`."""
    there, here = get_column_letter(place), get_column_letter(column)
    listed = f"'{sheet}'!${there}$2:${there}${words + 1}"
    choice = DataValidation(type="list", formula1=listed, allow_blank=True, showErrorMessage=False)
    choice.add(f"{here}2:{here}{MAX_ROWS + 1}")
    return choice


def _text_cell(sheet: Any, value: object) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=harmless(value))
    cell.number_format = "@"
    return cell

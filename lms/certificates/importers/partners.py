"""A partner's list: one code a row, and the name on the paper behind it where the partner wants it compared."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from lms.certificates.importers.codes import (
    ADDRESS_LENGTH,
    CodeMissing,
    NoCode,
    OtherSite,
    ReadCode,
    found_in,
    read_code,
)
from lms.certificates.signing import comparable_name
from lms.common.errors import ActionError
from lms.common.names import clean_name
from lms.common.tables import MAX_ROWS, Readable, TableTooLarge, read_rows

MAX_NAME = 120
# All rows at their longest.
MAX_TEXT = MAX_ROWS * (ADDRESS_LENGTH + MAX_NAME + 4)
# Anybody may send a file, and the server reads one at a time: room for all rows with some six columns.
MAX_TAGS = 40_000
# Columns of a file in which a code is looked for where the first holds none.
MOST_COLUMNS = 6
# No code and no address of ours holds one of these.
_BETWEEN = re.compile(r"[\t;,]")


class ListEmpty(ActionError):
    code = "list_empty"
    message = _("Type or paste at least one code, or choose a file.")


class ListTooLong(ActionError):
    code = "list_too_long"
    message = _("The list is too long: at most %(rows)s rows at once. Divide it.")

    def __init__(self) -> None:
        super().__init__(rows=MAX_ROWS)


class ListTooWide(ActionError):
    code = "list_too_wide"
    message = _(
        "The file is too large: at most %(rows)s rows and 2 MB. Leave only two columns in it: the codes and the names."
    )

    def __init__(self) -> None:
        super().__init__(rows=MAX_ROWS)


class CodeTwice(NoCode):
    code = "code_twice"
    message = _("This certificate stands in row %(row)s already. It was checked there.")


class OtherName(NoCode):
    """A copied certificate looks like this.  Its name stays uncompared: it would be one more guess in the same list."""

    code = "other_name"
    message = _(
        "This code stands in row %(row)s already, with another name or without one. The name here was not compared: "
        "look at both papers."
    )


class NameTooLong(ActionError):
    code = "name_too_long"
    message = _("The name is too long to be one.")


@dataclass(frozen=True)
class ListedRow:
    """One row under the number that the partner sees beside it.

    Nothing is looked up for it where `refusal` says why it is not checked, or `hint` why no code could be read in it:
    that says nothing about a certificate.  `whole`: as of a ReadCode.
    """

    number: int
    typed: str
    name: str = ""
    public_id: str = ""
    whole: bool = True
    refusal: ActionError | None = None
    hint: ActionError | None = None


def listed_in_text(text: str) -> list[ListedRow]:
    """What was typed or pasted, a row a line.  Raises ListEmpty, ListTooLong."""
    return _listed((number, _cells(line), [line]) for number, line in enumerate(text.splitlines(), start=1))


def _cells(line: str) -> list[str]:
    return _BETWEEN.split(line, maxsplit=1)


def listed_in_file(upload: Readable) -> list[ListedRow]:
    """Codes and names in a CSV or XLSX file, the first two columns or nearby, without a head if there is one.

    Raises TableRefused, ListTooWide, ListEmpty, ListTooLong.
    """
    try:
        rows = read_rows(upload, max_tags=MAX_TAGS)
    except TableTooLarge:
        raise ListTooWide from None
    if rows and _is_head(rows[0].cells[0]):
        rows = rows[1:]
    return _listed((row.number, row.cells[:2], row.cells[:MOST_COLUMNS]) for row in rows)


def _is_head(cell: str) -> bool:
    """Words, and neither a code, nor a slip in one, nor an address: those have digits, or are as long as one."""
    return len(cell) < 20 and not re.search(r"[0-9/]", cell)


def _listed(lines: Iterable[tuple[int, list[str], list[str]]]) -> list[ListedRow]:
    """Of each its number, code and name as they should stand, and the cells to look in where they do not."""
    filled = [line for line in lines if any(cell.strip() for cell in line[2])]
    if not filled:
        raise ListEmpty
    if len(filled) > MAX_ROWS:
        raise ListTooLong
    return list(_once_each(_row(*line) for line in filled))


def _row(number: int, cells: list[str], around: list[str]) -> ListedRow:
    typed = " ".join(" ".join(around).split())
    try:
        code, name = _read(cells, around)
    except OtherSite as error:
        return ListedRow(number, typed, refusal=error)
    except NoCode as error:
        return ListedRow(number, typed, hint=error)
    if len(name) > MAX_NAME:
        return ListedRow(number, typed, name[:MAX_NAME], refusal=NameTooLong())
    return ListedRow(number, typed, name, code.public_id, code.whole)


def _read(cells: list[str], around: list[str]) -> tuple[ReadCode, str]:
    """Code and name.  Raises NoCode."""
    code, name = (*cells, "")[:2]
    with contextlib.suppress(NoCode):
        return read_code(code), clean_name(name)
    wrong: NoCode | None = None
    for place, cell in enumerate(around):
        try:
            found, rest = found_in(cell)
        except OtherSite:
            raise
        except NoCode as error:
            wrong = error if wrong is None or isinstance(wrong, CodeMissing) else wrong
        else:
            return found, clean_name(rest or _beside(around, place))
    raise wrong or CodeMissing


def _beside(cells: list[str], place: int) -> str:
    """The name is in the cell before the code, or behind it."""
    near = [*cells[max(place - 1, 0) : place], *cells[place + 1 : place + 2]]
    return next((cell for cell in near if re.search(r"[^\W\d_]{2}", cell)), "")


def _once_each(rows: Iterable[ListedRow]) -> Iterator[ListedRow]:
    """A certificate that stands twice is checked once: its second row would be one more guess at its name."""
    first: dict[str, ListedRow] = {}
    for row in rows:
        earlier = first.setdefault(row.public_id, row)
        if row is earlier or not row.public_id:
            yield row
        else:
            yield replace(row, refusal=(CodeTwice if _no_other_name(row, earlier) else OtherName)(row=earlier.number))


def _no_other_name(row: ListedRow, earlier: ListedRow) -> bool:
    return not row.name or comparable_name(row.name) == comparable_name(earlier.name)

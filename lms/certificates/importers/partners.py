"""A partner's list: one code a row, and the name on the paper behind it where the partner wants it compared."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from lms.certificates.importers.codes import ADDRESS_LENGTH, NoCode, public_id_of, require_own_site
from lms.common.errors import ActionError
from lms.common.names import clean_name
from lms.common.tables import MAX_ROWS, Readable, TableTooLarge, read_rows

MAX_NAME = 120
# All rows at their longest.
MAX_TEXT = MAX_ROWS * (ADDRESS_LENGTH + MAX_NAME + 4)
# Anybody may send a file, and the server reads one at a time: room for all rows with some six columns.
MAX_TAGS = 40_000
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


class CodeMissing(NoCode):
    code = "code_missing"
    message = _("There is no code in this row.")


class CodeTwice(NoCode):
    code = "code_twice"
    message = _("This certificate stands in row %(row)s already. It was checked there.")


class NameTooLong(ActionError):
    code = "name_too_long"
    message = _("The name is too long to be one.")


@dataclass(frozen=True)
class ListedRow:
    """One row under the number that the partner sees beside it; without a `public_id` it is no code of ours.

    `refusal` says why the row is not checked at all, `hint` what may be wrong with a code that is not ours.
    """

    number: int
    typed: str
    name: str = ""
    public_id: str = ""
    refusal: ActionError | None = None
    hint: ActionError | None = None


def listed_in_text(text: str) -> list[ListedRow]:
    """What was typed or pasted, a row a line.  Raises ListEmpty, ListTooLong."""
    lines = ((number, _BETWEEN.split(line, maxsplit=1)) for number, line in enumerate(text.splitlines(), start=1))
    return _listed(lines)


def listed_in_file(upload: Readable) -> list[ListedRow]:
    """The first two columns of a CSV or XLSX file, without a head if there is one.

    Raises TableRefused, ListTooWide, ListEmpty, ListTooLong.
    """
    try:
        rows = read_rows(upload, max_tags=MAX_TAGS)
    except TableTooLarge:
        raise ListTooWide from None
    if rows and _is_head(rows[0].cells[0]):
        rows = rows[1:]
    return _listed((row.number, row.cells[:2]) for row in rows)


def _is_head(cell: str) -> bool:
    """Words, and neither a code, nor a slip in one, nor an address: those have digits, or are as long as one."""
    return len(cell) < 20 and not re.search(r"[0-9/]", cell)


def _listed(lines: Iterable[tuple[int, list[str]]]) -> list[ListedRow]:
    filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise ListEmpty
    if len(filled) > MAX_ROWS:
        raise ListTooLong
    return list(_once_each(_row(number, *cells) for number, cells in filled))


def _row(number: int, typed: str, name: str = "") -> ListedRow:
    typed, name = typed.strip(), clean_name(name)
    try:
        if not typed:
            raise CodeMissing
        if len(name) > MAX_NAME:
            raise NameTooLong
        require_own_site(typed)
    except ActionError as error:
        return ListedRow(number, typed, name[:MAX_NAME], refusal=error)
    try:
        return ListedRow(number, typed, name, public_id_of(typed))
    except NoCode as error:
        return ListedRow(number, typed, name, hint=error)


def _once_each(rows: Iterable[ListedRow]) -> Iterator[ListedRow]:
    """A certificate that stands twice is checked once: its second row would be one more guess at its name."""
    first: dict[str, int] = {}
    for row in rows:
        if row.public_id and row.public_id in first:
            yield ListedRow(row.number, row.typed, row.name, refusal=CodeTwice(row=first[row.public_id]))
        else:
            first[row.public_id] = row.number
            yield row

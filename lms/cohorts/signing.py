"""A roster's file between preview and import: encrypted in the page itself, so that nothing about it is stored.

The token is bound to the cohort and to the person who uploaded, names its import (so that two presses of the button
import once), and is worth nothing after an hour.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext_lazy as _

from lms.common.codes import new_id
from lms.common.crypto import unwrap, wrap
from lms.common.errors import ActionError
from lms.common.tables import Row, Table, TableTooLarge

VALID_FOR = timedelta(hours=1)
# Below the limit of a form's size (settings.DATA_UPLOAD_MAX_MEMORY_SIZE).
MAX_TOKEN = 1_500_000


class PreviewExpired(ActionError):
    code = "preview_expired"
    message = _("This preview is too old. Nothing was imported; please choose the file again.")


@dataclass(frozen=True)
class HeldTable:
    """A table on its way from preview to import."""

    import_id: UUID
    table: Table


def hold_table(table: Table, *, cohort_id: UUID, person_id: UUID, at: datetime) -> str:
    """The table as a token for a hidden field.  Raises TableTooLarge."""
    held = {"import": str(new_id()), "cohort": str(cohort_id), "person": str(person_id), "at": at.timestamp()}
    packed = zlib.compress(json.dumps({**held, "table": asdict(table)}, ensure_ascii=False).encode())
    token = wrap(packed).decode()
    if len(token) > MAX_TOKEN:
        raise TableTooLarge
    return token


def held_table(token: str, *, cohort_id: UUID, person_id: UUID, at: datetime) -> HeldTable:
    """The inverse of `hold_table`.  Raises PreviewExpired for an old, foreign or mangled token."""
    try:
        held = json.loads(zlib.decompress(unwrap(token.encode())))
    except (InvalidToken, UnicodeEncodeError) as error:
        raise PreviewExpired from error
    fresh = at.timestamp() - held["at"] <= VALID_FOR.total_seconds()
    if not fresh or (held["cohort"], held["person"]) != (str(cohort_id), str(person_id)):
        raise PreviewExpired
    table = held["table"]
    rows = [Row(row["number"], row["cells"]) for row in table["rows"]]
    return HeldTable(UUID(held["import"]), Table(table["header"], rows))

"""The rows of a roster, written without the template engine: two hundred people are eight hundred choices.

And what nobody has marked yet, for whoever closes the cohort.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.attendance.models import Status
from lms.attendance.queries import forgotten_sessions, half_marked_sessions
from lms.cohorts.models import Cohort
from lms.cohorts.queries import LooseEnd
from lms.common.icons import ICONS
from lms.common.templatetags.interface import status as chip
from lms.people.models import User

# Value and icon of the four choices, in the order of the row.
STATUS_ICONS = [
    (Status.PRESENT, "check"),
    (Status.LATE, "clock"),
    (Status.EXCUSED, "minus"),
    (Status.ABSENT, "cross"),
]
# What stands in the place of a row's id and name in the parts that are the same for many; no text of ours holds them.
_ID, _NAME = "\0", "\1"


class RosterRow(NamedTuple):
    """One person on the roster of a session.

    `received` is what stands on the server, "" while nobody has marked her; `status` is what the row shows: the same,
    or what was ticked on a sheet that was refused.  It was refused where somebody
    else changed this mark (`is_overtaken`) or a coordinator decided it (`is_decided`).  Whoever `joined_later` than
    the session's end was not there: “all others” is not said of her.
    """

    enrolment_id: UUID
    name: str
    status: str
    received: str
    is_disputed: bool
    is_overtaken: bool = False
    is_decided: bool = False
    joined_later: bool = False

    @property
    def said(self) -> Status | None:
        """What the server has, where the row is only read."""
        return Status(self.received) if self.received else None

    @property
    def is_refused(self) -> bool:
        return self.is_overtaken or self.is_decided

    @property
    def alike(self) -> tuple[str | bool, ...]:
        """All but who it is: rows for which this is the same differ in nothing else."""
        return self[2:]


def roster_rows(rows: Sequence[RosterRow]) -> SafeString:
    """The items of the list, in the active language.  Only the name comes from people, and it is escaped."""
    parts = {alike: _parts(row) for alike, row in {row.alike: row for row in rows}.items()}
    written: list[str] = []
    for row in rows:
        (before, after), one = parts[row.alike], str(row.enrolment_id)
        written += one.join(before), escape(row.name), one.join(after)
    return mark_safe("".join(written))  # noqa: S308 - constants, ids and an escaped name


def _parts(row: RosterRow) -> list[list[str]]:
    """What stands before the name and behind it, each cut where the id belongs."""
    return [part.split(_ID) for part in _item(row).split(_NAME)]


def _item(row: RosterRow) -> str:
    return (
        f'<li class="roster-row"{_anchor(row)}><fieldset><legend><bdi>{_NAME}</bdi></legend>\n'
        f'<div class="segments">{_choices(row.status, row.received)}</div>\n'
        f'<p class="roster-note">{_note(row)}</p>{_over(row)}</fieldset></li>\n'
    )


def _anchor(row: RosterRow) -> str:
    """The word above the list leads to the row; the button for all others passes over her who joined later."""
    anchor = f' id="row-{_ID}"' if row.is_refused else ""
    return f"{anchor} data-joined-later" if row.joined_later else anchor


def _over(row: RosterRow) -> str:
    """What a choice on this row is made over, sent along with it."""
    return f'<input type="hidden" name="over-{_ID}" value="{row.received}">' if row.received else ""


def _note(row: RosterRow) -> str:
    """What became of the mark, and the way to its history; the address goes on from the roster's own."""
    is_unsent = row.status != row.received
    note = _overtaken(row) if row.is_overtaken else ""
    if row.is_decided:
        note = chip("attention", _("A coordinator has decided this mark. Ask the coordinator to change it.")) + " "
    if is_unsent:
        note += "<span data-unsent>" + chip("waiting", _("not sent yet")) + "</span>"
    if row.joined_later:
        note += '<span class="muted">' + _("joined after this session") + "</span> "
    if row.received:
        sent = f"<span data-sent{' hidden' if is_unsent else ''}>{_sent(row)}</span>"
        note += f'{sent} <a href="{_ID}/">' + _("correct or undo") + "</a>"
    return note


def _overtaken(row: RosterRow) -> str:
    now, hers = Status(row.received or Status.UNMARKED).label, Status(row.status).label
    said = _("Changed meanwhile to “%(now)s”. You had chosen “%(hers)s”.") % {"now": now, "hers": hers}
    return f"<span data-overtaken>{chip('attention', said)}</span> "


def _sent(row: RosterRow) -> SafeString:
    if row.is_disputed:
        return chip("attention", _("The room's code and the roster say different things"))
    return chip("done", _("received"))


def _choices(chosen: str, received: str) -> SafeString:
    """The four choices with one of them chosen; the script of the page must know which one the server has."""
    return format_html_join(
        "",
        '<label class="segment {}"><input type="radio" name="{}" value="{}"{}{}><span>{} {}</span></label>',
        (
            (
                value,
                f"mark-{_ID}",
                value,
                " checked" if value == chosen else "",
                " data-received" if value == received else "",
                ICONS[icon],
                value.label,
            )
            for value, icon in STATUS_ICONS
        ),
    )


def unmarked_sessions(_user: User, cohort: Cohort) -> Iterable[LooseEnd]:
    """Sessions that have begun, and for which nobody was marked, or not everybody."""
    for session in forgotten_sessions(cohort, timezone.now()):
        text = _("%(lesson)s: nobody is marked.") % {"lesson": session.name}
        yield LooseEnd("unmarked", text, reverse("attendance:roster", args=[session.pk]))
    for session, people in half_marked_sessions(cohort, timezone.now()):
        text = ngettext("%(lesson)s: %(n)s person is not marked.", "%(lesson)s: %(n)s people are not marked.", people)
        said = text % {"lesson": session.name, "n": people}
        yield LooseEnd("half_marked", said, reverse("attendance:roster", args=[session.pk]))

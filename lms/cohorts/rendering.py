"""The card sheet, eight cards on an A4 page to print and cut; the words of messages about sessions and places."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from lms.cohorts.models import Cohort, Enrolment, EnrolmentState, PlaceNotice, Session, SessionNotice, SessionState
from lms.cohorts.queries import CohortBatch, SessionBatch
from lms.common.dates import local_day, long_date
from lms.common.pdf import render_pdf
from lms.common.qr import qr_drawing
from lms.notices.models import Notice
from lms.notices.rendering import Words

CARDS_A_SHEET = 8
STYLE = ("cohorts/pdf/cards.css",)


@dataclass(frozen=True)
class PrintedCard:
    """What stands on one card."""

    number: int
    name: str
    language: str
    code: str
    pin: str

    @property
    def spaced_code(self) -> str:
        """In groups of four: K7QF 2M9X."""
        return " ".join("".join(group) for group in batched(self.code, 4, strict=False))

    @property
    def address(self) -> str:
        """What the QR opens: the code stands in the fragment, which no server and no log ever sees."""
        return f"{settings.PUBLIC_BASE_URL}/card/#{self.code}"


def card_sheet(
    *, cohort: Cohort, enrolments: Sequence[Enrolment], codes: Mapping[UUID, str], pins: Mapping[UUID, str]
) -> bytes:
    """The cards of these people as PDF; `codes` and `pins` by the person's id.  Each card speaks its holder's language.

    Raises lms.common.pdf.PdfRefused over its limits.
    """
    held = [enrolment for enrolment in enrolments if enrolment.person_id in pins]
    cards = [
        PrintedCard(
            number=number,
            name=enrolment.person.display_name,
            language=enrolment.language,
            code=codes[enrolment.person_id],
            pin=pins[enrolment.person_id],
        )
        for number, enrolment in enumerate(held, start=1)
    ]
    sheets = [[_card_html(card) for card in sheet] for sheet in batched(cards, CARDS_A_SHEET, strict=False)]
    html = render_to_string("cohorts/pdf/cards.html", {"sheets": sheets, "cohort": cohort})
    drawings = {f"qr-{card.number}": qr_drawing(card.address) for card in cards}
    return render_pdf(html, stylesheets=STYLE, drawings=drawings)


def _card_html(card: PrintedCard) -> str:
    with translation.override(card.language):
        site = settings.PUBLIC_BASE_URL.partition("://")[2]
        return render_to_string("cohorts/pdf/card.html", {"card": card, "site": f"{site}/card/"})


# ── Messages ─────────────────────────────────────────────────────────────────────────────────────────────────────


def words_of_batch(found: CohortBatch) -> Words:
    """What one message on the coordinator's page says, in the active language."""
    if isinstance(found, SessionBatch):
        return session_words(found.kind, found.session, found.batch.notice.parameters)
    return place_words(found.kind, found.cohort, found.batch.notice.parameters)


def words_of_sessions(notices: Sequence[Notice]) -> dict[UUID, Words]:
    """What these notices say of their sessions as they are now, in the active language.  Two queries."""
    sessions = Session.objects.select_related("cohort").in_bulk([notice.subject_id for notice in notices])
    by_id = {str(key): session for key, session in sessions.items()}
    urls = _ways_in(notices, [session.cohort for session in by_id.values()])
    return {
        notice.pk: replace(
            session_words(notice.kind, session, notice.parameters),
            url=urls.get((session.cohort_id, notice.person_id), ""),
        )
        for notice in notices
        if (session := by_id.get(notice.subject_id))
    }


def _ways_in(notices: Sequence[Notice], cohorts: Iterable[Cohort]) -> dict[tuple[UUID, UUID], str]:
    """(cohort, person) → the cohort's page, for whoever has a place there or waits for one."""
    by_id = {cohort.pk: cohort for cohort in cohorts}
    there = Enrolment.objects.filter(cohort__in=by_id, person__in={notice.person_id for notice in notices})
    pairs = there.exclude(state=EnrolmentState.WITHDRAWN).values_list("cohort", "person")
    return {(cohort, person): by_id[cohort].get_absolute_url() for cohort, person in pairs}


def session_words(kind: str, session: Session, parameters: Mapping[str, Any]) -> Words:
    """The words of one message; only `everything` names the training and the lesson, as the lessons' list does."""
    title, said = _SAID[SessionNotice(kind)]
    place = session.place or session.cohort.place
    parts = [_moved_from(parameters, session) or _(said).format(when=_moment(session.starts_at))]
    if place and kind not in (SessionNotice.CANCELLED, SessionNotice.CALLED_OFF):
        parts.append(_("Place: {place}.").format(place=place))
    where = _("Training: {cohort}.") if kind == SessionNotice.CALLED_OFF else _("Lesson: {lesson}. Training: {cohort}.")
    lesson = session.name
    where = where.format(lesson=lesson, cohort=session.cohort.title or session.cohort.code)
    return Words(_(title), " ".join(parts), " ".join([*parts, where]))


def _moved_from(parameters: Mapping[str, Any], session: Session) -> str:
    """Old and new time of a session that was moved; empty where only the place is another, or nobody knows the old."""
    was = datetime.fromisoformat(parameters["was"]) if "was" in parameters else session.starts_at
    if was == session.starts_at:
        return ""
    return _("The meeting of {was} is now: {when}.").format(was=_moment(was), when=_moment(session.starts_at))


def words_of_places(notices: Sequence[Notice]) -> dict[UUID, Words]:
    """What these notices say of the cohorts in which somebody was moved, in the active language."""
    cohorts = Cohort.objects.in_bulk([notice.subject_id for notice in notices])
    by_id = {str(key): cohort for key, cohort in cohorts.items()}
    urls = _ways_in(notices, cohorts.values())
    return {
        notice.pk: replace(
            place_words(notice.kind, cohort, notice.parameters), url=urls.get((cohort.pk, notice.person_id), "")
        )
        for notice in notices
        if (cohort := by_id.get(notice.subject_id))
    }


def place_words(kind: str, cohort: Cohort, parameters: Mapping[str, Any]) -> Words:
    """The words of one message about a place; only `everything` names the training."""
    if kind == PlaceNotice.TRANSFERRED:
        title = _("You go on in another group")
        parts = [_("You go on in another group."), *_first_meeting(cohort, datetime.fromisoformat(parameters["at"]))]
    elif parameters["waited"]:
        title = _("You no longer wait for a place")
        parts = [_("You no longer wait for a place. Ask your trainer.")]
    else:
        title = _("Your place was given back")
        parts = [_("Your place was given back. Ask your trainer.")]
    which = _("Training: {cohort}.").format(cohort=cohort.title or cohort.code)
    return Words(title, " ".join(parts), " ".join([*parts, which]))


def _first_meeting(cohort: Cohort, since: datetime) -> list[str]:
    """When and where she comes first; nothing where no meeting is left."""
    coming = Session.objects.filter(cohort=cohort, starts_at__gt=since).exclude(state=SessionState.CANCELLED)
    first = coming.order_by("starts_at").first()
    if first is None:
        return []
    place = first.place or cohort.place
    where = [_("Place: {place}.").format(place=place)] if place else []
    return [_("Your first meeting there: {when}.").format(when=_moment(first.starts_at)), *where]


# Title, and the sentence with the time: translated when they are used.
_SAID = {
    SessionNotice.REMINDER: (gettext_noop("A session is near"), gettext_noop("We meet: {when}.")),
    SessionNotice.MOVED: (
        gettext_noop("A session has a new time or place"),
        gettext_noop("The meeting is now: {when}."),
    ),
    SessionNotice.CANCELLED: (
        gettext_noop("A session will not take place"),
        gettext_noop("This meeting will not take place: {when}."),
    ),
    SessionNotice.ADDED: (gettext_noop("A session was added"), gettext_noop("One more meeting: {when}.")),
    # Who leads it is said in the room: a message that goes astray names nobody.
    SessionNotice.LED: (
        gettext_noop("Somebody else leads a session"),
        gettext_noop("Somebody else leads this meeting: {when}."),
    ),
    SessionNotice.CALLED_OFF: (
        gettext_noop("The training is called off"),
        gettext_noop("All meetings from this one on will not take place: {when}."),
    ),
}


def _moment(at: datetime) -> str:
    """24 November 2026, 10:00"""
    return f"{long_date(local_day(at))}, {timezone.localtime(at):%H:%M}"

"""A calendar file (RFC 5545) that says no more than its person allows."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from lms.cohorts.models import CohortState, Session
from lms.notices.models import Reveals

# Neither host nor training: the same in every calendar, whatever the installation is called.
DOMAIN = "yntymak"
NEUTRAL_NAME = "Yntymak"
REFRESH = timedelta(hours=6)
# How far back the rules of a time zone are written out: half a kilobyte instead of two, for every fetch.
EARLIEST = date(2020, 1, 1)


def calendar_file(sessions: Iterable[Session], *, reveals: str, at: datetime) -> bytes:
    """The sessions as events, in the active language.

    An event keeps its UID whatever happens to its session, its SEQUENCE grows with each change, and a session that was
    called off stays in the file as CANCELLED, so that calendars strike it out and not merely forget it.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{NEUTRAL_NAME}//sessions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Meetings") if reveals == Reveals.NOTHING else NEUTRAL_NAME)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for session in sessions:
        calendar.add_component(_event(session, reveals, at))
    calendar.add_missing_timezones(first_date=EARLIEST)
    return calendar.to_ical()


def _event(session: Session, reveals: str, at: datetime) -> Event:
    called_off = session.cohort.state == CohortState.CANCELLED
    zone = ZoneInfo(session.cohort.time_zone)
    event = Event()
    event.add("uid", f"{session.pk}@{DOMAIN}")
    event.add("dtstamp", at)
    event.add("dtstart", session.starts_at.astimezone(zone))
    event.add("dtend", session.ends_at.astimezone(zone))
    event.add("sequence", session.revision + called_off)
    event.add("status", "CONFIRMED" if session.counts and not called_off else "CANCELLED")
    event.add("class", "PRIVATE")
    event.add("summary", session.name if reveals == Reveals.EVERYTHING else _("Meeting"))
    place = session.place or session.cohort.place
    if place and reveals != Reveals.NOTHING:
        event.add("location", place)
    if reveals == Reveals.EVERYTHING:
        event.add("description", session.cohort.title or session.cohort.code)
    return event

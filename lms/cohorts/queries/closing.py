"""What is still open in a cohort that somebody wants to close.

Apps above add what they know of it when they are loaded; nothing here knows that they exist:

    look_before_closing("attendance", unmarked_sessions)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from lms.cohorts.models import Cohort, EnrolmentState, SessionState
from lms.cohorts.queries.telling import cohort_batches
from lms.people.models import User


@dataclass(frozen=True)
class LooseEnd:
    """A code for the record, a sentence for people, and the address where it is settled (empty: not by her).

    `ends_too`: whoever closes or calls off the cohort ends it as well.
    """

    code: str
    text: str
    address: str = ""
    ends_too: bool = False


type Look = Callable[[User, Cohort], Iterable[LooseEnd]]


def _waiting(_user: User, cohort: Cohort) -> Iterable[LooseEnd]:
    if waiting := cohort.enrolments.filter(state=EnrolmentState.WAITING).count():
        text = ngettext("%(n)s person waits for a place.", "%(n)s people wait for a place.", waiting) % {"n": waiting}
        yield LooseEnd("waiting", text, reverse("cohorts:roster", args=[cohort.pk]))


def _ahead(_user: User, cohort: Cohort) -> Iterable[LooseEnd]:
    """Whoever closes before the end tells nobody: those who are enrolled would come."""
    ahead = cohort.sessions.exclude(state=SessionState.CANCELLED).filter(starts_at__gt=timezone.now()).count()
    if ahead:
        text = ngettext(
            "%(n)s session is still ahead, and closing tells nobody (enrolled: %(people)s). If it will not take place, "
            "cancel the whole cohort: then a message can go out.",
            "%(n)s sessions are still ahead, and closing tells nobody (enrolled: %(people)s). If they will not take "
            "place, cancel the whole cohort: then a message can go out.",
            ahead,
        )
        said = text % {"n": ahead, "people": cohort.enrolments.enrolled().count()}
        yield LooseEnd("ahead", said, f"{reverse('cohorts:edit', args=[cohort.pk])}#calling-off")


def _untold(_user: User, cohort: Cohort) -> Iterable[LooseEnd]:
    """A cohort that is closed tells nobody anything: what somebody planned to say would be lost without a word."""
    waiting = sum(batch.is_waiting and batch.dropped is None for batch in cohort_batches(cohort, timezone.now()))
    if waiting:
        text = ngettext(
            "%(n)s message waits, and is not sent once the cohort is closed.",
            "%(n)s messages wait, and are not sent once the cohort is closed.",
            waiting,
        )
        yield LooseEnd("untold", text % {"n": waiting}, reverse("cohorts:notices", args=[cohort.pk]))


_LOOKS: dict[str, Look] = {"ahead": _ahead, "cohorts": _waiting, "messages": _untold}


def look_before_closing(name: str, look: Look) -> None:
    """`look` is asked before a cohort is closed; the same name twice is one look."""
    _LOOKS[name] = look


def loose_ends(user: User, cohort: Cohort) -> list[LooseEnd]:
    """Everything that is still open, in the order of the apps."""
    return [end for look in _LOOKS.values() for end in look(user, cohort)]


def ends_with(user: User, cohort: Cohort) -> list[LooseEnd]:
    """What would end together with this cohort, for whoever is about to call it off."""
    return [] if cohort.has_ended else [end for end in loose_ends(user, cohort) if end.ends_too]

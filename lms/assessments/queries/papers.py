"""Papers, attempts and answers, as their owners may see them.

A paper's content holds the right answers: every queryset here leaves it out, and whoever needs it asks for it by name.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, UUIDField
from django.http import Http404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.assessments.checks import ItemShape
from lms.assessments.models import Answer, Attempt, AttemptState, Moment, Paper
from lms.cohorts.models import Cohort, CohortModule, Enrolment, EnrolmentState
from lms.common.languages import pick
from lms.common.prepared import prepared
from lms.people.models import User

# What leaves a phone in the last second may arrive this much later.
GRACE = timedelta(seconds=60)


def own_papers(user: User) -> QuerySet[Paper]:
    """The papers of the cohorts in which she is enrolled, and those that she handed in wherever she was."""
    there = Enrolment.objects.filter(person=user, state=EnrolmentState.ENROLLED)
    mine = Paper.objects.filter(Q(cohort__in=there.values("cohort")) | Q(pk__in=own_attempts(user).values("paper")))
    return mine.select_related("cohort").defer("content")


def own_paper_or_404(user: User, paper_id: UUID) -> Paper:
    """One of them with its cohort, without its content; anything else does not exist for her."""
    found = _papers(person=user.pk, paper=paper_id)
    if not found:
        raise Http404
    return found[0]


@prepared(person=UUIDField(), paper=UUIDField())
def _papers(person: Any, paper: Any) -> QuerySet[Paper]:
    return own_papers(person).filter(pk=paper)


def papers_of(cohort: Cohort) -> dict[tuple[str, str], Paper]:
    """A cohort's papers by module and moment, without their content."""
    return {(paper.module_code, paper.moment): paper for paper in cohort.papers.defer("content")}


def title_of(module: CohortModule) -> str:
    """Its pinned title in the active language; the code while nothing is pinned."""
    return pick(module.pinned.get("titles", {})) or module.module_code


def module_title(paper: Paper) -> str:
    """Of the module that it asks about, as the cohort has pinned it; the module's code while it has not."""
    found = _modules(cohort=paper.cohort_id, code=paper.module_code)
    return title_of(found[0]) if found else paper.module_code


@prepared(cohort=UUIDField(), code=CharField())
def _modules(cohort: Any, code: Any) -> QuerySet[CohortModule]:
    return CohortModule.objects.filter(cohort=cohort, module_code=code)


def own_attempts(user: User) -> QuerySet[Attempt]:
    """Her attempts: where she is still enrolled, and what she handed in before she left or was transferred."""
    goes_on, handed_in = Q(enrolment__state=EnrolmentState.ENROLLED), Q(state=AttemptState.SUBMITTED)
    return Attempt.objects.filter(goes_on | handed_in, enrolment__person=user)


def own_attempt(user: User, paper_id: UUID) -> Attempt | None:
    """The one at this paper, if she has begun it."""
    found = _attempts(person=user.pk, paper=paper_id)
    return found[0] if found else None


@prepared(person=UUIDField(), paper=UUIDField())
def _attempts(person: Any, paper: Any) -> QuerySet[Attempt]:
    return own_attempts(person).filter(paper=paper).order_by("pk")


def current_answers(attempt: Attempt) -> list[Answer]:
    """The answer that counts for each item: the one with the highest revision."""
    return _answers(attempt=attempt.pk)


@prepared(attempt=UUIDField())
def _answers(attempt: Any) -> QuerySet[Answer]:
    later = Answer.objects.filter(
        attempt=OuterRef("attempt"), item_key=OuterRef("item_key"), revision__gt=OuterRef("revision")
    )
    return Answer.objects.filter(~Exists(later), attempt=attempt)


def current_responses(attempt: Attempt) -> dict[str, Any]:
    """Item key → the response that counts."""
    return {answer.item_key: answer.response for answer in current_answers(attempt)}


@lru_cache(maxsize=512)
def item_shapes(paper_id: UUID) -> dict[str, ItemShape]:
    """Item key → shape.  A paper's content never changes, so each process reads it once."""
    content = Paper.objects.values_list("content", flat=True).get(pk=paper_id)
    return {item["key"]: _shape(item) for item in content["items"]}


def _shape(item: dict[str, Any]) -> ItemShape:
    choices = tuple(choice["key"] for choice in item["choices"])
    matches = tuple(choice["match_key"] for choice in item["choices"]) if item["kind"] == "matching" else ()
    return ItemShape(item["kind"], choices, matches)


def may_review(paper: Paper) -> bool:
    """Right answers and points of both tests are shown once the post-test has closed; to whom: `sees_review`."""
    return post_test_closed(paper) is not None


def post_test_closed(paper: Paper) -> datetime | None:
    """When the post-test of its module has closed."""
    if paper.moment == Moment.POST:
        return paper.closed_at
    post = Paper.objects.filter(cohort=paper.cohort_id, module_code=paper.module_code, moment=Moment.POST)
    return post.values_list("closed_at", flat=True).first()


def answered_post_test() -> Q:
    """Filter on Attempt: a post-test that is handed in with at least one answer, so that nobody gives it anew."""
    answered = Exists(Answer.objects.filter(attempt=OuterRef("pk")))
    return Q(answered, paper__moment=Moment.POST, state=AttemptState.SUBMITTED)


def why_post_test_is_early(cohort: Cohort, module_code: str, pre: Paper | None, at: datetime) -> list[str]:
    """What would be lost of the gain if the post-test were opened now, in sentences; nothing once its time has come."""
    planned = [one for one in cohort.sessions.all() if one.module_code == module_code and one.counts]
    last = max((one.starts_at for one in planned if not one.is_extra), default=at)
    reasons = []
    if pre is None or pre.opened_at is None:
        reasons.append(_("The pre-test was never opened, and once the post-test is open it cannot be."))
    if at < last:
        text = _("The last session begins on %(when)s. What people learn there would not be counted.")
        reasons.append(text % {"when": date_format(localtime(last), "DATETIME_FORMAT")})
    return reasons


def still_writing(at: datetime) -> Q:
    """The attempts whose time still runs."""
    return Q(state=AttemptState.OPEN, deadline__gt=at)


def what_ends_with(paper: Paper, writing: int) -> list[str]:
    """What closing a test does, in sentences; `writing` people would be in the midst of it."""
    ends = []
    if writing:
        text = ngettext(
            "%(n)d person is writing it now: what she has saved is handed in, and she cannot go on.",
            "%(n)d people are writing it now: what they have saved is handed in, and they cannot go on.",
            writing,
        )
        ends.append(text % {"n": writing})
        ends.append(_("A phone without a line may hold more answers than have arrived here; they would not count."))
    if paper.moment == Moment.POST:
        ends.append(
            _("Whoever has answered can see right answers and points then, and the tests cannot be opened again.")
        )
    return ends


def what_ends_with_opening(pre: Paper, writing: int) -> list[str]:
    """The same of the pre-test that is open when the post-test is opened."""
    return [_("The pre-test is still open. It is closed together with this, for good."), *what_ends_with(pre, writing)]


def overdue_attempts(at: datetime) -> QuerySet[Attempt]:
    """Open ones whose time is over, or whose paper was closed over them."""
    late, closed = Q(deadline__lt=at - GRACE), Q(paper__closed_at__lte=at, is_late=False)
    return Attempt.objects.filter(late | closed, state=AttemptState.OPEN).order_by("deadline", "pk")

"""The trainer's side of the tests: open, close, see who handed in and how far the cohort came."""

import logging
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError

from lms.assessments.actions import AskedFirst, close_paper, ensure_paper, open_paper
from lms.assessments.checks import may_be_given
from lms.assessments.models import Moment, Paper
from lms.assessments.queries import (
    SMALLEST_GROUP,
    Counted,
    Gain,
    NotHandedIn,
    TestResult,
    attempt_counts,
    gain_of,
    not_handed_in,
    papers_of,
    results_of,
    title_of,
    why_post_test_is_early,
)
from lms.assessments.rendering import SlopeChart, slope_chart
from lms.assessments.tasks import close_overdue
from lms.cohorts.models import Cohort, CohortModule
from lms.cohorts.views.shared import cohort_crumbs, people_or_403
from lms.common.refusals import refusal_shown
from lms.people.permissions import SignedInRequest

log = logging.getLogger("yntymak.assessments")


@dataclass(frozen=True)
class _Test:
    """One test of a module as the desk shows it; `paper` is None until it is opened for the first time.

    `asks`: before it is opened or closed she is asked on the page itself, because it is early or people are writing.
    """

    module_code: str
    moment: str
    title: str
    paper: Paper | None
    counts: Counted
    may_open: bool
    asks: bool
    missing: list[NotHandedIn]
    # To whoever has not taken it, now that it is over.
    may_give: bool


@dataclass(frozen=True)
class _Module:
    code: str
    title: str
    tests: list[_Test]
    results: list[TestResult]
    gain: Gain
    chart: SlopeChart | None


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tests(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """The two tests of each module; POST opens or closes one."""
    cohort = people_or_403(request, cohort_id)
    return _open_or_close(request, cohort) if request.method == "POST" else _render_tests(request, cohort)


def _render_tests(
    request: SignedInRequest, cohort: Cohort, *, asked: AskedFirst | None = None, code: str = ""
) -> HttpResponse:
    """`asked`: what she is told before she does it all the same, in the module of that code."""
    modules = _modules(cohort)
    context = {
        "cohort": cohort,
        "modules": modules,
        "smallest": SMALLEST_GROUP,
        "asked": asked,
        "sheet": request.POST,
        "asked_module": next((module for module in modules if module.code == code), None),
        "crumbs": cohort_crumbs(cohort),
    }
    return render(request, "assessments/tests.html", context, status=422 if asked else 200)


def _open_or_close(request: SignedInRequest, cohort: Cohort) -> HttpResponse:
    code, moment, wanted = (request.POST.get(name, "") for name in ("module", "moment", "do"))
    if moment not in Moment.values or wanted not in ("open", "close"):
        return HttpResponseBadRequest()
    by, now = request.user, timezone.now()
    act = open_paper if wanted == "open" else close_paper
    with refusal_shown(request):
        paper = ensure_paper(cohort=cohort, module_code=code, moment=moment, by=by, at=now)
        try:
            act(paper=paper, by=by, at=now, anyway="anyway" in request.POST)
        except AskedFirst as asked:
            return _render_tests(request, cohort, asked=asked, code=code)
        messages.success(request, _("The test is open.") if wanted == "open" else _("The test is closed."))
        # Opening the post-test closes the pre-test, so there may be attempts to hand in either way.
        transaction.on_commit(_hand_in_soon)
    return redirect("assessments:tests", cohort.pk)


def _hand_in_soon() -> None:
    """At once if a worker hears it; otherwise the schedule does it within a minute."""
    try:
        close_overdue.delay()
    except (OSError, OperationalError):
        log.warning("broker does not answer; the schedule will hand in what is open")


def _modules(cohort: Cohort) -> list[_Module]:
    papers, counts, results = papers_of(cohort), attempt_counts(cohort, timezone.now()), results_of(cohort)
    missing = {} if cohort.answers_counted_at else not_handed_in(cohort, papers.values())
    return [_module(cohort, module, papers, counts, results, missing) for module in cohort.modules.all()]


def _module(
    cohort: Cohort,
    module: CohortModule,
    papers: dict[tuple[str, str], Paper],
    counts: dict[UUID, Counted],
    results: dict[str, list[TestResult]],
    missing: dict[UUID, list[NotHandedIn]],
) -> _Module:
    code = module.module_code
    gain = gain_of(cohort, code)
    of_module = [_test(cohort, code, moment, papers, counts, missing) for moment in Moment.values]
    return _Module(code, title_of(module), of_module, results.get(code, []), gain, slope_chart(gain))


def _test(
    cohort: Cohort,
    code: str,
    moment: str,
    papers: dict[tuple[str, str], Paper],
    counts: dict[UUID, Counted],
    missing: dict[UUID, list[NotHandedIn]],
) -> _Test:
    paper, pre, post = (papers.get((code, one)) for one in (moment, Moment.PRE, Moment.POST))
    # The actions refuse the rest as well; this only spares a button that would be refused.
    is_past = post is not None and (post.closed_at if moment == Moment.POST else post.opened_at) is not None
    may_open = cohort.is_live and not is_past and not (paper and paper.is_open)
    ended = pre if moment == Moment.POST and may_open else paper
    asks = bool(ended and counts.get(ended.pk, Counted()).writing)
    if moment == Moment.POST and may_open:
        asks = asks or bool(why_post_test_is_early(cohort, code, pre, timezone.now()))
    counted = counts.get(paper.pk, Counted()) if paper else Counted()
    lacking = missing.get(paper.pk, []) if paper else []
    may_give = bool(lacking and paper and paper.closed_at and may_be_given(paper.closed_at, cohort))
    return _Test(code, moment, str(Moment(moment).label), paper, counted, may_open, asks, lacking, may_give)

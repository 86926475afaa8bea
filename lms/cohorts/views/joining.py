"""What opens when somebody scans the poster."""

from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lms.cohorts import actions
from lms.cohorts.forms import JoinForm
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.permissions import may_see_to_people
from lms.cohorts.queries import joinable_cohort, own_enrolments
from lms.common.codes import new_id
from lms.common.errors import ActionError
from lms.common.repeats import asked_first
from lms.common.throttling import too_many
from lms.common.views import too_many_requests
from lms.people.models import User
from lms.people.queries import agreements_of

RATE = "300/10m"
# New people for one cohort from one address: a full hall behind one hotspot within a few minutes, and not a stranger
# with a script within seconds.  BURST and IN_ALL count all cohorts together.
BURST, NEW_PEOPLE, IN_ALL = "12/m", "40/10m", "60/10m"
TICKET_AGE = 2 * 60 * 60


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """With a card: join as oneself.  Without: a name, a language, consent; then code and PIN, once."""
    if too_many(request, group="join", rate=RATE):
        return too_many_requests(request)
    cohort = joinable_cohort(token)
    if cohort is None:
        # 410 and not 404: for a 404 the language middleware looks for the page under /en/ and says nothing useful.
        return render(request, "cohorts/join_closed.html", status=410)
    if isinstance(request.user, User):
        return _join_as_oneself(request, request.user, cohort)
    if request.method != "POST":
        return _ask(request, cohort, JoinForm(cohort=cohort, language=get_language() or ""))
    form = JoinForm(request.POST, cohort=cohort, language=get_language() or "")
    if not form.is_valid():
        return _ask(request, cohort, form, status=422)
    return _join_as_new_person(request, cohort, form)


def _ask(request: HttpRequest, cohort: Cohort, form: JoinForm, *, status: int = 200, refusal: str = "") -> HttpResponse:
    here = reverse("join:join", args=[cohort.join_token])
    context = {
        "cohort": cohort,
        "form": form,
        "refusal": refusal,
        "ticket": request.POST.get("ticket") or signing.dumps(str(new_id()), salt=cohort.join_token),
        "signin": f"{reverse('card:signin')}?{urlencode({'next': here})}",
    }
    return render(request, "cohorts/join.html", context, status=status)


def _join_as_oneself(request: HttpRequest, person: User, cohort: Cohort) -> HttpResponse:
    trains = cohort.trainers.filter(person=person).exists()
    writes_down = trains and may_see_to_people(person, cohort)
    context = {"cohort": cohort, "person": person, "trains": trains, "writes_down": writes_down}
    if request.method != "POST":
        # Whoever scans the poster again reads what she has, and is not asked to join once more.
        hers = own_enrolments(person).filter(cohort=cohort).first()
        return _say_joined(request, hers) if hers else render(request, "cohorts/join_signed_in.html", context)
    language = person.language
    try:
        enrolment = actions.join_cohort(cohort=cohort, person=person, language=language, by=person, at=timezone.now())
    except ActionError as error:
        return render(request, "cohorts/join_signed_in.html", context | {"refusal": str(error)}, status=422)
    return _say_joined(request, enrolment)


def _say_joined(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    cohort, agreements = enrolment.cohort, agreements_of(enrolment.person)
    asks = any(one.organisation == cohort.organisation and not one.is_given for one in agreements)
    return render(request, "cohorts/joined.html", {"cohort": cohort, "enrolment": enrolment, "asks_consent": asks})


def _join_as_new_person(request: HttpRequest, cohort: Cohort, form: JoinForm) -> HttpResponse:
    """A page sent twice makes one person: its ticket is good once."""
    try:
        ticket = signing.loads(request.POST.get("ticket", ""), salt=cohort.join_token, max_age=TICKET_AGE)
    except signing.BadSignature:
        return _ask(request, cohort, form, status=422)
    if wait := _must_wait(request, cohort):
        return _ask_later(request, cohort, form, wait)
    name, language = form.cleaned_data["display_name"], form.cleaned_data["language"]
    try:
        with asked_first(f"join-{ticket}", TICKET_AGE) as is_first:
            if not is_first:
                return render(request, "cohorts/join_twice.html", {"cohort": cohort}, status=409)
            made = actions.join_as_new_person(cohort=cohort, display_name=name, language=language, at=timezone.now())
    except ActionError as error:
        return _ask(request, cohort, form, status=422, refusal=str(error))
    context = {"cohort": cohort, "enrolment": made.enrolment, "code": made.card_code, "pin": made.pin}
    return render(request, "cohorts/joined.html", context)


def _must_wait(request: HttpRequest, cohort: Cohort) -> int:
    """For how many minutes; 0: not at all.  Whoever was too quick counts for the minute alone."""
    if too_many(request, group="join-burst", rate=BURST):
        return 1
    here, in_all = (
        too_many(request, group=group, rate=rate)
        for group, rate in ((f"join-new-{cohort.pk}", NEW_PEOPLE), ("join-new", IN_ALL))
    )
    return 10 if here or in_all else 0


def _ask_later(request: HttpRequest, cohort: Cohort, form: JoinForm, minutes: int) -> HttpResponse:
    """The page with what she typed; its ticket is still good."""
    refusal = ngettext(
        "Many people are joining over this connection. Wait %(n)s minute and send it again: nothing is lost.",
        "Many people are joining over this connection. Wait %(n)s minutes and send it again: nothing is lost.",
        minutes,
    ) % {"n": minutes}
    response = _ask(request, cohort, form, status=429, refusal=refusal)
    response.headers["Retry-After"] = str(60 * minutes)
    return response

"""The participant's side of the room's code: read, press, marked."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lms.attendance.actions import AlreadyMarked, MarkedAway, check_in, check_room_open
from lms.attendance.signing import CodeNotOurs, check_token, make_ticket, read_ticket, session_of
from lms.cohorts.models import Session
from lms.common.codes import new_id
from lms.common.errors import ActionError
from lms.common.throttling import too_many
from lms.common.views import too_many_requests

View = Callable[[HttpRequest, str], HttpResponse]


def _room_view(view: View) -> View:
    """Counts the tries, and answers a refusal with a page that says why and what to do."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        if too_many(request, group="checkin", rate="300/10m"):
            return too_many_requests(request)
        try:
            return view(request, token)
        except ActionError as error:
            return _refuse(request, error)

    return answer


def _refuse(request: HttpRequest, error: ActionError) -> HttpResponse:
    # Marked already is no failure: she is in.
    marked = isinstance(error, AlreadyMarked)
    context = {"error": str(error), "marked": marked, "away": isinstance(error, MarkedAway)}
    return render(request, "attendance/checkin_refused.html", context, status=200 if marked else 422)


def _session(session_id: UUID) -> Session:
    session = Session.objects.select_related("cohort").filter(pk=session_id).first()
    if session is None:
        raise CodeNotOurs
    return session


@require_safe
@_room_view
def read_code(request: HttpRequest, token: str) -> HttpResponse:
    """A scanned code, while it is fresh, becomes a page with one button; nothing is marked by opening it."""
    session = _session(session_of(token))
    now = timezone.now()
    check_token(token, seed=session.checkin_seed, at=now)
    check_room_open(session=session, at=now)
    return _ticket_page(request, session, make_ticket(session.pk, request.user.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@_room_view
def use_ticket(request: HttpRequest, token: str) -> HttpResponse:
    """The button: marks whoever is signed in.  GET shows it again, after signing in."""
    session = _session(read_ticket(token, request.user.pk))
    if request.method != "POST" or not request.user.is_authenticated:
        return _ticket_page(request, session, token)
    mark = check_in(session=session, person=request.user, event_id=new_id(), at=timezone.now())
    return render(request, "attendance/checkin_done.html", {"mark": mark, "title": session.title})


def _ticket_page(request: HttpRequest, session: Session, ticket: str) -> HttpResponse:
    wanted = request.GET.get("lang")
    language = {"lang": wanted} if wanted else None
    here = reverse("checkin:use_ticket", args=[ticket], query=language)
    if not request.user.is_authenticated:
        return redirect_to_login(here, login_url=reverse("card:signin", query=language))
    return render(request, "attendance/checkin.html", {"session": session, "title": session.title, "here": here})

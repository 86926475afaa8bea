"""What the views of this app share: the way back, and how a refusal is said."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lms.cohorts.models import Cohort
from lms.common.errors import ActionError
from lms.people.models import User

type Crumbs = list[tuple[str, str]]


def signed_in(request: HttpRequest) -> User:
    """The person behind a view that is for signed-in people only."""
    assert isinstance(request.user, User)
    return request.user


def cohort_crumbs(cohort: Cohort) -> Crumbs:
    """What stands between the desk and a page below the cohort's own, here and in the apps above."""
    return [(cohort.title or cohort.code, cohort.get_absolute_url())]


def refuse(request: HttpRequest, error: ActionError, back: str) -> HttpResponse:
    """Says why nothing was done, on the page that the person came from."""
    messages.error(request, str(error))
    return redirect(back)

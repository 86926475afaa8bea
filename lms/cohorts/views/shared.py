"""What the views of this app share: the way back, and how a refusal is said."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from lms.cohorts.models import Cohort
from lms.common.errors import ActionError
from lms.people.models import User

type Crumbs = list[tuple[str, str]]


def signed_in(request: HttpRequest) -> User:
    """The person behind a view that is for signed-in people only."""
    assert isinstance(request.user, User)
    return request.user


def desk_crumbs() -> Crumbs:
    """Back to the desk."""
    return [(_("My desk"), resolve_url(settings.LOGIN_REDIRECT_URL))]


def cohort_crumbs(cohort: Cohort) -> Crumbs:
    """Back to the desk and to the cohort's page."""
    return [*desk_crumbs(), (cohort.title or cohort.code, cohort.get_absolute_url())]


def refuse(request: HttpRequest, error: ActionError, back: str) -> HttpResponse:
    """Says why nothing was done, on the page that the person came from."""
    messages.error(request, str(error))
    return redirect(back)

"""What cohorts say on the page where an administrator ends a colleague's account."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from lms.cohorts.queries import led_here, orphaned_without
from lms.people.models import User


def on_leaving(request: HttpRequest, person: User) -> str:
    """Whose hands are needed: cohorts that she leads, and where nobody would be left who plans and hands them over."""
    if not isinstance(request.user, User):
        return ""
    found = orphaned_without(person, administrator=request.user, day=timezone.localdate())
    context = {"orphaned": found, "led": led_here(person, administrator=request.user)}
    return render_to_string("cohorts/panel_leave.html", context, request)

"""What cohorts say on the page where an administrator ends a colleague's account."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from lms.cohorts.queries import orphaned_without
from lms.people.models import User


def on_leaving(request: HttpRequest, person: User) -> str:
    """Where nobody would be left who plans, hands over cohorts and issues certificates."""
    if not isinstance(request.user, User):
        return ""
    found = orphaned_without(person, administrator=request.user, day=timezone.localdate())
    return render_to_string("cohorts/panel_leave.html", {"orphaned": found}, request)

"""What cohorts show on pages that everybody reads."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from lms.cohorts.queries import listed_cohorts


def on_home(request: HttpRequest, page: Any) -> str:
    """The trainings to come, for the public first page."""
    return render_to_string("cohorts/panel_home.html", {"listed": listed_cohorts(timezone.localdate())}, request)

"""What other apps' pages show of certificates."""

from django.http import HttpRequest
from django.template.loader import render_to_string

from lms.people.models import Organisation


def on_organisation(request: HttpRequest, organisation: Organisation) -> str:
    """The way to the look of its certificates, for whoever describes it."""
    return render_to_string("certificates/panel_design.html", {"organisation": organisation}, request)

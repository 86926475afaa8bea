"""What stands on pages of lower apps about the data of the person whom they show."""

from typing import cast

from django.http import HttpRequest
from django.template.loader import render_to_string

from lms.cohorts.models import Enrolment
from lms.cohorts.permissions import manages
from lms.people.models import User
from lms.privacy.permissions import may_act_for


def on_profile(request: HttpRequest, _subject: None) -> str:
    """The ways to a copy and to the end of it, on her own page."""
    return render_to_string("privacy/panel_profile.html", request=request)


def on_certificates(request: HttpRequest, _subject: None) -> str:
    """The way to the end of it, beside what a holder may take back."""
    return render_to_string("privacy/panel_certificates.html", request=request)


def on_participant(request: HttpRequest, enrolment: Enrolment) -> str:
    """For whoever coordinates the cohort; a trainer is asked nothing, and sends the wish on."""
    user = cast(User, request.user)
    if not manages(user, enrolment.cohort):
        return ""
    context = {"enrolment": enrolment, "may": may_act_for(user, enrolment.person)}
    return render_to_string("privacy/panel_participant.html", context, request)


def on_member(request: HttpRequest, person: User) -> str:
    """On the page of a colleague, for whoever administers all her organisations."""
    if not may_act_for(cast(User, request.user), person):
        return ""
    return render_to_string("privacy/panel_member.html", {"person": person}, request)

"""What certificates add to one's own page."""

from typing import cast

from django.http import HttpRequest
from django.template.loader import render_to_string

from lms.certificates.queries import consents_to_give_anew
from lms.people.models import User
from lms.people.queries import masked_legal_name


def on_profile(request: HttpRequest, _subject: None) -> str:
    """Where her yes is asked again: a name that she gave to one organisation is not printed by another."""
    person = cast(User, request.user)
    asked = consents_to_give_anew(person)
    if not asked:
        return ""
    context = {"asked": asked, "kept_name": masked_legal_name(person)}
    return render_to_string("certificates/panel_profile.html", context, request)

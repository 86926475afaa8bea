"""Help for each role, and the privacy notice: whole texts in each language, open to everybody."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

# Whom a page is for, and what it is about.  The texts are templates/help/pages/<language>/<role>.html.
PAGES: dict[str, tuple[str | Promise, str | Promise]] = {
    "participant": (_("For participants"), _("Signing in with a card, lessons, tests, the certificate")),
    "trainer": (_("For trainers"), _("Before the training, on the day, and when a card is lost")),
    "observer": (_("For observers and coaches"), _("Teach-backs, observed sessions, session plans")),
    "coordinator": (_("For coordinators"), _("From the plan of a cohort to its certificates")),
    "waiting": (
        _("For coordinators who wait to be confirmed"),
        _("What the role waits for, who confirms it, what to do"),
    ),
    "monitor": (_("For monitoring officers"), _("What the numbers say, and what they hide")),
    "editor": (_("For editors and translators"), _("Writing, translating and publishing the curricula")),
    "administrator": (_("For administrators"), _("Colleagues, roles, passwords, the organisation")),
    "partner": (_("For whoever checks a certificate"), _("Is it genuine, and what does it say?")),
}


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Which page is for whom."""
    return render(request, "help/contents.html", {"pages": PAGES})


@require_safe
def for_role(request: HttpRequest, role: str) -> HttpResponse:
    """What somebody in this role does, and what to do when something goes wrong."""
    if role not in PAGES:
        raise Http404
    title, about = PAGES[role]
    parent = {"url": reverse("help:contents"), "title": gettext("Help")}
    context = {"title": title, "about": about, "text": _text(role), "parent": parent}
    return render(request, "help/role.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, for how long, who sees it, how it is erased."""
    return render(request, "help/privacy.html", {"text": _text("privacy")})


def _text(page: str) -> str:
    return f"help/pages/{get_language() or settings.LANGUAGE_CODE}/{page}.html"

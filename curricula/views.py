"""The public way to the pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.url_routing import RouteResult
from wagtail.views import serve

from curricula.queries import glossary_wordings, module_maps, page_at


def serve_page(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail serves the page, with its restrictions and hooks; we only tell it which, where we know at once.

    Its own search takes a query or two a level.  What we do not find is left to it.
    """
    if page := page_at(get_language() or "", path):
        request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]  # where Wagtail looks
    return serve(request, path)


@require_safe
def show_glossary(request: HttpRequest) -> HttpResponse:
    """Every term in the language of the page; open to everyone."""
    language = get_language() or settings.LANGUAGE_CODE
    terms = glossary_wordings(language)
    context = {
        "terms": terms,
        "awaits_review": not all(term.is_reviewed for term in terms),
        "home": {"url": f"/{language}/", "title": _("Training")},
    }
    return render(request, "curricula/glossary.html", context)


@require_safe
def show_objectives(request: HttpRequest) -> HttpResponse:
    """For editors: which step and which question serves which objective, and which objective has none."""
    language = get_language() or settings.LANGUAGE_CODE
    return render(request, "curricula/admin/objectives.html", {"modules": module_maps(language)})

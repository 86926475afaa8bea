"""The public way to the pages."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from wagtail.url_routing import RouteResult
from wagtail.views import serve

from curricula.queries import page_at


def serve_page(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail serves the page, with its restrictions and hooks; we only tell it which, where we know at once.

    Its own search takes a query or two a level.  What we do not find is left to it.
    """
    if page := page_at(get_language() or "", path):
        request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]  # where Wagtail looks
    return serve(request, path)

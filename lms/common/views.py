"""Error pages in the person's language, and the choice of a language."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as _set_language

from lms.common.languages import LANGUAGE_CODES

__all__ = [
    "bad_request",
    "csrf_failure",
    "page_not_found",
    "permission_denied",
    "server_error",
    "set_language",
    "too_many_requests",
]


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return render(request, "400.html", status=400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not to be changed by this person."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old: says how to send it again, and why nothing was lost."""
    return render(request, "403_csrf.html", status=403)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing here for this person: the same page for both."""
    return render(request, "404.html", status=404)


def too_many_requests(request: HttpRequest, *, retry_after: int = 60) -> HttpResponse:
    """429: too many tries; `retry_after` in seconds."""
    response = render(request, "429.html", {"retry_after": retry_after}, status=429)
    response.headers["Retry-After"] = str(retry_after)
    return response


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remembers a language in a cookie and leads back; Django's own would take every language that Django knows."""
    if request.POST.get("language") not in LANGUAGE_CODES:
        return bad_request(request)
    return _set_language(request)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: ours to mend.  Rendered without a request so that a broken session cannot break it again."""
    return render(None, "500.html", status=500)

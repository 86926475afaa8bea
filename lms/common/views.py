"""Error pages in the person's language, the choice of a language, and the pictures that pages show."""

from contextlib import suppress
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as _set_language

from lms.common.languages import LANGUAGE_CODES
from lms.common.worker import worker_source

__all__ = [
    "bad_request",
    "csrf_failure",
    "media",
    "method_not_allowed",
    "page_not_found",
    "permission_denied",
    "server_error",
    "set_language",
    "too_many_requests",
    "without_language",
]

# The folder into which Wagtail puts what pages show, and the kinds of picture that carry no script.
PICTURES = "images"
PICTURE_TYPES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}


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


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405 for an address that only takes forms, opened as a page: leads to the page where its form stands."""
    response = render(request, "405.html", {"form_page": _page_above(request.path_info)}, status=405)
    response.headers["Allow"] = allowed
    return response


def _page_above(path: str) -> str:
    """The nearest address above this one that is ours; empty where there is none."""
    while (path := path.rstrip("/").rpartition("/")[0] + "/") != "/":
        with suppress(Resolver404):
            if resolve(path).url_name != "wagtail_serve":
                return path
    return ""


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


@never_cache
@require_safe
def without_language(request: HttpRequest, *, to: str, **parts: str) -> HttpResponse:
    """`/ky/verify/` and its like: printed addresses bear no language; whoever puts one leads to the same page in it.

    Only to an address of ours, found by its name.  What stands behind the # (the code of a card, the statement of a
    certificate that proves itself) never comes here: the browser takes it along by itself.
    """
    query = request.GET.copy()
    query["lang"] = get_language() or ""
    return redirect(reverse(to, kwargs=parts, query=query))


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """`/sw.js`: at the root, whence a worker reaches every page; browsers ask for it anew (lms.common.worker)."""
    return HttpResponse(worker_source(), content_type="text/javascript")


def server_error(request: HttpRequest) -> HttpResponse:
    """500: ours to mend.  Rendered without a request so that a broken session cannot break it again."""
    return render(None, "500.html", status=500)


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """A picture of a page, from the folder or the bucket: pages then ask no other host for anything.

    Originals and documents have no address here; documents are served by Wagtail's view, which checks who asks.
    """
    path = PurePosixPath(name)
    if path.parts[:1] != (PICTURES,) or ".." in path.parts or path.suffix.lower() not in PICTURE_TYPES:
        raise Http404
    try:
        answer = FileResponse(default_storage.open(name))
    except (FileNotFoundError, SuspiciousFileOperation) as error:
        raise Http404 from error
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer

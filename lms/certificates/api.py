"""`/api/`: the verdict for programs.  No account, no cookie; errors are problem details (RFC 9457)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page

from lms.certificates.permissions import asks_too_often
from lms.certificates.queries import VerdictState, verdict_of
from lms.certificates.rendering import DETAILS, FULL, PROBLEM_TYPE, STATE, answer_of, openapi_document

METHODS = ("GET", "HEAD")
# Seconds for which a state, and the document, may be kept.
STATE_FRESH, DOCUMENT_FRESH = 60, 3600
PROBLEMS = {
    400: ("Bad request", "The detail is one of: " + ", ".join(DETAILS) + "."),
    404: ("Not our certificate", "No certificate was issued here under this id."),
    405: ("Method not allowed", "Only GET and HEAD."),
    429: ("Too many requests", "Wait a minute and ask again."),
}
# Each answer may be read by pages of any site: none of them depends on who asks.
OPEN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Retry-After"}


def answer_program(request: HttpRequest) -> HttpResponse:
    """Everything under /api/: called before sessions, cookies and CSRF (VerdictChainMiddleware)."""
    response = _answer(request) if request.method in METHODS else _problem(405, Allow=", ".join(METHODS))
    for name, value in OPEN.items():
        response.headers[name] = value
    return response


@conditional_page
def _answer(request: HttpRequest) -> HttpResponse:
    try:
        request.resolver_match = resolve(request.path_info)
    except Resolver404:
        return _problem(404)
    response: HttpResponse = request.resolver_match.func(request, **request.resolver_match.kwargs)
    return response


def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    """`/api/certificates/<id>?detail=`: unknown and malformed ids get the same bytes, whatever else is asked."""
    if asks_too_often(request):
        return _problem(429, **{"Retry-After": "60"})
    detail = request.GET.get("detail", STATE)
    if detail not in DETAILS:
        return _problem(400)
    verdict = verdict_of(public_id, timezone.localdate())
    if verdict.state == VerdictState.NOT_OURS:
        return _problem(404)
    response = _json(answer_of(verdict, detail))
    response.headers["X-Robots-Tag"] = "noindex"
    if detail == FULL:
        patch_cache_control(response, no_store=True)
    else:
        patch_cache_control(response, public=True, max_age=STATE_FRESH)
    return response


def document(request: HttpRequest) -> HttpResponse:
    """`/api/openapi.json`."""
    response = _json(openapi_document(settings.PUBLIC_BASE_URL))
    patch_cache_control(response, public=True, max_age=DOCUMENT_FRESH)
    return response


def _json(said: dict[str, Any], **options: Any) -> HttpResponse:
    return JsonResponse(said, json_dumps_params={"ensure_ascii": False}, **options)


def _problem(status: int, **headers: str) -> HttpResponse:
    """Says nothing of what was asked: two ids that are not ours look the same."""
    title, detail = PROBLEMS[status]
    said = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    headers = {"Cache-Control": "no-store", **headers}
    return _json(said, status=status, content_type=PROBLEM_TYPE, headers=headers)

"""The site's addresses, and some that fail in each way in which a view can."""

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from lms.common.views import too_many_requests
from lms.urls import handler400, handler403, handler404, handler500
from lms.urls import urlpatterns as site_patterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

# What a person typed, as an exception would quote it.
TYPED = "canary-Айгүл"


def bad(request: HttpRequest) -> HttpResponse:
    raise BadRequest(TYPED)


def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(TYPED)


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(TYPED)


def broken(request: HttpRequest, token: str = "") -> HttpResponse:
    try:
        int(TYPED)
    except ValueError as error:
        raise RuntimeError(TYPED) from error
    return HttpResponse()


def busy(request: HttpRequest) -> HttpResponse:
    return too_many_requests(request, retry_after=7)


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


urlpatterns = [
    path("fails/400/", bad),
    path("fails/suspicious/", suspicious),
    path("fails/403/", forbidden),
    path("fails/429/", busy),
    path("fails/500/", broken),
    path("fails/500/<str:token>/", broken),
    path("fails/form/", form),
    *site_patterns,
]

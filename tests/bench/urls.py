"""The site's addresses, and the empty view behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from lms.urls import handler400, handler403, handler404, handler500
from lms.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing at all."""
    return HttpResponse()


urlpatterns = [path("bench/empty", empty), *site]

"""What every request passes through, and the two short ways round it."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.module_loading import import_string
from django.views.decorators.csp import csp_override

from lms.common.views import method_not_allowed

GetResponse = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("yntymak.request")


class RequestLogMiddleware:
    """One line a request: method, the *name* of the route (never the path: it may hold a token), status, ms."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        if log.isEnabledFor(logging.INFO):
            route = request.resolver_match.view_name if request.resolver_match else None
            log.info("request", extra={"fields": self._fields(request, response, route, start)})
        return response

    @staticmethod
    def _fields(request: HttpRequest, response: HttpResponse, route: str | None, start: float) -> dict:
        return {
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": round((time.perf_counter() - start) * 1000, 1),
        }


class SecurityHeadersMiddleware:
    """Headers on every answer, error pages too; the editor under /cms/ gets its own, looser content policy."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("X-Frame-Options", "SAMEORIGIN" if is_cms(request) else settings.X_FRAME_OPTIONS)
        # By the cookie, not by the person: asking who it is would ask the database, which may be what is broken.
        # What went wrong may be right in a minute.
        if settings.SESSION_COOKIE_NAME in request.COOKIES or response.status_code >= 400:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class CmsPolicyMiddleware:
    """Marks the answers of Wagtail's editor for the looser content policy; stands inside Django's CSP middleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.get_cms_response = csp_override(settings.CMS_CSP)(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_cms_response(request) if is_cms(request) else self.get_response(request)


class VerdictChainMiddleware:
    """Answers `/v/…` and `/api/…` without session, cookie, language prefix or CSRF: one request stays one request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.answers = {prefix: import_string(view) for prefix, view in settings.VERDICT_VIEWS.items()}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for prefix, answer in self.answers.items():
            if request.path_info.startswith(prefix):
                return answer(request)
        return self.get_response(request)


class LanguageMiddleware(LocaleMiddleware):
    """Django's choice of language; addresses without a language in front also listen to `?lang=ky`.

    Reading the parameter writes nothing: a printed address can be opened in any language without a cookie.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        wanted = request.GET.get("lang")
        if wanted in dict(settings.LANGUAGES) and not translation.get_language_from_path(request.path_info):
            translation.activate(wanted)
            request.LANGUAGE_CODE = wanted


class FormAddressMiddleware:
    """Says in the person's language where the form stands, when she opens an address that only takes forms."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "GET" and response.status_code == 405 and not is_cms(request):
            return method_not_allowed(request, response.headers["Allow"])
        return response


def is_cms(request: HttpRequest) -> bool:
    """Is this a page of Wagtail's editor?"""
    return request.path_info.startswith("/cms/")

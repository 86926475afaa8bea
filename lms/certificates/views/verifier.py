"""`/verify/`: the form for a typed code, and around it the verifier that needs no network."""

import hashlib
import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from lms.certificates.forms import CodeForm
from lms.certificates.importers import LastSignMissing, ReadCode
from lms.certificates.permissions import TooOften, asks_too_often
from lms.certificates.queries import facts_of
from lms.certificates.rendering import LAST_SIGN, LEFT_OUT, verifier_context, verifier_files, web_manifest
from lms.common.languages import LANGUAGE_CODES
from lms.common.refusals import refusal_in

PAGE = "certificates/verify.html"
MANIFEST_FRESH = 3600


@require_safe
@cache_control(no_store=True)
@csp_override(settings.VERIFIER_CSP)
def typed_code(request: HttpRequest) -> HttpResponse:
    """A code typed from the paper or the telephone leads to its verdict.  GET: no cookie is needed."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        code: ReadCode = form.cleaned_data["code"]
        with refusal_in(form, "code"):
            if not code.whole:
                _require_known(request, code)
            query = {"lang": translation.get_language(), **({} if code.whole else {LAST_SIGN: LEFT_OUT})}
            return redirect(reverse("verify:verdict", kwargs={"public_id": code.public_id}, query=query))
    context = {"form": form, **verifier_context()}
    response = render(request, PAGE, context, status=422 if form.errors else 200)
    response.headers["Permissions-Policy"] = settings.SCANNING_POLICY
    return response


def _require_known(request: HttpRequest, code: ReadCode) -> None:
    """Where no check symbol tells a slip, the next page would say "not our certificate" of it.

    Raises LastSignMissing, TooOften; counted as what it is, a verdict.
    """
    if asks_too_often(request):
        raise TooOften
    if not facts_of(code.public_id).row:
        raise LastSignMissing


@require_safe
@cache_control(public=True, max_age=MANIFEST_FRESH)
def manifest(request: HttpRequest) -> HttpResponse:
    """How the verifier stands among the apps of a phone."""
    return JsonResponse(web_manifest(), content_type="application/manifest+json")


def worker_told() -> dict[str, Any]:
    """What the verifier's part of the service worker keeps: another version once a file or a word is another one."""
    files = verifier_files()
    pages = [reverse("verify:code", query={"lang": code}) for code in LANGUAGE_CODES]
    assets = [*files["scripts"], *files["styles"]]
    made_of = json.dumps([pages, assets, files["scanner"], [_page_in(code) for code in LANGUAGE_CODES]])
    version = hashlib.sha256(made_of.encode()).hexdigest()[:12]
    return {"version": version, "pages": pages, "assets": assets, "scanner": files["scanner"]}


@cache
def _page_in(language: str) -> str:
    """The page as anybody reads it, as far as it is the same for all."""
    with translation.override(language):
        return render_to_string(PAGE, {"form": CodeForm(), **verifier_context()})

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
from lms.certificates.rendering import verifier_context, verifier_files, web_manifest
from lms.common.languages import LANGUAGE_CODES

PAGE = "certificates/verify.html"
MANIFEST_FRESH = 3600


@require_safe
@cache_control(no_store=True)
@csp_override(settings.VERIFIER_CSP)
def typed_code(request: HttpRequest) -> HttpResponse:
    """A code typed from the paper or the telephone leads to its verdict.  GET: no cookie is needed."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        found = {"public_id": form.cleaned_data["code"]}
        return redirect(reverse("verify:verdict", kwargs=found, query={"lang": translation.get_language()}))
    context = {"form": form, **verifier_context()}
    response = render(request, PAGE, context, status=422 if form.errors else 200)
    response.headers["Permissions-Policy"] = settings.SCANNING_POLICY
    return response


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

"""For strangers: the verdict on one certificate, the keys and lists."""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.csp import CSP
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from lms.certificates.actions import count_name_checks, private_bytes, report_difference
from lms.certificates.exports import (
    bundle_of,
    did_document_of,
    key_set_of,
    signed_bundle,
    status_credential_of,
)
from lms.certificates.forms import NameCheckForm, ReportForm
from lms.certificates.importers import MAX_NAME
from lms.certificates.models import Certificate, StatusList
from lms.certificates.permissions import NO_TRIES, TRIES, asks_too_often, tries_for
from lms.certificates.queries import (
    Verdict,
    VerdictState,
    facts_of,
    places_of,
    published_keys,
    site_key,
    site_keys,
    trust_now,
    verdict_from,
)
from lms.certificates.rendering import LAST_SIGN, LEFT_OUT, VerdictPage, answered_page, busy_page, verdict_page
from lms.common.languages import LANGUAGE_CODES
from lms.common.throttling import too_many, tries_left

type View = Callable[..., HttpResponse]

VERDICT_PATH = "/v/"
METHODS = ("GET", "HEAD", "POST")
# In Accept-Encoding: the word by itself, and not with the weight of what is refused (RFC 9110).
_TAKES_GZIP = re.compile(r"(?:^|,)\s*gzip\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))", re.IGNORECASE)
# Seconds for which a copy of the keys, and of the trust bundle or a status list, is as good as a new one.
KEYS_FRESH, BUNDLE_FRESH, BUNDLE, STATUS = 3600, 300, "certificates.bundle", "certificates.status"
STATUS_OF: dict[VerdictState | None, int] = {VerdictState.NOT_OURS: 404}


def answer_verdict(request: HttpRequest, public_id: str = "") -> HttpResponse:
    """`/v/<id>`: called before sessions, cookies and CSRF (VerdictChainMiddleware); it picks its language itself."""
    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    language = _language_of(request)
    # Not undone at the end: an error page after this one speaks the language that the visitor chose.
    translation.activate(language)
    if asks_too_often(request):
        response = _send(request, busy_page(language), language, status=429)
        response.headers["Retry-After"] = "60"
        return response
    facts, day = facts_of(request.path_info.removeprefix(VERDICT_PATH).rstrip("/")), timezone.localdate()
    whole = request.GET.get(LAST_SIGN) != LEFT_OUT
    page = verdict_page(facts, day, language, whole=whole)
    if request.method == "POST" and page.state != VerdictState.NOT_OURS:
        verdict = verdict_from(facts, day)
        page = answered_page(verdict, language, _answer(request, verdict), whole=whole)
    return _send(request, page, language, status=STATUS_OF.get(page.state, 200))


def _language_of(request: HttpRequest) -> str:
    """`?lang=`, else what the browser prefers among ours, else Kyrgyz.  No cookie is read or written."""
    wanted = request.GET.get("lang", "")
    if wanted in LANGUAGE_CODES:
        return wanted
    for tag, _weight in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200]):
        if tag.partition("-")[0] in LANGUAGE_CODES:
            return tag.partition("-")[0]
    return LANGUAGE_CODES[0]


def _answer(request: HttpRequest, verdict: Verdict) -> dict[str, Any]:
    """What to say to the posted form: a name to compare, or a report."""
    if "name" in request.POST:
        form = NameCheckForm(request.POST)
        said = _compare(request, verdict, form.cleaned_data["name"]) if form.is_valid() else {"name_check": "empty"}
        return {**said, "typed": request.POST["name"][:MAX_NAME]}
    report = ReportForm(request.POST)
    if not report.is_valid():
        return {"report": "empty"}
    if too_many(request, group="verdict-report", rate=TRIES):
        return {"report": "busy"}
    certificate = Certificate.objects.select_related("organisation").get(public_id=verdict.public_id)
    report_difference(certificate=certificate, reason=report.cleaned_data["report"], at=timezone.now())
    return {"report": "thanks", "organisation": certificate.organisation.name}


def _compare(request: HttpRequest, verdict: Verdict, name: str) -> dict[str, Any]:
    """Five tries an hour for one address on all these pages, and those that there are for this certificate."""
    of_address = tries_left(request, group="verdict-name", rate=TRIES)
    if of_address < 0:
        return {"name_check": NO_TRIES["hour"]}
    tries = tries_for(request, verdict.public_id)
    if tries.left < 0:
        return {"name_check": NO_TRIES[tries.over]}
    left, over = min(tries, (of_address, "hour"))
    same = verdict.has_name(name)
    if verdict.found and verdict.can_check_name:
        count_name_checks(outcomes={verdict.found.pk: same}, at=timezone.now())
    return {"name_check": "match" if same else "no_match", "tries": left, "over": over}


def _send(request: HttpRequest, page: VerdictPage, language: str, *, status: int) -> HttpResponse:
    """One answer for one request: never kept, never indexed, no referrer, its own content policy.

    Packed here and not by Django's middleware, which takes longer for it than the database for the answer.  Nothing on
    the page is secret from who asked for it, and no cookie comes with it, so its length tells nothing (BREACH).
    """
    packed = _TAKES_GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")) is not None
    content = (page.gzipped if packed else page.html) if request.method != "HEAD" else b""
    headers = {
        "Vary": "Accept-Encoding, Accept-Language",
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
        "Content-Language": language,
        CSP.HEADER_ENFORCE.value: page.policy,
        **({"Content-Encoding": "gzip"} if packed else {}),
    }
    return HttpResponse(content, status=status, headers=headers)


def _published(seconds: int) -> Callable[[View], View]:
    """May be kept for so long and read from any site: verifiers live elsewhere."""

    def publish(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **kwargs: int) -> HttpResponse:
            response = view(request, **kwargs)
            response.headers["Access-Control-Allow-Origin"] = "*"
            return response

        return require_safe(cache_control(public=True, max_age=seconds)(conditional_page(answer)))

    return publish


@_published(KEYS_FRESH)
def did_document(request: HttpRequest) -> HttpResponse:
    """`/.well-known/did.json`: did:web, with every key that ever signed."""
    document = did_document_of(settings.PUBLIC_BASE_URL, [*published_keys(), *site_keys()])
    return JsonResponse(document, content_type="application/did+json")


@_published(KEYS_FRESH)
def key_set(request: HttpRequest) -> HttpResponse:
    """`/.well-known/jwks.json`: the same keys as JSON Web Keys."""
    document = key_set_of([*published_keys(), *site_keys()])
    return JsonResponse(document, content_type="application/jwk-set+json")


@_published(BUNDLE_FRESH)
def trust_bundle(request: HttpRequest) -> HttpResponse:
    """`/trust/bundle.json`: what the verifier without a network keeps; made anew when it is older than its life."""
    return _signed(bundle_now(), "application/jose+json")


def bundle_now() -> bytes | None:
    """The file as it is served now."""
    return cache.get_or_set(BUNDLE, _bundle, BUNDLE_FRESH)


@_published(BUNDLE_FRESH)
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    """`/trust/status/<n>`: for verifiers of Open Badges, the numbers of one list that are revoked, or suspended."""
    found = get_object_or_404(StatusList, pk=number)
    content = cache.get_or_set(f"{STATUS}.{number}", lambda: _status(found), BUNDLE_FRESH)
    return _signed(content, "application/vc")


def _signed(content: bytes | None, content_type: str) -> HttpResponse:
    if content is None:
        return HttpResponse(status=503, headers={"Retry-After": str(BUNDLE_FRESH)})
    return HttpResponse(content, content_type=content_type)


def _bundle() -> bytes | None:
    """None on a site that has no key yet: it has issued nothing."""
    now = timezone.now()
    key = site_key(now)
    if key is None:
        return None
    bundle = bundle_of(trust_now(), origin=settings.PUBLIC_BASE_URL, at=now)
    return signed_bundle(bundle, key=key, private_key=private_bytes(key=key))


def _status(found: StatusList) -> bytes | None:
    """None in the hours in which a site has no key: the last one ended, and the worker has not made the next."""
    now = timezone.now()
    key = site_key(now)
    if key is None:
        return None
    credential = status_credential_of(
        found,
        places_of(found),
        base_url=settings.PUBLIC_BASE_URL,
        key=key,
        private_key=private_bytes(key=key),
        at=now,
        seconds=BUNDLE_FRESH,
    )
    return json.dumps(credential, ensure_ascii=False, separators=(",", ":")).encode()

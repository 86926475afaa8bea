"""`/verify/list/`: many certificates at once, for whoever has a list; nothing of it is kept but that a name was
compared, as a number for the holder.

The answer holds its own result, signed: what is downloaded or passed on is judged by that signature and by nothing
that was remembered here.
"""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from lms.certificates.actions import count_name_checks, private_bytes
from lms.certificates.forms import ListResultForm, PartnerListForm
from lms.certificates.importers import LastSignMissing, ListedRow, OtherName
from lms.certificates.permissions import NO_TRIES, tries_for
from lms.certificates.queries import NOT_OURS, Verdict, site_key, site_keys, verdicts_of
from lms.certificates.rendering import (
    LAST_SIGN_LEFT_OUT,
    MOST_ON_PAPER,
    Answer,
    counted_states,
    draw_result,
    lines_of,
    result_line,
    said_of,
    sealed_result,
)
from lms.certificates.signing import NotSealed, SealedTable, open_sealed
from lms.common.errors import ActionError
from lms.common.languages import LANGUAGE_CODES, pick
from lms.common.pdf import PdfRefused
from lms.common.refusals import refusal_in
from lms.common.throttling import too_many

# From one address (IPv6: one /64): lists, whatever is sent to be read, and files of results.  A PDF is the dearest of
# all that a stranger can ask for.
LISTS, UPLOADS, FILES = "10/h", "60/h", {"csv": "60/h", "pdf": "6/h"}
MOST_BYTES = 4_000_000
TYPES: dict[str, tuple[str, Callable[[SealedTable], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", lambda sealed: sealed.content),
    "pdf": ("application/pdf", draw_result),
}


# What the page of the answers carries for another language, signed, and for how long: whoever has it knows it already.
CARRIED, CARRIED_FOR = "certificates.list", timedelta(hours=1)
COMPARED = ("match", "no_match")


class AskedRow(NamedTuple):
    """One row that was asked for, and what a second look would not find out again."""

    number: int
    typed: str
    name: str
    public_id: str
    is_looked_up: bool
    is_unread: bool
    notes: dict[str, str]
    name_check: str


@csrf_exempt  # No cookie is needed, and nothing is changed but the counts that limit it: as on the page of one verdict.
@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def check_list(request: HttpRequest) -> HttpResponse:
    """GET: the forms.  POST with a list: the answers, and with what they carry: in another language.  POST with the
    result of one: was it made here?
    """
    if request.method != "POST":
        return _page(request, form=PartnerListForm())
    # Before anything is read: a refused file takes as long as a good one.
    if too_many(request, group="verify-list-upload", rate=UPLOADS):
        form = PartnerListForm(initial={"codes": request.POST.get("codes", "")})
        return _page(request, form=form, busy=True, status=429)
    if "asked" in request.POST:
        return _judge_result(request)
    if "carried" in request.POST:
        return _in_another_language(request)
    form = PartnerListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form=form, status=422)
    if too_many(request, group="verify-list", rate=LISTS):
        return _page(request, form=form, busy=True, status=429)
    return _page(request, form=form, **_first_result(request, form.cleaned_data["rows"], timezone.now()))


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    parent = {"url": reverse("verify:code", query={"lang": get_language()}), "title": _("Verify a certificate")}
    context = {"parent": parent, "result_form": ListResultForm(), **context}
    response = render(request, "certificates/list.html", context, status=status)
    if status == 429:
        response.headers["Retry-After"] = "3600"
    return response


def _in_another_language(request: HttpRequest) -> HttpResponse:
    """The codes are looked up again; no name is compared again, for each would be one more try and one more count."""
    form, at = PartnerListForm(), timezone.now()
    try:
        rows = signing.loads(request.POST["carried"], salt=CARRIED, max_age=CARRIED_FOR)
    except signing.BadSignature:
        refusal = _("This result is too old to be shown in another language. Check the list again.")
        return _page(request, form=form, refusal=refusal, status=422)
    asked = [AskedRow(*row) for row in rows]
    return _page(request, form=form, **_result(asked, _verdicts(asked, at), at))


def _first_result(request: HttpRequest, rows: list[ListedRow], at: datetime) -> dict[str, Any]:
    """Of what was listed, with the names compared: each of them once, and counted."""
    verdicts = _verdicts(rows, at)
    asked = [_asked(request, _settled(row, verdicts), verdicts.get(row.public_id, NOT_OURS)) for row in rows]
    count_name_checks(outcomes=_compared_names(asked, verdicts), at=at)
    return _result(asked, verdicts, at)


def _verdicts(rows: Iterable[ListedRow | AskedRow], at: datetime) -> Mapping[str, Verdict]:
    return verdicts_of([row.public_id for row in rows if row.public_id], timezone.localdate(at))


def _result(asked: list[AskedRow], verdicts: Mapping[str, Verdict], at: datetime) -> dict[str, Any]:
    answers = [_answer(row, verdicts.get(row.public_id, NOT_OURS)) for row in asked]
    lines, key = [result_line(one) for one in answers], site_key(at)
    sealed = sealed_result(lines, at=at, key=key, private_key=private_bytes(key=key)) if key else b""
    return {
        "shown": list(zip(answers, lines, strict=True)),
        "states": counted_states(lines),
        "names_differ": any(one.name_check == "no_match" for one in answers),
        "most_on_paper": MOST_ON_PAPER if len(lines) > MOST_ON_PAPER else 0,
        "at": at,
        "carried": signing.dumps(asked, salt=CARRIED, compress=True),
        "sealed": urlsafe_b64encode(zlib.compress(sealed)).decode() if sealed else "",
    }


def _settled(row: ListedRow, verdicts: Mapping[str, Verdict]) -> ListedRow:
    """A code without its last sign that is no certificate's is a slip, and no word about a certificate."""
    return (
        row
        if row.whole or row.public_id in verdicts
        else replace(row, public_id="", refusal=None, hint=LastSignMissing())
    )


def _compared_names(asked: list[AskedRow], verdicts: Mapping[str, Verdict]) -> dict[UUID, bool]:
    """Certificate id → was it the name?  Of each that was compared, once: a list names a certificate once."""
    compared = [row for row in asked if row.name_check in COMPARED]
    return {
        verdict.found.pk: row.name_check == "match"
        for row in compared
        if (verdict := verdicts[row.public_id]) and verdict.found
    }


def _asked(request: HttpRequest, row: ListedRow, verdict: Verdict) -> AskedRow:
    return AskedRow(
        number=row.number,
        typed=row.typed,
        name=row.name,
        public_id=row.public_id,
        is_looked_up=bool(row.public_id and not row.refusal),
        is_unread=row.hint is not None,
        notes=_in_each_language(row.refusal or row.hint or ("" if row.whole else LAST_SIGN_LEFT_OUT)),
        name_check=_compared(request, row, verdict),
    )


def _in_each_language(note: object) -> dict[str, str]:
    said = {}
    for language in LANGUAGE_CODES if note else ():
        with override(language):
            said[language] = str(note)
    return said


def _answer(row: AskedRow, verdict: Verdict) -> Answer:
    # Somebody may have withdrawn her details since the name was compared.
    is_gone = row.name_check in COMPARED and not verdict.can_check_name
    return Answer(
        number=row.number,
        typed=row.typed,
        name=row.name,
        public_id=row.public_id,
        verdict=verdict if row.is_looked_up else None,
        is_unread=row.is_unread,
        note=pick(row.notes),
        name_check="nothing" if is_gone else row.name_check,
    )


def _compared(request: HttpRequest, row: ListedRow, verdict: Verdict) -> str:
    """Each is one of the tries that there are for the certificate, here and on its own page together.

    The five names an hour of one address are not counted here, for a list has more; an address has ten lists instead,
    and in each of them one name for one certificate.
    """
    if isinstance(row.refusal, OtherName):
        return "other_row"
    if not row.name or row.refusal or not verdict.found:
        return ""
    if not verdict.can_check_name:
        return "nothing"
    tries = tries_for(request, verdict.public_id)
    if tries.left < 0:
        return NO_TRIES[tries.over]
    return "match" if verdict.has_name(row.name) else "no_match"


def _judge_result(request: HttpRequest) -> HttpResponse:
    form = ListResultForm(request.POST, request.FILES)
    context: dict[str, Any] = {"form": PartnerListForm(), "result_form": form}
    if not form.is_valid():
        return _page(request, **context, status=422)
    with refusal_in(form, "result"):
        sealed = _opened(form.cleaned_data["result"].read(MOST_BYTES + 1))
        return _page(request, **context, made_here=said_of(sealed), states=counted_states(lines_of(sealed)))
    return _page(request, **context, status=422)


@csrf_exempt
@cache_control(no_store=True)
@require_POST
def result_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The result that the page of the answers sends back, as a file; an altered one is refused."""
    if too_many(request, group=f"verify-list-{kind}", rate=FILES[kind]):
        return _page(request, form=PartnerListForm(), busy=True, status=429)
    content_type, draw = TYPES[kind]
    try:
        sealed = _opened(_unpacked(request.POST.get("sealed", "")))
        content = draw(sealed)
    except (ActionError, PdfRefused) as error:
        refusal = error if isinstance(error, ActionError) else _("The PDF became too long. Take the CSV instead.")
        return _page(request, form=PartnerListForm(), refusal=str(refusal), status=422)
    name = f"certificates-{timezone.localtime(sealed.seal.made_at):%Y-%m-%d-%H%M}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _opened(content: bytes) -> SealedTable:
    return open_sealed(content, site=settings.PUBLIC_BASE_URL, keys={key.kid: key for key in site_keys()})


def _unpacked(text: str) -> bytes:
    """What the hidden field holds; it comes from a stranger, and is inflated no further than a result is long."""
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(urlsafe_b64decode(text), MOST_BYTES)
    except (ValueError, zlib.error) as error:
        raise NotSealed from error
    if inflater.unconsumed_tail:
        raise NotSealed
    return content

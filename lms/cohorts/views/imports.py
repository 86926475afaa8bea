"""A roster from a file: choose, look at what it would do, apply."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lms.cohorts.actions import ImportResult, import_roster
from lms.cohorts.forms import RosterFileForm
from lms.cohorts.importers import RosterPreview, preview_roster, template_choices, template_header
from lms.cohorts.models import Cohort
from lms.cohorts.signing import HeldTable, held_table, hold_table
from lms.cohorts.views.shared import people_or_403, roster_crumbs
from lms.common.errors import ActionError
from lms.common.refusals import refusal_in, refusal_shown
from lms.common.tables import XLSX_TYPE, read_table, write_xlsx
from lms.people.permissions import SignedInRequest

ANSWER = "row-"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_people(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """GET: choose a file.  POST with a file: the preview.  POST with a preview: the import."""
    cohort = people_or_403(request, cohort_id)
    if request.method != "POST":
        return _choose(request, cohort, RosterFileForm())
    if "table" in request.POST:
        return _apply(request, cohort, timezone.now())
    form = RosterFileForm(request.POST, request.FILES)
    if form.is_valid():
        with refusal_in(form, "file"):
            table = read_table(form.cleaned_data["file"])
            token = hold_table(table, cohort_id=cohort.pk, person_id=request.user.pk, at=timezone.now())
            return _preview(request, cohort, preview_roster(cohort=cohort, table=table, by=request.user), token)
    return _choose(request, cohort, form, status=422)


def _choose(request: SignedInRequest, cohort: Cohort, form: RosterFileForm, *, status: int = 200) -> HttpResponse:
    choices = template_choices(_language(), cohort)
    columns = [(head, choices.get(head)) for head in template_header(_language())]
    context = {"cohort": cohort, "form": form, "crumbs": roster_crumbs(cohort), "columns": columns}
    return render(request, "cohorts/import.html", context, status=status)


def _preview(
    request: SignedInRequest,
    cohort: Cohort,
    preview: RosterPreview,
    token: str,
    *,
    answers: Mapping[int, str] | None = None,
    refusal: str = "",
) -> HttpResponse:
    status = 422 if preview.errors or refusal else 200
    context = {
        "cohort": cohort,
        "preview": preview,
        "token": token,
        "answers": answers or {},
        "refusal": refusal,
        "crumbs": roster_crumbs(cohort),
    }
    return render(request, "cohorts/import_preview.html", context, status=status)


def _apply(request: SignedInRequest, cohort: Cohort, at: datetime) -> HttpResponse:
    """What the preview held is read again; one that waited too long sends back to the file."""
    with refusal_shown(request):
        held = held_table(request.POST["table"], cohort_id=cohort.pk, person_id=request.user.pk, at=at)
        return _import(request, cohort, held, at)
    return redirect("cohorts:roster_import", cohort.pk)


def _import(request: SignedInRequest, cohort: Cohort, held: HeldTable, at: datetime) -> HttpResponse:
    user, token, answers = request.user, request.POST["table"], _answers(request)
    preview = preview_roster(cohort=cohort, table=held.table, by=user, answers=answers)
    if preview.errors:
        return _ask_again(request, cohort, held, preview)
    try:
        result = import_roster(cohort=cohort, rows=preview.rows, import_id=held.import_id, by=user, at=at)
    except ActionError as error:
        return _preview(request, cohort, preview, token, answers=answers, refusal=str(error))
    messages.success(request, _said(result))
    return redirect("cohorts:roster", cohort.pk)


def _ask_again(request: SignedInRequest, cohort: Cohort, held: HeldTable, refused: RosterPreview) -> HttpResponse:
    """One person chosen for two rows is no mistake of the file: these rows are asked about again, or all of them."""
    token, answers = request.POST["table"], _answers(request)
    twice = {answers.get(message.number) for message in refused.errors}
    refusal = _("Nothing was imported: one person was chosen for two rows. Answer again, each row for itself.")
    kept_first: dict[int, str] = {number: answer for number, answer in answers.items() if answer not in twice}
    for kept in (kept_first, {}):
        preview = preview_roster(cohort=cohort, table=held.table, by=request.user, answers=kept)
        if not preview.errors:
            return _preview(request, cohort, preview, token, answers=kept, refusal=refusal)
    return _preview(request, cohort, refused, token, answers=answers)


def _answers(request: SignedInRequest) -> dict[int, str]:
    """What was chosen for the rows whose name we know: {row number: person id or "new"}."""
    given = {name.removeprefix(ANSWER): value for name, value in request.POST.items() if name.startswith(ANSWER)}
    return {int(number): str(value) for number, value in given.items() if number.isdecimal() and len(number) < 6}


def _said(result: ImportResult) -> str:
    added = ngettext("%(n)s person added.", "%(n)s people added.", result.added) % {"n": result.added}
    waiting = ngettext(
        "Of these, %(n)s person is on the waiting list: there are not enough places.",
        "Of these, %(n)s people are on the waiting list: there are not enough places.",
        result.waiting,
    ) % {"n": result.waiting}
    changed = ngettext("%(n)s row changed.", "%(n)s rows changed.", result.changed) % {"n": result.changed}
    counted = ((added, result.added), (waiting, result.waiting), (changed, result.changed))
    said = [text for text, count in counted if count]
    where = _("What was written of each stands on her page: choose her name.")
    return " ".join([*said, where]) if said else _("The list changed nothing.")


@login_required
@require_safe
def roster_template(request: SignedInRequest, cohort_id: UUID) -> HttpResponse:
    """An empty list with the right heads in the reader's language, codes formatted as text, words to choose."""
    cohort = people_or_403(request, cohort_id)
    heads, choices = template_header(_language()), template_choices(_language(), cohort, with_regions=True)
    data = write_xlsx(heads, [], title=cohort.code, choices=choices)
    headers = {"Content-Disposition": f'attachment; filename="roster-{cohort.code}.xlsx"'}
    return HttpResponse(data, content_type=XLSX_TYPE, headers=headers)


def _language() -> str:
    return get_language() or "en"

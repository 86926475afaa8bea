"""Is the installation alive and ready; how far is a job."""

from dataclasses import asdict
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lms.jobs.permissions import is_operator
from lms.jobs.queries import jobs_for, readiness
from lms.jobs.rendering import work_name


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can do its work: database, broker, disk, no job left lying; 503 if not.  Figures for the operator."""
    state = readiness(timezone.now())
    figures = asdict(state) if is_operator(request) else {}
    return JsonResponse({"ok": state.ok, **figures, **state.parts}, status=200 if state.ok else 503)


@require_safe
@login_required
@never_cache
def progress(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far a job is, for whoever asked for it: a page, or the bar alone for the script that renews it."""
    job = get_object_or_404(jobs_for(request.user), pk=job_id)
    template = "jobs/progress_bar.html" if "HX-Request" in request.headers else "jobs/progress.html"
    context = {"job": job, "work": work_name(job), "back": job.payload.get("back", "")}
    return render(request, template, context)

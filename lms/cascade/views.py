"""The tree of cohorts."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lms.cascade.queries import lineage_for
from lms.people.models import RoleKind
from lms.people.permissions import SignedInRequest, has_role


@require_safe
@login_required
def tree(request: SignedInRequest) -> HttpResponse:
    """Who trained whom, for coordinators."""
    if not has_role(request.user, RoleKind.COORDINATOR):
        raise Http404
    roots = lineage_for(request.user)
    nodes = [node for root in roots for node in root.walk()]
    figures = {
        "cohorts": len(nodes),
        "enrolled": sum(node.enrolled for node in nodes),
        "certified": sum(node.certified for node in nodes),
        "trainers": sum(node.trainers for node in nodes),
    }
    return render(request, "cascade/tree.html", {"roots": roots, "figures": figures})

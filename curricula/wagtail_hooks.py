"""What Wagtail's editor shows of the curricula: menu entries and what waits for a native reader."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.snippets.models import register_snippet

from curricula.queries import awaiting_review
from curricula.viewsets import VIEWSETS

for viewset in VIEWSETS:
    register_snippet(viewset)


class AwaitingReviewPanel(Component):
    """On the editor's first page: texts that no native speaker has read, by language."""

    name = "awaiting_native_review"
    template_name = "curricula/admin/awaiting_review.html"
    order = 150

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {"queues": awaiting_review()}


@hooks.register("construct_homepage_panels")
def add_awaiting_review(request: HttpRequest, panels: list[Component]) -> None:
    panels.append(AwaitingReviewPanel())

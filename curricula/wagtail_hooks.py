"""What Wagtail's editor shows of the curricula: menu entries and what waits for a native reader."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.snippets.models import register_snippet

from curricula.queries import awaiting_review
from curricula.views import show_objectives
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


@hooks.register("register_admin_urls")
def add_objectives_page() -> list[URLPattern]:
    return [path("reports/objectives/", show_objectives, name="curricula_objectives")]


@hooks.register("register_reports_menu_item")
def add_objectives_to_menu() -> MenuItem:
    return MenuItem(_("Objectives and what serves them"), reverse("curricula_objectives"), icon_name="tasks", order=900)

"""Wagtail's addresses of pages, found our cheaper way.

Wagtail reverses these names, so they stand in no namespace.  Its own sign-in form, which knows no second step, is left
out.
"""

from django.conf import settings
from django.urls import path, re_path
from django.views.generic import RedirectView
from wagtail.urls import serve_pattern
from wagtail.views import authenticate_with_password

from curricula import views

urlpatterns = [
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        authenticate_with_password,
        name="wagtailcore_authenticate_with_password",
    ),
    path("_util/login/", RedirectView.as_view(url=settings.WAGTAIL_FRONTEND_LOGIN_URL), name="wagtailcore_login"),
    path("glossary/", views.show_glossary, name="glossary"),
    re_path(serve_pattern, views.serve_page, name="wagtail_serve"),
]

"""Rooms of Wagtail's editor that stay shut: people are looked after on the desk, and sign in at one door."""

from allauth.account.views import logout
from django.urls import path, re_path
from django.views.decorators.http import require_POST

from lms.people.views.closed import closed, to_profile, to_sign_in

urlpatterns = [
    path("login/", to_sign_in),
    # Wagtail's own forgets the cookie even where it refuses the method.
    path("logout/", require_POST(logout)),
    path("account/", to_profile),
    re_path(r"^(users|groups|password_reset|reports/site-history|bulk/people)/", closed),
    # Wagtail's page that fails on purpose would wake whoever watches the log.
    path("failwhale/", closed),
]

"""Rooms of Wagtail's editor that stay shut: people are looked after on the desk, and sign in at one door."""

from django.urls import path, re_path

from lms.people.views.closed import closed, to_profile, to_sign_in

urlpatterns = [
    path("login/", to_sign_in),
    path("account/", to_profile),
    re_path(r"^(users|groups|password_reset|reports/site-history|bulk/people)/", closed),
]

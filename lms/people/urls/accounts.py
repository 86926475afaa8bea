"""Signing in as staff: the part of allauth that is open here.  Nobody signs up or changes addresses by herself."""

from allauth.account import views
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as spare_codes
from allauth.mfa.totp import views as phone_codes
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe

from lms.people.views.closed import closed
from lms.people.views.leaving import leave_at_once
from lms.people.views.passwords import forgotten, from_key
from lms.people.views.refusals import saying_422
from lms.people.views.second_step import after_password

_two_steps = [
    path("", require_safe(after_password(second_step.index)), name="mfa_index"),
    path("authenticate/", saying_422(second_step.authenticate), name="mfa_authenticate"),
    path("reauthenticate/", saying_422(second_step.reauthenticate), name="mfa_reauthenticate"),
    path("totp/activate/", after_password(saying_422(phone_codes.activate_totp)), name="mfa_activate_totp"),
    path("totp/deactivate/", after_password(saying_422(phone_codes.deactivate_totp)), name="mfa_deactivate_totp"),
    path(
        "recovery-codes/",
        require_safe(after_password(spare_codes.view_recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/generate/",
        after_password(saying_422(spare_codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
]

urlpatterns = [
    path("login/", saying_422(views.login), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("logout/at-once/", leave_at_once, name="account_leave_at_once"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", saying_422(views.reauthenticate), name="account_reauthenticate"),
    path("password/change/", saying_422(views.password_change), name="account_change_password"),
    path("password/reset/", saying_422(forgotten), name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        saying_422(from_key),
        name="account_reset_password_from_key",
    ),
    path("2fa/", include(_two_steps)),
    # allauth sends here whoever has no password: a card stands in its place.
    path("password/set/", closed, name="account_set_password"),
]

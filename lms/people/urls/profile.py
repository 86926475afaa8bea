"""Addresses of one's own data and, for administrators, of staff and roles."""

from django.urls import path

from lms.people.views import feedback, mail, organisations, profile, roles

app_name = "people"
urlpatterns = [
    path("", profile.show_profile, name="profile"),
    path("name/", profile.give_name, name="certificate_name"),
    path("consents/", profile.answer_consent, name="consent"),
    path("organisations/<uuid:organisation_id>/", organisations.change, name="organisation"),
    path("feedback/", feedback.list_feedback, name="feedback"),
    path("feedback/<uuid:feedback_id>/settle/", feedback.settle, name="settle_feedback"),
    path("staff/", roles.list_staff, name="roles"),
    path("staff/invite/", roles.invite, name="invite"),
    path("staff/grant/", roles.grant, name="grant"),
    path("staff/test-mail/", mail.send_test, name="test_mail"),
    path("staff/<uuid:person_id>/", roles.show_member, name="member"),
    path("staff/<uuid:person_id>/end/", roles.end, name="end_role"),
    path("staff/<uuid:person_id>/password/", roles.renew_password, name="password_link"),
]

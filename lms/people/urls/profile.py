"""Addresses of one's own data and, for administrators, of staff and roles."""

from django.urls import path

from lms.people.views import (
    closing,
    confirming,
    feedback,
    installation,
    invitations,
    mail,
    offers,
    organisations,
    profile,
    roles,
    waking,
)

app_name = "people"
urlpatterns = [
    path("", profile.show_profile, name="profile"),
    path("display-name/", profile.change_display_name, name="display_name"),
    path("language/", profile.change_language, name="language"),
    path("name-form/", profile.choose_name_form, name="name_form"),
    path("email/", profile.ask_email, name="email"),
    path("email/<slug:token>/", profile.confirm_email, name="confirm_email"),
    path("name/", profile.give_name, name="certificate_name"),
    path("pin/", offers.make_own_pin, name="own_pin"),
    path("wake/", waking.wake, name="wake"),
    path("consents/", profile.answer_consent, name="consent"),
    path("offers/<uuid:offer_id>/accept/", offers.accept, name="accept_offer"),
    path("offers/<uuid:offer_id>/decline/", offers.decline, name="decline_offer"),
    path("organisations/", installation.list_organisations, name="organisations"),
    path("organisations/new/", installation.found, name="found"),
    path(
        "organisations/<uuid:organisation_id>/administrators/new/",
        installation.invite_another,
        name="invite_administrator",
    ),
    path(
        "administrators/<uuid:person_id>/password/",
        installation.renew_administrator,
        name="renew_administrator",
    ),
    path("organisations/asleep/<uuid:person_id>/word/", waking.tell_word_to_stranded, name="tell_word_to_stranded"),
    path("organisations/<uuid:organisation_id>/", organisations.change, name="organisation"),
    path("feedback/", feedback.list_feedback, name="feedback"),
    path("feedback/<uuid:feedback_id>/settle/", feedback.settle, name="settle_feedback"),
    path("staff/", roles.list_staff, name="roles"),
    path("staff/invite/", roles.invite, name="invite"),
    path("staff/invitations/", invitations.list_invitations, name="invitations"),
    path("staff/invitations/<uuid:person_id>/again/", invitations.send_again, name="send_again"),
    path("staff/invitations/<uuid:person_id>/withdraw/", invitations.withdraw, name="withdraw_invitation"),
    path("staff/signatures/<uuid:signature_id>/", confirming.confirm, name="confirm_role"),
    path("staff/grant/", roles.grant, name="grant"),
    path("staff/test-mail/", mail.send_test, name="test_mail"),
    path("staff/<uuid:person_id>/", roles.show_member, name="member"),
    path("staff/<uuid:person_id>/word/", waking.tell_word, name="tell_word"),
    path("staff/<uuid:person_id>/user-name/", roles.give_user_name, name="give_user_name"),
    path("staff/<uuid:person_id>/leave/", closing.leave, name="leave"),
    path("staff/<uuid:person_id>/reopen/", closing.reopen, name="reopen"),
    path("staff/<uuid:person_id>/end/", roles.end, name="end_role"),
    path("staff/<uuid:person_id>/password/", roles.renew_password, name="password_link"),
]

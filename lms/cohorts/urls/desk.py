"""On the desk: cohorts from plan to end, their people, and the standings of those who train."""

from django.urls import path

from lms.cohorts.views import cards, imports, learning, life, planning, roster, sessions, standings

app_name = "cohorts"
urlpatterns = [
    path("cohorts/plan/", planning.plan, name="plan"),
    path("cohorts/<uuid:cohort_id>/edit/", life.edit, name="edit"),
    path("cohorts/<uuid:cohort_id>/duplicate/", planning.duplicate, name="duplicate"),
    path("cohorts/<uuid:cohort_id>/trainers/", life.trainers, name="trainers"),
    path("cohorts/<uuid:cohort_id>/open/", life.open_, name="open"),
    path("cohorts/<uuid:cohort_id>/close/", life.close, name="close"),
    path("cohorts/<uuid:cohort_id>/reopen/", life.reopen, name="reopen"),
    path("cohorts/<uuid:cohort_id>/cancel/", life.cancel, name="cancel"),
    path("cohorts/<uuid:cohort_id>/sessions/add/", sessions.add_extra_session, name="add_extra_session"),
    path("sessions/<uuid:session_id>/", sessions.session, name="session"),
    path("sessions/<uuid:session_id>/leader/", sessions.substitute, name="substitute"),
    path("sessions/<uuid:session_id>/cancel/", sessions.cancel_session, name="cancel_session"),
    path("sessions/<uuid:session_id>/again/", sessions.plan_session_again, name="plan_session_again"),
    path("cohorts/<uuid:cohort_id>/people/", roster.show_roster, name="roster"),
    path("cohorts/<uuid:cohort_id>/people/new/", roster.walk_in, name="walk_in"),
    path("cohorts/<uuid:cohort_id>/people/import/", imports.import_people, name="roster_import"),
    path("cohorts/<uuid:cohort_id>/people/template/", imports.roster_template, name="roster_template"),
    path("cohorts/<uuid:cohort_id>/cards/", cards.cards, name="cards"),
    path("cohorts/<uuid:cohort_id>/poster/", cards.poster, name="poster"),
    path("cohorts/<uuid:cohort_id>/joining/", cards.joining, name="joining"),
    path("cohorts/<uuid:cohort_id>/plan/<str:lesson_code>/", learning.facilitator_plan, name="facilitator_plan"),
    path("cohorts/<uuid:cohort_id>/objectives/<str:module_code>/", learning.objectives, name="objectives"),
    path("people/<uuid:enrolment_id>/", roster.show_person, name="person"),
    path("people/<uuid:enrolment_id>/admit/", roster.admit, name="admit"),
    path("people/<uuid:enrolment_id>/withdraw/", roster.withdraw, name="withdraw"),
    path("people/<uuid:enrolment_id>/again/", roster.enrol_again, name="enrol_again"),
    path("people/<uuid:enrolment_id>/transfer/", roster.transfer, name="transfer"),
    path("people/<uuid:enrolment_id>/unlock-card/", roster.unlock_card, name="unlock_card"),
    path("people/<uuid:enrolment_id>/replace-card/", roster.replace_card, name="replace_card"),
    path("people/<uuid:enrolment_id>/legal-name/", roster.legal_name, name="legal_name"),
    path("people/<uuid:enrolment_id>/legal-name/open/", roster.open_legal_name, name="open_legal_name"),
    path("standings/", standings.standings, name="standings"),
    path("standings/<uuid:standing_id>/", standings.standing, name="standing"),
    path("standings/<uuid:standing_id>/withdraw/", standings.withdraw_standing, name="withdraw_standing"),
    path("founding/", standings.founding, name="founding"),
    path("founding/<uuid:proposal_id>/", standings.settle_founding, name="settle_founding"),
]

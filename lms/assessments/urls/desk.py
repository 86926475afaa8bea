"""/<lang>/desk/…: tests, observations and session plans, for those who run, observe and coach."""

from django.urls import path

from lms.assessments.views import later, plans, teaching, tests

app_name = "assessments"
urlpatterns = [
    path("cohorts/<uuid:cohort_id>/tests/", tests.tests, name="tests"),
    path("tests/<uuid:paper_id>/later/<uuid:enrolment_id>/", later.allow, name="allow_later"),
    path("cohorts/<uuid:cohort_id>/observations/", teaching.observations, name="observations"),
    path("observations/<uuid:observation_id>/", teaching.correct, name="correct"),
    path("cohorts/<uuid:cohort_id>/plans/", plans.submissions, name="submissions"),
    path("plans/<uuid:submission_id>/", plans.decide, name="decide"),
    path("cohorts/<uuid:cohort_id>/my-plan/", plans.my_plan, name="my_plan"),
]

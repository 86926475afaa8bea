"""The desk, and a cohort's page."""

from django.urls import path

from lms.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("cohorts/", views.cohorts, name="cohorts"),
    path("cohorts/<uuid:cohort_id>/", views.cohort, name="cohort"),
]

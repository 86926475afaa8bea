"""For those who wait for a job."""

from django.urls import path

from lms.jobs import views

app_name = "jobs"
urlpatterns = [path("<uuid:job_id>/", views.progress, name="progress")]

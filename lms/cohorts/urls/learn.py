"""What the enrolled read."""

from django.urls import path

from lms.cohorts.views import learning

app_name = "learn"
urlpatterns = [
    path("<uuid:cohort_id>/", learning.learn_cohort, name="cohort"),
    path("<uuid:cohort_id>/<str:lesson_code>/", learning.lesson, name="lesson"),
    path("<uuid:cohort_id>/<str:lesson_code>/read/", learning.mark_read, name="mark_read"),
]

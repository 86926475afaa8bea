"""For those who run a cohort."""

from django.urls import path

from lms.attendance.views import desk

app_name = "attendance"
urlpatterns = [
    path("sessions/<uuid:session_id>/attendance/", desk.mark_roster, name="roster"),
    path("sessions/<uuid:session_id>/attendance/<uuid:enrolment_id>/", desk.mark_person, name="mark"),
    path("sessions/<uuid:session_id>/code/", desk.room_code, name="room_code"),
    path("cohorts/<uuid:cohort_id>/attendance/", desk.overview, name="overview"),
]

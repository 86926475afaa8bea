"""For whoever scans the room's code."""

from django.urls import path

from lms.attendance.views import checkin

app_name = "checkin"
urlpatterns = [
    path("ticket/<str:token>", checkin.use_ticket, name="use_ticket"),
    path("<str:token>", checkin.read_code, name="check_in"),
]

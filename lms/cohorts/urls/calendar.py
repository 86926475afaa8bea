"""One's own calendar addresses."""

from django.urls import path

from lms.cohorts.views import calendars

app_name = "calendar"
urlpatterns = [
    path("", calendars.mine, name="mine"),
    path("make/", calendars.make, name="make"),
    path("<uuid:address_id>/revoke/", calendars.revoke, name="revoke"),
]

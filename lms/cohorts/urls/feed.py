"""What calendars fetch."""

from django.urls import path

from lms.cohorts.views import calendars

app_name = "feed"
urlpatterns = [path("<str:token>.ics", calendars.feed, name="calendar")]

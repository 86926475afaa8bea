"""The address on the poster."""

from django.urls import path

from lms.cohorts.views import joining

app_name = "join"
urlpatterns = [path("<str:token>", joining.join, name="join")]

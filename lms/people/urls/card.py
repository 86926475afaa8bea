"""The address on every card."""

from django.urls import path

from lms.people.views.card import sign_in

app_name = "card"
urlpatterns = [path("", sign_in, name="signin")]

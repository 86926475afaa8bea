"""Addresses: written with the app."""

app_name = "assessments"
urlpatterns: list = []

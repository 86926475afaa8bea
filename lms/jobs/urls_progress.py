"""Addresses: written with the app."""

app_name = "jobs"
urlpatterns: list = []

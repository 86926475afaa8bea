"""Addresses: written with the app."""

app_name = "cohorts"
urlpatterns: list = []

"""Addresses: written with the app."""

app_name = "tests"
urlpatterns: list = []

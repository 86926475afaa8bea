"""Addresses: written with the app."""

app_name = "people"
urlpatterns: list = []

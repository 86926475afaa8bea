"""Addresses: written with the app."""

app_name = "learn"
urlpatterns: list = []

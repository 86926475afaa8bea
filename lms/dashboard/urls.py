"""Addresses: written with the app."""

app_name = "dashboard"
urlpatterns: list = []

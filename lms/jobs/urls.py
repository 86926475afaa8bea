"""Addresses: written with the app."""

app_name = "health"
urlpatterns: list = []

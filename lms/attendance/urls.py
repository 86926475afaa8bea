"""Addresses: written with the app."""

app_name = "attendance"
urlpatterns: list = []

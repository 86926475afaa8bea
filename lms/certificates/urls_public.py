"""Addresses: written with the app."""

app_name = "verify"
urlpatterns: list = []

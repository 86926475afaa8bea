"""Addresses: written with the app."""

app_name = "certificates"
urlpatterns: list = []

"""Addresses: written with the app."""

app_name = "cascade"
urlpatterns: list = []

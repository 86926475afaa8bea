"""Addresses: written with the app."""

app_name = "card"
urlpatterns: list = []

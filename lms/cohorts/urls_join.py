"""Addresses: written with the app."""

app_name = "join"
urlpatterns: list = []

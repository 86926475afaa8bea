"""Addresses: written with the app."""

app_name = "checkin"
urlpatterns: list = []

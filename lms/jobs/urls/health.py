"""For those who watch the installation."""

from django.urls import path

from lms.jobs import views

app_name = "health"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

"""The cascade on the desk."""

from django.urls import path

from lms.cascade import views

app_name = "cascade"
urlpatterns = [path("cascade/", views.tree, name="tree")]

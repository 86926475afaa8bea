"""For everybody: help for each role, the form to tell us, and what is kept about people."""

from django.urls import path

from lms.people.views import feedback, help_pages

app_name = "help"
urlpatterns = [
    path("help/", help_pages.contents, name="contents"),
    path("help/<slug:role>/", help_pages.for_role, name="role"),
    path("privacy/", help_pages.privacy, name="privacy"),
    path("tell-us/", feedback.tell, name="tell"),
    path("tell-us/thanks/", feedback.told, name="told"),
]

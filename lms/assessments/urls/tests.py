"""/<lang>/tests/: a participant's tests."""

from django.urls import path

from lms.assessments.views import paper, saving

app_name = "tests"
urlpatterns = [
    path("<uuid:paper_id>/", paper.paper, name="paper"),
    path("<uuid:paper_id>/start/", paper.start, name="start"),
    path("<uuid:paper_id>/save/", saving.save, name="save"),
]

"""On the desk, below a participant's page: the same person is here twice."""

from django.urls import path

from lms.privacy.views import merging

app_name = "merging"
urlpatterns = [
    path("people/<uuid:enrolment_id>/twice/", merging.choose, name="choose"),
    path("people/<uuid:enrolment_id>/twice/<uuid:other_id>/", merging.merge, name="merge"),
    path("people/<uuid:enrolment_id>/twice/<uuid:other_id>/names/", merging.compare, name="compare"),
]

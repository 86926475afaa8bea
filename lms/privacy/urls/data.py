"""One's own data: a copy, and the end of it; and the same for somebody who asked for it on paper."""

from django.urls import path

from lms.privacy.views import erasing

app_name = "privacy"
urlpatterns = [
    path("me/data/erase/", erasing.erase_own, name="erase_own"),
    path("me/data/erasing/", erasing.erasing, name="erasing"),
    path("me/staff/<uuid:person_id>/erase/", erasing.erase_colleague, name="erase_colleague"),
    path("desk/people/<uuid:enrolment_id>/erase/", erasing.erase_participant, name="erase_participant"),
]

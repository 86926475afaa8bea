"""One's own data: a copy, and the end of it; and the same for somebody who asked for it on paper."""

from django.urls import path

from lms.privacy.views import erasing, exporting, openings

app_name = "privacy"
urlpatterns = [
    path("me/data/opened/", openings.show_openings, name="openings"),
    path("me/data/copy/", exporting.show_export, name="export"),
    path("me/data/copy/file/", exporting.export_own, name="export_own"),
    path("me/staff/<uuid:person_id>/copy/", exporting.export_colleague, name="export_colleague"),
    path("desk/people/<uuid:enrolment_id>/copy/", exporting.export_participant, name="export_participant"),
    path("me/data/erase/", erasing.erase_own, name="erase_own"),
    path("me/data/erasing/", erasing.erasing, name="erasing"),
    path("me/staff/<uuid:person_id>/erase/", erasing.erase_colleague, name="erase_colleague"),
    path("desk/people/<uuid:enrolment_id>/erase/", erasing.erase_participant, name="erase_participant"),
]

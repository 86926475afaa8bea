"""For programs, under /api/: addresses that others rely on."""

from django.urls import path

from lms.certificates import api

app_name = "api"
urlpatterns = [
    # Whatever stands behind it: what is no id gets the same answer as an unknown one.
    path("certificates/<path:public_id>", api.certificate, name="certificate"),
    path("openapi.json", api.document, name="openapi"),
]

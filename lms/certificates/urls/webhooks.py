"""On the desk of whoever administers an organisation: what partners' programs are told."""

from django.urls import path

from lms.certificates.views import webhooks

app_name = "webhooks"
urlpatterns = [
    path("organisations/<uuid:organisation_id>/webhooks/", webhooks.list_webhooks, name="list"),
    path("organisations/<uuid:organisation_id>/webhooks/new/", webhooks.add, name="add"),
    path("webhooks/<uuid:webhook_id>/", webhooks.show, name="webhook"),
    path("webhooks/<uuid:webhook_id>/test/", webhooks.send_test, name="test"),
    path("webhooks/<uuid:webhook_id>/secret/", webhooks.renew_secret, name="secret"),
    path("webhooks/<uuid:webhook_id>/off/", webhooks.switch_off, name="off"),
    path("webhooks/<uuid:webhook_id>/on/", webhooks.switch_on, name="on"),
]

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "lms.certificates"
    verbose_name = _("Certificates")

    def ready(self) -> None:
        """Asked before a cohort is closed, and before somebody is transferred from it; words its own notices.

        Kept by the service worker: the verifier.  Beside what an organisation says of itself: its webhooks.
        """
        from lms.certificates import models
        from lms.certificates.queries import changes_of_certificates
        from lms.certificates.rendering import (
            certificate_here,
            on_organisation,
            panel_of_webhooks,
            people_without_certificate,
            words_of_changes,
            words_of_licences,
            words_of_signatories,
            words_of_signatures,
            words_of_webhooks,
        )
        from lms.certificates.tasks import WORKS
        from lms.certificates.views.verifier import worker_told
        from lms.cohorts.queries import look_before_closing, look_before_transfer
        from lms.common.panels import register_panel
        from lms.common.worker import WorkerPart, register_worker_part
        from lms.jobs.rendering import name_works
        from lms.notices.rendering import word_kinds
        from lms.people.queries import name_changes

        look_before_closing("certificates", people_without_certificate)
        look_before_transfer("certificates", certificate_here)
        name_works(WORKS)
        name_changes("certificates", changes_of_certificates)
        register_panel("organisation", "certificates", on_organisation)
        word_kinds(models.LicenceNotice.values, words_of_licences)
        word_kinds(models.CertificateNotice.values, words_of_changes)
        word_kinds(models.WebhookNotice.values, words_of_webhooks)
        register_panel("organisation", "webhooks", panel_of_webhooks)
        word_kinds(models.SignatoryNotice.values, words_of_signatories)
        word_kinds([*models.KeyNotice.values, *models.SignatureNotice.values], words_of_signatures)
        register_worker_part("verifier", WorkerPart("js/worker/verifier.js", worker_told))

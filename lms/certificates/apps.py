from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "lms.certificates"
    verbose_name = _("Certificates")

    def ready(self) -> None:
        """What is still open here is named before a cohort is closed."""
        from lms.certificates.rendering import people_without_certificate
        from lms.cohorts.queries import look_before_closing

        look_before_closing("certificates", people_without_certificate)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "lms.notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        from lms.common.panels import register_panel
        from lms.notices.views import on_profile

        register_panel("profile", "notices", on_profile)

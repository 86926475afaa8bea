from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    name = "lms.dashboard"
    verbose_name = _("Desk")

    def ready(self) -> None:
        """A participant's page in a cohort shows what the apps below know of her."""
        from lms.common.panels import register_panel
        from lms.dashboard.rendering import participants_way

        register_panel("participant", "way", participants_way)

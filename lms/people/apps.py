from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "lms.people"
    verbose_name = _("People")

    def ready(self) -> None:
        from lms.common.panels import register_panel
        from lms.people.views.leaving import on_every_page

        register_panel("page", "leave", on_every_page)

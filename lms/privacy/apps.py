from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "lms.privacy"

    def ready(self) -> None:
        """A participant's page leads to the pages about her data."""
        from lms.common.panels import register_panel
        from lms.privacy.views.merging import on_participants_page

        register_panel("participant", "twice", on_participants_page)

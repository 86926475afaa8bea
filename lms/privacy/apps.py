from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "lms.privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        """The pages of a person, one's own too, show what may be done with all that is kept about her."""
        from lms.common.panels import register_panel
        from lms.jobs.rendering import name_works
        from lms.privacy.rendering import on_certificates, on_member, on_participant, on_profile
        from lms.privacy.tasks import ERASE
        from lms.privacy.views.merging import on_participants_page, on_roster

        name_works({ERASE: _("Erasing what is kept about a person")})
        register_panel("own_certificates", "privacy", on_certificates)
        register_panel("profile", "privacy", on_profile)
        register_panel("participant", "twice", on_participants_page)
        register_panel("roster", "twice", on_roster)
        register_panel("participant_data", "privacy", on_participant)
        register_panel("member", "privacy", on_member)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CohortsConfig(AppConfig):
    name = "lms.cohorts"
    verbose_name = _("Cohorts")

    def ready(self) -> None:
        from lms.cohorts.models import PlaceNotice, SessionNotice
        from lms.cohorts.queries import host_of, schools_of
        from lms.cohorts.rendering import words_of_places, words_of_sessions
        from lms.cohorts.views.calendars import on_profile
        from lms.cohorts.views.leaving import on_leaving
        from lms.cohorts.views.public import on_home
        from lms.common.panels import register_panel
        from lms.notices.rendering import word_kinds
        from lms.people.permissions import name_schools
        from lms.people.queries import name_hosts

        register_panel("profile", "calendar", on_profile)
        register_panel("home", "cohorts", on_home)
        register_panel("leave", "cohorts", on_leaving)
        name_hosts("cohorts", host_of)
        name_schools("cohorts", schools_of)
        word_kinds(SessionNotice.values, words_of_sessions)
        word_kinds(PlaceNotice.values, words_of_places)

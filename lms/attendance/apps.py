from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttendanceConfig(AppConfig):
    name = "lms.attendance"
    verbose_name = _("Attendance")

    def ready(self) -> None:
        """What is still open here is named before a cohort is closed."""
        from lms.attendance.rendering import unmarked_sessions
        from lms.cohorts.queries import look_before_closing

        look_before_closing("attendance", unmarked_sessions)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "lms.assessments"
    verbose_name = _("Assessments")

    def ready(self) -> None:
        """What is still open here is named before a cohort is closed, and its tests end with it."""
        from lms.assessments.actions import close_papers
        from lms.assessments.rendering import open_tests_and_plans
        from lms.cohorts.actions import end_with_cohort
        from lms.cohorts.queries import look_before_closing

        end_with_cohort(name="assessments", end=close_papers)
        look_before_closing("assessments", open_tests_and_plans)

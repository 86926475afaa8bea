"""How an author writes a module's rule down, as she thinks of it: for participants, for trainers."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

RULE_PANELS = [
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("attendance_percent"), FieldPanel("excused_max_percent")]),
            FieldPanel("post_test_required"),
        ],
        heading=_("For participants"),
        help_text=_("A cohort follows the rule that stood here on the day it was opened."),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("teach_backs_required"), FieldPanel("candidate_months")]),
            FieldRowPanel(
                [
                    FieldPanel("trainer_years"),
                    FieldPanel(
                        "sessions_a_year",
                        help_text=_(
                            "Whoever trained fewer within a year, as lead or co-trainer, and took part in no "
                            "refresher, opens no cohort until she has. 0: nothing is asked."
                        ),
                    ),
                ]
            ),
            FieldPanel(
                "refresher_since",
                help_text=_(
                    "The day of a change that trainers must learn, such as a new law. Whoever qualified before it "
                    "renews her certificate only with sessions or a refresher held since."
                ),
            ),
        ],
        heading=_("For trainers"),
    ),
]

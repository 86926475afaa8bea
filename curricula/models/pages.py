"""Curriculum → module → lesson: a page tree per language, published by Wagtail."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page, TranslatableMixin
from wagtail.search import index

from curricula.blocks import TEXT_FEATURES, BodyBlock, KeyMessageBlock
from lms.common.languages import ReviewState


class SpiralTag(models.TextChoices):
    """Where a step stands in the spiral of learning (experience → pattern → input → practice → action)."""

    FRAME = "frame", _("frame")
    EXPERIENCE = "experience", _("experience")
    PATTERN = "pattern", _("pattern")
    INPUT = "input", _("input")
    PRACTICE = "practice", _("practice")
    ACTION = "action", _("action")


class ReviewedPage(Page):
    """A page whose text in this language has or has not been read by a native speaker."""

    native_review = models.CharField(
        _("native review"), max_length=10, choices=ReviewState, default=ReviewState.AWAITING
    )

    class Meta:
        abstract = True


class HomePage(ReviewedPage):
    """The public home in one language."""

    lead = models.TextField(_("lead"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("native_review")]
    template = "curricula/home.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["curricula.CurriculumPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("home")


class CurriculumPage(ReviewedPage):
    """A curriculum: modules that belong together."""

    code = models.CharField(_("code"), max_length=20)
    summary = models.TextField(_("summary"))
    is_public = models.BooleanField(
        _("open to everyone"), default=True, help_text=_("Otherwise only the enrolled read its lessons.")
    )

    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("code"), FieldPanel("is_public")]),
        FieldPanel("summary"),
        FieldPanel("native_review"),
    ]
    template = "curricula/curriculum.html"
    parent_page_types = ["curricula.HomePage"]
    subpage_types = ["curricula.ModulePage"]

    class Meta:
        verbose_name = _("curriculum")


class ModulePage(ReviewedPage):
    """A module with its rule for certificates: the thresholds are data, not code."""

    code = models.CharField(_("code"), max_length=10)
    summary = models.TextField(_("summary"))
    audience = models.TextField(_("for whom"), blank=True)
    objectives = StreamField([("objective", blocks.TextBlock(label=_("objective")))], verbose_name=_("objectives"))
    legal_status_as_of = models.DateField(_("legal status as of"))
    next_review = models.DateField(_("next review"), null=True, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=120, blank=True)
    adaptation = RichTextField(_("adaptation"), features=TEXT_FEATURES, blank=True)
    risks = RichTextField(_("risks, and how to stop"), features=TEXT_FEATURES, blank=True)

    attendance_percent = models.PositiveSmallIntegerField(_("attendance needed, %"), default=80)
    excused_max_percent = models.PositiveSmallIntegerField(_("sessions that may be excused, %"), default=20)
    post_test_required = models.BooleanField(_("post-test required"), default=True)
    teach_backs_required = models.PositiveSmallIntegerField(_("teach-backs to pass"), default=2)
    candidate_months = models.PositiveSmallIntegerField(_("months as a candidate"), default=6)
    trainer_years = models.PositiveSmallIntegerField(_("years of a trainer's certificate"), default=3)

    rule_panels = [
        FieldRowPanel([FieldPanel("attendance_percent"), FieldPanel("excused_max_percent")]),
        FieldPanel("post_test_required"),
        FieldRowPanel(
            [FieldPanel("teach_backs_required"), FieldPanel("candidate_months"), FieldPanel("trainer_years")]
        ),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    *Page.content_panels,
                    FieldPanel("code"),
                    FieldPanel("summary"),
                    FieldPanel("audience"),
                    FieldPanel("objectives"),
                    FieldRowPanel([FieldPanel("legal_status_as_of"), FieldPanel("next_review")]),
                    FieldRowPanel([FieldPanel("reviewed_by"), FieldPanel("native_review")]),
                ],
                heading=_("For participants"),
            ),
            ObjectList([FieldPanel("adaptation"), FieldPanel("risks")], heading=_("For the facilitator")),
            ObjectList(rule_panels, heading=_("Certificate rule")),
            ObjectList(Page.promote_panels, heading=_("Address")),
        ]
    )
    template = "curricula/module.html"
    parent_page_types = ["curricula.CurriculumPage"]
    subpage_types = ["curricula.LessonPage"]

    class Meta:
        verbose_name = _("module")


class LessonPage(ReviewedPage):
    """A lesson: the participant's text, and the facilitator's plan that participants never receive."""

    code = models.CharField(_("code"), max_length=10)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=90)
    summary = models.TextField(_("summary"))
    objectives = StreamField([("objective", blocks.TextBlock(label=_("objective")))], verbose_name=_("objectives"))
    key_messages = StreamField([("message", KeyMessageBlock())], verbose_name=_("key messages"))
    body = StreamField(BodyBlock(), verbose_name=_("text"))

    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    *Page.content_panels,
                    FieldRowPanel([FieldPanel("code"), FieldPanel("minutes")]),
                    FieldPanel("summary"),
                    FieldPanel("objectives"),
                    FieldPanel("key_messages"),
                    FieldPanel("body"),
                    FieldPanel("native_review"),
                ],
                heading=_("For participants"),
            ),
            ObjectList([InlinePanel("steps", label=_("step"))], heading=_("Facilitator's plan")),
            ObjectList(Page.promote_panels, heading=_("Address")),
        ]
    )
    template = "curricula/lesson.html"
    parent_page_types = ["curricula.ModulePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("lesson")


class PlanStep(TranslatableMixin, Orderable):
    """A step of the facilitator's plan."""

    lesson = ParentalKey(LessonPage, on_delete=models.CASCADE, related_name="steps")
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    tag = models.CharField(_("spiral"), max_length=12, choices=SpiralTag)
    title = models.CharField(_("title"), max_length=200)
    facilitator = RichTextField(_("what the facilitator does"), features=TEXT_FEATURES)
    participants = models.TextField(_("what participants do"))
    materials = models.CharField(_("materials"), max_length=300, blank=True)
    debrief = models.TextField(_("debrief questions"), blank=True, help_text=_("One question a line."))
    notes = models.TextField(_("notes"), blank=True, help_text=_("Expected answers, traps, safety."))

    panels = [
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("tag")]),
        FieldPanel("title"),
        FieldPanel("facilitator"),
        FieldPanel("participants"),
        FieldPanel("materials"),
        MultiFieldPanel([FieldPanel("debrief"), FieldPanel("notes")], heading=_("Debrief and notes")),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("step")

    def __str__(self) -> str:
        return f"{self.lesson_id}/{self.sort_order}"

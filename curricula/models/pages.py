"""Curriculum → module → lesson: a page tree per language, published by Wagtail."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page, PageViewRestriction, Revision, TranslatableMixin
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from curricula.blocks import TEXT_FEATURES, BodyBlock, KeyMessageBlock
from curricula.models.links import PageLink, links_to
from curricula.models.panels import RULE_PANELS
from lms.common.languages import ReviewState


class SpiralTag(models.TextChoices):
    """Where a step stands in the spiral of learning (experience → pattern → input → practice → action)."""

    FRAME = "frame", _("frame")
    EXPERIENCE = "experience", _("experience")
    PATTERN = "pattern", _("pattern")
    INPUT = "input", _("input")
    PRACTICE = "practice", _("practice")
    ACTION = "action", _("action")


class OwnField(SynchronizedField):
    """A field that each language's copy has for itself: translating never carries it over."""

    def is_synchronized(self, obj: models.Model) -> bool:
        return False


# The same in every language, and for no translator to change.
SAME_IN_ALL = [SynchronizedField(name, overridable=False) for name in ("slug", "code")]


class ReviewedPage(Page):
    """A page whose text in this language has or has not been read by a native speaker."""

    native_review = models.CharField(
        _("native review"),
        max_length=10,
        choices=ReviewState,
        default=ReviewState.AWAITING,
        help_text=_("Until somebody whose first language this is has read the page, it says so to its readers."),
    )

    # A copy, and so each new translation, waits for its own reader.
    exclude_fields_in_copy = ["native_review"]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        near = links_to(Q(translation_key=self.translation_key) | self.relatives())
        translations = [link for link in near if link.translation_key == self.translation_key]
        return {**super().get_context(request, *args, **kwargs), "near": near, "translations": translations}

    def relatives(self) -> Q:
        """The pages that this one links to, beside its translations; they come as `near`."""
        return Q(pk__in=[])

    def save_revision(self, *args: Any, overwrite_revision: Revision | None = None, **kwargs: Any) -> Revision:
        """Autosave may rewrite a draft, never what was published: cohorts follow published revisions for good."""
        if overwrite_revision and (overwrite_revision.pk == self.live_revision_id or self._was_withdrawn()):
            overwrite_revision = None
        return super().save_revision(*args, overwrite_revision=overwrite_revision, **kwargs)

    def _was_withdrawn(self) -> bool:
        return self.first_published_at is not None and not self.live

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """Those of the page and of what stands above it, in one query (Wagtail takes two)."""
        if self.alias_of_id:
            return super().get_view_restrictions()
        paths = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        return PageViewRestriction.objects.filter(page__path__in=paths)

    def _path_above(self, levels: int) -> str:
        return self.path[: -self.steplen * levels]


def _at(path: str, links: list[PageLink]) -> PageLink | None:
    return next((link for link in links if link.path == path), None)


class HomePage(ReviewedPage):
    """The public home in one language."""

    lead = models.TextField(_("lead"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("lead", help_text=_("What this site is, in two or three sentences.")),
        FieldPanel("native_review"),
    ]
    template = "curricula/home.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["curricula.CurriculumPage"]
    max_count_per_parent = 1
    override_translatable_fields = [OwnField("slug"), OwnField("native_review")]

    class Meta:
        verbose_name = _("home")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        modules = list(ModulePage.with_totals(self))
        curricula = CurriculumPage.objects.live().filter(path__startswith=self.path).order_by("path")
        shelves = [(page, [module for module in modules if module.is_child_of(page)]) for page in curricula]
        return {**super().get_context(request, *args, **kwargs), "shelves": shelves}


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
        FieldPanel("summary", help_text=_("Shown on the home page, above the modules.")),
        FieldPanel("native_review"),
    ]
    template = "curricula/curriculum.html"
    parent_page_types = ["curricula.HomePage"]
    subpage_types = ["curricula.ModulePage"]
    override_translatable_fields = [*SAME_IN_ALL, OwnField("native_review")]

    class Meta:
        verbose_name = _("curriculum")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), "modules": ModulePage.with_totals(self)}

    @classmethod
    def is_closed(cls, path: str) -> bool:
        """Are the lessons of the curriculum at `path` kept from the public?  Closed in one language, closed in all."""
        key = Page.objects.filter(path=path).values("translation_key")
        return cls.objects.filter(translation_key__in=Subquery(key), is_public=False).exists()


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
    # Of today's module, not of a pinned one: a licence lives on with the module.
    sessions_a_year = models.PositiveSmallIntegerField(_("sessions a year that keep a licence active"), default=2)
    refresher_since = models.DateField(_("trainers need a refresher since"), null=True, blank=True)

    participant_panels = [
        *Page.content_panels,
        FieldPanel("code", help_text=_("Such as M1; the same in every language, and never changed once people train.")),
        FieldPanel("summary", help_text=_("Two or three sentences for the home page.")),
        FieldPanel("audience", help_text=_("Whom the module is for, and what they need to know before.")),
        FieldPanel("objectives", help_text=_("Three to five. They are printed on the certificate.")),
        FieldRowPanel(
            [
                FieldPanel("legal_status_as_of", help_text=_("The day on which the law in this text was checked.")),
                FieldPanel("next_review", help_text=_("The day by which somebody checks it again.")),
            ]
        ),
        FieldRowPanel(
            [
                FieldPanel("reviewed_by", help_text=_("Shown to readers. Leave it empty if she prefers so.")),
                FieldPanel("native_review"),
            ]
        ),
    ]
    facilitator_panels = [
        FieldPanel("adaptation", help_text=_("Small or large groups, little time, no electricity.")),
        FieldPanel("risks", help_text=_("What can go wrong, and how to stop. Participants never see it.")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(participant_panels, heading=_("For participants")),
            ObjectList(facilitator_panels, heading=_("For the facilitator")),
            ObjectList(RULE_PANELS, heading=_("Certificate rule")),
            ObjectList(Page.promote_panels, heading=_("Address")),
        ]
    )
    search_fields = [*Page.search_fields, index.AutocompleteField("code")]
    template = "curricula/module.html"
    parent_page_types = ["curricula.CurriculumPage"]
    subpage_types = ["curricula.LessonPage"]
    override_translatable_fields = [*SAME_IN_ALL, OwnField("native_review"), OwnField("reviewed_by")]

    class Meta:
        verbose_name = _("module")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        lessons = [link for link in context["near"] if link.is_child_of(self.path)]
        return {
            **context,
            "curriculum": _at(self._path_above(1), context["near"]),
            "lessons": lessons,
            "minutes": sum(lesson.minutes or 0 for lesson in lessons),
            **self._open_messages(),
        }

    def _open_messages(self) -> dict[str, Any]:
        """The core messages of the lessons, which are part of their text and closed with it."""
        is_closed = CurriculumPage.is_closed(self._path_above(1))
        lessons = LessonPage.objects.live().child_of(self).only("path", "key_messages").order_by("path")
        messages = [] if is_closed else [message for lesson in lessons for message in lesson.core_messages]
        return {"is_closed": is_closed, "core_messages": messages}

    def relatives(self) -> Q:
        return Q(path=self._path_above(1)) | Q(path__startswith=self.path, depth=self.depth + 1)

    @classmethod
    def with_totals(cls, above: Page) -> "QuerySet[ModulePage]":
        """Published modules below a page, each with `lesson_count` and `minutes` of its published lessons."""
        lessons = LessonPage.objects.live().filter(path__startswith=OuterRef("path")).order_by().values("live")
        modules = cls.objects.live().filter(path__startswith=above.path or "-")
        return modules.annotate(
            lesson_count=Subquery(lessons.annotate(total=Count("pk")).values("total")),
            minutes=Subquery(lessons.annotate(total=Sum("minutes")).values("total")),
        ).order_by("path")


class LessonPage(ReviewedPage):
    """A lesson: the participant's text, and the facilitator's plan that participants never receive."""

    code = models.CharField(_("code"), max_length=10)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=90)
    # Numbers, since each language's copy of the module has the same objectives in the same order.
    serves = models.CharField(
        _("objectives of the module"), max_length=20, blank=True, validators=[RegexValidator(r"^\d{1,2}(, ?\d{1,2})*$")]
    )
    summary = models.TextField(_("summary"))
    objectives = StreamField([("objective", blocks.TextBlock(label=_("objective")))], verbose_name=_("objectives"))
    key_messages = StreamField([("message", KeyMessageBlock())], verbose_name=_("key messages"))
    body = StreamField(BodyBlock(), verbose_name=_("text"))

    search_fields = [
        *Page.search_fields,
        index.AutocompleteField("code"),
        index.SearchField("summary"),
        index.SearchField("body"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    *Page.content_panels,
                    FieldRowPanel(
                        [
                            FieldPanel("code", help_text=_("Such as M1.2; the same in every language.")),
                            FieldPanel("minutes", help_text=_("The steps of the plan add up to this.")),
                            FieldPanel(
                                "serves", help_text=_("Which of them the lesson serves, by number: 2, or 2, 3.")
                            ),
                        ]
                    ),
                    FieldPanel("summary", help_text=_("One or two sentences.")),
                    FieldPanel("objectives", help_text=_("What a participant can do after the lesson.")),
                    FieldPanel("key_messages", help_text=_("What should stay, each with what a reader could look up.")),
                    FieldPanel("body", help_text=_("What the participant reads, on a phone or on paper.")),
                    FieldPanel("native_review"),
                ],
                heading=_("For participants"),
            ),
            ObjectList(
                [InlinePanel("steps", label=_("step"), help_text=_("Participants never receive the plan."))],
                heading=_("Facilitator's plan"),
            ),
            ObjectList(Page.promote_panels, heading=_("Address")),
        ]
    )
    template = "curricula/lesson.html"
    parent_page_types = ["curricula.ModulePage"]
    subpage_types: list[str] = []
    override_translatable_fields = [
        *SAME_IN_ALL,
        SynchronizedField("serves", overridable=False),
        OwnField("native_review"),
    ]

    class Meta:
        verbose_name = _("lesson")

    @property
    def served_objectives(self) -> list[int]:
        """The numbers of the module's objectives that this lesson serves, counted from 1."""
        return [int(number) for number in self.serves.split(",") if number.strip()]

    @property
    def core_messages(self) -> list[str]:
        """Those of its key messages that an adapter keeps."""
        return [message.value["text"] for message in self.key_messages if message.value["core"]]

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("", _("For participants")), ("plan", _("Facilitator's plan"))]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Everyone's text, unless its curriculum is closed; the enrolled read theirs in their cohort."""
        if CurriculumPage.is_closed(self._path_above(2)):
            raise Http404
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        module_path = self._path_above(1)
        lessons = [link for link in context["near"] if link.is_child_of(module_path)]
        place = next((number for number, lesson in enumerate(lessons) if lesson.path == self.path), None)
        return {
            **context,
            "module": _at(module_path, context["near"]),
            "number": None if place is None else place + 1,
            "lesson_count": len(lessons),
            "previous": lessons[place - 1] if place else None,
            "following": lessons[place + 1] if place is not None and place + 1 < len(lessons) else None,
        }

    def relatives(self) -> Q:
        return Q(path__startswith=self._path_above(1))

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "curricula/plan_preview.html" if mode_name == "plan" else self.template


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
    notes = RichTextField(
        _("notes"), features=TEXT_FEATURES, blank=True, help_text=_("Expected answers, traps, safety.")
    )

    panels = [
        FieldRowPanel(
            [
                FieldPanel("minutes", help_text=_("Input takes at most 15 minutes at a time.")),
                FieldPanel("tag", help_text=_("Where the step stands in the spiral.")),
            ]
        ),
        FieldPanel("title"),
        FieldPanel("facilitator", help_text=_("What to say and do, so that a new trainer could do it.")),
        FieldPanel("participants"),
        FieldPanel("materials"),
        MultiFieldPanel([FieldPanel("debrief"), FieldPanel("notes")], heading=_("Debrief and notes")),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("step")

    def __str__(self) -> str:
        return f"{self.lesson_id}/{self.sort_order}"

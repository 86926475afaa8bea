"""The item bank: a question is one row with three languages, so that text and key cannot drift apart."""

from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, PreviewableMixin, RevisionMixin
from wagtail.search import index

from lms.common.languages import LANGUAGE_CODES, review_states, translated


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("one answer")
    MULTIPLE = "multiple", _("several answers")
    TRUE_FALSE = "true_false", _("true or false")
    ORDERING = "ordering", _("put in order")
    MATCHING = "matching", _("match pairs")


# Kinds whose rows stand in the bank as the right answer says: never shown in that order.
ROWS_TELL = frozenset({QuestionKind.ORDERING, QuestionKind.MATCHING})


def three(field: str) -> list[FieldPanel]:
    """A field in each language, the readers' first."""
    return [FieldPanel(f"{field}_{language}", heading=name) for language, name in settings.LANGUAGES]


def source_panel() -> MultiFieldPanel:
    """Where something comes from, for whatever has a source."""
    return MultiFieldPanel(
        three("source"),
        heading=_("Source"),
        help_text=_("What a reader could look up. A title that has only one language stands in all three."),
    )


def sources_in(content: dict[str, Any]) -> dict[str, str]:
    """A question's source in each language, from a revision; an old one has a single line for all of them."""
    return {language: content.get(f"source_{language}", content.get("source", "")) for language in LANGUAGE_CODES}


class Question(PreviewableMixin, RevisionMixin, index.Indexed, ClusterableModel):
    """An item.  `item_key` and the choices' keys are kept for ever: answers refer to them, in whatever language."""

    item_key = models.CharField(_("key"), max_length=20, unique=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    module_code = models.CharField(_("module"), max_length=10)
    lesson_code = models.CharField(_("lesson"), max_length=10, blank=True)
    objective = models.PositiveSmallIntegerField(_("objective"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind)
    text = translated(models.TextField(_("question")))
    explanation = translated(models.TextField(_("explanation")))
    source = translated(models.CharField(_("source"), max_length=300))
    review = review_states()

    search_fields = [
        index.AutocompleteField("item_key"),
        index.SearchField("text_en"),
        index.SearchField("text_ru"),
        index.SearchField("text_ky"),
    ]

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("question bank")
        ordering = ["item_key"]

    def __str__(self) -> str:
        return self.item_key

    @classmethod
    def from_serializable_data(cls, data: dict[str, Any], *args: Any, **kwargs: Any) -> Self | None:
        """What a revision says, an old one too: an editor who goes back to it finds its source."""
        sources = {f"source_{language}": source for language, source in sources_in(data).items()}
        return super().from_serializable_data({**data, **sources}, *args, **kwargs)

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return list(settings.LANGUAGES)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """As it reads in one language; the editor's own language has no say."""
        with override(mode_name):
            return render(request, "curricula/question_preview.html", {"question": self})


class Choice(Orderable):
    """An option.  Ordering: the rows stand in the right order.  Matching: `text` belongs to `match`."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    # Random, not in the order of time: sorting the keys must not tell the right order.
    choice_key = models.UUIDField(default=uuid4, editable=False)
    text = translated(models.CharField(_("text"), max_length=300))
    match = translated(models.CharField(_("belongs to"), max_length=300, blank=True))
    is_correct = models.BooleanField(_("right"), default=False)

    panels = [
        MultiFieldPanel(three("text"), heading=_("Text")),
        FieldPanel("is_correct"),
        MultiFieldPanel(three("match"), heading=_("Belongs to (matching only)")),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("choice")

    def __str__(self) -> str:
        return str(self.choice_key)


class Quiz(RevisionMixin, ClusterableModel):
    """The order of a module's items: the anchors come before and after, the others after only."""

    module_code = models.CharField(_("module"), max_length=10, unique=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=20, help_text=_("For each of the two tests."))

    panels = [FieldRowPanel([FieldPanel("module_code"), FieldPanel("minutes")]), InlinePanel("items", label=_("item"))]

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")

    def __str__(self) -> str:
        return self.module_code


class QuizItem(Orderable):
    """A question's place in a quiz."""

    quiz = ParentalKey(Quiz, on_delete=models.CASCADE, related_name="items")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    is_anchor = models.BooleanField(_("anchor"), default=False, help_text=_("Asked before and after."))

    panels = [FieldPanel("question", heading=_("Question")), FieldPanel("is_anchor")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["quiz", "question"], name="quiz_asks_a_question_once"),
            models.CheckConstraint(condition=Q(sort_order__isnull=True) | Q(sort_order__gte=0), name="quiz_item_order"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz_id}/{self.question_id}"

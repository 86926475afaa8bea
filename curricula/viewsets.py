"""The item bank and the library in Wagtail's editor."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.views.generic.mixins import RevisionsRevertMixin
from wagtail.snippets.views.snippets import CreateView, EditView, SnippetViewSet

from curricula.actions import publish_question
from curricula.forms import ChoicesPanel, QuestionForm
from curricula.models import Fact, GlossaryTerm, Instrument, Question, Quiz
from curricula.models.items import source_panel, three


class NoAutosave(View):
    """These rows have no drafts: saving by itself would publish half a sentence, and rewrite pinned revisions."""

    overwrite_revision = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.autosave_enabled = False


class RowCreateView(NoAutosave, CreateView):
    pass


class RowEditView(NoAutosave, EditView):
    pass


class PublishingMixin:
    """Saves a question through the action: a new version where it says something new."""

    form: QuestionForm
    request: HttpRequest

    def save_instance(self) -> Question:
        assert self.request.user.is_authenticated
        question = publish_question(question=self.form.save(commit=False), by=self.request.user)
        self.has_content_changes = True
        self.new_revision = question.latest_revision
        return question


class QuestionCreateView(PublishingMixin, RowCreateView):
    pass


class QuestionEditView(PublishingMixin, RowEditView):
    pass


class QuestionRevertView(PublishingMixin, NoAutosave, RevisionsRevertMixin, EditView):
    """An old wording becomes the next version."""

    view_name = "revisions_revert"


class RowViewSet(SnippetViewSet):
    """A row in all languages: its own entry in the menu, no copies, no autosave."""

    add_to_admin_menu = True
    copy_view_enabled = False
    add_view_class = RowCreateView
    edit_view_class = RowEditView
    list_per_page = 50


class QuestionViewSet(RowViewSet):
    model = Question
    icon = "help"
    menu_order = 210
    list_display = ["item_key", "text", "kind", "lesson_code", "version"]
    list_filter = ["module_code", "lesson_code", "kind", "review_ky", "review_ru", "review_en"]
    add_view_class = QuestionCreateView
    edit_view_class = QuestionEditView
    revisions_revert_view_class = QuestionRevertView
    edit_handler = ObjectList(
        [
            FieldRowPanel(
                [
                    FieldPanel("item_key", help_text=_("Such as M1-Q01. Chosen once: answers refer to it.")),
                    FieldPanel("kind"),
                ]
            ),
            FieldRowPanel(
                [
                    FieldPanel("module_code", help_text=_("Such as M1.")),
                    FieldPanel("lesson_code", help_text=_("Such as M1.2: where the answer is taught.")),
                    FieldPanel("objective", help_text=_("The number of the module's objective that it checks.")),
                ]
            ),
            MultiFieldPanel(three("text"), heading=_("Question")),
            ChoicesPanel(
                "choices",
                heading=_("Choices"),
                label=_("choice"),
                help_text=_(
                    "One answer, true or false: mark one as right. Several answers: at least one. "
                    "Put in order: the rows stand in the right order. Match pairs: fill in what each belongs to."
                ),
            ),
            MultiFieldPanel(
                three("explanation"),
                heading=_("Explanation"),
                help_text=_("Shown after the test, beside the right answer."),
            ),
            source_panel(),
            MultiFieldPanel(
                three("review"),
                heading=_("Native review"),
                help_text=_("Has somebody whose first language this is read the question?"),
            ),
        ],
        base_form_class=QuestionForm,
    )


class QuizViewSet(RowViewSet):
    model = Quiz
    icon = "list-ol"
    menu_order = 220
    list_display = ["module_code", "minutes"]


class FactViewSet(RowViewSet):
    model = Fact
    icon = "info-circle"
    menu_order = 230
    list_display = ["code", "statement", "as_of", "next_review", "status"]
    list_filter = ["status", "next_review", "review_ky", "review_ru", "review_en"]


class InstrumentViewSet(RowViewSet):
    model = Instrument
    icon = "doc-full"
    menu_order = 240
    list_display = ["code", "short_name", "kind", "as_of", "status"]
    list_filter = ["kind", "status", "review_ky", "review_ru", "review_en"]


class GlossaryViewSet(RowViewSet):
    model = GlossaryTerm
    icon = "openquote"
    menu_label = _("Glossary")
    menu_order = 250
    list_display = ["key", "term", "definition"]
    list_filter = ["review_ky", "review_ru", "review_en"]


VIEWSETS = (QuestionViewSet, QuizViewSet, FactViewSet, InstrumentViewSet, GlossaryViewSet)

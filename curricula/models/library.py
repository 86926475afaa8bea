"""The library: legal instruments and facts that lessons cite, each with a source and its day; and the glossary."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import RevisionMixin
from wagtail.search import index

from curricula.models.items import source_panel, three
from lms.common.languages import review_states, translated


class FactStatus(models.TextChoices):
    SOURCED = "sourced", _("sourced")
    NEEDS_REVIEW = "needs_review", _("needs review")


class InstrumentKind(models.TextChoices):
    TREATY = "treaty", _("treaty")
    CONSTITUTION = "constitution", _("constitution")
    LAW = "law", _("law")
    RESOLUTION = "resolution", _("resolution")
    PROGRAMME = "programme", _("programme")


class Sourced(models.Model):
    """Where a statement comes from and until when it is trusted."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    source = translated(models.CharField(_("source"), max_length=300))
    as_of = models.DateField(_("as of"), help_text=_("The day on which this was checked."))
    next_review = models.DateField(_("next review"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=FactStatus, default=FactStatus.NEEDS_REVIEW)
    review = review_states()

    source_panels = [
        FieldRowPanel([FieldPanel("code"), FieldPanel("status")]),
        source_panel(),
        FieldRowPanel([FieldPanel("as_of"), FieldPanel("next_review")]),
        MultiFieldPanel(three("review"), heading=_("Native review")),
    ]

    class Meta:
        abstract = True


class Fact(RevisionMixin, index.Indexed, Sourced):
    """One dated statement; a lesson shows it with its source."""

    statement = translated(models.TextField(_("statement")))

    panels = [MultiFieldPanel(three("statement"), heading=_("Statement")), *Sourced.source_panels]
    search_fields = [
        index.SearchField("statement_en"),
        index.SearchField("statement_ru"),
        index.SearchField("statement_ky"),
        index.AutocompleteField("code"),
    ]

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Instrument(RevisionMixin, index.Indexed, Sourced):
    """A treaty, law, resolution or programme, with its standing in Kyrgyzstan."""

    kind = models.CharField(_("kind"), max_length=20, choices=InstrumentKind)
    name = translated(models.CharField(_("name"), max_length=250))
    short_name = translated(models.CharField(_("short name"), max_length=80))
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True)
    status_in_kyrgyzstan = translated(models.TextField(_("status in Kyrgyzstan")))

    panels = [
        FieldPanel("kind"),
        MultiFieldPanel(three("name"), heading=_("Name")),
        MultiFieldPanel(three("short_name"), heading=_("Short name")),
        FieldPanel("adopted_on"),
        MultiFieldPanel(three("status_in_kyrgyzstan"), heading=_("Status in Kyrgyzstan")),
        *Sourced.source_panels,
    ]
    search_fields = [index.SearchField("name_en"), index.SearchField("name_ru"), index.SearchField("name_ky")]

    class Meta:
        verbose_name = _("legal instrument")
        verbose_name_plural = _("legal instruments")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.short_name


class GlossaryTerm(RevisionMixin, index.Indexed, models.Model):
    """A word that lessons use, said plainly: where a lesson first meets it, a tap opens its definition."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    term = translated(models.CharField(_("term"), max_length=200))
    definition = translated(models.TextField(_("definition")))
    forms = translated(models.TextField(_("forms"), blank=True))
    not_in = translated(models.TextField(_("not meant in"), blank=True))
    review = review_states()

    panels = [
        FieldPanel("key"),
        MultiFieldPanel(three("term"), heading=_("Term")),
        MultiFieldPanel(three("definition"), heading=_("Definition"), help_text=_("Plain words, two sentences.")),
        MultiFieldPanel(
            three("forms"),
            heading=_("Forms"),
            help_text=_(
                "The other forms in which lessons use the term, one a line; large and small letters are the same."
            ),
        ),
        MultiFieldPanel(
            three("not_in"),
            heading=_("Not meant in"),
            help_text=_("Phrases that hold the word and mean something else, one a line."),
        ),
        MultiFieldPanel(three("review"), heading=_("Native review")),
    ]
    search_fields = [
        index.SearchField("term_en"),
        index.SearchField("term_ru"),
        index.SearchField("term_ky"),
        index.SearchField("definition_en"),
        index.SearchField("definition_ru"),
        index.SearchField("definition_ky"),
        index.AutocompleteField("key"),
    ]

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

"""The steps of planning a cohort, each a plain form."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from curricula.queries import ModuleOutline
from lms.cohorts.actions import SessionsOverlap
from lms.cohorts.checks import FIRST_LESSON, Slot, first_overlap
from lms.cohorts.forms.fields import (
    QuietForm,
    capacity_field,
    date_field,
    languages_field,
    moment_field,
    place_field,
    region_choices,
    time_field,
    title_fields,
)
from lms.cohorts.models import Programme, Session, Standing
from lms.cohorts.queries import PlanningRight, TrainerChoice
from lms.common.choices import offer, offer_unless_one
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES, pick
from lms.people.models import User
from lms.regions.models import Region


class WhatForm(QuietForm):
    """Step 1: for whom, which modules, in which languages."""

    organisation = forms.ChoiceField(label=_("Organisation"), widget=forms.RadioSelect)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    modules = forms.MultipleChoiceField(label=_("Modules"), widget=forms.CheckboxSelectMultiple)
    languages = languages_field()

    def __init__(self, data: Any, *, rights: Sequence[PlanningRight], outlines: Sequence[ModuleOutline]) -> None:
        super().__init__(data)
        self.rights = {str(right.organisation.pk): right for right in rights}
        self.outlines = {outline.code: outline for outline in outlines}
        self._offer_organisations(rights)
        allowed = {code for right in rights for code in right.module_codes or self.outlines}
        options = [(code, f"{code} · {pick(outline.titles)}") for code, outline in self.outlines.items()]
        offer(self, "modules", (option for option in options if option[0] in allowed))
        heard = [code for code in LANGUAGE_CODES if any(right.speaks(code, allowed) for right in rights)]
        offer(self, "languages", ((code, LANGUAGE_NAMES[code]) for code in heard))
        if len(options) == 1:
            self.fields["modules"].initial = [options[0][0]]

    def _offer_organisations(self, rights: Sequence[PlanningRight]) -> None:
        offer_unless_one(self, "organisation", ((key, right.organisation.name) for key, right in self.rights.items()))
        programmes = Programme.objects.filter(organisation__in=[right.organisation for right in rights])
        self.programmes = {str(programme.pk): programme for programme in programmes}
        if self.programmes:
            named = ((key, programme.name) for key, programme in self.programmes.items())
            offer(self, "programme", [("", "–"), *named])
        else:
            del self.fields["programme"]

    def clean_programme(self) -> Programme | None:
        return self.programmes.get(self.cleaned_data["programme"])

    def clean(self) -> dict:
        """The modules must be hers to plan, and published in every chosen language."""
        values = super().clean() or {}
        right = self.rights.get(values.get("organisation", ""))
        modules = [self.outlines[code] for code in values.get("modules", [])]
        if right and right.module_codes and not {outline.code for outline in modules} <= set(right.module_codes):
            self.add_error("modules", _("You have no standing for one of these modules."))
        for language in values.get("languages", []):
            if any(language not in outline.languages for outline in modules):
                self.add_error("languages", _("Not every chosen module is published in each of these languages."))
                break
        codes, languages = values.get("modules", []), values.get("languages", [])
        foreign = [code for code in languages if right and codes and not right.speaks(code, codes)]
        if foreign:
            names = ", ".join(LANGUAGE_NAMES[code] for code in foreign)
            self.add_error("languages", _("You may not train these modules in: %(languages)s.") % {"languages": names})
        programme = values.get("programme")
        if programme and right and programme.organisation_id != right.organisation.pk:
            self.add_error("programme", _("This programme belongs to another organisation."))
        return {**values, "right": right, "outlines": modules}


class FirstDayForm(QuietForm):
    """The first day of a cohort.

    One that is over is asked about once more: trainings are entered afterwards, and years are mistyped.
    """

    starts_on = date_field(_("First day"))
    begun = forms.BooleanField(label=_("The training began on this day; I enter it afterwards"), required=False)

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        day = self._day_typed()
        if day is None or day >= today:
            del self.fields["begun"]

    def _day_typed(self) -> date | None:
        with suppress(forms.ValidationError):
            return self.fields["starts_on"].clean(self["starts_on"].data)
        return None

    def clean(self) -> dict:
        values = super().clean() or {}
        if "begun" in self.fields and not values.get("begun"):
            self.add_error("starts_on", _("This day is over. Correct it, or tick below that the training began on it."))
        return values


class DuplicateForm(FirstDayForm):
    """When the new cohort begins."""


class WhereForm(FirstDayForm):
    """Step 2: region, place, first day."""

    region = forms.ChoiceField(label=_("Region"), help_text=_("Where the training is held."))
    place = place_field()
    starts_at = time_field(_("First lesson of a day starts at"), initial=FIRST_LESSON)
    field_order = ("region", "place", "starts_on", "begun", "starts_at")

    def __init__(self, data: Any, *, regions: Sequence[Region], today: date) -> None:
        super().__init__(data, today=today)
        self.regions = {str(region.pk): region for region in regions}
        offer(self, "region", region_choices(regions))

    def clean_region(self) -> Region:
        return self.regions[self.cleaned_data["region"]]


class TrainersForm(QuietForm):
    """Who trains; also on the page of changes, while the cohort is a draft."""

    lead = forms.ChoiceField(label=_("Lead trainer"), widget=forms.RadioSelect)
    co_trainers = forms.MultipleChoiceField(label=_("Co-trainers"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        choices: Sequence[TrainerChoice],
        module_codes: Sequence[str],
        region: Region,
        alone: User | None = None,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        """`alone`: she plans for herself and chooses nobody else."""
        super().__init__(data, initial=dict(initial or {}))
        offered = [choice for choice in choices if alone is None or choice.person.pk == alone.pk]
        self.people = {str(choice.person.pk): choice.person for choice in offered}
        self.offered = {choice.person: choice for choice in offered}
        self.module_codes, self.region = module_codes, region
        # Whether the cohort could be opened today; whoever plans for herself does so by a standing.
        self.has_standing = alone is not None or any(not choice.lacks(module_codes, region) for choice in offered)
        labels = [(str(choice.person.pk), _trainer_label(choice, module_codes, region)) for choice in offered]
        offer(self, "lead", labels)
        offer(self, "co_trainers", labels)
        if alone is not None:
            self.fields["lead"].initial = str(alone.pk)
            del self.fields["co_trainers"]
        elif len(labels) < 2:
            del self.fields["co_trainers"]

    def clean_lead(self) -> User:
        return self.people[self.cleaned_data["lead"]]

    def clean_co_trainers(self) -> list[User]:
        return [self.people[key] for key in self.cleaned_data["co_trainers"]]


class WhoForm(TrainersForm):
    """Step 3: trainers, places, a title of its own."""

    # The languages of step 1; set by the wizard.
    languages: Sequence[str] = ()
    capacity = capacity_field()
    title_ky, title_ru, title_en = (title_fields()[f"title_{code}"] for code in ("ky", "ru", "en"))

    def clean(self) -> dict:
        """Whoever has the standing for it cannot open it where none of its trainers may train in a language of it."""
        values = super().clean() or {}
        lead = values.get("lead")
        if lead and not self.offered[lead].lacks(self.module_codes, self.region):
            trainers = [self.offered[person] for person in (lead, *values.get("co_trainers", []))]
            covered = {code for trainer in trainers for code in trainer.speaks(self.module_codes, self.region)}
            lacking = [LANGUAGE_NAMES[code] for code in self.languages if code not in covered]
            if lacking:
                text = _(
                    "None of the trainers may train in: %(languages)s. Choose one who may as well, or go back and leave"
                    " it out."
                )
                self.add_error("lead", text % {"languages": ", ".join(lacking)})
        return values

    def titles(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"title_{code}"] for code in LANGUAGE_CODES}


class TimesForm(QuietForm):
    """Step 4: when each lesson starts."""

    # Says for which modules, day and hour the times were proposed: other ones are proposed anew.
    based_on = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, sessions: Sequence[Session], based_on: str, not_before: date | None) -> None:
        """`not_before`: today, or None where a training that has begun is entered."""
        super().__init__(data, initial={"based_on": based_on})
        self.sessions, self.not_before = sessions, not_before
        for session in sessions:
            label = f"{session.lesson_code} · {pick(session.titles)}"
            self.fields[f"start-{session.lesson_code}"] = moment_field(label, initial=session.starts_at)

    def starts(self) -> dict[str, datetime]:
        """{lesson code: start}"""
        return {session.lesson_code: self.cleaned_data[f"start-{session.lesson_code}"] for session in self.sessions}

    def clean(self) -> dict:
        values = super().clean() or {}
        given = [(values.get(f"start-{session.lesson_code}"), session) for session in self.sessions]
        for start, row in given:
            if start and self.not_before and timezone.localdate(start) < self.not_before:
                text = _(
                    "This day is over. Correct it, or go back and give the first day of a training that has begun."
                )
                self.add_error(f"start-{row.lesson_code}", text)
        slots = [Slot(start, start + (row.ends_at - row.starts_at), row.name) for start, row in given if start]
        if pair := first_overlap(slots):
            self.add_error(None, str(SessionsOverlap(*pair)))
        return values


_RESTS = _("rests: as a co-trainer only")


def _trainer_label(choice: TrainerChoice, module_codes: Sequence[str], region: Region) -> str:
    """Name, what she may train, what she lacks for this cohort, and whether anybody has used her account."""
    parts = [choice.person.display_name, *(_standing_label(standing) for standing in choice.standings)]
    resting = {standing.module_code for standing in choice.standings if standing.is_dormant}
    lacking = [code for code in choice.lacks(module_codes, region) if code not in resting]
    if lacking:
        parts.append(str(_("no standing here for %(modules)s") % {"modules": ", ".join(lacking)}))
    if choice.person.has_yet_to_sign_in:
        parts.append(str(_("has not signed in yet")))
    return " · ".join(parts)


def _standing_label(standing: Standing) -> str:
    held = f"{standing.module_code}: {standing.get_level_display()} ({standing.language_names})"
    return f"{held}, {_RESTS}" if standing.is_dormant else held


def basis(module_codes: Sequence[str], starts_on: date, starts_at: object) -> str:
    """What proposed times depend on, as a word."""
    return f"{'+'.join(module_codes)}/{starts_on:%Y-%m-%d}/{starts_at:%H:%M}"

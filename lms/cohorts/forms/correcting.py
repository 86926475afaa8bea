"""What stands about a person in a cohort."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from lms.cohorts.forms.fields import region_choices
from lms.cohorts.models import AgeBand, Category, Enrolment, Facts, Sex
from lms.common.choices import offer
from lms.common.languages import LANGUAGE_NAMES
from lms.people.forms import display_name_field
from lms.regions.models import Region


class CorrectForm(forms.Form):
    """How she is called, and what she said for counting; disability is hers alone to say, and is not shown here."""

    display_name = display_name_field(
        _("What shall she be called?"),
        _(
            "Any name she likes; it need not be the one in her passport. Every cohort shows her by this name from now "
            "on. Certificates that were issued keep the name that stands on them."
        ),
        autocomplete="off",
    )
    language = forms.ChoiceField(label=_("In which language does she learn?"), widget=forms.RadioSelect)
    region = forms.ChoiceField(label=_("Where does she come from?"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), widget=forms.RadioSelect)
    age_band = forms.ChoiceField(label=_("Age"), widget=forms.RadioSelect)
    category = forms.ChoiceField(label=_("Takes part as"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, enrolment: Enrolment, regions: Sequence[Region], may_rename: bool) -> None:
        kept = {name: getattr(enrolment, name) for name in ("language", "sex", "age_band", "category")}
        kept |= {"display_name": enrolment.person.display_name, "region": str(enrolment.region_id or "")}
        super().__init__(data, initial=kept)
        self.enrolment, self.regions = enrolment, {str(region.pk): region for region in regions}
        offer(self, "language", ((code, LANGUAGE_NAMES[code]) for code in enrolment.cohort.languages))
        _choose, *places = region_choices(regions)
        offer(self, "region", [("", capfirst(_("prefer not to say"))), *places])
        for name, choices in (("sex", Sex), ("age_band", AgeBand), ("category", Category)):
            offer(self, name, ((value, capfirst(str(label))) for value, label in choices.choices))
        if not may_rename:
            del self.fields["display_name"]

    def clean_region(self) -> Region | None:
        return self.regions.get(self.cleaned_data["region"])

    def facts(self) -> Facts:
        """With what is not asked here as it was."""
        said = {name: self.cleaned_data[name] for name in ("region", "sex", "age_band", "category")}
        return replace(self.enrolment.facts, **said)

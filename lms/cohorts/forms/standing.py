"""A coach for a candidate; the two signatures of a founding standing."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from curricula.queries import ModuleOutline
from lms.cohorts.forms.fields import date_field, languages_field, region_choices
from lms.cohorts.models import FoundingProposal, Standing
from lms.common.choices import offer, offer_unless_one
from lms.common.languages import pick
from lms.common.open_text import no_way_to_reach
from lms.people.models import Organisation, User
from lms.regions.models import Region


class CoachForm(forms.Form):
    """Who stands beside her, from when until when."""

    coach = forms.ChoiceField(label=_("Coach"), widget=forms.RadioSelect)
    starts_on = date_field(_("From"))
    ends_on = date_field(_("Until"))

    def __init__(self, data: Any = None, *, standing: Standing, people: Iterable[User], today: date) -> None:
        super().__init__(data, initial={"starts_on": today, "ends_on": standing.ends_on})
        self.people = {str(person.pk): person for person in people if person.pk != standing.person_id}
        offer(self, "coach", ((key, person.display_name) for key, person in self.people.items()))

    def clean_coach(self) -> User:
        return self.people[self.cleaned_data["coach"]]


class FoundingForm(forms.Form):
    """The first signature."""

    organisation = forms.ChoiceField(label=_("Organisation"), widget=forms.RadioSelect)
    person = forms.ChoiceField(label=_("Trainer"), help_text=_("Everybody with a role in the organisation."))
    module = forms.ChoiceField(label=_("Module"))
    languages = languages_field()
    region = forms.ChoiceField(label=_("Region"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        validators=[no_way_to_reach],
        help_text=_("Why this person may train without a certificate: training, practice, who vouches for it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        organisations: Sequence[Organisation],
        people: Iterable[User],
        outlines: Sequence[ModuleOutline],
        regions: Sequence[Region],
        is_national: bool,
        again: FoundingProposal | None = None,
    ) -> None:
        super().__init__(data, initial=_said_before(again) if again else {})
        self.organisations = {str(organisation.pk): organisation for organisation in organisations}
        self.people = {str(person.pk): person for person in people}
        self.regions = {str(region.pk): region for region in regions}
        self.module_titles = {outline.code: pick(outline.titles) for outline in outlines}
        offer_unless_one(self, "organisation", ((key, one.name) for key, one in self.organisations.items()))
        offer(self, "person", [("", "–"), *((key, person.display_name) for key, person in self.people.items())])
        offer(self, "module", ((code, f"{code} · {title}") for code, title in self.module_titles.items()))
        # Whoever signs for a part of the country says for which: an empty choice would mean all of it.
        self.fields["region"].required = not is_national
        unsaid, *places = region_choices(regions)
        offer(self, "region", [("", _("The whole country")) if is_national else unsaid, *places])

    def clean_organisation(self) -> Organisation:
        return self.organisations[self.cleaned_data["organisation"]]

    def clean_person(self) -> User:
        return self.people[self.cleaned_data["person"]]

    def clean_region(self) -> Region | None:
        return self.regions.get(self.cleaned_data["region"])

    @property
    def proposal(self) -> dict[str, Any]:
        """What was filled in, in the words of `propose_founding`."""
        facts = dict(self.cleaned_data)
        return {"module_code": facts.pop("module"), **facts}


def _said_before(proposal: FoundingProposal) -> dict[str, Any]:
    """As the fields of the form have it."""
    return {
        "organisation": str(proposal.organisation_id),
        "person": str(proposal.person_id),
        "module": proposal.module_code,
        "languages": proposal.languages,
        "region": str(proposal.region_id or ""),
        "reason": proposal.reason,
    }

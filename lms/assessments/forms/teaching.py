"""Observations and session plans."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.assessments.models import Submission
from lms.assessments.queries import title_of
from lms.cohorts.models import CohortModule, Enrolment, Session
from lms.cohorts.queries import signs_in, told_apart
from lms.common.choices import offer, offer_unless_one
from lms.common.names import NameField
from lms.common.open_text import no_way_to_reach

# More than the rule asks for: a teach-back that did not succeed is repeated as the next one.
SPARE_OCCASIONS = 2

PASSED = [("yes", _("passed")), ("no", _("not passed"))]


class ObservationForm(forms.Form):
    """What every observer says: passed or not, on which day, and why."""

    passed = forms.ChoiceField(label=_("Result"), choices=PASSED, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("What I saw and heard"),
        max_length=2000,
        validators=[no_way_to_reach],
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One thing to keep, one to change. No names of other people."),
    )
    observed_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_observed_on(self) -> object:
        day = self.cleaned_data["observed_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    @property
    def seen(self) -> dict:
        """Arguments for the action."""
        return {**self.cleaned_data, "passed": self.cleaned_data["passed"] == "yes"}


class CorrectionForm(ObservationForm):
    """The same three facts, said anew."""


class TeachBackForm(ObservationForm):
    """Who taught back, which module, and the how-manieth time."""

    enrolment = forms.TypedChoiceField(label=_("Person"))
    module_code = forms.ChoiceField(label=_("Module"))
    occasion = forms.TypedChoiceField(label=_("Teach-back"), coerce=int)
    field_order = ("enrolment", "module_code", "occasion", "passed", "note", "observed_on")

    def __init__(self, people: Iterable[Enrolment], modules: Iterable[CohortModule], rounds: int, **kwargs: Any):
        super().__init__(**kwargs)
        self.people = {str(one.pk): one for one in people}
        offer(self, "enrolment", [("", "—"), *_named(self.people.values())])
        offer_unless_one(self, "module_code", _titled(modules))
        teach_backs = ((number, _("Teach-back %(number)s") % {"number": number}) for number in range(1, rounds + 1))
        offer(self, "occasion", teach_backs)

    @property
    def seen(self) -> dict:
        """Arguments for the action."""
        seen = super().seen
        enrolment = self.people[seen.pop("enrolment")]
        return {**seen, "person": enrolment.person}


class SessionForm(ObservationForm):
    """Which session the lead trainer, or whoever stood in, was seen in."""

    session = forms.ChoiceField(label=_("Session"))
    field_order = ("session", "passed", "note", "observed_on")

    def __init__(self, sessions: Iterable[Session], **kwargs: Any):
        super().__init__(**kwargs)
        self.sessions = {str(session.pk): session for session in sessions}
        titled = ((key, self._label(session)) for key, session in self.sessions.items())
        offer(self, "session", [("", "—"), *titled])

    @staticmethod
    def _label(session: Session) -> str:
        words = [session.lesson_code, session.title, session.led_by.display_name if session.led_by else ""]
        return " · ".join(filter(None, words))

    @property
    def seen(self) -> dict:
        """Arguments for the action."""
        seen = super().seen
        session = self.sessions[seen.pop("session")]
        return {**seen, "session": session, "module_code": session.module_code}


class PlanForm(forms.Form):
    """A session plan of one's own."""

    module_code = forms.ChoiceField(label=_("Module"))
    title = NameField(label=_("Title"), max_length=Submission._meta.get_field("title").max_length)
    text = forms.CharField(
        label=_("Plan"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Objectives, steps with minutes, questions that you will ask, what you need. Plain text."),
    )

    def __init__(self, modules: Iterable[CohortModule], **kwargs: Any):
        super().__init__(**kwargs)
        offer_unless_one(self, "module_code", _titled(modules))


class DecisionForm(forms.Form):
    """The coach's or coordinator's answer to a plan."""

    decision = forms.ChoiceField(
        label=_("Answer"),
        choices=[("accept", _("accept")), ("repeat", _("ask for it again"))],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("Comment for the author"),
        max_length=2000,
        validators=[no_way_to_reach],
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "repeat" and not cleaned.get("comment"):
            self.add_error("comment", _("Say what should change, so that she can hand in a better plan."))
        return cleaned


def _titled(modules: Iterable[CohortModule]) -> list[tuple[str, str]]:
    return [(module.module_code, title_of(module)) for module in modules]


def _named(people: Iterable[Enrolment]) -> list[tuple[str, str]]:
    """Of one cohort; two with one name told apart."""
    people = list(people)
    signs = signs_in(people[0].cohort_id) if people else {}
    return [(str(one.pk), told_apart(one.person.display_name, signs.get(one.person_id, ""))) for one in people]

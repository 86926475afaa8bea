"""Changes to a cohort, a roster's file, a person who joins."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lms.cohorts.actions import ExtraSession, SessionChange
from lms.cohorts.forms.fields import capacity_field, moment_field, place_field, title_fields
from lms.cohorts.forms.telling import MovingForm, TellingForm
from lms.cohorts.models import REASONS_OF_VERBS, TITLE_LENGTH, Cohort, Session, WithdrawalReason
from lms.cohorts.queries import Telling, substitutes_for
from lms.common.choices import offer, offer_unless_one
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES, texts_of
from lms.common.names import NameField
from lms.common.open_text import no_way_to_reach
from lms.people.forms import display_name_field
from lms.people.models import ConsentChannel, User


class ChangeForm(TellingForm):
    """Places, place, title, and the times of sessions still to come."""

    place = place_field()
    capacity = capacity_field()
    title_ky, title_ru, title_en = (title_fields()[f"title_{code}"] for code in ("ky", "ru", "en"))

    listed_publicly = forms.BooleanField(
        label=_("Show this cohort on the public first page"),
        required=False,
        help_text=_(
            "Everybody then sees its modules, oblast, dates and languages, and how to join while joining is open. "
            "Nobody sees the place, the trainers or the people."
        ),
    )

    def __init__(
        self, data: Any = None, *, cohort: Cohort, sessions: Sequence[Session], telling: Telling | None
    ) -> None:
        titles = {f"title_{code}": text for code, text in texts_of(cohort, "title").items()}
        kept = {name: getattr(cohort, name) for name in ("place", "capacity", "listed_publicly")}
        super().__init__(data, initial={**kept, **titles}, telling=telling)
        self.sessions = [session for session in sessions if session.counts and not session.has_taken_place]
        for session in self.sessions:
            self.fields[f"start-{session.pk}"] = moment_field(session.name, initial=session.starts_at)
            self.fields[f"place-{session.pk}"] = place_field()
            self.initial[f"place-{session.pk}"] = session.place

    def timetable(self) -> list[tuple[Session, Any, Any]]:
        """Per session the two bound fields, for the template."""
        return [(session, self[f"start-{session.pk}"], self[f"place-{session.pk}"]) for session in self.sessions]

    def titles(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"title_{code}"] for code in LANGUAGE_CODES}

    def changes(self) -> Mapping[Session, SessionChange]:
        """What the sessions should be, for `change_cohort`."""
        return {
            session: SessionChange(self.cleaned_data[f"start-{session.pk}"], self.cleaned_data[f"place-{session.pk}"])
            for session in self.sessions
        }


class SessionForm(TellingForm):
    """When and where one session takes place."""

    starts_at = moment_field(_("Starts at"))
    place = place_field()


class SubstituteForm(TellingForm):
    """Who leads one session."""

    person = forms.ChoiceField(label=_("Who leads this session"), required=False)

    def __init__(self, data: Any = None, *, session: Session, telling: Telling | None) -> None:
        # The page of a session has other forms with such a box.
        ids = "leader_%s"
        super().__init__(data, initial={"person": str(session.led_by_id or "")}, telling=telling, auto_id=ids)
        self.people = {str(person.pk): person for person in substitutes_for(session)}
        if session.led_by:
            self.people.setdefault(str(session.led_by_id), session.led_by)
        named = ((key, person.display_name) for key, person in self.people.items())
        offer(self, "person", [("", _("the lead trainer")), *named])

    def clean_person(self) -> User | None:
        return self.people.get(self.cleaned_data["person"])


class ExtraSessionForm(SessionForm):
    """Something beside the lessons: its own title, in the languages of the cohort, and its own length."""

    module = forms.ChoiceField(label=_("Module"), widget=forms.RadioSelect)
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=15,
        max_value=480,
        initial=90,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )

    def __init__(self, data: Any = None, *, cohort: Cohort, telling: Telling | None) -> None:
        super().__init__(data, initial={"place": cohort.place}, telling=telling)
        self.languages = cohort.languages
        offer_unless_one(self, "module", ((module.module_code,) * 2 for module in cohort.modules.all()))
        for code in self.languages:
            label = _("Title, {language}").format(language=LANGUAGE_NAMES[code])
            self.fields[f"title_{code}"] = NameField(label=label, max_length=TITLE_LENGTH, required=False)
        self.fields[f"title_{self.languages[0]}"].help_text = _("In at least one language.")
        self.order_fields(["module", *(f"title_{code}" for code in self.languages)])

    def clean(self) -> dict:
        values = super().clean() or {}
        if not any(values.get(f"title_{code}") for code in self.languages):
            self.add_error(f"title_{self.languages[0]}", _("Give it a title in at least one language."))
        return values

    def extra(self) -> ExtraSession:
        """For `add_extra_session`."""
        values = self.cleaned_data
        titles = {code: values[f"title_{code}"] for code in self.languages if values[f"title_{code}"]}
        return ExtraSession(
            module_code=values["module"],
            titles=titles,
            starts_at=values["starts_at"],
            minutes=values["minutes"],
            place=values["place"],
        )


class RosterFileForm(forms.Form):
    """The file with the people."""

    file = forms.FileField(
        label=_("File with the people"),
        help_text=_("XLSX or CSV, at most 300 people. The first row names the columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,text/csv"}),
    )


class JoinForm(forms.Form):
    """A new person who came by the poster."""

    display_name = display_name_field(
        _("How shall we call you?"),
        _("Any name you like: the trainer sees it. It need not be the one in your passport."),
        autocomplete="nickname",
    )
    language = forms.ChoiceField(label=_("In which language do you want to learn?"), widget=forms.RadioSelect)
    consent = forms.BooleanField(
        label=_("I agree that my learning record is kept as described here."),
        error_messages={"required": _("Without this record there can be no certificate. Ask the trainer if in doubt.")},
    )

    def __init__(self, data: Any = None, *, cohort: Cohort, language: str) -> None:
        own = language if language in cohort.languages else cohort.languages[0]
        super().__init__(data, initial={"language": own})
        offer(self, "language", ((code, LANGUAGE_NAMES[code]) for code in cohort.languages))


class WalkInForm(forms.Form):
    """Somebody who stands in the room and has no telephone."""

    sheet = forms.UUIDField(widget=forms.HiddenInput)
    display_name = display_name_field(
        _("What shall she be called?"),
        _("Any name she likes; it need not be the one in her passport."),
        autocomplete="off",
    )
    language = forms.ChoiceField(label=_("In which language does she learn?"), widget=forms.RadioSelect)
    channel = forms.ChoiceField(
        label=_("How did she agree that her learning record is kept?"), widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, cohort: Cohort, language: str, sheet: UUID | None = None) -> None:
        own = language if language in cohort.languages else cohort.languages[0]
        super().__init__(data, initial={"language": own, "sheet": sheet})
        offer(self, "language", ((code, LANGUAGE_NAMES[code]) for code in cohort.languages))
        channels = (ConsentChannel.SPOKEN, ConsentChannel.PAPER)
        offer(self, "channel", ((channel.value, channel.label) for channel in channels))


class LegalNameForm(forms.Form):
    """The name as it shall stand on a certificate."""

    legal_name = NameField(
        label=_("Name for the certificate"),
        max_length=120,
        help_text=_("As in the passport. It is stored encrypted and opened only for the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WithdrawForm(MovingForm):
    """Why somebody leaves, in one of a few words: nothing is written about her."""

    reason = forms.ChoiceField(
        label=_("Why she leaves"),
        choices=[choice for choice in WithdrawalReason.choices if choice[0] not in REASONS_OF_VERBS],
        widget=forms.RadioSelect,
    )


class TransferForm(MovingForm):
    """The cohort in which she goes on."""

    to = forms.ChoiceField(label=_("She goes on in"), widget=forms.RadioSelect)
    tells_by_itself = True

    def __init__(self, data: Any = None, *, targets: Sequence[Cohort], telling: Telling | None) -> None:
        super().__init__(data, telling=telling)
        self.targets = {str(cohort.pk): cohort for cohort in targets}
        offer(self, "to", ((key, self._label(cohort)) for key, cohort in self.targets.items()))

    @staticmethod
    def _label(cohort: Cohort) -> str:
        days = (
            f"{date_format(cohort.starts_on, 'SHORT_DATE_FORMAT')}–{date_format(cohort.ends_on, 'SHORT_DATE_FORMAT')}"
        )
        left = max(0, cohort.capacity - cohort.enrolled_count)
        places = ngettext("{n} place left", "{n} places left", left).format(n=left)
        return f"{cohort.title or cohort.code} · {cohort.region.name} · {days} · {places}"

    def clean_to(self) -> Cohort:
        return self.targets[self.cleaned_data["to"]]


class CloseForm(forms.Form):
    """The tick with which a cohort is closed although something is still open."""

    anyway = forms.BooleanField(label=_("I close the cohort with these things open"), required=False)


class ReasonForm(forms.Form):
    """Why: kept in the record."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, validators=[no_way_to_reach], widget=forms.Textarea(attrs={"rows": 3})
    )

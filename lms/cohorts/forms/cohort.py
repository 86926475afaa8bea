"""Changes to a cohort, a roster's file, a person who joins."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.cohorts.actions import SessionChange
from lms.cohorts.forms.fields import capacity_field, moment_field, place_field, title_fields
from lms.cohorts.models import Cohort, Session, SessionState
from lms.common.choices import offer
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES, pick, texts_of
from lms.people.models import ConsentChannel


class ChangeForm(forms.Form):
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

    def __init__(self, data: Any = None, *, cohort: Cohort, sessions: Sequence[Session]) -> None:
        titles = {f"title_{code}": text for code, text in texts_of(cohort, "title").items()}
        kept = {name: getattr(cohort, name) for name in ("place", "capacity", "listed_publicly")}
        super().__init__(data, initial={**kept, **titles})
        self.sessions = [session for session in sessions if session.state == SessionState.PLANNED]
        for session in self.sessions:
            label = f"{session.lesson_code} · {pick(session.titles)}"
            self.fields[f"start-{session.pk}"] = moment_field(label, initial=session.starts_at)
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


class SessionAgainForm(forms.Form):
    """A new time for a lesson whose session was cancelled."""

    starts_at = moment_field(_("New time"))
    place = place_field()


class RosterFileForm(forms.Form):
    """The file with the people."""

    file = forms.FileField(
        label=_("File with the people"),
        help_text=_("XLSX or CSV, at most 300 people. The first row names the columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,text/csv"}),
    )


class JoinForm(forms.Form):
    """A new person who came by the poster."""

    display_name = forms.CharField(
        label=_("How shall we call you?"),
        max_length=60,
        help_text=_("Any name you like: the trainer sees it. It need not be the one in your passport."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
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

    def clean_display_name(self) -> str:
        return " ".join(self.cleaned_data["display_name"].split())


class WalkInForm(forms.Form):
    """Somebody who stands in the room and has no telephone."""

    sheet = forms.UUIDField(widget=forms.HiddenInput)
    display_name = forms.CharField(
        label=_("What shall she be called?"),
        max_length=60,
        help_text=_("Any name she likes; it need not be the one in her passport."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
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

    def clean_display_name(self) -> str:
        return " ".join(self.cleaned_data["display_name"].split())


class LegalNameForm(forms.Form):
    """The name as it shall stand on a certificate."""

    legal_name = forms.CharField(
        label=_("Name for the certificate"),
        max_length=120,
        help_text=_("As in the passport. It is stored encrypted and opened only for the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ReasonForm(forms.Form):
    """Why: kept in the record."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

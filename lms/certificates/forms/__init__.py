"""What is typed and chosen around certificates; messages stand beside the field."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions import CHOOSABLE_EVENTS, DEFAULT_EVENTS, AddressUnfit, NothingToTell, require_fit
from lms.certificates.checks import NOTHING, OWN, WORDINGS, may_come_from_paper, wording_of
from lms.certificates.forms.fields import OneOfTwoFileField, OneOfTwoTextField, OwnWordsField
from lms.certificates.importers import (
    ADDRESS_LENGTH,
    MAX_NAME,
    MAX_TEXT,
    MOST_BYTES,
    MOST_CREDENTIAL,
    NoCode,
    ReadCode,
    listed_in_file,
    listed_in_text,
    read_code,
)
from lms.certificates.models import Certificate, CertificateState, ReportReason
from lms.certificates.queries import Eligibility
from lms.cohorts.forms.fields import region_choices
from lms.cohorts.models import Cohort, Enrolment
from lms.common.choices import offer
from lms.common.codes import new_id
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES
from lms.common.names import NameField
from lms.common.open_text import no_way_to_reach
from lms.common.outgoing import LONGEST as LONGEST_ADDRESS
from lms.common.refusals import refusal_in
from lms.common.tables import MAX_ROWS
from lms.people.models import NameForm, User
from lms.regions.models import Region


class CodeForm(forms.Form):
    """The code on the paper, as it is read or dictated."""

    code = forms.CharField(
        label=_("Code on the certificate"),
        max_length=ADDRESS_LENGTH,
        help_text=_(
            "27 letters and digits in groups of four. Capital or small, spaces and hyphens do not matter. If your "
            "keyboard has no such sign as the last one (* ~ $ =), leave it out."
        ),
        widget=forms.TextInput(attrs={"class": "code long", "autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Type the code that stands below the QR code on the certificate.")},
    )

    def clean_code(self) -> ReadCode:
        """The code, or the certificate's own address; checked here, before anything is looked up."""
        try:
            return read_code(self.cleaned_data["code"])
        except NoCode as error:
            raise forms.ValidationError(str(error)) from None


class PartnerListForm(forms.Form):
    """Many codes at once, typed or in a file."""

    summary_title = _("Nothing was checked yet. What you typed is still here; please look at:")
    codes = OneOfTwoTextField(
        label=_("Codes, one a line"),
        help_text=_(
            "The code on the paper, or the address from its QR code. To have a name compared, write it behind the "
            "code, after a semicolon: code; name. It is the full name as it stands on the certificate."
        ),
        max_length=MAX_TEXT,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 8, "class": "code", "autocomplete": "off", "spellcheck": "false", "wrap": "off"}
        ),
    )
    file = OneOfTwoFileField(
        label=_("Or a file"),
        help_text=_("XLSX or CSV, at most %(rows)s rows: the codes in the first column, names in the second."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,text/csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = self.fields["file"].help_text % {"rows": MAX_ROWS}

    def clean(self) -> dict[str, Any]:
        """`rows`: what was given in one of the two ways."""
        given = super().clean() or {}
        if self.errors:
            return given
        codes, file = given["codes"], given["file"]
        if codes.strip() and file:
            raise forms.ValidationError(_("Give the codes in one way: typed, or in a file. Nothing was checked yet."))
        with refusal_in(self, "file" if file else "codes"):
            given["rows"] = listed_in_file(file) if file else listed_in_text(codes)
        return given


class ListResultForm(forms.Form):
    """The result of a list check that somebody passed on."""

    summary_title = _("It was not found to be a result of ours:")
    result = forms.FileField(
        label=_("A result as a file (CSV)"),
        help_text=_("As it was downloaded here: a file that a spreadsheet program saved again is another file."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
    )


class BadgeForm(forms.Form):
    """A badge of Open Badges 3.0, as a file or as text."""

    summary_title = _("Nothing was checked yet. Please look at:")
    file = OneOfTwoFileField(
        label=_("The badge as a file"),
        help_text=_("A picture (PNG or SVG) with a badge inside, or a JSON file; at most 4 MB."),
        error_messages={"empty": _("The file is empty.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.png,.svg,.jwt,.txt,application/json"}),
    )
    text = OneOfTwoTextField(
        label=_("Or its text"),
        help_text=_("Copy all of it, from the first bracket to the last one."),
        max_length=MOST_CREDENTIAL,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "code", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """`content`: what was given in one of the two ways; of a file that is too large, one byte too many."""
        given = super().clean() or {}
        if self.errors:
            return given
        text, file = given["text"], given["file"]
        if bool(text.strip()) == bool(file):
            raise forms.ValidationError(_("Choose a file, or paste the text of the badge: one of the two."))
        given["content"] = file.read(MOST_BYTES + 1) if file else text.encode()
        return given


class AnsweredForm(forms.Form):
    """Which question of a holder was answered: a page may stand open while she asks again."""

    asked = forms.DateTimeField()


class IssueForm(forms.Form):
    """Who shall get a certificate, among those who qualify."""

    enrolments = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Choose at least one person.")}
    )

    def __init__(self, data: Any = None, *, rows: Sequence[Eligibility]) -> None:
        super().__init__(data)
        choosable = (row.enrolment for row in rows if row.may_be_chosen)
        offer(self, "enrolments", ((str(one.pk), one.person.display_name) for one in choosable))


class PaperworkForm(forms.Form):
    """Names and consents that were given on paper: for each person what she lacks."""

    def __init__(self, data: Any = None, *, rows: Sequence[Eligibility]) -> None:
        super().__init__(data)
        self.rows = [row for row in rows if may_come_from_paper(row.paperwork)]
        for row in self.rows:
            if not row.paperwork.name_given:
                self.fields[f"name-{row.enrolment.pk}"] = NameField(
                    label=_("Full name as on the paper"), max_length=MAX_NAME, required=False
                )
            if not row.paperwork.consent_given and not row.paperwork.only_she_agrees:
                self.fields[f"consent-{row.enrolment.pk}"] = forms.BooleanField(
                    label=_("Her signed consent is here"), required=False
                )

    def clean(self) -> dict[str, Any]:
        """“Saved” would be said of nothing."""
        values = super().clean() or {}
        if not self.errors and not any(self.given()):
            self.add_error(None, _("Write a name or tick a consent; nothing is filled in."))
        return values

    def blocks(self) -> Iterator[tuple[Enrolment, list[forms.BoundField]]]:
        """Each person with her fields."""
        for row in self.rows:
            names = (f"name-{row.enrolment.pk}", f"consent-{row.enrolment.pk}")
            yield row.enrolment, [self[name] for name in names if name in self.fields]

    def given(self) -> Iterator[tuple[Enrolment, str, bool]]:
        """Enrolment, name, consent of those for whom something was entered."""
        for row in self.rows:
            name = self.cleaned_data.get(f"name-{row.enrolment.pk}", "")
            consent = self.cleaned_data.get(f"consent-{row.enrolment.pk}", False)
            if name or consent:
                yield row.enrolment, name, consent


class CandidateForm(forms.Form):
    """In which languages and region a candidate may train, and who stands beside her."""

    coach = forms.ChoiceField(
        label=_("Coach"),
        help_text=_("She reads the session plan and is asked when something goes wrong."),
    )
    languages = forms.MultipleChoiceField(label=_("May train in"), widget=forms.CheckboxSelectMultiple)
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        cohort: Cohort,
        coaches: Sequence[User],
        regions: Sequence[Region],
        whole_country: bool,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self._coaches = {str(coach.pk): coach for coach in coaches}
        self._regions = {str(region.pk): region for region in regions}
        offer(self, "coach", [("", "–"), *((key, coach.display_name) for key, coach in self._coaches.items())])
        offer(self, "languages", [(code, LANGUAGE_NAMES[code]) for code in cohort.languages])
        self.fields["region"].required = not whole_country
        choose, *named = region_choices(regions)
        offer(self, "region", [("", _("The whole country")) if whole_country else choose, *named])

    def clean_coach(self) -> User:
        return self._coaches[self.cleaned_data["coach"]]

    def clean_region(self) -> Region | None:
        return self._regions.get(self.cleaned_data["region"])


class StateForm(forms.Form):
    """Revoke, suspend or lift: what happens, what the public may read about it, why."""

    # Each is a button: what is pressed says what it does.
    state = forms.ChoiceField(label=_("What happens"))
    wording = forms.ChoiceField(
        label=_("What the public reads about it"),
        widget=forms.RadioSelect,
        initial=NOTHING,
        choices=[(NOTHING, _("Nothing but the date")), *WORDINGS.items(), (OWN, _("These words:"))],
    )
    own_ky = OwnWordsField(label=LANGUAGE_NAMES["ky"])
    own_ru = OwnWordsField(label=LANGUAGE_NAMES["ru"])
    own_en = OwnWordsField(label=LANGUAGE_NAMES["en"])
    internal_reason = forms.CharField(
        label=_("Reason for your colleagues"),
        help_text=_("Never shown to the public. Write no health or family matters."),
        max_length=1000,
        validators=[no_way_to_reach],
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, certificate: Certificate) -> None:
        super().__init__(data)
        suspended = certificate.state == CertificateState.SUSPENDED
        between = (
            (CertificateState.VALID, _("Lift the suspension"))
            if suspended
            else (CertificateState.SUSPENDED, _("Suspend it for now"))
        )
        # The milder one first: the key Enter in a field presses the first button.
        offer(self, "state", [between, (CertificateState.REVOKED, _("Revoke it for good"))])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("wording") == OWN:
            for language in LANGUAGE_CODES:
                if not cleaned.get(f"own_{language}"):
                    self.add_error(f"own_{language}", _("Your own words are needed in all three languages."))
        return cleaned

    @property
    def public_wording(self) -> dict[str, str]:
        """{language: text}, or {} where nothing is said."""
        chosen = self.cleaned_data["wording"]
        if chosen == OWN:
            return {language: self.cleaned_data[f"own_{language}"] for language in LANGUAGE_CODES}
        return wording_of(chosen)


class NameFormForm(forms.Form):
    """How much of her name a stranger sees."""

    form = forms.ChoiceField(label=_("Strangers who check it see"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "form", ((value, capfirst(str(label))) for value, label in NameForm.choices))


class NameCheckForm(forms.Form):
    """The name on the paper, typed by a stranger."""

    name = forms.CharField(max_length=MAX_NAME)


class ReportForm(forms.Form):
    """What differs between the paper and the verdict."""

    report = forms.ChoiceField(choices=ReportReason)


class WebhookEventsForm(forms.Form):
    """What a partner's program is told of."""

    events = forms.MultipleChoiceField(
        label=_("What it is told"),
        help_text=_(
            "Not offered, because it is nobody else’s business: new certificates, names, and that a holder withdrew "
            "her details. The last day of a certificate stands on it."
        ),
        initial=[event.value for event in DEFAULT_EVENTS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NothingToTell.message},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "events", ((event.value, capfirst(str(event.label))) for event in CHOOSABLE_EVENTS))


class WebhookForm(WebhookEventsForm):
    """A new one."""

    # Chosen when the form is shown: sent twice it is one webhook.
    webhook_id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    address = forms.CharField(
        label=_("Address of the partner’s program"),
        help_text=_("The partner’s programmer gives it to you. It begins with https:// and a name."),
        max_length=LONGEST_ADDRESS,
        widget=forms.URLInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ("address", "events")

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        try:
            require_fit(address=address)
        except AddressUnfit as error:
            raise forms.ValidationError(str(error)) from None
        return address

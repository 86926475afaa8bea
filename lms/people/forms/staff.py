"""Colleagues and their roles, and the organisation for which they work."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst, format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lms.common.choices import offer, offer_unless_one
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES
from lms.common.names import NameField
from lms.people.actions import AdministratorEverywhere
from lms.people.forms.fields import display_name_field, language_field, staff_email_field, username_field
from lms.people.models import SIGNATORIES, NameForm, Organisation, RoleKind, User
from lms.people.queries import account_named
from lms.regions.models import Region
from lms.regions.queries import region_choices

ROLE_OPTIONS = [
    (RoleKind.COORDINATOR, _("Coordinator: plans cohorts, issues and revokes certificates")),
    (RoleKind.TRAINER, _("Trainer: may be chosen to lead or help a cohort")),
    (RoleKind.COACH, _("Coach: reads the session plans of her trainees")),
    (RoleKind.OBSERVER, _("Observer: records teach-backs and observed sessions")),
    (RoleKind.MONITOR, _("Monitoring officer: sees counts, never names")),
    (RoleKind.EDITOR, _("Editor: writes and publishes the curricula")),
    (RoleKind.TRANSLATOR, _("Translator: translates the curricula")),
    (RoleKind.REGIONAL_AUTHOR, _("Regional author: adapts the curricula for her region")),
    (RoleKind.ADMINISTRATOR, _("Administrator: invites staff and grants roles")),
]


class NewcomerForm(forms.Form):
    """Somebody who gets an account."""

    display_name = display_name_field()
    username = username_field()
    email = staff_email_field()
    language = language_field()


class RoleForm(forms.Form):
    """A role in one of the organisations that the administrator looks after."""

    kind = forms.ChoiceField(
        label=_("Role"),
        choices=ROLE_OPTIONS,
        widget=forms.RadioSelect,
        help_text=_(
            "A coordinator begins once a second administrator has confirmed her role: one whom whoever runs this site"
            " invited, as you were."
        ),
    )
    organisation = forms.ChoiceField(label=_("Organisation"))
    region = forms.ChoiceField(
        label=_("Region"), required=False, help_text=_("The role holds there and in everything below.")
    )
    valid_until = forms.DateField(
        label=_("Last day"),
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        help_text=_("Leave it empty if the role should hold until you end it."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"}),
    )

    def __init__(self, *args: Any, organisations: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {str(organisation.pk): organisation for organisation in organisations}
        offer_unless_one(self, "organisation", ((key, one.name) for key, one in self.organisations.items()))
        regions = region_choices(get_language() or settings.LANGUAGE_CODE)
        offer(self, "region", [("", _("The whole country")), *regions])

    def clean(self) -> None:
        """The action refuses it as well; here it is said beside the region."""
        if self.cleaned_data.get("kind") == RoleKind.ADMINISTRATOR and self.cleaned_data.get("region"):
            self.add_error("region", str(AdministratorEverywhere.message))

    def clean_organisation(self) -> Organisation:
        return self.organisations[self.cleaned_data["organisation"]]

    def clean_region(self) -> Region | None:
        code = self.cleaned_data["region"]
        return Region.objects.get(code=code) if code else None

    def clean_valid_until(self) -> Any:
        day = self.cleaned_data["valid_until"]
        if day and day < timezone.localdate():
            raise ValidationError(_("This day is over."), code="past")
        return day


class UserNameForm(forms.Form):
    """For a colleague who signs in by card alone."""

    username = username_field()
    email = staff_email_field()


class GrantForm(RoleForm):
    """A role for somebody who has an account already."""

    account = forms.CharField(
        label=_("User name or card code"),
        max_length=60,
        help_text=_("Exactly as it is written: people cannot be searched for."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    field_order = ("account",)

    def clean_account(self) -> User | None:
        """Nobody and somebody are told apart by no answer (actions.offers)."""
        return account_named(self.cleaned_data["account"])


class InviteForm(NewcomerForm, RoleForm):
    """A new colleague: her account and her first role."""

    field_order = ("display_name", "username", "email", "language")


class FoundingForm(NewcomerForm):
    """A new organisation and its first administrator."""

    code = forms.SlugField(
        label=_("Code of the organisation"),
        max_length=40,
        help_text=_("Short, Latin letters and hyphens. It stands in the keys of its certificates and never changes."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    name_ky = NameField(max_length=160)
    name_ru = NameField(max_length=160)
    name_en = NameField(max_length=160)
    field_order = ("code", *(f"name_{language}" for language in LANGUAGE_CODES))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = _("Name of the organisation")
        for code in LANGUAGE_CODES:
            self.fields[f"name_{code}"].label = format_lazy("{} ({})", name, LANGUAGE_NAMES[code])
        self.fields["display_name"].label = _("Display name of its first administrator")

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).lower()

    @property
    def names(self) -> dict[str, str]:
        """{language: name}"""
        return {code: self.cleaned_data[f"name_{code}"] for code in LANGUAGE_CODES}


_NAMES = [f"name_{language}" for language in LANGUAGE_CODES]
_SIGNATORIES = [field for name, positions in SIGNATORIES.items() for field in (*positions, name)]


class OrganisationForm(forms.ModelForm):
    """What an organisation says about itself; its code stands in its keys and never changes."""

    class Meta:
        model = Organisation
        fields = [*_NAMES, *_SIGNATORIES, "contact", "name_form", "uses_unreviewed_texts"]
        labels = {"uses_unreviewed_texts": _("The organisation uses texts that await native review")}
        help_texts = {
            "uses_unreviewed_texts": _(
                "Texts and questions that no native speaker has read yet then stand there with a note that says so. "
                "Without the tick a test is opened only when all its questions were read."
            )
        }
        widgets = {"name_form": forms.RadioSelect}
        field_classes = dict.fromkeys((*_NAMES, *_SIGNATORIES), NameField)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name_form"] = self.instance.shown_form
        offer(self, "name_form", ((form.value, capfirst(str(form.label))) for form in (NameForm.MASKED, NameForm.NONE)))
        _label_languages(self.fields)


def signatory_fields() -> dict[str, forms.Field]:
    """The fields of those who sign, for another form than the organisation's own."""
    fields = forms.fields_for_model(
        Organisation, fields=_SIGNATORIES, field_classes=dict.fromkeys(_SIGNATORIES, NameField)
    )
    _label_languages(fields)
    return fields


def _label_languages(fields: dict[str, forms.Field]) -> None:
    """The same field in three languages: "Position (Кыргызча)" and so on."""
    for name, field in fields.items():
        language = name.rpartition("_")[2]
        if language in LANGUAGE_CODES:
            field.label = format_lazy("{} ({})", field.label, LANGUAGE_NAMES[language])

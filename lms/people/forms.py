"""Forms about people's accounts."""

import re
from collections.abc import Sequence
from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.text import capfirst, format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lms.common.choices import offer, offer_unless_one
from lms.common.codes import ALPHABET, clean_code
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES
from lms.common.names import NameField
from lms.people.actions import AdministratorEverywhere
from lms.people.models import CARD_CODE_LENGTH, NameForm, Organisation, RoleKind, User
from lms.people.queries import account_named
from lms.people.signing import PIN_LENGTH
from lms.regions.models import Region
from lms.regions.queries import region_choices

NAME_LENGTH = 120
# What `{% page_name %}` writes.
_PAGE_NAME = re.compile(r"[\w/:….-]*")
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


class LoginForm(allauth.LoginForm):
    """allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label, password.help_text = _("User name or e-mail"), _("Password"), ""
        self.fields["remember"].label = _("Stay signed in on this device")
        login.widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        password.widget.attrs = {"autocomplete": "current-password"}


def _label(form: forms.Form, **labels: Any) -> None:
    """Says each field in our words; a placeholder would repeat them and be gone at the first letter."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)


class ChangePasswordForm(allauth.ChangePasswordForm):
    """allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, oldpassword=_("Present password"), password1=_("New password"), password2=_("New password again"))
        self.fields["oldpassword"].help_text = ""


class NewPasswordForm(allauth.ResetPasswordKeyForm):
    """allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, password1=_("New password"), password2=_("New password again"))


class ForgottenPasswordForm(allauth.ResetPasswordForm):
    """allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, email=_("E-mail"))


class ReauthenticateForm(allauth.ReauthenticateForm):
    """allauth's, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, password=_("Password"))
        self.fields["password"].help_text = ""


class PinInput(forms.PasswordInput):
    """Dots while others look on, readable at a tick where there are scripts (shell.js); never sent back to the page."""

    def __init__(self) -> None:
        peek = _("Show the PIN")
        super().__init__({"class": "code short", "autocomplete": "off", "inputmode": "numeric", "data-peek": peek})


class CardForm(forms.Form):
    """What stands on a card."""

    code = forms.CharField(
        label=_("Card code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "code", "autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    pin = forms.CharField(
        label=_("PIN"),
        max_length=12,
        widget=PinInput,
    )

    def clean_code(self) -> str:
        code = clean_code(self.cleaned_data["code"])
        if len(code) != CARD_CODE_LENGTH or not set(code) <= set(ALPHABET):
            raise ValidationError(_("A card code has 8 letters and digits, for example K7QF 2M9X."), code="shape")
        return code

    def clean_pin(self) -> str:
        pin = "".join(self.cleaned_data["pin"].split())
        if len(pin) != PIN_LENGTH or not pin.isascii() or not pin.isdigit():
            raise ValidationError(_("A PIN has 6 digits."), code="shape")
        return pin


def _display_name() -> NameField:
    return NameField(
        label=_("Display name"),
        max_length=60,
        help_text=_("What trainers and colleagues see. A given name or an alias is enough."),
    )


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)


class DisplayNameForm(forms.Form):
    """How she is called."""

    display_name = _display_name()


class LanguageForm(forms.Form):
    """How she is addressed."""

    language = _language()


class NameFormForm(forms.Form):
    """How much of her name strangers see, on certificates to come."""

    name_form = forms.ChoiceField(
        label=_("Strangers who check a certificate see"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = ((value, capfirst(str(label))) for value, label in NameForm.choices)
        offer(self, "name_form", [("", _("As the organisation sets it")), *own])


class EmailForm(forms.Form):
    """Another address to sign in with; the password says that it is really she."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        required=False,
        max_length=254,
        help_text=_("Leave it empty to sign in by your user name alone."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.person.check_password(password):
            raise ValidationError(_("This is not your password."), code="wrong")
        return password


class CertificateNameForm(forms.Form):
    """Her name on paper; giving it is agreeing to have it there."""

    name = NameField(
        label=_("Your name as it should stand on the certificate"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agreed = forms.BooleanField(
        label=_("I agree that this name is kept encrypted and printed on my certificate."),
        error_messages={"required": _("Without your agreement the name is not kept.")},
    )


class ConsentForm(forms.Form):
    """A yes or a no to one purpose: two buttons."""

    purpose = forms.CharField(max_length=20)
    given = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")


class RoleForm(forms.Form):
    """A role in one of the organisations that the administrator looks after."""

    kind = forms.ChoiceField(label=_("Role"), choices=ROLE_OPTIONS, widget=forms.RadioSelect)
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


def _username() -> forms.CharField:
    return forms.CharField(
        label=_("User name"),
        min_length=3,
        max_length=60,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9._-]*$", _("Latin letters, digits, dot, hyphen and underscore, no spaces.")
            )
        ],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )


def _staff_email() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("The invitation goes there, and a link when she forgets her password. Without: you hand it over."),
    )


class InviteForm(RoleForm):
    """A new colleague: her account and her first role."""

    display_name = _display_name()
    username = _username()
    email = _staff_email()
    language = _language()
    field_order = ("display_name", "username", "email", "language")


class FoundingForm(forms.Form):
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
    display_name = _display_name()
    username = _username()
    email = _staff_email()
    language = _language()

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


class OrganisationForm(forms.ModelForm):
    """What an organisation says about itself; its code stands in its keys and never changes."""

    class Meta:
        model = Organisation
        fields = [
            *(f"{field}_{language}" for field in ("name", "signatory") for language in LANGUAGE_CODES),
            "signatory_name",
            "name_form",
            "uses_unreviewed_texts",
        ]
        widgets = {"name_form": forms.RadioSelect}
        field_classes = dict.fromkeys(
            (
                *(f"{field}_{language}" for field in ("name", "signatory") for language in LANGUAGE_CODES),
                "signatory_name",
            ),
            NameField,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ("name", "signatory"):
            for language in LANGUAGE_CODES:
                bound = self.fields[f"{field}_{language}"]
                bound.label = f"{capfirst(bound.label)} ({LANGUAGE_NAMES[language]})"


class MailTestForm(forms.Form):
    """Where the mail that tries things out goes."""

    address = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class FeedbackForm(forms.Form):
    """What somebody wants to tell us."""

    text = forms.CharField(
        label=_("What happened?"),
        max_length=2000,
        help_text=_("What did you do, what did you see, what did you expect? Write no names of other people."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    contact = forms.CharField(
        label=_("How can we answer you?"),
        max_length=120,
        required=False,
        help_text=_("A telephone number, an e-mail address or a name on Telegram. Leave it empty to stay unknown."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    page = forms.CharField(max_length=120, required=False, widget=forms.HiddenInput)

    def clean_page(self) -> str:
        """Whatever is no name of a page was not written by our link, and is not kept."""
        page = self.cleaned_data["page"]
        return page if _PAGE_NAME.fullmatch(page) else ""

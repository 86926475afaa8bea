"""What somebody says of herself."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.common.choices import offer
from lms.common.names import NameField
from lms.people.forms.fields import display_name_field, language_field
from lms.people.models import NameForm, User

NAME_LENGTH = 120


class DisplayNameForm(forms.Form):
    """How she is called."""

    display_name = display_name_field(pgettext_lazy("asked of herself", "Display name"))


class LanguageForm(forms.Form):
    """How she is addressed."""

    language = language_field()


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
        help_text=_(
            "Every letter as in your document, ң, ө and ү too: "
            "whoever checks the certificate types the name that stands on it."
        ),
    )
    agreed = forms.BooleanField(
        label=_("I agree that this name is kept encrypted and printed on my certificate."),
        error_messages={"required": _("Without your agreement the name is not kept.")},
    )


class ConsentForm(forms.Form):
    """A yes or a no to one purpose: two buttons."""

    purpose = forms.CharField(max_length=20)
    given = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")

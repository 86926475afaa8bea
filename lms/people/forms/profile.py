"""What somebody says of herself."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lms.common.choices import offer
from lms.common.names import NameField
from lms.people.forms.fields import display_name_field, language_field
from lms.people.models import ConsentPurpose, NameForm, Organisation, User

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
    """Her name on paper; giving it is agreeing to have it there, with each organisation that asks by itself."""

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
    organisations = forms.TypedMultipleChoiceField(
        label=_("I agree that this name is kept encrypted and printed on the certificates of"),
        error_messages={"required": _("Without your agreement the name is not kept.")},
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, asking: Iterable[Organisation] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = _offer_each(self, "organisations", asking)
        del self.fields["agreed" if known else "organisations"]


class ConsentForm(forms.Form):
    """A yes or a no to one purpose, and of several organisations to one: two buttons."""

    purpose = forms.ChoiceField(choices=ConsentPurpose.choices)
    organisation = forms.TypedChoiceField()
    given = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")

    def __init__(self, *args: Any, asking: Iterable[Organisation] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = _offer_each(self, "organisation", asking)
        if not known or self.data.get("purpose") != ConsentPurpose.CERTIFICATE:
            del self.fields["organisation"]


def _offer_each(form: forms.Form, name: str, asking: Iterable[Organisation]) -> bool:
    """Her choice among the organisations that ask, as rows; is there any?"""
    known = {str(one.pk): one for one in asking}
    offer(form, name, [(pk, one.name) for pk, one in known.items()])
    field = form.fields[name]
    assert isinstance(field, forms.TypedChoiceField | forms.TypedMultipleChoiceField)
    field.coerce = known.__getitem__
    return bool(known)

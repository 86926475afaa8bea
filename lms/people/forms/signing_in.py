"""Ways in: by user name and password, as allauth has them, and by card."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.common.codes import ALPHABET, clean_code
from lms.people.actions import use_password_link
from lms.people.models import CARD_CODE_LENGTH, User
from lms.people.signing import PIN_LENGTH


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
    """allauth's, in our words; by our action, which writes down which link it was."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, password1=_("New password"), password2=_("New password again"))

    def save(self) -> None:
        password = self.cleaned_data["password1"]
        use_password_link(person=self.user, token=self.temp_key, password=password, at=timezone.now())


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


class SecretForm(forms.Form):
    """Before what cannot be taken back: that it is she who sits there (actions.proving)."""

    secret = forms.CharField(label=_("Your password"), max_length=128, strip=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        secret = self.fields["secret"]
        if person.has_usable_password():
            secret.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        else:
            secret.label = _("The PIN of your card")
            secret.widget = PinInput()


class CardForm(forms.Form):
    """What stands on a card.  No browser keeps it: whoever presses Back on a shared phone would read whose it was."""

    code = forms.CharField(
        label=_("Card code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
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

"""How I am reached."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from lms.common.choices import offer
from lms.notices.models import Channel, ContactRule, Reveals

PHONE = re.compile(r"\+[1-9]\d{8,14}")
TELEGRAM = re.compile(r"@[A-Za-z]\w{4,31}|[1-9]\d{4,14}", re.ASCII)
COUNTRY = "+996"


class ContactRuleForm(forms.Form):
    """Way, address, and what a text may say."""

    channel = forms.ChoiceField(label=_("How shall we tell you when something changes?"), widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("E-mail address, telephone number or Telegram name"),
        max_length=120,
        required=False,
        help_text=_("It is stored encrypted and shown to nobody. Not needed for “only here”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    reveals = forms.ChoiceField(
        label=_("What may a message say?"),
        choices=Reveals.choices,
        widget=forms.RadioSelect,
        help_text=_("Think of who else reads your telephone."),
    )

    def __init__(self, data: Any = None, *, rule: ContactRule, channels: list[Channel]) -> None:
        super().__init__(data, initial={"channel": rule.channel, "reveals": rule.reveals})
        offer(self, "channel", ((channel, channel.label) for channel in channels))

    def clean(self) -> dict:
        """An address of the kind that was chosen, written as the gateway needs it."""
        values = super().clean() or {}
        typed, channel = values.get("address", ""), values.get("channel")
        if typed and channel in _CLEANED:
            try:
                values["address"] = _CLEANED[channel](typed)
            except ValidationError as error:
                self.add_error("address", error)
        return values


def _email(typed: str) -> str:
    validate_email(typed)
    return typed


def _phone(typed: str) -> str:
    """ "0555 12 34 56" and "+996 (555) 123-456" as "+996555123456"."""
    number = re.sub(r"[\s()\-.\u2010-\u2014]", "", typed)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif number.startswith("0"):
        number = f"{COUNTRY}{number[1:]}"
    elif number.startswith(COUNTRY[1:]):
        number = f"+{number}"
    if not PHONE.fullmatch(number):
        raise ValidationError(_("Write the number with the code of the country: +996 555 123 456."))
    return number


def _telegram(typed: str) -> str:
    if not TELEGRAM.fullmatch(typed):
        raise ValidationError(_("Write the name as Telegram shows it: @name."))
    return typed


_CLEANED = {Channel.EMAIL: _email, Channel.PHONE: _phone, Channel.TELEGRAM: _telegram}

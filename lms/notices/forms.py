"""How I am reached."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lms.common.choices import offer
from lms.notices.checks import clean_address
from lms.notices.models import Channel, ContactRule, Reveals


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
        if typed and channel:
            try:
                values["address"] = clean_address(channel, typed)
            except ValidationError as error:
                self.add_error("address", error)
        return values

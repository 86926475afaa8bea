"""What an administrator writes who proposes something about a key; her password says that it is she."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions import NoPublicKey
from lms.common.backups.archives import is_public_key
from lms.people.forms import SecretForm, why_field


class KeyProposalForm(SecretForm):
    """The first of two signatures: what is proposed and why, and last that it is she who sits there."""

    # What the second person wants to know.
    reason_help: Any = ""
    reason = why_field()
    field_order = ("recipient", "reason", "secret")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = self.reason_help

    @property
    def proposal(self) -> dict[str, Any]:
        """What was filled in, in the words of the action that proposes it."""
        return {name: said for name, said in self.cleaned_data.items() if name != "secret"}


class WithdrawKeyForm(KeyProposalForm):
    """Under the end of a key."""

    reason_help = _("The second person reads it: what happened, and since when. Name nobody.")


class CopyKeyForm(KeyProposalForm):
    """Under a copy of a key."""

    reason_help = _("The second person reads it: where the key goes, and who answers for it there. Name nobody.")
    recipient = forms.CharField(
        label=_("Public age key of the other site"),
        max_length=80,
        help_text=_(
            "The command make_backup_key there makes a pair, as the program age-keygen does. Paste the public one, and"
            " give the private one to nobody."
        ),
        widget=forms.TextInput(attrs={"class": "code long", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_recipient(self) -> str:
        recipient = str(self.cleaned_data["recipient"])
        if not is_public_key(recipient):
            raise forms.ValidationError(NoPublicKey.message)
        return recipient

"""What an administrator writes who proposes something about a key; her password says that it is she."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.certificates.actions import NoPublicKey
from lms.common.backups.archives import is_public_key
from lms.common.open_text import no_way_to_reach
from lms.people.forms import SecretForm


class WithdrawKeyForm(SecretForm):
    """The first of two signatures under the end of a key."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        validators=[no_way_to_reach],
        help_text=_("The second person reads it: what happened, and since when. Name nobody."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("reason", "secret")


class CopyKeyForm(SecretForm):
    """The first of two signatures under a copy of a key."""

    recipient = forms.CharField(
        label=_("Public age key of the other site"),
        max_length=80,
        help_text=_(
            "The command make_backup_key there makes a pair, as the program age-keygen does. Paste the public one, and"
            " give the private one to nobody."
        ),
        widget=forms.TextInput(attrs={"class": "code long", "autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        validators=[no_way_to_reach],
        help_text=_("The second person reads it: where the key goes, and who answers for it there. Name nobody."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("recipient", "reason", "secret")

    def clean_recipient(self) -> str:
        recipient = str(self.cleaned_data["recipient"])
        if not is_public_key(recipient):
            raise forms.ValidationError(NoPublicKey.message)
        return recipient

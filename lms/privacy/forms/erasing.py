"""Forms before something that cannot be undone."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.forms import SecretForm
from lms.people.models import ConsentChannel
from lms.privacy.models import ErasureReason

# "Saved" is no word to a person who erases (components/error_summary.html).
NOTHING_ERASED = _("Nothing has been erased yet. Please look at this:")


class EraseOwnForm(SecretForm):
    """That she has read it, and that it is she."""

    summary_title = NOTHING_ERASED
    agreed = forms.BooleanField(
        label=_("I have read what goes and what stays. It cannot be undone."),
        error_messages={"required": _("Read it and tick the box, or go back.")},
    )
    field_order = ("agreed", "secret")


class EraseOtherForm(forms.Form):
    """Why, in one of a few words, and how she said so: nothing is written about her."""

    summary_title = NOTHING_ERASED
    reason = forms.ChoiceField(label=_("Why"), choices=ErasureReason.choices, widget=forms.RadioSelect)
    channel = forms.ChoiceField(
        label=_("How the wish reached you"),
        choices=[choice for choice in ConsentChannel.choices if choice[0] != ConsentChannel.SCREEN],
        widget=forms.RadioSelect,
        help_text=_("Keep the paper where your organisation keeps its consents."),
    )
    agreed = forms.BooleanField(
        label=_("I have read what goes and what stays. It cannot be undone."),
        error_messages={"required": _("Read it and tick the box, or go back.")},
    )

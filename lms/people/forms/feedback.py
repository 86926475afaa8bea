"""What is written to those who run the installation, and whether mail leaves it."""

import re

from django import forms
from django.urls import get_resolver
from django.utils.translation import gettext_lazy as _

from lms.common.open_text import no_way_to_reach

# What `{% page_name %}` writes: an address of ours without its host, or the name of a view.
_PAGE_NAME = re.compile(r"[\w…-]+(?:/[\w.…-]+)*/?|(?P<section>\w+)(?::\w+)+")


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
        validators=[no_way_to_reach],
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
        named = _PAGE_NAME.fullmatch(self.cleaned_data["page"])
        ours = named and (not named["section"] or named["section"] in get_resolver().namespace_dict)
        return named[0] if named and ours else ""

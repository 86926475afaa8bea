"""Whom somebody looks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LEAST, MOST = 2, 120


class FindForm(forms.Form):
    """A name, a code or an address; it travels in the body of the request, never in an address."""

    summary_title = _("Nobody was looked for yet:")
    sought = forms.CharField(
        label=_("Name or code of the card"),
        min_length=LEAST,
        max_length=MOST,
        error_messages={"min_length": _("Type at least two letters.")},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "autocapitalize": "none"}),
    )

    def __init__(self, data: Any = None, *, coordinates: bool) -> None:
        super().__init__(data)
        self.fields["sought"].help_text = _BY_ADDRESS if coordinates else _BY_NAME


_BY_NAME = _("The beginning of the name or of the family name by which she is called here, or the code on her card.")
_BY_ADDRESS = _(
    "The beginning of the name or of the family name by which she is called here, or the code on her card. Written in"
    " full also the name for her certificate, her telephone number or e-mail address: that search is written down."
)

"""How an organisation's certificates look, and who signs them: one form, in Wagtail's editor and for its preview."""

import base64
import binascii
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from lms.certificates.models import CertificateDesign
from lms.common.logos import MAX_BYTES, LogoTooLarge, NotALogo, clean_logo
from lms.common.refusals import refusal_in
from lms.people.forms import signatory_fields
from lms.people.models import SIGNATORIES


class DesignForm(WagtailAdminModelForm):
    """Its instance is the next version, of an organisation; the action saves it."""

    data: QueryDict
    # The same fields as on the organisation's own page.
    vars().update(signatory_fields())
    logo_file = forms.FileField(
        label=_("New logo"),
        required=False,
        widget=forms.FileInput(
            attrs={"accept": ".png,.jpg,.jpeg,.webp,.svg", "data-logo": "logo_picture", "data-most": MAX_BYTES}
        ),
        help_text=_(
            "PNG, JPEG, WebP or SVG, at most 300 kB and 4 million dots (2000 × 2000). It is drawn anew on white and "
            "cut to what is seen."
        ),
    )
    # The same file as text: the preview is sent no files, and a form that is shown again has lost them.
    logo_picture = forms.CharField(required=False, widget=forms.HiddenInput)
    without_logo = forms.BooleanField(
        label=_("No logo"), required=False, help_text=_("The emblem of our border stands in its place.")
    )

    class Meta:
        model = CertificateDesign
        fields = ["border", "ink", "second_language"]
        widgets = {"border": forms.RadioSelect, "ink": forms.RadioSelect}

    class Media:
        js = ["js/cms/logo.js"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _signatory_names():
            self.initial.setdefault(name, getattr(self.instance.organisation, name))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean()
        if said.get("without_logo"):
            self.instance.logo = b""
            return said
        with refusal_in(self, "logo_file"):
            if content := _content_of(said):
                self.instance.logo = clean_logo(content)
        if self.has_error("logo_file"):
            self._leave_out_logo()
        return said

    def _leave_out_logo(self) -> None:
        """Shown again with the refused picture, the form would be refused again, and its preview with it."""
        self.data = self.data.copy()
        self.data[self.add_prefix("logo_picture")] = ""
        self.add_error("logo_file", _("This file was left out: the preview shows the logo as it was before."))

    @property
    def signatories(self) -> dict[str, str]:
        """Field of the organisation → what was written."""
        return {name: self.cleaned_data[name] for name in _signatory_names()}


def _signatory_names() -> list[str]:
    return [field for name, positions in SIGNATORIES.items() for field in (name, *positions)]


def _content_of(said: dict[str, Any]) -> bytes:
    """Of the file, else of what a script read of it; empty where there is neither."""
    if file := said.get("logo_file"):
        if file.size > MAX_BYTES:
            raise LogoTooLarge
        content: bytes = file.read()
        return content
    try:
        return base64.b64decode(said.get("logo_picture") or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotALogo from error

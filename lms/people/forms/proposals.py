"""What the second of two people fills in who says no."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.forms.fields import why_field


class DeclineForm(forms.Form):
    """Beside the form that confirms, so that its field has a name of its own."""

    why = why_field(_("Whoever proposed it reads it, and so do others who sign here. Name nobody."))

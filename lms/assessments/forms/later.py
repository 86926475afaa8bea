"""A post-test for one person after the others."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.assessments.models import LateReason
from lms.cohorts.forms.fields import moment_field


class LaterForm(forms.Form):
    """Until when, and why in one of a few words: nothing is written about her."""

    until = moment_field(_("She may write it until"))
    reason = forms.ChoiceField(
        label=_("Why she has not taken it"), choices=LateReason.choices, widget=forms.RadioSelect
    )

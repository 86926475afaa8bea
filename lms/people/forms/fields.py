"""Fields that several forms ask for."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from lms.common.names import NameField
from lms.common.open_text import no_way_to_reach
from lms.people.actions import NotAName, checked_name
from lms.people.models import USER_NAME, USER_NAME_RULE


def display_name_field(label: Any = "", help_text: Any = "", autocomplete: str = "") -> NameField:
    """How somebody is called; what no action would keep is refused beside the field, and stays in it."""
    return NameField(
        label=label or _("Display name"),
        max_length=60,
        validators=[_name_alone],
        help_text=help_text or _("What trainers and colleagues see. A given name or an alias is enough."),
        widget=forms.TextInput(attrs={"autocomplete": autocomplete} if autocomplete else None),
    )


def _name_alone(text: str) -> None:
    try:
        checked_name(typed=text)
    except NotAName as refusal:
        raise ValidationError(str(refusal), code=refusal.code) from refusal


def why_field(help_text: Any = "") -> forms.CharField:
    """Why something is proposed or declined: the other one of two people reads it."""
    return forms.CharField(
        label=_("Why"),
        max_length=500,
        validators=[no_way_to_reach],
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def language_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)


def username_field() -> forms.CharField:
    return forms.CharField(
        label=_("User name"),
        min_length=3,
        max_length=60,
        help_text=USER_NAME_RULE,
        validators=[RegexValidator(rf"^{USER_NAME.pattern}$", USER_NAME_RULE)],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )


def staff_email_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("The invitation goes there, and a link when she forgets her password. Without: you hand it over."),
    )

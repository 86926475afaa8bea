"""Fields that several forms ask for."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from lms.common.names import NameField
from lms.common.open_text import name_alone
from lms.people.models import USER_NAME, USER_NAME_RULE


def display_name_field(label: Any = "") -> NameField:
    return NameField(
        label=label or _("Display name"),
        max_length=60,
        validators=[name_alone],
        help_text=_("What trainers and colleagues see. A given name or an alias is enough."),
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

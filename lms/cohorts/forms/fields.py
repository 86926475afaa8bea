"""Fields that several forms of this app share."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from lms.cohorts.models import MAX_CAPACITY, PLACE_LENGTH, TITLE_LENGTH
from lms.common.alphabet import alphabetical
from lms.common.languages import LANGUAGE_CODES, LANGUAGE_NAMES
from lms.common.names import NameField
from lms.regions.models import Region

DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y"]
TIME_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S"]
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"]


def date_field(label: Any, **options: Any) -> forms.DateField:
    """A day: the browser's own picker, or typed as 24.11.2026."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "short"})
    return forms.DateField(label=label, input_formats=DATE_FORMATS, widget=widget, **options)


def time_field(label: Any, **options: Any) -> forms.TimeField:
    """A time of day."""
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "short"})
    return forms.TimeField(label=label, input_formats=TIME_FORMATS, widget=widget, **options)


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and a time, in the time zone of the cohort (Asia/Bishkek)."""
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, input_formats=MOMENT_FORMATS, widget=widget, **options)


def place_field(label: Any = None) -> NameField:
    """Where people meet; free text, optional."""
    return NameField(label=label or _("Place"), max_length=PLACE_LENGTH, required=False)


def languages_field(codes: Iterable[str] = LANGUAGE_CODES) -> forms.MultipleChoiceField:
    """One or more of the three languages."""
    return forms.MultipleChoiceField(
        label=_("Languages of the training"),
        choices=[(code, LANGUAGE_NAMES[code]) for code in codes],
        widget=forms.CheckboxSelectMultiple,
    )


def capacity_field() -> forms.IntegerField:
    """How many people the room and the trainers hold."""
    return forms.IntegerField(
        label=_("Places"),
        min_value=1,
        max_value=MAX_CAPACITY,
        initial=30,
        help_text=_("Whoever comes after the last place is taken goes to the waiting list."),
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )


def title_fields() -> dict[str, NameField]:
    """A title of its own per language; without one the module's title is shown."""
    return {
        f"title_{code}": NameField(label=LANGUAGE_NAMES[code], max_length=TITLE_LENGTH, required=False)
        for code in LANGUAGE_CODES
    }


def region_choices(regions: Sequence[Region]) -> list[tuple[str, object]]:
    """Options by oblast, in the order of the alphabet: each oblast or city, then what lies below it."""
    groups: list[list[Region]] = []
    for region in regions:
        if not groups or not region.path.startswith(groups[-1][0].path):
            groups.append([])
        groups[-1].append(region)
    named = [_region_group(head, below) for head, *below in groups]
    return [("", _("Choose a region")), *sorted(named, key=lambda group: alphabetical(group[0]))]


def _region_group(head: Region, below: Sequence[Region]) -> tuple[str, list[tuple[str, str]]]:
    ordered = [head, *sorted(below, key=lambda region: alphabetical(region.name))]
    return head.name, [(str(region.pk), region.name) for region in ordered]


class QuietForm(forms.Form):
    """A form that can show what was typed without judging it yet."""

    def keep_quiet(self) -> None:
        """Shows the typed values and no errors: somebody only went back a step."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

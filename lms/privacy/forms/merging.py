"""Which other row, and which of the two stays."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from lms.common.choices import offer
from lms.people.models import User
from lms.privacy.queries.merging import PersonRow


class CardCodeForm(forms.Form):
    """The code on the other card."""

    code = forms.CharField(
        label=_("Code on her other card"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short", "autocapitalize": "characters"}),
    )


class MergeForm(forms.Form):
    """Which card works on: with it stays its row."""

    stays = forms.ChoiceField(label=_("Which one stays?"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, rows: Sequence[PersonRow]) -> None:
        super().__init__(data)
        self.rows = {str(row.person.pk): row for row in rows}
        numbered = enumerate(self.rows.items(), start=1)
        offer(self, "stays", ((key, self._label(number, row)) for number, (key, row) in numbered))

    @staticmethod
    def _label(number: int, row: PersonRow) -> Any:
        """With the number that stands before her name above: the names are often the same."""
        name = f"{number}. {row.person.display_name}"
        if row.is_staff:
            return _("%(name)s: the user name stays, no card is needed") % {"name": name}
        if row.card is None:
            return _("%(name)s: without a card so far") % {"name": name}
        if row.card.printed_at is None:
            return _("%(name)s: card not printed yet") % {"name": name}
        said = {
            "name": name,
            "end": row.card_end,
            "day": date_format(localtime(row.card.printed_at), "SHORT_DATE_FORMAT"),
        }
        return _("%(name)s: the card that ends in %(end)s, its PIN made on %(day)s") % said

    def clean(self) -> dict[str, Any]:
        """The two people in their parts."""
        data: dict[str, Any] = super().clean() or {}
        if "stays" in data:
            data["kept"], data["merged"] = self._parts(data["stays"])
        return data

    def _parts(self, stays: str) -> tuple[User, User]:
        other = next(key for key in self.rows if key != stays)
        return self.rows[stays].person, self.rows[other].person

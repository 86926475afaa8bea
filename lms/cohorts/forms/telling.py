"""Whether the participants are told of a change, and when a message is sent."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lms.cohorts.forms.fields import moment_field
from lms.cohorts.models import Session
from lms.cohorts.queries import Telling


class TellingForm(forms.Form):
    """A change of which the participants may be told: the box is there where somebody would be."""

    # Whether the box is ticked before anybody has thought about it.
    tells_by_itself = False

    def __init__(self, *args: Any, telling: Telling | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if telling is not None:
            self.fields["tell"] = forms.BooleanField(
                label=self.tell_label(telling),
                required=False,
                initial=self.tells_by_itself,
                help_text=_said(telling),
            )

    def tell_label(self, telling: Telling) -> str:
        """Who is told."""
        return str(_("Tell the participants"))


class MovingForm(TellingForm):
    """The same about those whom it moves themselves."""

    def tell_label(self, telling: Telling) -> str:
        """Her, or them."""
        return ngettext("Tell her", "Tell them", telling.people)


def _said(telling: Telling) -> str:
    """What goes to how many, and until when one may think again."""
    text = ngettext(
        "If you tick this, {n} person gets the message “{kind}” ten minutes later. "
        "Until then you can look at it and stop it.",
        "If you tick this, {n} people get the message “{kind}” ten minutes later. "
        "Until then you can look at it and stop it.",
        telling.people,
    )
    said = text.format(n=telling.people, kind=telling.kind.label)
    return f"{said} {_on_site(telling)}" if telling.on_site else said


def _on_site(telling: Telling) -> str:
    """How many of them it does not reach outside."""
    if telling.on_site == telling.people > 1:
        return str(_("They all read it only when they open the site."))
    text = ngettext(
        "{n} of them finds it only when she opens the site.",
        "{n} of them find it only when they open the site.",
        telling.on_site,
    )
    return text.format(n=telling.on_site)


class MoveTellingForm(forms.Form):
    """Another time: to come, and before the session that it speaks of, if it speaks of one."""

    due_at = moment_field(_("When it is sent"))

    def __init__(self, data: Any = None, *, session: Session | None, due_at: datetime) -> None:
        super().__init__(data, initial={"due_at": due_at})
        self.session = session

    def clean_due_at(self) -> datetime:
        due_at: datetime = self.cleaned_data["due_at"]
        if due_at <= timezone.now():
            raise ValidationError(_("Choose a time to come."))
        if self.session and due_at >= self.session.starts_at:
            raise ValidationError(_("Choose a time before the session begins."))
        return due_at

"""When a message is sent."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.cohorts.forms.fields import moment_field
from lms.cohorts.models import Session


class MoveTellingForm(forms.Form):
    """Another time: to come, and before the session that it speaks of."""

    due_at = moment_field(_("When it is sent"))

    def __init__(self, data: Any = None, *, session: Session, due_at: datetime) -> None:
        super().__init__(data, initial={"due_at": due_at})
        self.session = session

    def clean_due_at(self) -> datetime:
        due_at: datetime = self.cleaned_data["due_at"]
        if due_at <= timezone.now():
            raise ValidationError(_("Choose a time to come."))
        if due_at >= self.session.starts_at:
            raise ValidationError(_("Choose a time before the session begins."))
        return due_at

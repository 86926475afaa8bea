"""The roster sheet: one status per person, and the id of the sheet."""

from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lms.attendance.models import Status

_PREFIX = "mark-"


class RosterForm(forms.Form):
    """Reads `mark-<enrolment id>=<status>` of whatever people the sheet showed; an unknown status is refused."""

    batch = forms.UUIDField()

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.statuses: dict[UUID, str] = {}

    def clean(self) -> dict:
        for name, status in self.data.items():
            if name.startswith(_PREFIX):
                self.statuses[self._enrolment(name)] = self._status(status)
        return super().clean() or {}

    @staticmethod
    def _enrolment(name: str) -> UUID:
        try:
            return UUID(name.removeprefix(_PREFIX))
        except ValueError as error:
            raise forms.ValidationError(_("This sheet is not one of ours. Open the page again.")) from error

    @staticmethod
    def _status(status: str) -> str:
        if status not in Status.values:
            raise forms.ValidationError(_("This sheet is not one of ours. Open the page again."))
        return status

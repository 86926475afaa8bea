"""The roster sheet: one status per person, and the id of the sheet; and the correction of one mark."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from lms.attendance.actions import Correction
from lms.attendance.models import SAID, AttendanceEvent, Mark, Status
from lms.common.codes import new_id
from lms.common.open_text import no_way_to_reach

_PREFIX = "mark-"
_OVER = "over-"
UNDO = "undo"


def reason_field(**options: Any) -> forms.CharField:
    """Why a mark changes: whoever asks later was not there."""
    longest = AttendanceEvent._meta.get_field("reason").max_length
    return forms.CharField(label=_("Why the mark changes"), max_length=longest, validators=[no_way_to_reach], **options)


class RosterForm(forms.Form):
    """Reads `mark-<enrolment id>=<status>` of whatever people the sheet showed; an unknown status is refused.

    `over-<enrolment id>=<status>` is the mark that the sheet showed of her.  Without scripts every row is sent: one
    that was left as it was shown says nothing.
    """

    batch = forms.UUIDField()
    reason = reason_field(required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.statuses: dict[UUID, str] = {}
        self.over: dict[UUID, str] = {}

    def clean(self) -> dict:
        for name, status in self.data.items():
            if name.startswith(_PREFIX):
                self._read(self._enrolment(name), self._status(status))
        return super().clean() or {}

    def _read(self, enrolment_id: UUID, status: str) -> None:
        over = self.data.get(f"{_OVER}{enrolment_id}", "")
        if status != over:
            self.statuses[enrolment_id], self.over[enrolment_id] = status, over

    @staticmethod
    def _enrolment(name: str) -> UUID:
        try:
            return UUID(name.removeprefix(_PREFIX))
        except ValueError as error:
            raise forms.ValidationError(_("This sheet is not one of ours. Open the page again.")) from error

    @staticmethod
    def _status(status: str) -> str:
        if status not in SAID:
            raise forms.ValidationError(_("This sheet is not one of ours. Open the page again."))
        return status


class CorrectionForm(forms.Form):
    """What one mark says from now on; `do=undo` asks for what stood before instead."""

    status = forms.ChoiceField(label=_("What is right"), choices=Status, widget=forms.RadioSelect)
    reason = reason_field()
    # Empty where nobody had said anything.
    seen = forms.UUIDField(widget=forms.HiddenInput, required=False)
    event = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, mark: Mark | None, needs_reason: bool) -> None:
        initial = {"seen": mark.event_id, "status": mark.status} if mark else {}
        super().__init__(data, initial={**initial, "event": new_id()})
        self.undoes = data is not None and data.get("do") == UNDO
        self.fields["status"].required = not self.undoes
        self.fields["reason"].required = needs_reason
        if needs_reason:
            self.fields["reason"].help_text = _("Two hours after the session a mark changes only with a reason.")

    def show_again(self, mark: Mark | None) -> None:
        """After a refusal the page shows the mark of now: what she sends next is about this one."""
        self.fields["status"].required = True
        typed = {name: self.data[name] for name in self.data}
        self.data = {**typed, "seen": str(mark.event_id) if mark else ""}

    @property
    def correction(self) -> Correction:
        """For the actions."""
        said = self.cleaned_data
        return Correction(seen=said["seen"], event_id=said["event"], reason=" ".join(said["reason"].split()))

"""What people fill in."""

from lms.cohorts.forms.cohort import (
    ChangeForm,
    CloseForm,
    ExtraSessionForm,
    JoinForm,
    LegalNameForm,
    ReasonForm,
    RosterFileForm,
    SessionForm,
)
from lms.cohorts.forms.planning import TrainersForm
from lms.cohorts.forms.standing import CoachForm, FoundingForm
from lms.cohorts.forms.wizard import LABELS, PlanWizard

__all__ = [
    "LABELS",
    "ChangeForm",
    "CloseForm",
    "CoachForm",
    "ExtraSessionForm",
    "FoundingForm",
    "JoinForm",
    "LegalNameForm",
    "PlanWizard",
    "ReasonForm",
    "RosterFileForm",
    "SessionForm",
    "TrainersForm",
]

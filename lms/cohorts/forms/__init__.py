"""What people fill in."""

from lms.cohorts.forms.cohort import (
    ChangeForm,
    JoinForm,
    LegalNameForm,
    ReasonForm,
    RosterFileForm,
    SessionAgainForm,
    WalkInForm,
)
from lms.cohorts.forms.planning import TrainersForm
from lms.cohorts.forms.standing import CoachForm, FoundingForm
from lms.cohorts.forms.telling import MoveTellingForm
from lms.cohorts.forms.wizard import LABELS, PlanWizard

__all__ = [
    "LABELS",
    "ChangeForm",
    "CoachForm",
    "FoundingForm",
    "JoinForm",
    "LegalNameForm",
    "MoveTellingForm",
    "PlanWizard",
    "ReasonForm",
    "RosterFileForm",
    "SessionAgainForm",
    "TrainersForm",
    "WalkInForm",
]

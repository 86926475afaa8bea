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
    SubstituteForm,
    TransferForm,
    WalkInForm,
    WithdrawForm,
)
from lms.cohorts.forms.correcting import CorrectForm
from lms.cohorts.forms.finding import FindForm
from lms.cohorts.forms.planning import DuplicateForm, TrainersForm, WhoForm
from lms.cohorts.forms.standing import CoachForm, FoundingForm
from lms.cohorts.forms.telling import MoveTellingForm, TellingForm
from lms.cohorts.forms.wizard import LABELS, PlanWizard

__all__ = [
    "LABELS",
    "ChangeForm",
    "CloseForm",
    "CoachForm",
    "CorrectForm",
    "DuplicateForm",
    "ExtraSessionForm",
    "FindForm",
    "FoundingForm",
    "JoinForm",
    "LegalNameForm",
    "MoveTellingForm",
    "PlanWizard",
    "ReasonForm",
    "RosterFileForm",
    "SessionForm",
    "SubstituteForm",
    "TellingForm",
    "TrainersForm",
    "TransferForm",
    "WalkInForm",
    "WhoForm",
    "WithdrawForm",
]

"""Reads what the desk and the quiz page send."""

from lms.assessments.forms.later import LaterForm
from lms.assessments.forms.paper import answers_from, kept_fields, missing_answers
from lms.assessments.forms.teaching import (
    SPARE_OCCASIONS,
    CorrectionForm,
    DecisionForm,
    ObservationForm,
    PlanForm,
    SessionForm,
    TeachBackForm,
)

__all__ = [
    "SPARE_OCCASIONS",
    "CorrectionForm",
    "DecisionForm",
    "LaterForm",
    "ObservationForm",
    "PlanForm",
    "SessionForm",
    "TeachBackForm",
    "answers_from",
    "kept_fields",
    "missing_answers",
]

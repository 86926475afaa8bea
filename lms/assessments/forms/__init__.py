"""Reads what the desk and the quiz page send."""

from lms.assessments.forms.paper import answers_from, kept_fields, missing_answers
from lms.assessments.forms.teaching import CorrectionForm, DecisionForm, PlanForm, SessionForm, TeachBackForm

__all__ = [
    "CorrectionForm",
    "DecisionForm",
    "PlanForm",
    "SessionForm",
    "TeachBackForm",
    "answers_from",
    "kept_fields",
    "missing_answers",
]

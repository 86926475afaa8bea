"""Texts that others read later hold no way to reach somebody; numbers and dates of other kinds stay."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from lms.assessments.forms.teaching import DecisionForm, ObservationForm, PlanForm
from lms.attendance.forms import CorrectionForm, RosterForm
from lms.certificates.forms import StateForm
from lms.cohorts.forms.cohort import ReasonForm
from lms.cohorts.forms.standing import FoundingForm
from lms.common.open_text import no_way_to_reach
from lms.people.forms.feedback import FeedbackForm

READ_BY_OTHERS: dict[type[forms.Form], set[str]] = {
    ObservationForm: {"note"},
    DecisionForm: {"comment"},
    StateForm: {"own_ky", "own_ru", "own_en", "internal_reason"},
    ReasonForm: {"reason"},
    FoundingForm: {"reason"},
    FeedbackForm: {"text"},
    RosterForm: {"reason"},
    CorrectionForm: {"reason"},
    # Her own, and a helper's number belongs into it where the module is about violence.
    PlanForm: set(),
}


@pytest.mark.parametrize(
    "text",
    [
        "Телефону 0555 12 34 56, чалыңыз",
        "(0312) 61-20-40 же 0 (312) 61-20-40",
        "+996 (555) 123-456",
        "+996555123456",
        "996 555 123456",
        "0555123456.",
        "+7 701 123 45 67",
        "пишите на aigul.t@example.org",
        "AIGUL@EXAMPLE.KG!",
    ],
)
def test_a_way_to_reach_somebody_is_sent_back(text):
    with pytest.raises(ValidationError, match="Others will read this text"):
        no_way_to_reach(text)


@pytest.mark.parametrize(
    "text",
    [
        "Law No 178 of 31 July 2025, article 12.1",
        "24.11.2026, 09:00–12:30; 09 00 - 10 30",
        "09-12-2026 10 минут",
        "SOATE 41705000000000, 1325, 2242",
        "M1.3 — 5 of 12, 0 absent 100 200",
        "Call 117 or 112",
        "@ the door, 3@2",
        "K7QF 2M9X",
        "2026-11-24T09:00+06:00",
        "",
    ],
)
def test_other_numbers_stay(text):
    no_way_to_reach(text)


@pytest.mark.parametrize("form", READ_BY_OTHERS, ids=lambda form: form.__name__)
def test_every_such_field_asks(form):
    asking = {name for name, field in form.base_fields.items() if no_way_to_reach in field.validators}
    assert asking == READ_BY_OTHERS[form]


@pytest.mark.django_db
def test_what_was_typed_stays_and_is_not_sent(client):
    typed = "The page did not open; 0555 12 34 56"
    answer = client.post(reverse("help:tell"), {"text": typed, "contact": "0555 12 34 56"})
    assert answer.status_code == 422
    assert "take the telephone number" in answer.text
    assert typed in answer.text
